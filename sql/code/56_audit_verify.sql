-- SPDX-License-Identifier: MIT
--
-- Is the audit still what was written?  Every entry must have the hash of what
-- it says, follow its predecessor, and agree with the changeset it speaks of.
-- Whoever may write everything can also compute new hashes, up to the head; that
-- is found only with a hash that was noted elsewhere before.
--
-- All in one statement, hence in one snapshot: what others append meanwhile is
-- no finding.  A million entries take seconds, so nothing here is per row but
-- inlined expressions, and only what is suspicious is kept.

-- Entries whose own hash or place is wrong.  Of an entry that was changed, only
-- itself is reported, not the next one, whose link it breaks.
create or replace function modelsync.audit_chain_problems()
returns table (audit_id bigint, at timestamptz, kind text, message text)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	with suspect as materialized (
		select x.*
		from (select e.audit_id, e.at, e.previous, e.is_own,
				lag(e.audit_id, 1, 0::bigint) over w as before_id,
				lag(e.hash, 1, '\x'::bytea) over w as before_hash,
				lag(e.is_own, 1, true) over w as before_is_own,
				lag(e.at) over w as before_at
			from (select a.audit_id, a.at, a.previous, a.hash,
					modelsync.audit_hash(a) = a.hash as is_own
				from modelsync.audit a where a.audit_id > 0 offset 0) e
			window w as (order by e.audit_id)) x
		where not x.is_own or x.before_id <> x.audit_id - 1 or x.before_hash <> x.previous
	), changed as materialized (
		-- of those that say another number than they bear the first hundred are
		-- compared with each other, to tell a move from a change
		select s.audit_id, s.at, a, row_number() over (order by s.audit_id) <= 100 as is_compared
		from suspect s join modelsync.audit a on a.audit_id = s.audit_id
		where not s.is_own
	)
	select c.audit_id, c.at, case when o.audit_id is null then 'changed' else 'moved' end,
		case when o.audit_id is null then 'the entry is not what was written'
			else format('this was written as entry %s', o.audit_id) end
	from changed c
	left join lateral (
		select n.audit_id
		from (select b.audit_id from changed b where b.is_compared
			union select b.audit_id + 1 from changed b where b.is_compared
			union select b.audit_id - 1 from changed b where b.is_compared) n
		where c.is_compared and modelsync.audit_hash(jsonb_populate_record(c.a,
			jsonb_build_object('audit_id', n.audit_id))) = (c.a).hash
		limit 1) o on true
	union all
	select s.before_id + 1, s.at, 'missing', case
		when s.audit_id - s.before_id = 2 then 'the entry is missing'
		else format('the entries up to %s are missing', s.audit_id - 1) end
	from suspect s where s.audit_id > s.before_id + 1
	union all
	select s.before_id, s.before_at, 'rewritten',
		format('the entry was replaced, hash and all: entry %s follows another one', s.audit_id)
	from suspect s
	where s.is_own and s.before_is_own and s.before_id = s.audit_id - 1 and s.before_id > 0
		and s.before_hash <> s.previous
	union all
	select s.audit_id, s.at, 'rewritten', 'the first entry follows one that is not there'
	from suspect s where s.is_own and s.audit_id = 1 and s.previous <> '\x'
	union all
	select a.audit_id, a.at, 'inserted', 'entries are numbered from 1 on'
	from modelsync.audit a where a.audit_id < 1;
$$;

-- Entries that no longer agree with their changeset, and changesets without one.
-- Of a changeset whose changes were retired, those must be there that were left.
create or replace function modelsync.audit_changeset_problems()
returns table (audit_id bigint, at timestamptz, kind text, message text)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	with entry as (
		select a.audit_id, a.at, a.changeset_id, s.changeset_id is null as is_gone,
			coalesce(l.left_digest, a.changes_digest)
				is not distinct from coalesce(d.digest, modelsync.lines_digest(null)) as has_changes,
			(a.action, a.origin, a.session_user_name) = (s.kind, s.origin, s.session_user_name)
				and a.os_user is not distinct from s.os_user and a.source is not distinct from s.source
				and a.reason is not distinct from s.reason and a.run_id is not distinct from s.run_id
				and a.profile is not distinct from s.profile
				as has_actor
		from modelsync.audit a
		left join modelsync.changeset s on s.changeset_id = a.changeset_id
		left join (select distinct on (r.changeset_id) r.changeset_id, r.left_digest
			from modelsync.retired r
			order by r.changeset_id, r.retirement_id desc) l on l.changeset_id = a.changeset_id
		left join (select c.changeset_id,
				modelsync.lines_digest(string_agg(modelsync.change_line(c), E'\n' order by c.change_id))
					as digest
			from modelsync.change c
			group by c.changeset_id) d on d.changeset_id = a.changeset_id
		where a.changeset_id is not null
	)
	select e.audit_id, e.at, 'changes', format(case
			when e.is_gone then 'changeset %s is missing'
			when not e.has_changes then 'the changes of changeset %s are not those that were made'
			else 'changeset %s names another actor, reason or run' end, e.changeset_id)
	from entry e
	where e.is_gone or not e.has_changes or not e.has_actor
	union all
	select null, s.at, 'changes', format('changeset %s has no entry', s.changeset_id)
	from modelsync.changeset s
	where not exists (select from modelsync.audit a where a.changeset_id = s.changeset_id);
$$;

-- Notes of retirements that no entry vouches for.
create or replace function modelsync.audit_retirement_problems()
returns table (audit_id bigint, at timestamptz, kind text, message text)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	with entry as (
		select a.audit_id, a.at, (a.detail ->> 'retirement')::bigint as id, a.detail ->> 'digest' as digest
		from modelsync.audit a
		where a.action = 'retire' and a.outcome = 'done' and a.detail ? 'retirement'
	)
	select e.audit_id, e.at, 'changes', format('what is noted of retirement %s is not what it did', e.id)
	from entry e where modelsync.retirement_digest(e.id) is distinct from e.digest
	union all
	select null, null, 'changes', format('retirement %s has no entry', r.retirement_id)
	from (select distinct x.retirement_id from modelsync.retired x) r
	where not exists (select from entry e where e.id = r.retirement_id);
$$;

-- The end of the chain against its head, and against a hash noted before.
create or replace function modelsync.audit_head_problems(p_head text)
returns table (audit_id bigint, at timestamptz, kind text, message text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	with last as (
		select coalesce(max(a.audit_id), 0) as audit_id from modelsync.audit a
	)
	select h.audit_id, null::timestamptz, 'missing', case when h.audit_id = l.audit_id + 1
		then 'the last entry is missing'
		else format('the last %s entries are missing', h.audit_id - l.audit_id) end
	from modelsync.audit_head h, last l where h.audit_id > l.audit_id
	union all
	select a.audit_id, a.at, 'inserted', format('the head ends at entry %s', h.audit_id)
	from modelsync.audit_head h, modelsync.audit a where a.audit_id > h.audit_id
	union all
	select a.audit_id, a.at, 'rewritten', 'the last entry is not the one the head names'
	from modelsync.audit_head h join modelsync.audit a on a.audit_id = h.audit_id
	where a.hash <> h.hash
	union all
	select l.audit_id, null, 'missing', 'the head is missing'
	from last l where not exists (select from modelsync.audit_head)
	union all
	select l.audit_id, null, 'head', format(
		'no entry has the hash %s: entries were cut off at the end, or the chain was written anew',
		lower(p_head))
	from last l
	where p_head is not null
		and not exists (select from modelsync.audit a where encode(a.hash, 'hex') = lower(p_head));
$$;

-- The verdict: the first hundred problems, and where the given head is.
create or replace function modelsync.audit_verify(p_head text default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
set work_mem = '64MB'
as $$
	with problem as materialized (
		select * from modelsync.audit_chain_problems()
		union all
		select * from modelsync.audit_changeset_problems()
		union all
		select * from modelsync.audit_retirement_problems()
		union all
		select * from modelsync.audit_head_problems(p_head)
	)
	select jsonb_build_object(
		'ok', not exists (select from problem),
		'entries', (select count(*) from modelsync.audit),
		'retired', (select jsonb_build_object('changes', coalesce(sum(r.changes), 0),
			'changesets', count(distinct r.changeset_id)) from modelsync.retired r),
		'head', (select jsonb_build_object('audit_id', h.audit_id, 'hash', encode(h.hash, 'hex'))
			from modelsync.audit_head h),
		'noted_head', (select a.audit_id from modelsync.audit a
			where encode(a.hash, 'hex') = lower(p_head) limit 1),
		'problems_total', (select count(*) from problem),
		'problems', (select coalesce(jsonb_agg(jsonb_build_object('audit_id', p.audit_id,
				'at', p.at, 'kind', p.kind, 'message', p.message)
				order by p.audit_id nulls last, p.kind, p.message), '[]')
			from (select * from problem order by audit_id nulls last, kind, message limit 100) p));
$$;

create or replace function modelsync.audit_json(a modelsync.audit)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('audit_id', a.audit_id, 'at', a.at, 'action', a.action,
		'outcome', a.outcome, 'changeset', a.changeset_id, 'run', a.run_id, 'origin', a.origin,
		'os_user', a.os_user, 'source', a.source, 'reason', a.reason,
		'session_user', a.session_user_name,
		'actor', modelsync.actor_text(a.session_user_name, a.os_user), 'profile', a.profile,
		'detail', a.detail, 'hash', encode(a.hash, 'hex'));
$$;

-- Entries, newest first; p_models: those whose changeset concerns one of them;
-- p_before: older than the one with that number.
create or replace function modelsync.audit_list(p_limit int, p_since timestamptz, p_models text[],
	p_before bigint default null)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.audit_json(a)
	from modelsync.audit a
	where (p_since is null or a.at >= p_since) and (p_before is null or a.audit_id < p_before)
		and (p_models is null or a.changeset_id in (
			select c.changeset_id from modelsync.change c where c.model_id = any (p_models)))
	order by a.audit_id desc limit p_limit;
$$;
