-- SPDX-License-Identifier: MIT
--
-- The guard: reasons not to apply a catalogue without an admin's word, and the
-- report every way of syncing returns.

-- p_kinds are those of the models that a plan touches.
create or replace function modelsync.guard(p_kinds text[], p_total int, p_duplicates int, p_invalid int,
	p_claimed int, p_incomplete bool, p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select coalesce(jsonb_agg(jsonb_build_object('rule', r.rule, 'message', r.message) order by r.n)
			filter (where r.message is not null), '[]')
		from (select count(*) filter (where k = 'removed') as missing,
				p_total - p_duplicates as listed
			from unnest(p_kinds) k) f,
		lateral (select count(*) as present from public.model_access m
			where f.missing > 0 and m.missing_since is null) m,
		lateral (values
			(1, 'empty', case when p_total = 0 then 'the list is empty' end),
			(2, 'short_list', case
				when p_total > 0 and p_incomplete
					then 'the last page names a further page that was not fetched'
				when p_total > 0 and f.listed <> p_claimed
					then format('the list holds %s models, upstream claims %s', f.listed, p_claimed) end),
			(3, 'max_missing_percent', case
				when f.missing >= (p_settings ->> 'min_missing')::int
					and 100.0 * f.missing > (p_settings ->> 'max_missing_percent')::numeric * m.present
				then format('%s of %s models are missing (%s %%, allowed %s %%)', f.missing, m.present,
					round(100.0 * f.missing / m.present, 1), p_settings ->> 'max_missing_percent') end),
			(4, 'max_invalid_percent', case
				when 100.0 * p_invalid > (p_settings ->> 'max_invalid_percent')::numeric * p_total
				then format('%s of %s entries are invalid (%s %%, allowed %s %%)', p_invalid, p_total,
					round(100.0 * p_invalid / p_total, 1), p_settings ->> 'max_invalid_percent') end),
			(5, 'undone_sync', (select format(
					'changeset %s, a sync, was undone; the run after it waits for a decision', l.undone_changeset)
				from modelsync.lease l where l.undone_changeset is not null))
		) r (n, rule, message));
end
$$;

create or replace function modelsync.plan_counts(p_kinds text[], p_old_presence jsonb[],
	p_new_presence jsonb[], p_total int, p_valid int, p_invalid int, p_duplicates int, p_documents int)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select jsonb_build_object(
			'total', coalesce(p_total, 0),
			'valid', coalesce(p_valid, 0),
			'invalid', coalesce(p_invalid, 0),
			'duplicates', coalesce(p_duplicates, 0),
			'added', k.added,
			'updated', k.updated,
			'unchanged', greatest(coalesce(p_valid, 0) - k.added - k.updated - k.returned, 0),
			'missing', k.missing,
			'marked_inactive', k.marked_inactive,
			'returned', k.returned,
			'reactivated', k.reactivated,
			'documents', coalesce(p_documents, 0))
		from (select
			count(*) filter (where u.kind = 'added') as added,
			count(*) filter (where u.kind = 'changed') as updated,
			count(*) filter (where u.kind = 'removed') as missing,
			count(*) filter (where u.kind = 'returned') as returned,
			count(*) filter (where u.kind in ('removed', 'absent')
				and u.old ->> 'status' <> 'inactive' and u.new ->> 'status' = 'inactive')
				as marked_inactive,
			count(*) filter (where u.kind = 'returned' and u.old ->> 'status' = 'inactive'
				and u.new ->> 'status' <> 'inactive') as reactivated
			from unnest(p_kinds, p_old_presence, p_new_presence) u (kind, old, new)) k);
end
$$;

-- A logged change as the fields people read: prices one by one, a presence as
-- the status it led to.  Inlined.
create or replace function modelsync.readable_change(p_field text, p_old jsonb, p_new jsonb)
returns table (field text, old jsonb, new jsonb)
language sql immutable rows 1
as $$
	select 'pricing.' || k.key, p_old -> k.key, p_new -> k.key
	from (select jsonb_object_keys(coalesce(p_old, '{}') || coalesce(p_new, '{}'))) k (key)
	where p_field = 'pricing'
	union all
	select 'status', p_old -> 'status', p_new -> 'status'
	where p_field = 'presence' and p_old is not null
		and p_old -> 'status' is distinct from p_new -> 'status'
	union all
	select p_field, p_old, p_new
	where p_field not in ('pricing', 'presence');
$$;

-- The models a plan changes, for people: at most p_limit of them.
create or replace function modelsync.plan_diff(p modelsync.sync_plan, p_limit int)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set jit = off
as $$
begin
	return (
		with touched as materialized (
			select t.id, t.name, case t.kind when 'absent' then 'changed' else t.kind end as kind
			from (select unnest(p.model_id) as id, unnest(p.kind) as kind,
					unnest(p.facts) ->> 'name' as name
				offset 0) t
			where t.kind not in ('absent', 'adopted') or t.id = any (p.change_id)
			order by t.id collate "C" limit p_limit
		), field as (
			select c.id, jsonb_agg(jsonb_build_object('field', r.field, 'old', r.old, 'new', r.new)
				order by r.field collate "C") as fields
			from (select unnest(p.change_id) as id, unnest(p.change_field) as field,
					unnest(p.change_old) as old, unnest(p.change_new) as new
				offset 0) c
			join touched t on t.id = c.id,
			lateral modelsync.readable_change(c.field, c.old, c.new) r
			group by c.id
		)
		select coalesce(jsonb_agg(jsonb_build_object('model_id', t.id, 'name', t.name, 'kind', t.kind,
			'fields', coalesce(f.fields, '[]')) order by t.id collate "C"), '[]')
		from touched t left join field f on f.id = t.id);
end
$$;

-- The counts of a report in one line.
create or replace function modelsync.summary(p_counts jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select format('%s added, %s updated, %s missing, %s returned, %s unchanged',
			c ->> 'added', c ->> 'updated', c ->> 'missing', c ->> 'returned', c ->> 'unchanged')
		|| case when c ->> 'invalid' <> '0' then format(', %s skipped as invalid', c ->> 'invalid')
			else '' end
	from (select p_counts) x (c);
$$;

-- What a plan came to; without a message its counts say so.  The caller adds run,
-- hold and changeset.
create or replace function modelsync.report(p modelsync.sync_plan, p_state text,
	p_category text, p_message text, p_meta jsonb, p_times jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	counts jsonb := modelsync.plan_counts(p.kind, p.old_presence, p.new_presence, p.total, p.valid,
		p.invalid, p.duplicates, cardinality(p.doc_id));
	times jsonb := jsonb_build_object(
		'fetch', coalesce((p_meta ->> 'fetch_ms')::numeric, 0),
		'validate', coalesce(p.validate_ms, 0),
		'compare', coalesce(p.compare_ms, 0),
		'apply', 0, 'record', 0) || coalesce(p_times, '{}');
	database numeric := (times ->> 'validate')::numeric + (times ->> 'compare')::numeric
		+ (times ->> 'apply')::numeric + (times ->> 'record')::numeric;
	not_modified bool := coalesce((p_meta ->> 'not_modified')::bool, false);
	changes jsonb := '[]';
	changes_total bigint := 0;
begin
	if p.model_id is not null then
		changes := modelsync.plan_diff(p, 1000);
		changes_total := (select count(*) from unnest(p.model_id, p.kind) t (id, kind)
			where t.kind not in ('absent', 'adopted') or t.id = any (p.change_id));
	end if;
	return jsonb_build_object(
		'ok', true,
		'run', null,
		'sync_log_id', null,
		'state', p_state,
		'category', p_category,
		'message', coalesce(p_message,
			concat(case when not_modified then 'not modified: ' end, modelsync.summary(counts))),
		'not_modified', not_modified,
		'hold', null,
		'changeset', null,
		'counts', counts,
		'timing_ms', times || jsonb_build_object('database', database,
			'total', database + (times ->> 'fetch')::numeric),
		'bytes', (p_meta ->> 'bytes')::bigint,
		'findings', coalesce(p.findings, '[]'),
		'findings_total', coalesce(p.findings_total, 0),
		'guard', coalesce(p.guard, '[]'),
		'drift', coalesce(p.drift, '[]'),
		'alerts', coalesce(p.alerts, '[]'),
		'flapping', coalesce(p.flapping, '[]'),
		'changes', changes,
		'changes_total', changes_total);
end
$$;
