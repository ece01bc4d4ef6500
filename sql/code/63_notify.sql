-- SPDX-License-Identifier: MIT
--
-- Whom to tell what, and when.
--
--   close_run, hold_discard, daemon_beat ──> notify_decide ──> tell ──> message, deliveries
--
-- Of each matter people are told once when it begins, and once when it is over.
-- After a message the same matter is quiet for a while: what happens meanwhile is
-- counted, and at its end there is one digest of everything that was.  Each further
-- digest in a row comes twice as late, once a day at last.
--
-- All of it is read off runs, holds and alerts, under a lock on the matters: whoever
-- asks again, and however many daemons ask, nothing is told twice.

create or replace function modelsync.time_text(p_at timestamptz)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"');
$$;

-- "3 runs"; plurals that end in s.
create or replace function modelsync.count_text(p_count bigint, p_noun text)
returns text
language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
	select format('%s %s%s', p_count, p_noun, case when p_count = 1 then '' else 's' end);
$$;

-- The run that completed last, or nulls.
create or replace function modelsync.last_completed()
returns modelsync.run
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	found_run modelsync.run;
begin
	select r.* into found_run from modelsync.run r
	where r.state = 'completed' order by r.completed_at desc limit 1;
	return found_run;
end
$$;

-- Failures that count, after that run, the newest first.
create or replace function modelsync.failures(p_after bigint)
returns setof modelsync.run
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return query
		select r.* from modelsync.run r
		where r.run_id > p_after and r.state = 'failed' and r.category is distinct from 'cancelled'
		order by r.run_id desc;
end
$$;

-- Since when no run has completed.
create or replace function modelsync.silent_since()
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce((modelsync.last_completed()).completed_at,
		(select min(m.applied_at) from modelsync.schema_migration m));
$$;

-- How matters stand: whether each is there, how much is news since it was looked at
-- last, and up to which run or alert that goes.
create or replace function modelsync.matters_now()
returns table (kind text, is_there bool, news bigint, seen bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
begin
	return query
		with s as materialized (
			select modelsync.effective_settings(null) as j, modelsync.last_completed() as ok
		)
		select m.kind, coalesce(n.is_there, false), n.news, greatest(n.seen, m.seen)
		from s, modelsync.matter m, lateral (
			select count(*) >= (s.j ->> 'notify_failures')::int,
				count(*) filter (where f.run_id > m.seen), max(f.run_id)
			from modelsync.failures(coalesce((s.ok).run_id, 0)) f
			having m.kind = 'failing'
			union all
			select exists (select from modelsync.hold h where h.state = 'open'),
				count(*) filter (where r.state = 'held'), max(r.run_id)
			from modelsync.run r
			where r.run_id > m.seen and r.state <> 'running'
			having m.kind = 'held'
			union all
			select modelsync.silent_since() < clock_timestamp()
				- (s.j ->> 'notify_silent_hours')::numeric * interval '1 hour', 0, (s.ok).run_id
			where m.kind = 'silent'
			union all
			select false, count(*), max(a.alert_id)
			from modelsync.alert a
			where a.alert_id > m.seen and a.acknowledged_at is null
			having m.kind = 'alerts') n (is_there, news, seen);
end
$$;

-- Writes down how they stand now.  What is told of a matter that begins anew goes back to
-- the run that completed last.
create or replace function modelsync.matters_update()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	update modelsync.matter m
	set is_open = n.is_there,
		since = case when n.is_there then coalesce(m.since, clock_timestamp()) end,
		is_told = m.is_told and n.is_there,
		pending = case
			when m.kind = 'alerts' then m.pending + n.news
			when n.is_there then m.pending + greatest(n.news, (not m.is_open)::int)
			when m.is_told then 0
			else m.pending end,
		seen = n.seen,
		told = case when m.kind <> 'alerts' and not m.is_told and m.pending = 0
			then greatest(m.told, ok.run_id) else m.told end,
		told_at = case when not m.is_told and m.pending = 0
			then greatest(m.told_at, ok.completed_at) else m.told_at end
	from modelsync.matters_now() n, modelsync.last_completed() ok
	where n.kind = m.kind;
end
$$;

-- A message, on its way by every channel.
create or replace function modelsync.tell(p_kind text, p_subject text, p_body text, p_facts jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	id bigint;
	n int;
	hours numeric := (modelsync.effective_settings(null) ->> 'notify_give_up_hours')::numeric;
begin
	insert into modelsync.message (kind, subject, body, facts)
	values (p_kind, left(p_subject, 300), left(p_body, 20000), p_facts)
	returning message_id into id;
	insert into modelsync.delivery (message_id, channel, next_at, give_up_at)
	select id, c.channel, clock_timestamp(), clock_timestamp() + hours * interval '1 hour'
	from modelsync.channel c order by c.channel;
	get diagnostics n = row_count;
	perform modelsync.announce(jsonb_build_object('deliveries', n));
end
$$;

-- A matter has been told of: it is quiet now, after a digest longer each time.
create or replace function modelsync.matters_told(p_kinds text[], p_is_digest bool)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	update modelsync.matter m
	set is_told = m.is_open, pending = 0, told = m.seen, told_at = clock_timestamp(),
		digests = case when p_is_digest then m.digests + 1 else 0 end,
		quiet_until = clock_timestamp() + interval '1 minute' * least(
			q.minutes * 2::numeric ^ case when p_is_digest then least(m.digests + 1, 20) else 0 end,
			greatest(q.minutes, 1440))
	from (select (modelsync.effective_settings(null) ->> 'notify_quiet_minutes')::numeric as minutes) q
	where m.kind = any (p_kinds);
$$;

create or replace function modelsync.run_line(r modelsync.run)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select format('run %s, %s: %s', r.run_id, modelsync.time_text(r.completed_at),
		concat_ws(': ', coalesce(r.category, r.state), left(r.message, 300)));
$$;

-- "The last run that completed is run 17, 2026-06-07 02:00:00 UTC."
create or replace function modelsync.completed_text()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select case when r.run_id is null then 'No run has ever completed.'
		else format('The last run that completed is run %s, %s.', r.run_id,
			modelsync.time_text(r.completed_at)) end
	from modelsync.last_completed() r;
$$;

-- For programs that read messages: what a run came to.
create or replace function modelsync.run_facts(r modelsync.run)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('run', r.run_id, 'state', r.state, 'completed_at', r.completed_at,
		'category', r.category, 'message', r.message, 'counts', r.counts)
	where r.run_id is not null;
$$;

create or replace function modelsync.tell_failing()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.tell('failing', format('Sync fails: %s in a row, the last one: %s',
			modelsync.count_text(f.n, 'run'), f.last ->> 'category'),
		concat_ws(E'\n\n', format('The last %s failed. %s', modelsync.count_text(f.n, 'run'),
				modelsync.completed_text()),
			f.lines, format('Until a run completes the models stay as they are. More: modelsync-tui history %s',
				f.last ->> 'run')),
		jsonb_build_object('failures', f.n, 'last_run', f.last,
			'last_completed', modelsync.run_facts(modelsync.last_completed())))
	from (select count(*) as n, min(x.facts::text) filter (where x.place = 1)::jsonb as last,
			string_agg(x.line, E'\n' order by x.place) filter (where x.place <= 10) as lines
		from (select modelsync.run_facts(r) as facts, modelsync.run_line(r) as line,
				row_number() over (order by r.run_id desc) as place
			from modelsync.failures(coalesce((modelsync.last_completed()).run_id, 0)) r) x) f;
$$;

create or replace function modelsync.tell_held()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.tell('held', format('Sync held: hold %s waits for a decision', h.hold_id),
		concat_ws(E'\n\n', format('The catalogue of run %s looks wrong and was not applied:', h.run_id),
			g.lines,
			format(E'Look:    modelsync-tui sync --apply-held %1$s --dry-run\n'
				'Apply:   modelsync-tui sync --apply-held %1$s\n'
				'Discard: modelsync-tui sync --discard-held %1$s', h.hold_id)),
		jsonb_build_object('hold', h.hold_id, 'run', h.run_id, 'guard', h.guard))
	from modelsync.hold h,
	lateral (select string_agg('- ' || (e ->> 'message'), E'\n') as lines
		from jsonb_array_elements(h.guard) e) g
	where h.state = 'open';
$$;

create or replace function modelsync.tell_silent()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.tell('silent', format('No sync has completed for %s hours', x.hours),
		concat_ws(E'\n\n', modelsync.completed_text(),
			'Since then:' || E'\n' || coalesce(x.lines, 'no run at all'),
			case when x.next is null then 'No daemon has a next sync planned: is sync.enabled off?'
				else format('The next sync is due at %s.', modelsync.time_text(x.next)) end),
		jsonb_build_object('hours', x.hours, 'next_slot', x.next,
			'last_completed', modelsync.run_facts(modelsync.last_completed())))
	from (select trunc(extract(epoch from clock_timestamp() - modelsync.silent_since()) / 3600) as hours,
			modelsync.next_slot() as next,
			(select string_agg(y.line, E'\n' order by y.run_id desc)
			from (select r.run_id, modelsync.run_line(r) as line from modelsync.run r
				where r.run_id > coalesce((modelsync.last_completed()).run_id, 0)
					and r.state <> 'running'
				order by r.run_id desc limit 10) y) as lines) x;
$$;

-- What nobody has acknowledged of the alerts after that one, as lines and facts of 30
-- at most.
create or replace function modelsync.alerts_after(p_alert bigint, out n bigint, out models bigint,
	out lines text, out facts jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select count(*), count(distinct a.model_id),
		string_agg(concat_ws(': ', a.model_id, a.kind, left(a.message, 300)), E'\n' order by a.alert_id)
			filter (where a.place <= 30)
			|| case when count(*) > 30 then format(E'\n… and %s more', count(*) - 30) else '' end,
		coalesce(jsonb_agg(jsonb_build_object('alert', a.alert_id, 'model_id', a.model_id,
			'kind', a.kind, 'message', a.message) order by a.alert_id) filter (where a.place <= 30), '[]')
	from (select x.*, row_number() over (order by x.alert_id) as place
		from modelsync.alert x
		where x.alert_id > p_alert and x.acknowledged_at is null) a;
$$;

create or replace function modelsync.tell_alerts(p_after bigint)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.tell('alerts',
		case when a.n = 1 then concat_ws(': ', 'Alert', a.facts -> 0 ->> 'model_id', a.facts -> 0 ->> 'kind')
			else concat_ws(' on ', modelsync.count_text(a.n, 'alert'),
				case when a.models > 0 then modelsync.count_text(a.models, 'model') end) end,
		concat_ws(E'\n\n', a.lines, 'Look: modelsync-tui alerts. Seen: modelsync-tui alerts ack'),
		jsonb_build_object('alerts', a.n, 'models', a.models, 'list', a.facts))
	from modelsync.alerts_after(p_after) a
	where a.n > 0;
$$;

create or replace function modelsync.tell_recovered(p_over text[])
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.tell('recovered', format('Sync works again: run %s completed', r.run_id),
		format(E'Run %s completed at %s: %s, %s added, %s updated.\n\n%s failed since the one that completed'
				' before it.', r.run_id, modelsync.time_text(r.completed_at),
			modelsync.count_text((r.counts ->> 'total')::bigint, 'model'), r.counts ->> 'added',
			r.counts ->> 'updated', modelsync.count_text(f.n, 'run')),
		jsonb_build_object('over', to_jsonb(p_over), 'failures', f.n,
			'last_completed', modelsync.run_facts(r)))
	from modelsync.last_completed() r,
	lateral (select count(*) as n from modelsync.failures(modelsync.run_before(1)) x
		where x.run_id < r.run_id) f;
$$;

-- One line for each matter that is not over.
create or replace function modelsync.open_matters_text()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select string_agg(case m.kind
			when 'failing' then format('Now: syncs fail, since %s.', modelsync.time_text(m.since))
			when 'held' then 'Now: a hold waits for a decision; modelsync-tui status names it.'
			else format('Now: no run has completed since %s.',
				modelsync.time_text(modelsync.silent_since())) end, E'\n' order by m.kind)
	from modelsync.matter m where m.is_open;
$$;

-- What has happened since it was told, of all matters that have something waiting.
create or replace function modelsync.tell_digest()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	with x as materialized (
		select min(m.told_at) as since, min(m.told) filter (where m.kind <> 'alerts') as run,
			min(m.told) filter (where m.kind = 'alerts') as alert
		from modelsync.matter m where m.pending > 0
	), r as materialized (
		select count(*) filter (where r.state = 'completed') as completed,
			count(*) filter (where r.state = 'held') as held,
			count(*) filter (where r.state = 'failed' and r.category is distinct from 'cancelled') as failed
		from modelsync.run r, x where r.run_id > x.run
	), f as materialized (
		select string_agg(format('%s %s', c.n, c.category), ', ' order by c.n desc, c.category) as text
		from (select y.category, count(*) as n from x, lateral modelsync.failures(x.run) y group by 1) c
	)
	select modelsync.tell('digest',
		format('Digest since %s: %s', modelsync.time_text(x.since), concat_ws(', ',
			modelsync.count_text(nullif(r.failed, 0), 'failed run'),
			modelsync.count_text(nullif(r.held, 0), 'held run'),
			modelsync.count_text(nullif(a.n, 0), 'alert'),
			case when o.text is not null then 'not over' else 'over by now' end)),
		concat_ws(E'\n\n',
			case when x.run is not null then format('%s completed, %s failed%s, %s held.',
				modelsync.count_text(r.completed, 'run'), r.failed, ' (' || f.text || ')', r.held) end,
			o.text, case when x.run is not null then modelsync.completed_text() end,
			'New alerts:' || E'\n' || a.lines),
		jsonb_build_object('since', x.since, 'completed', r.completed, 'failures', r.failed,
			'held', r.held, 'alerts', a.n, 'list', a.facts,
			'open', (select coalesce(jsonb_agg(m.kind order by m.kind), '[]')
				from modelsync.matter m where m.is_open)))
	from x, r, f, (select modelsync.open_matters_text() as text) o,
	lateral modelsync.alerts_after(coalesce(x.alert, 9223372036854775807)) a;
$$;

create or replace function modelsync.tell_matter(m modelsync.matter)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	case m.kind
		when 'failing' then perform modelsync.tell_failing();
		when 'held' then perform modelsync.tell_held();
		when 'silent' then perform modelsync.tell_silent();
		else perform modelsync.tell_alerts(m.told);
	end case;
end
$$;

-- Looks how matters stand, and tells what is news.  p_completed: a run has completed just
-- now, which is what recovery means; matters also end in other ways.
create or replace function modelsync.notify_decide(p_completed bool)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	known text[];
	waited text[]; -- for the end of their quiet
	over text[];
	m modelsync.matter;
begin
	if not exists (select from modelsync.channel) then
		return;
	end if;
	perform from modelsync.matter x order by x.kind for update;
	select coalesce(array_agg(x.kind) filter (where x.is_told), '{}'),
		coalesce(array_agg(x.kind) filter (where x.is_told or x.pending > 0), '{}')
	into known, waited from modelsync.matter x;
	perform modelsync.matters_update();
	over := array(select x.kind from modelsync.matter x
		where x.kind = any (known) and not x.is_told order by x.kind);
	if over <> '{}' and p_completed then
		perform modelsync.tell_recovered(over);
	end if;
	if exists (select from modelsync.matter x
			where x.pending > 0 and x.quiet_until <= clock_timestamp() and x.kind = any (waited)) then
		perform modelsync.tell_digest();
		perform modelsync.matters_told(array(select x.kind from modelsync.matter x where x.pending > 0), true);
	end if;
	for m in
		select * from modelsync.matter x
		where x.pending > 0 and coalesce(x.quiet_until <= clock_timestamp(), true) order by x.kind
	loop
		perform modelsync.tell_matter(m);
		perform modelsync.matters_told(array[m.kind], false);
	end loop;
end
$$;
