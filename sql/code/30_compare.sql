-- SPDX-License-Identifier: MIT
--
-- From facts to a plan: which models a catalogue adds, changes, removes or
-- brings back, the changes to log for it, and what an admin should look at.
-- Nothing here writes, so that a preview and a run read the same plan.

-- The contract's price columns by their upstream key.
create or replace function modelsync.contract_prices(m public.model_access)
returns table (key text, field text, price text)
language sql stable
as $$
	values ('prompt', 'prompt_price', m.prompt_price::text),
		('completion', 'completion_price', m.completion_price::text),
		('request', 'request_price', m.request_price::text),
		('image', 'image_price', m.image_price::text),
		('image_output', 'output_image_price', m.output_image_price::text),
		('web_search', 'web_search_price', m.web_search_price::text),
		('internal_reasoning', 'internal_reasoning_price', m.internal_reasoning_price::text),
		('input_cache_read', 'input_cache_read_price', m.input_cache_read_price::text),
		('input_cache_write', 'input_cache_write_price', m.input_cache_write_price::text);
$$;

-- Prices of the contract's columns for those keys upstream sends.
create or replace function modelsync.column_prices(m public.model_access)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_object_agg(c.key, c.price), '{}')
	from modelsync.contract_prices(m) c
	where m.pricing ? c.key and c.price is not null;
$$;

-- The prices of a row.  The contract's columns win where they differ from what
-- upstream sent: then another program has set them by hand.  Inlined.
create or replace function modelsync.current_pricing(m public.model_access)
returns jsonb
language sql stable
as $$
	select case
		when m.prompt_price = coalesce(m.pricing ->> 'prompt', m.prompt_price)
			and m.completion_price = coalesce(m.pricing ->> 'completion', m.completion_price)
			and m.request_price = coalesce(m.pricing ->> 'request', m.request_price)
			and m.image_price = coalesce(m.pricing ->> 'image', m.image_price)
			and m.output_image_price = coalesce(m.pricing ->> 'image_output', m.output_image_price)
			and m.web_search_price = coalesce(m.pricing ->> 'web_search', m.web_search_price)
			and m.internal_reasoning_price
				= coalesce(m.pricing ->> 'internal_reasoning', m.internal_reasoning_price)
			and m.input_cache_read_price
				is not distinct from coalesce(m.pricing ->> 'input_cache_read', m.input_cache_read_price)
			and m.input_cache_write_price
				is not distinct from coalesce(m.pricing ->> 'input_cache_write', m.input_cache_write_price)
			then coalesce(m.pricing, '{}')
		else coalesce(m.pricing, '{}') || modelsync.column_prices(m) end;
$$;

-- The facts a row holds, as normalise() would give them.
create or replace function modelsync.facts(m public.model_access)
returns jsonb
language sql stable
as $$
	select jsonb_build_object(
		'name', m.model_name,
		'description', m.model_description,
		'canonical_slug', m.canonical_slug,
		'hugging_face_id', m.hugging_face_id,
		'created', m.created_timestamp,
		'context_length', m.context_length,
		'modality', m.modality,
		'input_modalities', coalesce(m.input_modalities, '[]'),
		'output_modalities', coalesce(m.output_modalities, '[]'),
		'tokenizer', m.tokenizer,
		'instruct_type', m.instruct_type,
		'provider_context_length', m.provider_context_length,
		'max_completion_tokens', m.max_completion_tokens,
		'is_moderated', coalesce(m.is_moderated, false),
		'pricing', modelsync.current_pricing(m),
		'pricing_overrides', m.pricing_overrides,
		'supported_parameters', coalesce(m.supported_parameters, '[]'),
		'supported_voices', m.supported_voices,
		'knowledge_cutoff', m.knowledge_cutoff,
		'expires_on', m.expires_on,
		'per_request_limits', m.per_request_limits,
		'details_link', m.details_link,
		'alias_target', m.alias_target);
$$;

-- What admins decide.  While a model's absence holds it inactive, its status
-- here is the one its return restores.  Inlined.
create or replace function modelsync.decisions(m public.model_access)
returns jsonb
language sql stable
as $$
	select jsonb_build_object(
		'status', coalesce(m.restore_status, m.status, 'new'),
		'is_free', coalesce(m.is_free, false),
		'is_pro', coalesce(m.is_pro, false),
		'is_enterprise', coalesce(m.is_enterprise, false),
		'daily_limit', m.daily_limit,
		'monthly_limit', m.monthly_limit);
$$;

-- Whether a model is upstream and what that does to its status: logged as one
-- field, "presence", and enough to put it back.  Inlined.
create or replace function modelsync.presence(p_status text, p_restore text,
	p_missing_since timestamptz, p_missed_runs int)
returns jsonb
language sql stable
as $$
	select jsonb_strip_nulls(jsonb_build_object(
		'present', p_missing_since is null,
		'status', p_status,
		'restore_status', p_restore,
		'missing_since', p_missing_since,
		'missed_runs', nullif(p_missed_runs, 0)));
$$;

-- The event a changed field stands for when it stands alone.  Inlined.
create or replace function modelsync.event_of(p_field text, p_old jsonb, p_new jsonb)
returns text
language sql immutable
as $$
	select case p_field
		when 'presence' then case
			when p_old is null then 'model_added'
			when p_old -> 'present' = p_new -> 'present' then 'marked_inactive'
			when p_new -> 'present' = 'true' then 'model_returned'
			else 'model_removed' end
		when 'pricing' then 'price_changed'
		when 'pricing_overrides' then 'price_overrides_changed'
		when 'context_length' then 'context_changed'
		when 'max_completion_tokens' then 'max_output_changed'
		when 'name' then 'renamed'
		when 'canonical_slug' then 'slug_changed'
		when 'description' then 'description_changed'
		when 'expires_on' then case when p_new is null then 'deprecation_withdrawn'
			else 'deprecation_announced' end
		when 'alias_target' then 'alias_moved'
		when 'supported_parameters' then 'parameters_changed'
		when 'input_modalities' then 'modality_changed'
		when 'output_modalities' then 'modality_changed'
		when 'modality' then 'modality_changed'
		when 'is_moderated' then 'moderation_changed'
		when 'status' then 'status_changed'
		when 'is_free' then 'tiers_changed'
		when 'is_pro' then 'tiers_changed'
		when 'is_enterprise' then 'tiers_changed'
		when 'daily_limit' then 'limits_changed'
		when 'monthly_limit' then 'limits_changed'
		else 'details_changed' end;
$$;

-- The fields in which two objects differ.  Of pricing only the keys that do.
create or replace function modelsync.object_diff(p_old jsonb, p_new jsonb)
returns table (field text, old jsonb, new jsonb)
language sql immutable rows 3
set search_path = pg_catalog, pg_temp
as $$
	select n.key,
		case when n.key = 'pricing' then (select coalesce(jsonb_object_agg(e.key, e.value), '{}')
				from jsonb_each(p_old -> 'pricing') e
				where e.value is distinct from n.value -> e.key)
			else nullif(p_old -> n.key, 'null') end,
		case when n.key = 'pricing' then (select coalesce(jsonb_object_agg(e.key, e.value), '{}')
				from jsonb_each(n.value) e
				where e.value is distinct from p_old -> 'pricing' -> e.key)
			else nullif(n.value, 'null') end
	from jsonb_each(p_new) n
	where n.value is distinct from p_old -> n.key;
$$;

-- The changes to log for models touched by a catalogue.  A model that is added
-- or comes back yields one event; its differences are folded into it.
create or replace function modelsync.plan_changes(p modelsync.sync_plan)
returns table (model_id text, field text, old jsonb, new jsonb, event text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
begin
	return query
	with touched as materialized (
		select *
		from unnest(p.model_id, p.kind, p.facts, p.old_facts, p.old_presence, p.new_presence)
			t (id, kind, facts, old_facts, old_presence, new_presence)
	), change as (
		select t.id, 1 as part, 'presence' as field, t.old_presence as old,
			case when t.kind = 'added' then t.new_presence
					|| jsonb_strip_nulls(t.facts - 'description')
				else t.new_presence end as new,
			modelsync.event_of('presence', t.old_presence, t.new_presence) as event
		from touched t
		where t.kind <> 'changed'
			and (t.kind <> 'absent' or t.old_presence -> 'status' <> t.new_presence -> 'status')
		union all
		select t.id, 2, d.field, d.old, d.new,
			case when t.kind = 'changed' and row_number() over (partition by t.id, e.event
				order by d.field collate "C") = 1 then e.event end
		from touched t,
		lateral modelsync.object_diff(t.old_facts, t.facts) d,
		lateral modelsync.event_of(d.field, d.old, d.new) e (event)
		where t.kind in ('changed', 'returned')
		union all
		select t.id, 3, 'status', t.old_presence -> 'restore_status', t.new_presence -> 'status', null
		from touched t
		where t.kind = 'returned'
			and t.old_presence -> 'restore_status' <> t.new_presence -> 'status'
	)
	select c.id, c.field, c.old, c.new, c.event
	from change c
	order by c.id collate "C", c.part, c.field collate "C";
end
$$;

-- Model-level anomalies: they never hold a run.
create or replace function modelsync.plan_alerts(p modelsync.sync_plan, p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	return (
	with c as materialized (
		select u.id, u.field, u.old, u.new, u.event,
			coalesce(m.restore_status, m.status) = 'active' as active, m.is_free
		from unnest(p.change_id, p.change_field, p.change_old, p.change_new, p.change_event)
			u (id, field, old, new, event)
		join public.model_access m on m.model_id = u.id
		where u.field in ('pricing', 'alias_target', 'expires_on')
			or u.event = 'model_removed'
	), price as materialized (
		select c.id, o.key, o.value as old, c.new ->> o.key as new, c.is_free,
			(o.value)::numeric as old_usd, (c.new ->> o.key)::numeric as new_usd
		from c, lateral jsonb_each_text(c.old) o
		where c.field = 'pricing' and c.new ? o.key
	), alert as (
		select x.id, 'price_jump' as kind,
			format('price %s moved from %s to %s', x.key, x.old, x.new) as message
		from price x
		where x.old_usd > 0 and x.new_usd > 0
			and greatest(x.old_usd / x.new_usd, x.new_usd / x.old_usd)
				> (p_settings ->> 'price_jump_factor')::numeric
		union all
		select x.id, 'free_to_paid',
			format('price %s left zero (now %s) while the free tier may use the model', x.key, x.new)
		from price x where x.is_free and x.old_usd = 0 and x.new_usd <> 0
		union all
		select c.id, 'alias_moved', format('alias points to %s instead of %s',
			coalesce(c.new #>> '{}', 'nothing'), c.old #>> '{}')
		from c where c.field = 'alias_target' and c.old is not null
		union all
		select c.id, 'expiry_announced', format('active model expires on %s', c.new #>> '{}')
		from c where c.field = 'expires_on' and c.active
			and c.new is not null and c.new <> '"2098-12-31"'
		union all
		select c.id, 'active_model_gone', 'active model is no longer upstream'
		from c where c.event = 'model_removed' and c.active
	), merged as (
		select a.id, a.kind, string_agg(a.message, '; ' order by a.message collate "C") as message
		from alert a group by a.id, a.kind
	)
	select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'model_id', m.id,
		'message', m.message) order by m.id collate "C", m.kind collate "C"), '[]')
	from merged m);
end
$$;

-- The findings of entries, at most 100 of them, and how many there are.
create or replace function modelsync.list_findings(p_ids text[], p_indexes int[], p_problems text[])
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_agg(jsonb_build_object('model_id', left(modelsync.clean_line(f.id), 100),
		'index', f.index, 'path', split_part(f.problem, E'\t', 1),
		'message', split_part(f.problem, E'\t', 2)) order by f.index, f.problem)
	from (select * from unnest(p_ids, p_indexes, p_problems) x (id, index, problem)
		order by index, problem limit 100) f;
$$;

-- Stage 1: entries, findings, and the facts of those entries that are new or
-- differ from the document applied last.  Each entry is looked at as a whole
-- once; after that only the ones that differ are.
create or replace function modelsync.plan_validate(inout p modelsync.sync_plan,
	p_pages jsonb[], out seen text[], out same text[], out fresh text[], out fresh_facts jsonb[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	page jsonb;
	entries jsonb[];
	indexes int[];
	ids text[];
	hashes bigint[];
	bad_ids text[];
	bad_indexes int[];
	bad text[];
begin
	select modelsync.pages_problem(p_pages), '[]', 0, 0
	into p.problem, p.findings, p.findings_total, p.invalid;
	if p.problem is not null then
		return;
	end if;
	foreach page in array p_pages loop
		entries := case when entries is null then modelsync.page_entries(page)
			else entries || modelsync.page_entries(page) end;
	end loop;
	select count(*), count(*) filter (where u.nth > 1),
		array_agg(u.id) filter (where u.id is not null and u.nth = 1),
		array_agg(u.id) filter (where u.known and u.nth = 1),
		array_agg(u.n order by u.n) filter (where not u.known and u.nth = 1),
		array_agg(u.id order by u.n) filter (where not u.known and u.nth = 1),
		array_agg(u.hash order by u.n) filter (where not u.known and u.nth = 1),
		coalesce(array_agg(u.id order by u.n) filter (where u.nth > 1), '{}'),
		coalesce(array_agg(u.n - 1 order by u.n) filter (where u.nth > 1), '{}'),
		coalesce(array_agg(text E'id\tappears again; the first entry counts') filter (where u.nth > 1), '{}')
	into p.total, p.duplicates, seen, same, indexes, ids, hashes, bad_ids, bad_indexes, bad
	from (select e.n, e.id, e.hash, d.hash is not null as known, case when e.id is null then 1
			else row_number() over (partition by e.id collate "C" order by e.n) end as nth
		from (select x.n::int,
				case when jsonb_typeof(x.e -> 'id') = 'string' then x.e ->> 'id' end as id,
				jsonb_hash_extended(x.e, modelsync.normaliser_version()) as hash
			from unnest(entries) with ordinality x (e, n)) e
		left join modelsync.model_document d on d.model_id = e.id and d.hash = e.hash) u;
	if indexes is not null then
		if cardinality(indexes) < p.total then
			entries := array(select x.e from unnest(entries) with ordinality x (e, n)
				join unnest(indexes) i (n) on i.n = x.n order by x.n);
		end if;
		with n as materialized (
			select i.id, i.index, i.hash, e.entry, f.facts, f.problems
			from modelsync.normalise(entries) f
			join unnest(ids, indexes, hashes) with ordinality i (id, index, hash, n) on i.n = f.n
			join unnest(entries) with ordinality e (entry, n) on e.n = f.n
		)
		select array_agg(n.id) filter (where n.facts is not null),
			array_agg(n.facts) filter (where n.facts is not null),
			array_agg(n.hash) filter (where n.facts is not null),
			array_agg(modelsync.document_rest(n.entry)) filter (where n.facts is not null),
			count(*) filter (where n.facts is null),
			bad_ids || (select array_agg(b.id order by b.index) from n b, unnest(b.problems)),
			bad_indexes || (select array_agg(b.index - 1 order by b.index) from n b, unnest(b.problems)),
			bad || (select array_agg(x order by b.index) from n b, unnest(b.problems) x)
		into fresh, fresh_facts, p.doc_hash, p.doc_rest, p.invalid, bad_ids, bad_indexes, bad
		from n;
		p.doc_id := fresh;
	end if;
	p.valid := p.total - p.duplicates - p.invalid;
	if bad <> '{}' then
		p.findings := modelsync.list_findings(bad_ids, bad_indexes, bad);
		p.findings_total := cardinality(bad);
	end if;
	if p.valid = 0 and p.total > 0 then
		p.problem := modelsync.vanished_field(entries);
	end if;
end
$$;

-- A required field that no entry has.
create or replace function modelsync.vanished_field(p_entries jsonb[])
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select format('no entry of the list has a field "%s"', k.key)
	from unnest(array['id', 'name']) with ordinality k (key, n)
	where not exists (select from unnest(p_entries) e where e -> k.key <> 'null')
	order by k.n limit 1;
$$;

-- Stage 2: the models that change.
create or replace function modelsync.plan_compare(inout p modelsync.sync_plan, p_seen text[],
	p_same text[], p_fresh text[], p_facts jsonb[], p_settings jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	grace int := greatest((p_settings ->> 'missing_grace')::int, 1);
	review bool := p_settings ->> 'returning' = 'review';
	at timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
	with listed as (
		select s.id, f.facts
		from unnest(p_seen) s (id)
		left join unnest(p_fresh, p_facts) f (id, facts) on f.id = s.id
	), candidate as materialized (
		select coalesce(m.model_id, l.id) as id, l.facts, m.row_version as version, m.status,
			m.restore_status as restore, m.missing_since as since, m.missed_runs as runs,
			case when m.id is not null then modelsync.facts(m) end as old_facts,
			case when m.id is null then 'added'
				when l.id is not null and m.missing_since is not null then 'returned'
				when l.id is not null then 'changed'
				when m.missing_since is null then 'removed'
				else 'absent' end as kind
		from public.model_access m
		full join listed l on l.id = m.model_id
		where l.facts is not null
			or l.id is null and (m.missing_since is null or m.restore_status is null)
			or m.missing_since is not null and l.id = any (p_same)
	), touched as materialized (
		select c.id, coalesce(c.facts, c.old_facts) as facts, c.old_facts, c.version, c.status,
			c.restore, c.since, c.runs, c.kind
		from candidate c
		where c.kind <> 'changed' or c.old_facts <> c.facts
		order by c.id collate "C"
	)
	select array_agg(t.id), array_agg(t.kind), array_agg(t.version), array_agg(t.facts),
		array_agg(t.old_facts),
		array_agg(case when t.kind not in ('added', 'changed')
			then modelsync.presence(t.status, t.restore, t.since, t.runs) end),
		array_agg(case t.kind
			when 'added' then modelsync.presence('new', null, null, 0)
			when 'returned' then modelsync.presence(
				modelsync.status_after_return(t.status, t.restore, review), null, null, 0)
			when 'changed' then null
			else modelsync.presence(case when coalesce(t.runs, 0) + 1 >= grace then 'inactive' else t.status end,
				case when coalesce(t.runs, 0) + 1 >= grace then t.status end,
				coalesce(t.since, at), coalesce(t.runs, 0) + 1) end)
	into p.model_id, p.kind, p.version, p.facts, p.old_facts, p.old_presence, p.new_presence
	from touched t;
	p.alerts := '[]';
	if p.model_id is null then
		return;
	end if;
	select array_agg(c.model_id), array_agg(c.field), array_agg(c.old), array_agg(c.new),
		array_agg(c.event)
	into p.change_id, p.change_field, p.change_old, p.change_new, p.change_event
	from modelsync.plan_changes(p) c;
	p.alerts := modelsync.plan_alerts(p, p_settings);
end
$$;

-- A returning model gets exactly the status it had.  Under review one that had
-- become inactive comes back as new, but an admin's "no" stays a no.
create or replace function modelsync.status_after_return(p_status text, p_restore text, p_review bool)
returns text
language sql immutable
as $$
	select case
		when p_review and p_restore <> 'disabled' then 'new'
		else coalesce(p_restore, p_status) end;
$$;

-- Takes one made-up model through validation and comparison, and none through
-- the writers.  A session's first sync spends half its time on reading the
-- catalogs and planning; the claim does that while there is a fetch to wait for
-- anyway.
create or replace function modelsync.warm_up(p_settings jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	p modelsync.sync_plan;
	v record;
begin
	select * into v from modelsync.plan_validate(p, array[
		'[{"id": "warm/up", "name": "Warm up", "pricing": {"prompt": "0"}}]'::jsonb]);
	p := modelsync.plan_compare(v.p,
		array(select m.model_id::text from public.model_access m) || text 'warm/up', '{}',
		v.fresh, v.fresh_facts, p_settings);
	p.guard := modelsync.guard(p, p_settings);
	perform modelsync.report(p, 'preview', null, null, null, null);
	perform modelsync.engine_begin();
	perform modelsync.insert_models('{}', '{}', null, null);
	perform modelsync.update_models('{}', '{}', '{}', null, null);
	perform modelsync.store_documents('{}', '{}', '{}', null);
	perform modelsync.engine_end();
end
$$;

-- Validate, compare, guard.  p_meta.total_count wins over the pages' own.
create or replace function modelsync.make_plan(p_pages jsonb[], p_meta jsonb, p_settings jsonb)
returns modelsync.sync_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	p modelsync.sync_plan;
	v record;
	started timestamptz := clock_timestamp();
begin
	select * into v from modelsync.plan_validate(p, p_pages);
	p := v.p;
	p.validate_ms := modelsync.elapsed_ms(started);
	if p.problem is not null then
		return p;
	end if;
	p.claimed := coalesce((p_meta ->> 'total_count')::int, (
		select least(max((g -> 'total_count')::numeric), 2147483647) from unnest(p_pages) g
		where jsonb_typeof(g -> 'total_count') = 'number' having count(*) > 0));
	p.incomplete := jsonb_typeof(p_pages[cardinality(p_pages)] #> '{links,next}') = 'string';
	started := clock_timestamp();
	p := modelsync.plan_compare(p, v.seen, v.same, v.fresh, v.fresh_facts, p_settings);
	p.guard := modelsync.guard(p, p_settings);
	p.compare_ms := modelsync.elapsed_ms(started);
	return p;
end
$$;
