-- SPDX-License-Identifier: MIT
--
-- From facts to a plan: which models a catalogue adds, changes, removes or
-- brings back, the changes to log for it, and what an admin should look at.
-- Nothing here writes, so that a preview and a run read the same plan.

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

-- Entries as they are told apart: by id and hashes.  Not inlined: the planner is to
-- know that they are many.
create or replace function modelsync.listing(p_ids text[], p_hashes bigint[], p_raw uuid[])
returns table (id text, hash bigint, raw uuid, n int)
language sql immutable rows 1000
set search_path = pg_catalog, pg_temp
as $$
	select x.id, x.hash, x.raw, x.n::int
	from unnest(p_ids, p_hashes, p_raw) with ordinality x (id, hash, raw, n);
$$;

-- Stage 1: findings, and the facts of those entries that are new or differ from the
-- document applied last; with these, which are many, on to stage 2.  Each entry is looked
-- at as a whole once, after that only the ones that differ are.  An entry that was not
-- sent is null and known by its raw hash.  p_page to p_hashes are its entry_keys().
create or replace function modelsync.plan_entries(inout p modelsync.sync_plan, p_pages jsonb[],
	p_page int[], p_place int[], p_ids text[], p_hashes bigint[], p_raw uuid[], p_settings jsonb,
	p_started timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set work_mem = '128MB'
set jit = off
as $$
declare
	unsent bool;
	same text[];
	same_shapes bigint[];
	seen text[];
	fresh int[];            -- numbers of entries that are to be looked at
	fresh_ids text[];
	fresh_page int[];
	fresh_place int[];
	good text[];            -- those with facts
	facts jsonb[];
	rests jsonb[];
	shapes bigint[];
	bad_ids text[];
	bad_indexes int[];
	bad text[];
	invalid int[];          -- numbers among the fresh ones
	unusable text[];
begin
	select count(*), count(*) filter (where u.nth > 1),
		coalesce(bool_or(u.id is null), false),
		array_agg(u.id) filter (where u.id is not null and u.nth = 1),
		array_agg(u.id) filter (where u.known and u.nth = 1),
		coalesce(array_agg(u.n order by u.n) filter (where not u.known and u.nth = 1), '{}'),
		coalesce(array_agg(u.id order by u.n) filter (where not u.known and u.nth = 1), '{}'),
		array_agg(u.id) filter (where u.renewed and u.nth = 1),
		array_agg(u.raw) filter (where u.renewed and u.nth = 1),
		coalesce(array_agg(u.id order by u.n) filter (where u.nth > 1), '{}'),
		coalesce(array_agg(u.n - 1 order by u.n) filter (where u.nth > 1), '{}'),
		coalesce(array_agg(text E'id\tappears again; the first entry counts') filter (where u.nth > 1), '{}'),
		array_agg(distinct u.shape) filter (where u.known and u.nth = 1)
	into p.total, p.duplicates, unsent, seen, same, fresh, fresh_ids,
		p.raw_id, p.raw_hash, bad_ids, bad_indexes, bad, same_shapes
	from (select e.*, case when e.id is null then 1
			else row_number() over (partition by e.id collate "C" order by e.n) end as nth
		from (select l.n, coalesce(r.model_id, l.id) as id, l.raw,
				r.hash is not null or d.hash is not null as known,
				coalesce(r.shape, d.shape) as shape,
				r.hash is null and d.hash is not null and l.raw is not null as renewed
			from modelsync.listing(p_ids, p_hashes, p_raw) l
			left join modelsync.model_document r on p_raw is not null and r.raw_hash = l.raw
				and r.hash is not null and r.normaliser = modelsync.normaliser_version()
			left join modelsync.model_document d on d.model_id = l.id and d.hash = l.hash) e) u;
	p.send_all := p.is_partial and unsent;
	if p.send_all then
		return;
	end if;
	fresh_page := array(select p_page[f.n] from unnest(fresh) f (n));
	fresh_place := array(select p_place[f.n] from unnest(fresh) f (n));
	select array_agg(fresh_ids[f.n]) filter (where f.facts is not null),
		array_agg(f.facts) filter (where f.facts is not null),
		array_agg(p_hashes[fresh[f.n]]) filter (where f.facts is not null),
		array_agg(p_raw[fresh[f.n]]) filter (where f.facts is not null),
		array_agg(f.rest) filter (where f.facts is not null),
		array_agg(f.shape) filter (where f.facts is not null),
		coalesce(array_agg(f.shape), '{}'),
		coalesce(array_agg(f.n) filter (where f.facts is null), '{}')
	into good, facts, p.doc_hash, p.doc_raw, rests, p.doc_shape, shapes, invalid
	from modelsync.normalise(p_pages, fresh_page, fresh_place) f;
	p.doc_id := good;
	p.invalid := cardinality(invalid);
	if p.invalid > 0 then
		unusable := array(select fresh_ids[i.n] from unnest(invalid) i (n) where fresh_ids[i.n] is not null);
		select bad_ids || array_agg(fresh_ids[invalid[f.n]]),
			bad_indexes || array_agg(fresh[invalid[f.n]] - 1), bad || array_agg(b.problem)
		into bad_ids, bad_indexes, bad
		from modelsync.normalise(p_pages, array(select fresh_page[i.n] from unnest(invalid) i (n)),
			array(select fresh_place[i.n] from unnest(invalid) i (n))) f,
		lateral unnest(f.problems) b (problem);
	end if;
	p.valid := p.total - p.duplicates - p.invalid;
	p.ids_digest := modelsync.ids_digest(seen);
	p.findings := '[]';
	p.findings_total := cardinality(bad);
	if bad <> '{}' then
		p.findings := modelsync.list_findings(bad_ids, bad_indexes, bad);
	end if;
	select d.* into p.shapes, p.new_shapes, p.drift, p.problem
	from modelsync.plan_drift(p_pages, fresh_ids, shapes, fresh_page, fresh_place, same, same_shapes,
		p.total) d;
	p.validate_ms := modelsync.elapsed_ms(p_started);
	if p.problem is null then
		p := modelsync.plan_compare(p, same, good, facts, unusable, p_settings);
	end if;
	p.doc_rest := rests;
end
$$;

-- Stage 2: the models that change, and those of which only the document does.  An entry is
-- as it was, has facts, or cannot be used.
create or replace function modelsync.plan_compare(inout p modelsync.sync_plan, p_same text[],
	p_fresh text[], p_facts jsonb[], p_unusable text[], p_settings jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_mergejoin = off
set work_mem = '128MB'
set jit = off
as $$
declare
	grace int := greatest((p_settings ->> 'missing_grace')::int, 1);
	review bool := p_settings ->> 'returning' = 'review';
	newly jsonb := modelsync.presence('new', null, null, 0);
	at timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
	with listed as (
		select s.id, null::int as n, true as same from modelsync.listing(p_same, null, null) s
		union all
		select f.id, f.n, false from modelsync.listing(p_fresh, null, null) f
		union all
		select u.id, null, false from modelsync.listing(p_unusable, null, null) u
	), candidate as (
		select coalesce(m.model_id, l.id) as id, l.n, m.row_version as version,
			coalesce(m.status, 'new') as status,
			m.restore_status as restore, m.missing_since as since, m.missed_runs as runs,
			case when m.id is not null then modelsync.facts(m) end as old_facts,
			case when m.id is not null and m.pricing is null
				then modelsync.contract_pricing(m) end as adopted,
			case when m.id is null then 'added'
				when l.id is not null and m.missing_since is not null then 'returned'
				when l.id is not null then 'changed'
				when m.missing_since is null then 'removed'
				else 'absent' end as kind
		from public.model_access m
		full join listed l on l.id = m.model_id
		where l.n is not null
			or l.id is null and (m.missing_since is null or m.restore_status is null)
			or m.missing_since is not null and l.same
		offset 0
	), touched as (
		select c.id, c.n, o.old_facts, c.version, c.status, c.restore, c.since, c.runs,
			case when c.kind = 'changed' and o.old_facts = p_facts[c.n] then 'adopted' else c.kind end as kind
		from candidate c,
		lateral (select case when c.adopted is not null and c.n is not null
			then modelsync.adopted_facts(c.old_facts, c.adopted, p_facts[c.n])
			else c.old_facts end) o (old_facts)
		where c.kind <> 'changed' or c.old_facts <> p_facts[c.n]
		order by c.id collate "C" offset 0
	)
	select array_agg(t.id), array_agg(t.kind), array_agg(t.version),
		array_agg(coalesce(p_facts[t.n], t.old_facts)), array_agg(t.old_facts),
		array_agg(case when t.kind not in ('added', 'changed', 'adopted')
			then modelsync.presence(t.status, t.restore, t.since, t.runs) end),
		array_agg(case t.kind
			when 'added' then newly
			when 'returned' then modelsync.presence(
				modelsync.status_after_return(t.status, t.restore, review), null, null, 0)
			when 'changed' then null
			when 'adopted' then null
			else modelsync.presence_after_miss(t.status, t.since, t.runs, grace, at) end)
	into p.model_id, p.kind, p.version, p.facts, p.old_facts, p.old_presence, p.new_presence
	from touched t;
	if cardinality(p_fresh) > (select count(*) from unnest(p.kind) k where k in ('added', 'changed', 'adopted')) then
		select array_agg(m.model_id::text), array_agg(m.row_version)
		into p.kept_id, p.kept_version
		from public.model_access m
		where m.model_id = any (array(select f.id from modelsync.listing(p_fresh, null, null) f
			where not exists (select from unnest(p.model_id) t where t = f.id)));
	end if;
end
$$;

-- The changes to log for the models that a plan touches, and the alerts they come to.  A
-- model that is added or comes back yields one event; its differences are folded into it,
-- those of an added one by log_changes().
create or replace function modelsync.plan_news(p_ids text[], p_kinds text[], p_facts jsonb[],
	p_old_facts jsonb[], p_old_presence jsonb[], p_new_presence jsonb[], p_settings jsonb,
	out change_id text[], out change_field text[], out change_old jsonb[], out change_new jsonb[],
	out change_event text[], out alerts jsonb, out flapping jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set jit = off
as $$
begin
	alerts := '[]';
	flapping := '[]';
	if p_ids is null then
		return;
	end if;
	with presence as (
		select unnest(p_ids) as id, unnest(p_kinds) as kind, unnest(p_old_presence) as old,
			unnest(p_new_presence) as new
		offset 0
	), fact as (
		select unnest(p_ids) as id, unnest(p_kinds) as kind, unnest(p_old_facts) as old,
			unnest(p_facts) as new
		offset 0
	), change as (
		select t.id, 1 as part, 'presence' as field, t.old, t.new,
			modelsync.event_of('presence', t.old, t.new) as event
		from presence t
		where t.kind not in ('changed', 'adopted')
			and (t.kind <> 'absent' or t.old -> 'status' <> t.new -> 'status')
		union all
		select t.id, 2, d.field, d.old, d.new,
			case when t.kind = 'changed' and row_number() over (partition by t.id, e.event
				order by d.field collate "C") = 1 then e.event end
		from fact t,
		lateral modelsync.object_diff(t.old, t.new) d,
		lateral modelsync.event_of(d.field, d.old, d.new) e (event)
		where t.kind in ('changed', 'returned')
		union all
		select t.id, 3, 'status', t.old -> 'restore_status', t.new -> 'status', null
		from presence t
		where t.kind = 'returned' and t.old -> 'restore_status' <> t.new -> 'status'
	)
	select array_agg(c.id), array_agg(c.field), array_agg(c.old), array_agg(c.new), array_agg(c.event)
	into change_id, change_field, change_old, change_new, change_event
	from (select * from change order by id collate "C", part, field collate "C") c;
	-- new models alarm nobody
	if 'added' <> any (p_kinds) then
		flapping := modelsync.plan_flapping(change_id, change_field, change_old, change_new, p_settings);
		alerts := modelsync.plan_alerts(change_id, change_field, change_old, change_new, change_event,
			flapping, p_settings);
	end if;
end
$$;

-- Stage 2 of the same answer again: nothing changes but for the models whose absence
-- may come to an end in being inactive.
create or replace function modelsync.plan_absent(inout p modelsync.sync_plan, p_settings jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	select array_agg(m.model_id order by m.model_id collate "C"), array_agg(text 'absent'),
		array_agg(m.row_version order by m.model_id collate "C"),
		array_agg(modelsync.facts(m) order by m.model_id collate "C"),
		array_agg(modelsync.presence(coalesce(m.status, 'new'), null, m.missing_since, m.missed_runs)
			order by m.model_id collate "C"),
		array_agg(modelsync.presence_after_miss(coalesce(m.status, 'new'), m.missing_since, m.missed_runs,
			greatest((p_settings ->> 'missing_grace')::int, 1), m.missing_since)
			order by m.model_id collate "C")
	into p.model_id, p.kind, p.version, p.facts, p.old_presence, p.new_presence
	from public.model_access m
	where m.missing_since is not null and m.restore_status is null;
	p.old_facts := p.facts;
end
$$;

-- The presence of a model after one more run that did not list it.  Inlined.
create or replace function modelsync.presence_after_miss(p_status text, p_since timestamptz,
	p_missed_runs int, p_grace int, p_at timestamptz)
returns jsonb
language sql stable
as $$
	select modelsync.presence(
		case when coalesce(p_missed_runs, 0) + 1 >= p_grace then 'inactive' else p_status end,
		case when coalesce(p_missed_runs, 0) + 1 >= p_grace then p_status end,
		coalesce(p_since, p_at), coalesce(p_missed_runs, 0) + 1);
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

-- Takes one made-up model through validation and comparison; it only reads, so
-- that nothing that hinders writing can hinder a claim.  A session's first sync spends
-- half its time on reading the catalogs and planning; the claim does that, once, while
-- there is a fetch to wait for anyway.
create or replace function modelsync.warm_up(p_settings jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	pages jsonb[] := array['[{"id": "warm/up", "name": "Warm up", "pricing": {"prompt": "0"}}]'::jsonb];
	price jsonb := '{"prompt": "0"}';
	p modelsync.sync_plan;
	k record;
begin
	if current_setting('modelsync.is_warm', true) = 'on' then
		return;
	end if;
	k := modelsync.entry_keys(pages);
	p := modelsync.plan_entries(p, pages, k.pages, k.places, k.ids, k.hashes, null, p_settings,
		clock_timestamp());
	-- nothing is missing: all models count as listed, but not usable
	p := modelsync.plan_compare(p, '{}', array['warm/up'], array['{}'::jsonb],
		array(select m.model_id::text from public.model_access m), p_settings);
	perform modelsync.plan_news(p.model_id, p.kind, p.facts, p.old_facts, p.old_presence, p.new_presence,
		p_settings);
	p.guard := modelsync.guard(p.kind, p.total, p.duplicates, p.invalid, p.claimed,
		p.incomplete, p_settings);
	perform modelsync.describe_drift('model', '{}', '[{"shape": 1, "level": "model", "fields": ["string warm"]}]',
		null, null, null);
	perform modelsync.report(p, 'preview', null, null, null, null);
	perform modelsync.plan_flapping(array['warm/up'], array['pricing'], array[price], array[price], p_settings);
	perform modelsync.plan_alerts(array['warm/up'], array['pricing'], array[price], array[price],
		array['price_changed'], '[]', p_settings);
	perform modelsync.sync_unknown('{}');
	perform modelsync.quality_counts();
	perform set_config('modelsync.is_warm', 'on', false);
end
$$;

-- What the pages claim to hold in all, and whether there should be a further one.
-- p_meta.total_count wins over the pages' own.
create or replace function modelsync.plan_claim(p_pages jsonb[], p_meta jsonb, out claimed int,
	out incomplete bool)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	n numeric := (p_meta ->> 'total_count')::numeric;
begin
	if n is null then
		for i in 1 .. cardinality(p_pages) loop
			if jsonb_typeof(p_pages[i] -> 'total_count') = 'number' then
				n := greatest(n, (p_pages[i] -> 'total_count')::numeric);
			end if;
		end loop;
	end if;
	claimed := case when n is not null then least(greatest(n, 0), 2147483647) end;
	incomplete := jsonb_typeof(p_pages[cardinality(p_pages)] #> '{links,next}') = 'string';
end
$$;

-- The hashes of the bytes of entries, as whoever sends them says; who sent them ahead may
-- have left out the entries that are known.
create or replace function modelsync.raw_hashes(p_meta jsonb, p_entries int)
returns uuid[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
	raw uuid[] := (p_meta ->> 'hashes')::uuid[];
begin
	if cardinality(raw) <> p_entries then
		raise exception 'meta.hashes: % hashes of % entries', cardinality(raw), p_entries
			using errcode = 'invalid_parameter_value';
	end if;
	return raw;
end
$$;

-- Validate, compare, guard.  meta.not_modified: there are no pages, the answer is the
-- one applied last; meta.sent_ahead: known entries are null.
create or replace function modelsync.make_plan(p_pages jsonb[], p_meta jsonb, p_settings jsonb)
returns modelsync.sync_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
	p modelsync.sync_plan;
	k record;
	raw uuid[];
	not_modified bool := coalesce((p_meta ->> 'not_modified')::bool, false);
	started timestamptz := clock_timestamp();
begin
	p.is_partial := not_modified or coalesce((p_meta ->> 'sent_ahead')::bool, false);
	if not_modified then
		p := modelsync.plan_again(p, true);
		p.send_all := p.again is null;
	else
		p.problem := modelsync.pages_problem(p_pages);
		if p.problem is null then
			k := modelsync.entry_keys(p_pages);
			raw := modelsync.raw_hashes(p_meta, cardinality(k.hashes));
			p.raw_digest := hash_array_extended(raw, 0);
			if not p.is_partial then
				p.entries_digest := hash_array_extended(k.hashes, modelsync.normaliser_version());
			end if;
			p := modelsync.plan_again(p, false);
			select c.* into p.claimed, p.incomplete from modelsync.plan_claim(p_pages, p_meta) c;
			if p.again is null then
				p := modelsync.plan_entries(p, p_pages, k.pages, k.places, k.ids, k.hashes, raw,
					p_settings, started);
			else
				p := modelsync.plan_drift_beside(p, p_pages);
			end if;
		end if;
	end if;
	p.validate_ms := coalesce(p.validate_ms, modelsync.elapsed_ms(started));
	if p.problem is not null or p.send_all then
		return p;
	end if;
	if p.again then
		p := modelsync.plan_absent(p, p_settings);
	end if;
	-- of models that are only added nobody asks for facts
	select n.* into p.change_id, p.change_field, p.change_old, p.change_new, p.change_event,
		p.alerts, p.flapping
	from modelsync.plan_news(p.model_id, p.kind, case when 'added' <> any (p.kind) then p.facts end,
		p.old_facts, p.old_presence, p.new_presence, p_settings) n;
	p.guard := modelsync.guard(p.kind, p.total, p.duplicates, p.invalid, p.claimed,
		p.incomplete, p_settings);
	p.send_all := p.is_partial and p.guard <> '[]';
	p.compare_ms := modelsync.elapsed_ms(started) - p.validate_ms;
	return p;
end
$$;

-- Which of the entries with these hashes, counted from 1, the engine must see; the
-- others are as they were applied last.
create or replace function modelsync.sync_unknown(p_hashes uuid[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set jit = off
as $$
begin
	return (
		select coalesce(jsonb_agg(l.n order by l.n), '[]')
		from modelsync.listing(null, null, p_hashes) l
		left join modelsync.model_document d on d.raw_hash = l.raw and d.hash is not null
			and d.normaliser = modelsync.normaliser_version()
		where d.hash is null);
end
$$;
