-- SPDX-License-Identifier: MIT
--
-- Rules.  The configuration has them and the program matches them; what they may
-- do to a model is decided here: once, to a model that a sync has added, that is
-- as the program saw it, that nobody has decided on, and a paid one gets the free
-- tier only from a rule that says so.

-- Models that wait for rules and can be looked at: those that are listed now.
create or replace function modelsync.rule_pending_count()
returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	-- mostly none wait: looked up one by one, the models are not gone through
	return (
		select count(*)
		from modelsync.rule_pending p
		where (select m.missing_since is null from public.model_access m
			where m.model_id = p.model_id));
end
$$;

-- Nothing is to be decided about the models added so far: whoever runs without
-- rules says so.
create or replace function modelsync.rules_skip(p_run bigint)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	n bigint;
	refusal jsonb := modelsync.refusal('rules_skip', null);
begin
	if refusal is not null then
		return refusal;
	end if;
	delete from modelsync.rule_pending p where p.run_id <= p_run;
	get diagnostics n = row_count;
	return jsonb_build_object('ok', true, 'skipped', n);
end
$$;

-- What is wrong with a list of rules, in the words of a batch of edits.
create or replace function modelsync.rules_problem(p_rules jsonb, p_models jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select case when jsonb_typeof(p_rules) is distinct from 'array'
			or jsonb_typeof(p_models) is distinct from 'array'
		then '["expected a list of rules and a list of models"]'
		when (select count(*) <> count(distinct t ->> 'model_id') from jsonb_array_elements(p_models) t)
		then '["a model is named twice, or one has no model_id"]'
		else modelsync.edit_errors((select coalesce(jsonb_agg(case
				when jsonb_typeof(r.rule -> 'decisions') = 'object' then (r.rule -> 'decisions')
					|| jsonb_build_object('model_id', r.n::text, 'rule', r.rule -> 'rule')
				else r.rule -> 'decisions' end order by r.n), '[]')
			from jsonb_array_elements(p_rules) with ordinality r (rule, n))) end;
$$;

-- What a rule may do to a model that the program has looked at: applied, or
--   seen      rules have looked at it before
--   stale     it has changed since the program saw it; the next run looks again
--   decided   somebody has decided on it
--   none      no rule matches it
--   refused   a paid model, the free tier, and no rule that allows this
--   unchanged the rule leaves it as it is
create or replace function modelsync.rule_result(m public.model_access, p_pending bool,
	p_version numeric, p_rule jsonb, p_patch jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select case
		when not p_pending then 'seen'
		when m.changed_at is not null or m.status is distinct from 'new' and m.missing_since is null
			then 'decided'
		when m.missing_since is not null or p_version is distinct from m.row_version then 'stale'
		when p_rule is null then 'none'
		when (p_patch ->> 'is_free')::bool and not coalesce((p_rule ->> 'allow_paid_free')::bool, false)
			and modelsync.is_paid(modelsync.current_pricing(m)) then 'refused'
		when p_patch = '{}' then 'unchanged'
		else 'applied' end;
$$;

-- Writes what rules decided, as one changeset.  p_rules: {rule, decisions,
-- allow_paid_free}; p_models, all that the program has looked at: {model_id,
-- version, rule}, the latter a place in p_rules, from 0, or null.
create or replace function modelsync.rules_apply(p_run bigint, p_rules jsonb, p_models jsonb,
	p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	answer jsonb := coalesce(modelsync.refusal('rules_apply', p_ctx), modelsync.row_security_refusal());
	problem jsonb;
	ids text[];
	results text[];
	write_ids text[];
	write_olds jsonb[];
	write_patches jsonb[];
	write_rules text[];
	changeset bigint;
begin
	if answer is not null then
		return answer;
	end if;
	problem := modelsync.rules_problem(p_rules, p_models);
	if problem <> '[]' then
		return modelsync.refuse_edit('the rules cannot be applied; nothing was written', problem, p_ctx);
	end if;
	perform from public.model_access m
	where m.model_id in (select t ->> 'model_id' from jsonb_array_elements(p_models) t)
	order by m.model_id for no key update;
	select array_agg(j.id order by j.n), array_agg(j.result order by j.n),
		array_agg(j.id order by j.n) filter (where j.result = 'applied'),
		array_agg(j.old order by j.n) filter (where j.result = 'applied'),
		array_agg(j.patch order by j.n) filter (where j.result = 'applied'),
		array_agg(modelsync.clean_line(j.rule ->> 'rule') order by j.n)
			filter (where j.result = 'applied')
	into ids, results, write_ids, write_olds, write_patches, write_rules
	from (select t.n, t.item ->> 'model_id' as id, d.old, r.rule, x.patch, modelsync.rule_result(m,
				p.model_id is not null, (t.item ->> 'version')::numeric, r.rule, x.patch) as result
		from jsonb_array_elements(p_models) with ordinality t (item, n)
		left join public.model_access m on m.model_id = t.item ->> 'model_id'
		left join modelsync.rule_pending p on p.model_id = m.model_id
		left join lateral (select modelsync.decisions(m)) d (old) on true
		left join lateral (select p_rules -> (t.item ->> 'rule')::int) r (rule) on true
		left join lateral (select coalesce(jsonb_object_agg(k.key, k.value), '{}')
			from jsonb_each(r.rule -> 'decisions') k
			where k.value is distinct from d.old -> k.key) x (patch) on true) j;
	delete from modelsync.rule_pending p
	using unnest(ids, results) t (id, result)
	where p.model_id = t.id and t.result <> 'stale';
	if write_ids is not null then
		changeset := modelsync.apply_edits('rules', p_run, write_ids, write_olds, write_patches,
			write_rules, p_ctx);
	end if;
	if write_ids is not null or 'refused' = any (results) then
		perform modelsync.audit_append('rules', case when changeset is null then 'refused' else 'done' end,
			p_ctx, changeset, p_run, (select jsonb_object_agg(c.result, c.n)
				from (select r.result, count(*) as n from unnest(results) r (result)
					group by r.result) c));
	end if;
	return jsonb_build_object('ok', true, 'changeset', changeset,
		'applied', coalesce(cardinality(write_ids), 0),
		'others', (select coalesce(jsonb_agg(jsonb_build_object('model_id', t.id,
				'result', t.result) order by t.n), '[]')
			from unnest(ids, results) with ordinality t (id, result, n)
			where t.result <> 'applied'));
end
$$;

-- Keeps with a run what rules did after it, as its report tells; once.
create or replace function modelsync.rules_record(p_run bigint, p_report jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('rules_record', null);
begin
	if refusal is not null then
		return refusal;
	end if;
	update modelsync.run set rules = p_report
	where run_id = p_run and state = 'completed' and rules is null;
	return jsonb_build_object('ok', true, 'recorded', found);
end
$$;
