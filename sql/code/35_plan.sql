-- SPDX-License-Identifier: MIT
--
-- From facts to a plan: which models a catalogue adds, changes, removes or
-- brings back, the changes to log for it, and what an admin should look at.
-- Nothing here writes, so that a preview and a run read the same plan.

-- The changes to log for models touched by a catalogue.  A model that is added
-- or comes back yields one event; its differences are folded into it.
create or replace function modelsync.plan_changes(p modelsync.sync_plan)
returns table (model_id text, field text, old jsonb, new jsonb, event text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set jit = off
as $$
#variable_conflict use_column
begin
	return query
		with change as (
			select t.id, 1 as part, 'presence' as field, t.old_presence as old,
				case when t.kind = 'added' then t.new_presence
						|| jsonb_strip_nulls(t.facts - 'description')
					else t.new_presence end as new,
				modelsync.event_of('presence', t.old_presence, t.new_presence) as event
			from (select unnest(p.model_id) as id, unnest(p.kind) as kind, unnest(p.facts) as facts,
					unnest(p.old_presence) as old_presence, unnest(p.new_presence) as new_presence
				offset 0) t
			where t.kind not in ('changed', 'adopted')
				and (t.kind <> 'absent' or t.old_presence -> 'status' <> t.new_presence -> 'status')
			union all
			select t.id, 2, d.field, d.old, d.new,
				case when t.kind = 'changed' and row_number() over (partition by t.id, e.event
					order by d.field collate "C") = 1 then e.event end
			from (select unnest(p.model_id) as id, unnest(p.kind) as kind, unnest(p.facts) as facts,
					unnest(p.old_facts) as old_facts
				offset 0) t,
			lateral modelsync.object_diff(t.old_facts, t.facts) d,
			lateral modelsync.event_of(d.field, d.old, d.new) e (event)
			where t.kind in ('changed', 'returned')
			union all
			select t.id, 3, 'status', t.old_presence -> 'restore_status', t.new_presence -> 'status', null
			from (select unnest(p.model_id) as id, unnest(p.kind) as kind,
					unnest(p.old_presence) as old_presence, unnest(p.new_presence) as new_presence
				offset 0) t
			where t.kind = 'returned'
				and t.old_presence -> 'restore_status' <> t.new_presence -> 'status'
		)
		select c.id, c.field, c.old, c.new, c.event
		from change c
		order by c.id collate "C", c.part, c.field collate "C";
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
-- document applied last.  Each entry is looked at as a whole once; after that only the
-- ones that differ are.  An entry that was not sent is null and known by its raw hash.
create or replace function modelsync.plan_validate(inout p modelsync.sync_plan,
	p_pages jsonb[], p_hashes bigint[], p_raw uuid[],
	out same text[], out fresh text[], out fresh_facts jsonb[], out unusable text[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set work_mem = '128MB'
set jit = off
as $$
declare
	ids text[] := modelsync.entry_ids(p_pages);
	entries jsonb[];
	unsent bool;
	indexes int[];
	fresh_ids text[];
	fresh_hashes bigint[];
	fresh_raw uuid[];
	bad_ids text[];
	bad_indexes int[];
	bad text[];
	seen text[];
	invalid int[];
	same_shapes bigint[];
begin
	select count(*), count(*) filter (where u.nth > 1),
		coalesce(bool_or(u.id is null), false),
		array_agg(u.id) filter (where u.id is not null and u.nth = 1),
		array_agg(u.id) filter (where u.known and u.nth = 1),
		array_agg(u.n order by u.n) filter (where not u.known and u.nth = 1),
		array_agg(u.id order by u.n) filter (where not u.known and u.nth = 1),
		array_agg(u.hash order by u.n) filter (where not u.known and u.nth = 1),
		array_agg(u.raw order by u.n) filter (where not u.known and u.nth = 1),
		array_agg(u.id) filter (where u.renewed and u.nth = 1),
		array_agg(u.raw) filter (where u.renewed and u.nth = 1),
		coalesce(array_agg(u.id order by u.n) filter (where u.nth > 1), '{}'),
		coalesce(array_agg(u.n - 1 order by u.n) filter (where u.nth > 1), '{}'),
		coalesce(array_agg(text E'id\tappears again; the first entry counts') filter (where u.nth > 1), '{}'),
		array_agg(distinct u.shape) filter (where u.known and u.nth = 1)
	into p.total, p.duplicates, unsent, seen, same, indexes, fresh_ids, fresh_hashes, fresh_raw,
		p.raw_id, p.raw_hash, bad_ids, bad_indexes, bad, same_shapes
	from (select e.*, case when e.id is null then 1
			else row_number() over (partition by e.id collate "C" order by e.n) end as nth
		from (select l.n, coalesce(r.model_id, l.id) as id, l.hash, l.raw,
				r.hash is not null or d.hash is not null as known,
				coalesce(r.shape, d.shape) as shape,
				r.hash is null and d.hash is not null and l.raw is not null as renewed
			from modelsync.listing(ids, p_hashes, p_raw) l
			left join modelsync.model_document r on p_raw is not null and r.raw_hash = l.raw
				and r.hash is not null and r.normaliser = modelsync.normaliser_version()
			left join modelsync.model_document d on d.model_id = l.id and d.hash = l.hash) e) u;
	p.send_all := p.is_partial and unsent;
	if p.send_all then
		return;
	end if;
	p.invalid := 0;
	if indexes is not null then
		entries := modelsync.entries(p_pages, indexes);
		select array_agg(fresh_ids[f.n]) filter (where f.facts is not null),
			array_agg(f.facts) filter (where f.facts is not null),
			array_agg(fresh_hashes[f.n]) filter (where f.facts is not null),
			array_agg(fresh_raw[f.n]) filter (where f.facts is not null),
			array_agg(f.rest) filter (where f.facts is not null),
			array_agg(f.n) filter (where f.facts is null)
		into fresh, fresh_facts, p.doc_hash, p.doc_raw, p.doc_rest, invalid
		from modelsync.normalise(entries) f;
		p.doc_id := fresh;
	end if;
	if invalid is not null then
		p.invalid := cardinality(invalid);
		unusable := array(select fresh_ids[i.n] from unnest(invalid) i (n) where fresh_ids[i.n] is not null);
		select bad_ids || array_agg(fresh_ids[invalid[f.n]]),
			bad_indexes || array_agg(indexes[invalid[f.n]] - 1), bad || array_agg(b.problem)
		into bad_ids, bad_indexes, bad
		from modelsync.normalise(array(select entries[i.n] from unnest(invalid) i (n))) f,
		lateral unnest(f.problems) b (problem);
	end if;
	p.valid := p.total - p.duplicates - p.invalid;
	p.ids_digest := modelsync.ids_digest(seen);
	p.findings := '[]';
	p.findings_total := cardinality(bad);
	if bad <> '{}' then
		p.findings := modelsync.list_findings(bad_ids, bad_indexes, bad);
	end if;
	select d.* into p.doc_shape, p.shapes, p.new_shapes, p.drift, p.problem
	from modelsync.plan_drift(p_pages, coalesce(fresh_ids, '{}'), coalesce(entries, '{}'), same, same_shapes,
		p.doc_id, p.total) d;
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
	at timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
	with listed as (
		select s.id, null::jsonb as facts, true as same from modelsync.listing(p_same, null, null) s
		union all
		select f.id, p_facts[f.n], false from modelsync.listing(p_fresh, null, null) f
		union all
		select u.id, null, false from modelsync.listing(p_unusable, null, null) u
	), candidate as (
		select coalesce(m.model_id, l.id) as id, l.facts, m.row_version as version,
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
		where l.facts is not null
			or l.id is null and (m.missing_since is null or m.restore_status is null)
			or m.missing_since is not null and l.same
		offset 0
	), touched as (
		select c.id, coalesce(c.facts, c.old_facts) as facts, o.old_facts, c.version, c.status,
			c.restore, c.since, c.runs,
			case when c.kind = 'changed' and o.old_facts = c.facts then 'adopted' else c.kind end as kind
		from candidate c,
		lateral (select case when c.adopted is not null and c.facts is not null
			then modelsync.adopted_facts(c.old_facts, c.adopted, c.facts)
			else c.old_facts end) o (old_facts)
		where c.kind <> 'changed' or c.old_facts <> c.facts
		order by c.id collate "C" offset 0
	)
	select array_agg(t.id), array_agg(t.kind), array_agg(t.version), array_agg(t.facts),
		array_agg(t.old_facts),
		array_agg(case when t.kind not in ('added', 'changed', 'adopted')
			then modelsync.presence(t.status, t.restore, t.since, t.runs) end),
		array_agg(case t.kind
			when 'added' then modelsync.presence('new', null, null, 0)
			when 'returned' then modelsync.presence(
				modelsync.status_after_return(t.status, t.restore, review), null, null, 0)
			when 'changed' then null
			when 'adopted' then null
			else modelsync.presence_after_miss(t.status, t.since, t.runs, grace, at) end)
	into p.model_id, p.kind, p.version, p.facts, p.old_facts, p.old_presence, p.new_presence
	from touched t;
	select array_agg(m.model_id::text), array_agg(m.row_version)
	into p.kept_id, p.kept_version
	from public.model_access m
	where m.model_id = any (array(select f.id from modelsync.listing(p_fresh, null, null) f
		where not exists (select from unnest(p.model_id) t where t = f.id)));
	p := modelsync.plan_news(p, p_settings);
end
$$;

-- The changes and alerts that the models of a plan come to.
create or replace function modelsync.plan_news(inout p modelsync.sync_plan, p_settings jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	p.alerts := '[]';
	p.flapping := '[]';
	if p.model_id is null then
		return;
	end if;
	select array_agg(c.model_id), array_agg(c.field), array_agg(c.old), array_agg(c.new),
		array_agg(c.event)
	into p.change_id, p.change_field, p.change_old, p.change_new, p.change_event
	from modelsync.plan_changes(p) c;
	-- new models alarm nobody
	if 'added' <> any (p.kind) then
		p.flapping := modelsync.plan_flapping(p.change_id, p.change_field, p.change_old, p.change_new,
			p_settings);
		p.alerts := modelsync.plan_alerts(p, p_settings);
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
	p := modelsync.plan_news(p, p_settings);
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
	p modelsync.sync_plan;
	v record;
begin
	if current_setting('modelsync.is_warm', true) = 'on' then
		return;
	end if;
	v := modelsync.plan_validate(p, pages, modelsync.entry_hashes(pages), null);
	p := modelsync.plan_compare(v.p, '{}', v.fresh, v.fresh_facts,
		array(select m.model_id::text from public.model_access m), p_settings);
	p.guard := modelsync.guard(p.kind, p.total, p.duplicates, p.invalid, p.claimed,
		p.incomplete, p_settings);
	perform modelsync.report(p, 'preview', null, null, null, null);
	p.change_id := array['warm/up'];
	p.change_field := array['pricing'];
	p.change_old := array['{"prompt": "0"}'::jsonb];
	p.change_new := array['{"prompt": "1"}'::jsonb];
	p.flapping := modelsync.plan_flapping(p.change_id, p.change_field, p.change_old, p.change_new,
		p_settings);
	p.alerts := modelsync.plan_alerts(p, p_settings);
	perform modelsync.sync_unknown('{}');
	perform modelsync.quality_counts();
	perform set_config('modelsync.is_warm', 'on', false);
end
$$;

-- What the pages claim to hold in all, and whether there should be a further one.
-- p_meta.total_count wins over the pages' own.
create or replace function modelsync.plan_claim(inout p modelsync.sync_plan, p_pages jsonb[],
	p_meta jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	claimed numeric := (p_meta ->> 'total_count')::numeric;
begin
	if claimed is null then
		for n in 1 .. cardinality(p_pages) loop
			if jsonb_typeof(p_pages[n] -> 'total_count') = 'number' then
				claimed := greatest(claimed, (p_pages[n] -> 'total_count')::numeric);
			end if;
		end loop;
	end if;
	p.claimed := case when claimed is not null then least(greatest(claimed, 0), 2147483647) end;
	p.incomplete := jsonb_typeof(p_pages[cardinality(p_pages)] #> '{links,next}') = 'string';
end
$$;

-- The digests of an answer, and its entries' hashes.  Whoever sent hashes ahead may
-- have left out the entries that are known.
create or replace function modelsync.plan_digests(inout p modelsync.sync_plan, p_pages jsonb[],
	p_meta jsonb, out hashes bigint[], out raw uuid[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	hashes := modelsync.entry_hashes(p_pages);
	raw := (p_meta ->> 'hashes')::uuid[];
	if cardinality(raw) <> cardinality(hashes) then
		raise exception 'meta.hashes: % hashes of % entries', cardinality(raw), cardinality(hashes)
			using errcode = 'invalid_parameter_value';
	end if;
	p.raw_digest := hash_array_extended(raw, 0);
	if not p.is_partial then
		p.entries_digest := hash_array_extended(hashes, modelsync.normaliser_version());
	end if;
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
	d record;
	v record;
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
			d := modelsync.plan_digests(p, p_pages, p_meta);
			p := modelsync.plan_again(d.p, false);
			if p.again is null then
				v := modelsync.plan_validate(p, p_pages, d.hashes, d.raw);
				p := v.p;
			else
				p := modelsync.plan_drift_beside(p, p_pages);
			end if;
			p := modelsync.plan_claim(p, p_pages, p_meta);
		end if;
	end if;
	p.validate_ms := modelsync.elapsed_ms(started);
	if p.problem is not null or p.send_all then
		return p;
	end if;
	started := clock_timestamp();
	if p.again then
		p := modelsync.plan_absent(p, p_settings);
	else
		p := modelsync.plan_compare(p, v.same, v.fresh, v.fresh_facts, v.unusable, p_settings);
	end if;
	p.guard := modelsync.guard(p.kind, p.total, p.duplicates, p.invalid, p.claimed,
		p.incomplete, p_settings);
	p.send_all := p.is_partial and p.guard <> '[]';
	p.compare_ms := modelsync.elapsed_ms(started);
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
