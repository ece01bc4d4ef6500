-- SPDX-License-Identifier: MIT
--
-- Retention: what the change log need not keep for ever.
--
-- A change goes when it is old and newer changes say all it says: what is in
-- force stays explained, however old.  The changeset itself and its audit entry
-- stay.  The entry's digest is of all its changes, so the retirement notes the
-- digest of those it leaves, and its own entry in the audit carries a digest of
-- these notes: what is missing without one was removed by somebody else.

-- The moment before which something is old, given the days it is kept; null: never.
create or replace function modelsync.retention_limit(p_setting text)
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select date_trunc('second', clock_timestamp()) - (s.value #>> '{}')::int * interval '1 day'
	from modelsync.setting s where s.name = p_setting and s.value <> 'null';
$$;

-- The oldest changes that may go: newer ones of the same field have replaced them;
-- of pricing, each of its keys.
create or replace function modelsync.retirable_changes(p_before timestamptz, p_limit int)
returns setof modelsync.change
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	select c.*
	from modelsync.changeset s
	join modelsync.change c on c.changeset_id = s.changeset_id
	where s.at < p_before
		and case when c.field = 'pricing' then not exists (
				select from jsonb_object_keys(coalesce(c.old, '{}') || coalesce(c.new, '{}')) k (key)
				where not exists (select from modelsync.change n
					where n.model_id = c.model_id and n.field = c.field and n.change_id > c.change_id
						and coalesce(n.old, '{}') || coalesce(n.new, '{}') ? k.key))
			else exists (select from modelsync.change n
				where n.model_id = c.model_id and n.field = c.field and n.change_id > c.change_id) end
	order by c.changeset_id, c.change_id
	limit p_limit;
$$;

-- Runs before p_before that nothing refers to.  The first that completed and the
-- last before that moment stay: what came after them is measured from them.
create or replace function modelsync.retirable_runs(p_before timestamptz)
returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select r.run_id
	from modelsync.run r
	where r.completed_at < p_before
		and r.run_id not in (
			select min(f.run_id) from modelsync.run f where f.state = 'completed' having count(*) > 0
			union all
			select max(f.run_id) from modelsync.run f
			where f.state = 'completed' and f.completed_at < p_before having count(*) > 0)
		and not exists (select from modelsync.changeset c where c.run_id = r.run_id)
		and not exists (select from modelsync.alert a where a.run_id = r.run_id)
		and not exists (select from modelsync.hold h
			where r.run_id in (h.run_id, h.resolved_run)
				and (h.resolved_at is null or h.resolved_at >= p_before));
$$;

-- Takes up to p_limit old changes from the log and notes what is left; for the
-- audit.  The caller holds the lock on modelsync.retired.
create or replace function modelsync.retire_changes(p_before timestamptz, p_limit int)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	id bigint := (select coalesce(max(r.retirement_id), 0) + 1 from modelsync.retired r);
	ids bigint[];
	sets bigint[];
	counts int[];
begin
	select array_agg(c.change_id) into ids from modelsync.retirable_changes(p_before, p_limit) c;
	if ids is null then
		return '{}';
	end if;
	with gone as (
		delete from modelsync.change c where c.change_id = any (ids) returning c.changeset_id
	), n as (
		select g.changeset_id, count(*) as changes from gone g group by g.changeset_id
	)
	select array_agg(n.changeset_id), array_agg(n.changes) into sets, counts from n;
	insert into modelsync.retired (retirement_id, changeset_id, changes, left_digest)
	select id, t.changeset_id, t.changes, modelsync.changes_digest(t.changeset_id)
	from unnest(sets, counts) t (changeset_id, changes);
	return jsonb_build_object('retirement', id, 'digest', modelsync.retirement_digest(id),
		'changes', cardinality(ids), 'changesets', cardinality(sets));
end
$$;

-- Messages before that moment of which nothing is on its way any more.
create or replace function modelsync.retirable_messages(p_before timestamptz)
returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select m.message_id from modelsync.message m
	where m.at < p_before and not exists (select from modelsync.delivery d
		where d.message_id = m.message_id and d.next_at is not null);
$$;

-- Deletes old runs and messages, and holds that were settled long ago, for the audit.
create or replace function modelsync.retire_runs(p_before timestamptz)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	ids bigint[] := array(select modelsync.retirable_runs(p_before));
	messages bigint;
	holds bigint;
begin
	delete from modelsync.hold h where h.resolved_at < p_before;
	get diagnostics holds = row_count;
	delete from modelsync.run r where r.run_id = any (ids);
	delete from modelsync.message m
	where m.message_id in (select modelsync.retirable_messages(p_before));
	get diagnostics messages = row_count;
	return jsonb_build_object('runs', cardinality(ids), 'holds', holds, 'messages', messages);
end
$$;

-- What retire() would do.
create or replace function modelsync.retire_preview(p_changes_before timestamptz, p_runs_before timestamptz)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('changes', count(*), 'changesets', count(distinct c.changeset_id),
		'runs', (select count(*) from modelsync.retirable_runs(p_runs_before)),
		'holds', (select count(*) from modelsync.hold h where h.resolved_at < p_runs_before),
		'messages', (select count(*) from modelsync.retirable_messages(p_runs_before)))
	from modelsync.retirable_changes(p_changes_before, null) c;
$$;

-- Applies the retention settings, one step of at most p_limit changes a call, so
-- that nobody waits for it long: `more` asks for another call.  Undo and retirement
-- exclude each other by the lock on modelsync.retired, which both take first.
create or replace function modelsync.retire(p_ctx jsonb, p_dry_run bool, p_limit int default 20000)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	changes_before timestamptz := modelsync.retention_limit('keep_changes_days');
	runs_before timestamptz := modelsync.retention_limit('keep_runs_days');
	answer jsonb := jsonb_build_object('ok', true, 'dry_run', p_dry_run, 'more', false,
		'changes_before', changes_before, 'runs_before', runs_before,
		'changes', 0, 'changesets', 0, 'runs', 0, 'holds', 0, 'messages', 0);
	done jsonb;
	refusal jsonb;
begin
	if p_dry_run then
		return answer || modelsync.retire_preview(changes_before, runs_before);
	end if;
	refusal := modelsync.refusal('retire', p_ctx);
	if refusal is not null then
		return refusal;
	end if;
	lock table modelsync.retired in exclusive mode;
	done := modelsync.retire_changes(changes_before, greatest(p_limit, 1));
	answer := answer || (done - 'digest');
	if (answer ->> 'changes')::int < greatest(p_limit, 1) then
		done := done || modelsync.retire_runs(runs_before);
		answer := answer || (done - 'digest');
	else
		answer := answer || '{"more": true}';
	end if;
	if (answer ->> 'changes')::int + (answer ->> 'runs')::int + (answer ->> 'holds')::int
			+ (answer ->> 'messages')::int > 0 then
		perform modelsync.audit_append('retire', 'done', p_ctx, null, null,
			done || jsonb_strip_nulls(jsonb_build_object('changes_before', changes_before,
				'runs_before', runs_before)));
	end if;
	return answer;
end
$$;
