-- SPDX-License-Identifier: MIT
--
-- Scheduled syncs.  A slot is a time at which one was due.  Whoever claims a run for
-- it does so by sync_begin, under the lease: so a slot has one run at a time, however
-- many daemons ask.
--
--   slot_take ──> open ──> slot_settle ──> completed | held | failed | cancelled
--       │          └── an attempt failed or was interrupted: open, until retry_at
--       ├──> missed       nobody was there when it was due, and it is not made up
--       └──> superseded   a later one is due, and this one still waits to be retried

-- The pause after so many failures: doubled each time, capped, less up to a half by
-- chance, so that not everybody comes back at once.
create or replace function modelsync.backoff_s(p_failures int, p_base_s numeric, p_max_s numeric)
returns numeric
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select round(least(p_max_s, p_base_s * 2::numeric ^ least(p_failures - 1, 40))
		* (1 - random()::numeric / 2), 3);
$$;

-- Whether a run began and completed since; the index knows when runs completed.
create or replace function modelsync.has_completed_since(p_at timestamptz)
returns bool
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select exists (select from modelsync.run r
		where r.state = 'completed' and r.completed_at >= p_at and r.started_at >= p_at);
$$;

-- The row of the slot that is due.  One that passed while nobody was there is made up
-- if that is wanted and no run has completed since.
create or replace function modelsync.slot_record(p jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	due timestamptz := p ->> 'at';
	is_missed bool := (p ->> 'missed')::bool
		and (not (p ->> 'catch_up')::bool or modelsync.has_completed_since(due));
begin
	insert into modelsync.slot (schedule, at, state, retries, retry_base_s, retry_max_s, closed_at)
	values (p ->> 'schedule', due, case when is_missed then 'missed' else 'open' end,
		(p ->> 'retries')::int, (p ->> 'retry_base_s')::numeric, (p ->> 'retry_max_s')::numeric,
		case when is_missed then clock_timestamp() end)
	on conflict (schedule, at) do nothing;
end
$$;

-- Earlier slots that are still open when a later one is due: those whose run was
-- interrupted just now come first, the others are overtaken.
create or replace function modelsync.slot_overtake(p_schedule text, p_due timestamptz)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	update modelsync.slot s set state = 'superseded', closed_at = clock_timestamp(), retry_at = null
	where s.schedule = p_schedule and s.at < p_due and s.state = 'open'
		and not exists (select from modelsync.run r
			where r.slot_id = s.slot_id and r.attempt = s.attempts and r.category = 'interrupted'
				and r.started_at > clock_timestamp() - interval '5 minutes');
$$;

-- Takes the slot that is to be run now: p is {schedule, at, missed, catch_up, retries,
-- retry_base_s, retry_max_s}, `at` the last time that was due.  The lease is locked.
create or replace function modelsync.slot_take(p jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	due timestamptz := p ->> 'at';
	s modelsync.slot;
begin
	perform modelsync.slot_record(p);
	perform modelsync.slot_overtake(p ->> 'schedule', due);
	select * into s from modelsync.slot x
	where x.schedule = p ->> 'schedule' and x.at <= due and x.state = 'open'
	order by x.at limit 1;
	if not found then
		return (select jsonb_build_object('ok', false, 'code', 'slot_done', 'state', x.state,
				'message', format('the sync that was due at %s is %s', x.at, x.state))
			from modelsync.slot x where x.schedule = p ->> 'schedule' and x.at = due);
	elsif s.retry_at > clock_timestamp() then
		return jsonb_build_object('ok', false, 'code', 'slot_waits',
			'retry_after_s', extract(epoch from s.retry_at - clock_timestamp()),
			'message', format('the sync that was due at %s is tried again at %s', s.at, s.retry_at));
	end if;
	update modelsync.slot x set attempts = x.attempts + 1, retry_at = null
	where x.slot_id = s.slot_id
	returning * into s;
	return jsonb_build_object('ok', true, 'slot_id', s.slot_id, 'at', s.at, 'attempt', s.attempts);
end
$$;

-- What became of an attempt.  Nothing but a change of settings or of somebody's mind
-- helps against the permanent failures; a catalogue that kills whoever reads it must
-- not do so for ever.
create or replace function modelsync.slot_settle(r modelsync.run)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	interruptions_max constant int := 10;
	s modelsync.slot;
begin
	update modelsync.slot x set failures = x.failures
		+ (r.state = 'failed' and r.category is distinct from 'interrupted')::int
	where x.slot_id = r.slot_id and x.state = 'open'
	returning * into s;
	if not found then
		return;
	end if;
	s.state := case
		when r.state <> 'failed' then r.state
		when r.category = 'cancelled' then 'cancelled'
		when r.category in ('auth', 'config') then 'failed'
		when s.failures > s.retries or s.attempts - s.failures > interruptions_max then 'failed'
		else 'open' end;
	update modelsync.slot x set state = s.state,
		closed_at = case when s.state <> 'open' then clock_timestamp() end,
		retry_at = case when s.state = 'open' then clock_timestamp() + interval '1 second'
			* case when r.category = 'interrupted' then 0
				else modelsync.backoff_s(s.failures, s.retry_base_s, s.retry_max_s) end end
	where x.slot_id = s.slot_id;
end
$$;

-- A sign of life: {owner, version, started_at, enabled, schedule, timezone, next_slot, channels}.
-- Time passes without runs, too: what is to be told of that, the beat finds out.
create or replace function modelsync.daemon_beat(p jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('daemon_beat', null);
begin
	if refusal is not null then
		return refusal;
	end if;
	delete from modelsync.daemon d where d.seen_at < clock_timestamp() - interval '1 day';
	insert into modelsync.daemon as d
		(owner, version, started_at, seen_at, enabled, schedule, timezone, next_slot)
	values (left(p ->> 'owner', 200), p ->> 'version', (p ->> 'started_at')::timestamptz,
		clock_timestamp(), (p ->> 'enabled')::bool, p ->> 'schedule', p ->> 'timezone',
		(p ->> 'next_slot')::timestamptz)
	on conflict (owner) do update
	set version = excluded.version, started_at = excluded.started_at, seen_at = excluded.seen_at,
		enabled = excluded.enabled, schedule = excluded.schedule, timezone = excluded.timezone,
		next_slot = excluded.next_slot;
	perform modelsync.notify_channels(coalesce(p -> 'channels', '[]'));
	perform modelsync.notify_decide(false);
	return '{"ok": true}';
end
$$;

create or replace function modelsync.daemon_leave(p_owner text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('daemon_leave', null);
begin
	if refusal is not null then
		return refusal;
	end if;
	delete from modelsync.daemon d where d.owner = p_owner;
	return '{"ok": true}';
end
$$;

-- The daemons, the one heard last first.  They beat every 30 seconds.
create or replace function modelsync.daemons_json()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_agg(jsonb_build_object('owner', d.owner, 'version', d.version,
		'started_at', d.started_at, 'seen_at', d.seen_at,
		'alive', d.seen_at > clock_timestamp() - interval '90 seconds', 'enabled', d.enabled,
		'schedule', d.schedule, 'timezone', d.timezone, 'next_slot', d.next_slot)
		order by d.seen_at desc), '[]')
	from modelsync.daemon d;
$$;

-- When the next scheduled sync is due, as the daemons that are alive say; or null.
create or replace function modelsync.next_slot()
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select min(d.next_slot) from modelsync.daemon d
	where d.enabled and d.seen_at > clock_timestamp() - interval '90 seconds';
$$;

-- The slot that was due last, with the run that was its last attempt.
create or replace function modelsync.last_slot_json()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('at', s.at, 'schedule', s.schedule, 'state', s.state,
		'attempts', s.attempts, 'failures', s.failures, 'retry_at', s.retry_at,
		'run', r.run_id, 'owner', r.owner, 'category', r.category, 'message', r.message)
	from (select * from modelsync.slot x order by x.at desc limit 1) s
	left join modelsync.run r on r.slot_id = s.slot_id and r.attempt = s.attempts;
$$;

create or replace function modelsync.last_error_json()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('run', r.run_id, 'at', r.completed_at, 'category', r.category,
		'message', r.message)
	from modelsync.run r
	where r.state = 'failed' and r.category is distinct from 'cancelled'
	order by r.run_id desc limit 1;
$$;
