-- SPDX-License-Identifier: MIT
--
-- Decisions of admins: status, tiers, limits.  A batch is checked as a whole
-- before anything is written; then every edit whose model is still at the
-- version it was based on is applied, and the others are reported.

-- What is wrong with one key of an edit.  Inlined.
create or replace function modelsync.edit_value_problem(p_key text, p_value jsonb)
returns text
language sql immutable
as $$
	select case
		when p_key = 'model_id' then case when jsonb_typeof(p_value) <> 'string'
			then 'expected the id of a model' end
		when p_key = 'version' then case when jsonb_typeof(p_value) <> 'null'
			then modelsync.value_problem(p_value, 'number', 'count', 9007199254740991) end
		when p_key = 'status' then case when jsonb_typeof(p_value) <> 'string'
				or p_value #>> '{}' not in ('new', 'active', 'inactive', 'disabled')
			then 'is not a status: use new, active, inactive or disabled' end
		when p_key in ('is_free', 'is_pro', 'is_enterprise')
			then case when p_value = 'null' then 'is null, expected true or false'
				else modelsync.value_problem(p_value, 'boolean', 'flag', null) end
		when p_key in ('daily_limit', 'monthly_limit') then case when jsonb_typeof(p_value) <> 'null'
			then modelsync.value_problem(p_value, 'number', 'count', 2147483647) end
		when p_key = 'rule' then case when jsonb_typeof(p_value) <> 'string'
				or length(modelsync.clean_line(p_value #>> '{}')) not between 1 and 100
			then 'is not the name of a rule' end
		else 'is not a field that can be edited' end;
$$;

-- All errors of a batch, the first 100.
create or replace function modelsync.edit_errors(p_edits jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	with e as materialized (
		select (x.n - 1)::int as index, x.edit, jsonb_typeof(x.edit) = 'object' as is_object
		from jsonb_array_elements(p_edits) with ordinality x (edit, n)
	), error as (
		select e.index, '' as path, 'expected an object' as message from e where not e.is_object
		union all
		select e.index, 'model_id', 'is missing' from e where e.is_object and not e.edit ? 'model_id'
		union all
		select e.index, k.key, p.problem
		from e, lateral jsonb_each(case when e.is_object then e.edit else '{}' end) k,
		lateral (select modelsync.edit_value_problem(k.key, k.value)) p (problem)
		where p.problem is not null
		union all
		select d.index, 'model_id', format('%s is in the batch twice', d.id)
		from (select e.index, e.edit ->> 'model_id' as id,
				row_number() over (partition by e.edit ->> 'model_id' order by e.index) as n
			from e where e.is_object and e.edit ? 'model_id') d
		where d.n > 1
	)
	select coalesce(jsonb_agg(jsonb_build_object('index', x.index, 'path', x.path,
		'message', x.message) order by x.index, x.path), '[]')
	from (select * from error order by index, path limit 100) x;
$$;

create or replace function modelsync.refuse_edit(p_message text, p_errors jsonb, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.audit_append('edit', 'refused', p_ctx, null, null,
		jsonb_build_object('message', p_message, 'errors', p_errors));
	return jsonb_build_object('ok', false, 'code', 'invalid', 'message', p_message,
		'errors', p_errors);
end
$$;

create or replace function modelsync.refuse_paid_free(p_models text[], p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	message text := format('paid models would become free-tier: %s, such as %s; nothing was written',
		cardinality(p_models), p_models[1]);
begin
	perform modelsync.audit_append('edit', 'refused', p_ctx, null, null,
		jsonb_build_object('code', 'paid_free', 'message', message));
	return jsonb_build_object('ok', false, 'code', 'paid_free', 'message', message,
		'models', to_jsonb(p_models[1:100]));
end
$$;

-- The changes to log for patches of decisions; one event per model and group.
create or replace function modelsync.decision_changes(p_ids text[], p_old jsonb[], p_patches jsonb[])
returns table (model_id text, field text, old jsonb, new jsonb, event text)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	with f as (
		select t.id, t.n, k.key, nullif(t.old -> k.key, 'null') as old,
			nullif(k.value, 'null') as new, modelsync.event_of(k.key, null, null) as event
		from unnest(p_ids, p_old, p_patches) with ordinality t (id, old, patch, n),
		lateral jsonb_each(t.patch) k
	)
	select f.id, f.key, f.old, f.new,
		case when row_number() over (partition by f.n, f.event order by f.key collate "C") = 1
			then f.event end
	from f order by f.n, f.key collate "C";
$$;

-- Writes patches that the caller has checked and whose models it has locked; p_rules
-- names the rule behind each, or null.
create or replace function modelsync.apply_edits(p_kind text, p_run bigint, p_ids text[],
	p_old jsonb[], p_patches jsonb[], p_rules text[], p_ctx jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	ids text[];
	fields text[];
	olds jsonb[];
	news jsonb[];
	events text[];
	rules text[];
	changeset bigint;
begin
	select array_agg(c.model_id order by c.n), array_agg(c.field order by c.n),
		array_agg(c.old order by c.n), array_agg(c.new order by c.n),
		array_agg(c.event order by c.n), array_agg(t.rule order by c.n)
	into ids, fields, olds, news, events, rules
	from modelsync.decision_changes(p_ids, p_old, p_patches)
		with ordinality c (model_id, field, old, new, event, n)
	join unnest(p_ids, p_rules) t (id, rule) on t.id = c.model_id;
	changeset := modelsync.log_changes(p_kind, p_ctx, p_run, null, ids, fields, olds, news, events,
		rules);
	perform modelsync.engine_begin();
	perform modelsync.update_decisions(p_ids, p_patches, clock_timestamp(),
		case p_kind when 'rules' then 'rules' else modelsync.actor(p_ctx) end);
	perform modelsync.engine_end();
	perform modelsync.announce(jsonb_build_object('changeset', changeset));
	return changeset;
end
$$;

-- Checks a batch and writes what can be written of it.  What costs something may be
-- granted to the free tier unless the caller says otherwise; either way it is told.
create or replace function modelsync.decide(p_edits jsonb, p_ctx jsonb, p_allow_paid_free bool)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set jit = off
as $$
declare
	errors jsonb;
	ids text[];
	wishes jsonb[];
	results text[];
	olds jsonb[];
	write_ids text[];
	write_olds jsonb[];
	write_patches jsonb[];
	write_rules text[];
	paid text[];
	changeset bigint;
	answer jsonb := modelsync.row_security_refusal();
begin
	if answer is not null then
		return answer;
	end if;
	if jsonb_typeof(p_edits) is distinct from 'array' then
		return modelsync.refuse_edit('expected a list of edits', '[]', p_ctx);
	end if;
	errors := modelsync.edit_errors(p_edits);
	if errors <> '[]' then
		return modelsync.refuse_edit(format('the batch has %s errors; nothing was written',
			jsonb_array_length(errors)), errors, p_ctx);
	end if;
	select array_agg(e.edit ->> 'model_id' order by e.n),
		array_agg(e.edit - 'model_id' order by e.n)
	into ids, wishes
	from jsonb_array_elements(p_edits) with ordinality e (edit, n);
	perform from public.model_access m where m.model_id = any (ids)
	order by m.model_id for no key update;
	select array_agg(j.result order by j.n), array_agg(j.old order by j.n),
		array_agg(j.id order by j.n) filter (where j.result = 'applied'),
		array_agg(j.old order by j.n) filter (where j.result = 'applied'),
		array_agg(j.patch order by j.n) filter (where j.result = 'applied'),
		array_agg(j.rule order by j.n) filter (where j.result = 'applied'),
		array_agg(j.id order by j.n) filter (where j.result = 'applied' and j.is_paid_free)
	into results, olds, write_ids, write_olds, write_patches, write_rules, paid
	from (select t.n, t.id, d.old, x.patch, x.patch @> '{"is_free": true}'
				and modelsync.is_paid(modelsync.current_pricing(m)) as is_paid_free,
			modelsync.clean_line(t.wish ->> 'rule') as rule, case
			when m.model_id is null then 'unknown'
			when x.patch = '{}' then 'unchanged'
			when (t.wish ->> 'version')::numeric <> m.row_version then 'conflict'
			else 'applied' end as result
		from unnest(ids, wishes) with ordinality t (id, wish, n)
		left join public.model_access m on m.model_id = t.id
		left join lateral (select modelsync.decisions(m)) d (old) on true
		left join lateral (select coalesce(jsonb_object_agg(k.key, k.value), '{}')
			from jsonb_each(t.wish - '{version,rule}'::text[]) k
			where k.value is distinct from d.old -> k.key) x (patch) on true) j;
	if paid is not null and not p_allow_paid_free then
		return modelsync.refuse_paid_free(paid, p_ctx);
	elsif write_ids is not null then
		changeset := modelsync.apply_edits('edit', null, write_ids, write_olds, write_patches,
			write_rules, p_ctx);
	elsif 'conflict' = any (results) then
		perform modelsync.audit_append('edit', 'refused', p_ctx, null, null,
			'{"message": "every model changed meanwhile"}');
	end if;
	select jsonb_build_object('ok', true, 'changeset', changeset,
		'applied', count(*) filter (where t.result = 'applied'),
		'unchanged', count(*) filter (where t.result = 'unchanged'),
		'conflicts', count(*) filter (where t.result = 'conflict'),
		'unknown', count(*) filter (where t.result = 'unknown'),
		'paid_free', to_jsonb(coalesce(paid, '{}')),
		'results', coalesce(jsonb_agg(case when t.result = 'conflict'
			then jsonb_build_object('model_id', t.id, 'result', t.result, 'version', m.row_version,
				'current', t.old)
			else jsonb_build_object('model_id', t.id, 'result', t.result, 'version', m.row_version)
			end order by t.n), '[]'))
	into answer
	from unnest(ids, results, olds) with ordinality t (id, result, old, n)
	left join public.model_access m on m.model_id = t.id;
	return answer;
end
$$;

create or replace function modelsync.edit_models(p_edits jsonb, p_ctx jsonb,
	p_allow_paid_free bool default true)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	return coalesce(modelsync.refusal('edit_models', p_ctx),
		modelsync.decide(p_edits, p_ctx, p_allow_paid_free));
end
$$;
