-- SPDX-License-Identifier: MIT
--
-- A run from claim to end.
--
--   sync_begin ──> sync_progress* ──> sync_apply ──> completed | held | failed
--        │                      └───> sync_fail  ──> failed
--        └──> busy | cooldown | slot_done | slot_waits
--
-- sync_begin commits before the fetch, so that everybody sees the run; from
-- then on the fencing number it returned must still be the lease's, or the call
-- is refused as "lost".

-- A run as others see it while it goes.
create or replace function modelsync.running_json(r modelsync.run)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('run', r.run_id, 'owner', r.owner, 'started_at', r.started_at,
		'phase', r.phase, 'done', r.progress_done, 'total', r.progress_total,
		'bytes', r.progress_bytes, 'os_user', r.os_user, 'origin', r.origin,
		'actor', modelsync.actor_text(r.session_user_name, r.os_user),
		'trigger', r.trigger, 'cancel_requested', r.cancel_requested_at is not null)
	where r.run_id is not null;
$$;

-- Ends a run: its row, the contract's log row, the lease, and the announcement.
create or replace function modelsync.close_run(p_run bigint, p_state text, p_category text,
	p_message text, p_details jsonb, p_report jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	figures jsonb := coalesce(p_report -> 'counts', '{}');
	times jsonb := coalesce(p_report -> 'timing_ms', '{}');
	r modelsync.run;
begin
	update modelsync.run set state = p_state, phase = p_state, completed_at = clock_timestamp(),
		category = p_category, message = p_message, details = p_details, counts = figures,
		timing_ms = times, bytes = coalesce((p_report ->> 'bytes')::bigint, progress_bytes),
		findings = coalesce(p_report -> 'findings', '[]'),
		findings_total = coalesce((p_report ->> 'findings_total')::int, 0),
		guard = coalesce(p_report -> 'guard', '[]'),
		drift = coalesce(p_report -> 'drift', '[]'),
		alerts = coalesce(p_report -> 'alerts', '[]'),
		flapping = coalesce(p_report -> 'flapping', '[]'),
		quality = p_report -> 'quality',
		hold_id = (p_report ->> 'hold')::bigint,
		changeset_id = (p_report ->> 'changeset')::bigint
	where run_id = p_run
	returning * into r;
	perform modelsync.slot_settle(r);
	update public.model_sync_log set
		sync_status = p_state,
		sync_completed_at = r.completed_at,
		total_openrouter_models = coalesce((figures ->> 'total')::int, 0),
		models_added = case when p_state = 'completed' then (figures ->> 'added')::int else 0 end,
		models_updated = case when p_state = 'completed' then (figures ->> 'updated')::int else 0 end,
		models_marked_inactive = case when p_state = 'completed'
			then (figures ->> 'marked_inactive')::int else 0 end,
		models_reactivated = case when p_state = 'completed'
			then (figures ->> 'reactivated')::int else 0 end,
		error_message = case when p_state <> 'completed' then p_message end,
		error_details = case when p_state <> 'completed' then jsonb_strip_nulls(
			jsonb_build_object('category', p_category, 'details', p_details)) end,
		duration_ms = round(extract(epoch from r.completed_at - sync_started_at) * 1000)::bigint,
		db_duration_ms = ceil((times ->> 'database')::numeric)::bigint
	where id = r.sync_log_id;
	-- a run that completed or was held is the one that an undone sync waited for
	update modelsync.lease set run_id = null, expires_at = null, undone_changeset =
		case when p_state = 'failed' then undone_changeset end
	where run_id = p_run;
	perform modelsync.notify_decide(p_state = 'completed');
	perform modelsync.count_runs(array[p_run]);
	perform modelsync.announce(jsonb_build_object('run', p_run, 'phase', p_state));
end
$$;

-- Waits briefly for the lease row: whoever holds it is about to commit.
create or replace function modelsync.lock_lease()
returns modelsync.lease
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '3s'
as $$
declare
	l modelsync.lease;
begin
	select * into l from modelsync.lease for update;
	return l;
exception when lock_not_available then
	return null;
end
$$;

-- Whether somebody still has the claim that these numbers name.  Inlined.
create or replace function modelsync.is_claim(l modelsync.lease, p_run bigint, p_fence bigint)
returns bool
language sql immutable
as $$
	select coalesce(l.run_id = p_run and l.fence = p_fence, false);
$$;

-- The cooldown that a manual sync would meet now, or null.  The first sync of a
-- database does not charge it.
create or replace function modelsync.cooldown(p_settings jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('retry_after_s', ceil(extract(epoch from c.ends - clock_timestamp()))::int,
		'last_completed_at', c.completed_at, 'run', c.run_id)
	from (select max(r.completed_at) as completed_at, max(r.run_id) as run_id,
			max(r.completed_at) + (p_settings ->> 'cooldown_minutes')::numeric
				* interval '1 minute' as ends
		from modelsync.run r
		where r.state = 'completed' and r.trigger = 'manual'
			and r.run_id > (select min(f.run_id) from modelsync.run f where f.state = 'completed')
			and r.completed_at > clock_timestamp()
				- (p_settings ->> 'cooldown_minutes')::numeric * interval '1 minute') c
	where c.ends > clock_timestamp();
$$;

-- Claims the lease for a run.  p is that of sync_begin, and user_id and started_at,
-- which the contract's function has.
create or replace function modelsync.begin_run(p jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	settings jsonb := modelsync.effective_settings(p -> 'settings');
	c jsonb := modelsync.context(p -> 'ctx');
	l modelsync.lease;
	r modelsync.run;
	interrupted bigint;
	refusal jsonb := modelsync.row_security_refusal();
	wait jsonb;
	slot jsonb;
begin
	if refusal is not null then
		return refusal;
	elsif jsonb_typeof(p) is distinct from 'object' then
		return modelsync.audit_refusal('sync', null, null, jsonb_build_object('ok', false,
			'code', 'invalid', 'message', 'expected an object that describes the run'));
	end if;
	l := modelsync.lock_lease();
	if l.fence is null or (l.run_id is not null and l.expires_at > clock_timestamp()) then
		select run.* into r from modelsync.run run join modelsync.lease on lease.run_id = run.run_id;
		return modelsync.audit_refusal('sync', p -> 'ctx', r.run_id, jsonb_build_object('ok', false,
				'code', 'busy', 'message', 'another sync is running',
				'running', modelsync.running_json(r)))
			|| jsonb_build_object('claim_ends_s', extract(epoch from l.expires_at - clock_timestamp()));
	end if;
	if p ->> 'trigger' = 'manual' and not coalesce((p ->> 'force')::bool, false) then
		wait := modelsync.cooldown(settings);
		if wait is not null then
			return modelsync.audit_refusal('sync', p -> 'ctx', (wait ->> 'run')::bigint,
				wait || jsonb_build_object('ok', false, 'code', 'cooldown', 'message',
					format('the last sync completed less than %s minutes ago',
						settings ->> 'cooldown_minutes')));
		end if;
	end if;
	if l.run_id is not null then
		interrupted := l.run_id;
		perform modelsync.close_run(interrupted, 'failed', 'interrupted',
			'the sync stopped without reporting an end', null, null);
		perform modelsync.audit_append('sync', 'failed', to_jsonb(run), null, interrupted,
			'{"category": "interrupted"}')
		from modelsync.run where run.run_id = interrupted;
	end if;
	if p ? 'slot' then
		slot := modelsync.slot_take(p -> 'slot');
		if not (slot ->> 'ok')::bool then
			return slot;
		end if;
	end if;
	insert into public.model_sync_log (sync_started_at, sync_status, added_by_user_id)
	-- whoever says when it began is believed for the past only
	values (least(nullif((p ->> 'started_at')::timestamptz, '-infinity'), clock_timestamp()),
		'running', coalesce((p ->> 'user_id')::uuid, (c ->> 'profile')::uuid))
	returning id into r.sync_log_id;
	insert into modelsync.run (sync_log_id, fence, trigger, owner, origin, os_user, source, reason,
		profile, url, forced, slot_id, attempt)
	values (r.sync_log_id, l.fence + 1, coalesce(p ->> 'trigger', 'manual'),
		coalesce(nullif(left(p ->> 'owner', 200), ''), format('pid %s', pg_backend_pid())),
		c ->> 'origin', c ->> 'os_user', c ->> 'source', c ->> 'reason', (c ->> 'profile')::uuid,
		left(p ->> 'url', 2000), coalesce((p ->> 'force')::bool, false),
		(slot ->> 'slot_id')::bigint, (slot ->> 'attempt')::int)
	returning run_id into r.run_id;
	-- a fencing number that was given out must not come again after a crash of the server
	if current_setting('synchronous_commit') = 'off' then
		set local synchronous_commit = 'on';
	end if;
	update modelsync.lease set fence = l.fence + 1, run_id = r.run_id,
		seconds = (settings ->> 'lease_seconds')::numeric, expires_at = clock_timestamp()
			+ (settings ->> 'lease_seconds')::numeric * interval '1 second';
	perform modelsync.announce(jsonb_build_object('run', r.run_id, 'phase', 'claim'));
	if p ->> 'trigger' in ('manual', 'scheduled') then
		perform modelsync.warm_up(settings);
	end if;
	return jsonb_build_object('ok', true, 'run', r.run_id, 'sync_log_id', r.sync_log_id,
		'fence', l.fence + 1, 'interrupted_run', interrupted, 'slot', slot,
		'etag', modelsync.etag_in_force(p ->> 'url'));
end
$$;

create or replace function modelsync.sync_begin(p jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	-- a run that settles a hold or is the contract's begins elsewhere
	return coalesce(modelsync.refusal('sync_begin', p -> 'ctx'),
		modelsync.begin_run(p - array['user_id', 'started_at']
			- case when p ->> 'trigger' in ('hold', 'sql') then 'trigger' else '' end));
end
$$;

-- Renews the lease.  While the apply transaction holds the lease row there is
-- nothing to renew.
create or replace function modelsync.sync_progress(p_run bigint, p_fence bigint, p_phase text,
	p_done bigint, p_total bigint, p_bytes bigint)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	l modelsync.lease;
	cancelled bool;
begin
	if modelsync.refusal('sync_progress', null) is not null then
		return 'lost';
	end if;
	select * into l from modelsync.lease;
	if not modelsync.is_claim(l, p_run, p_fence) then
		return 'lost';
	end if;
	select * into l from modelsync.lease for update skip locked;
	if not found then
		return 'ok';
	end if;
	if not modelsync.is_claim(l, p_run, p_fence) then
		return 'lost';
	end if;
	update modelsync.lease set expires_at = clock_timestamp() + seconds * interval '1 second';
	update modelsync.run set phase = left(p_phase, 40), progress_done = p_done,
		progress_total = p_total, progress_bytes = p_bytes
	where run_id = p_run
	returning cancel_requested_at is not null into cancelled;
	perform modelsync.announce(jsonb_build_object('run', p_run, 'phase', left(p_phase, 40)));
	return case when cancelled then 'cancel' else 'ok' end;
end
$$;

-- The answer to a process whose claim has passed to another one.
create or replace function modelsync.refuse_lost(r modelsync.run)
returns jsonb
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.audit_refusal('sync', to_jsonb(r), r.run_id, jsonb_build_object('ok', false,
		'code', 'lost', 'run', r.run_id, 'message',
		'the claim on this sync has passed to another process'));
$$;

create or replace function modelsync.sync_cancel(p_run bigint, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('sync_cancel', p_ctx);
begin
	if refusal is not null then
		return refusal;
	end if;
	update modelsync.run set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
		cancel_requested_by = coalesce(cancel_requested_by, modelsync.actor(p_ctx))
	where run_id = p_run and state = 'running';
	if not found then
		return modelsync.audit_refusal('cancel', p_ctx, p_run, jsonb_build_object('ok', false,
			'code', 'not_running', 'message', format('run %s is not running', p_run)));
	end if;
	perform modelsync.announce(jsonb_build_object('run', p_run, 'phase', 'cancel'));
	perform modelsync.audit_append('cancel', 'done', p_ctx, null, p_run, null);
	return jsonb_build_object('ok', true, 'run', p_run);
end
$$;

-- Closes a run as failed, whatever the message holds.
create or replace function modelsync.fail_run(p_run bigint, p_fence bigint, p_category text,
	p_message text, p_details jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	category text := case when p_category in ('network', 'timeout', 'tls', 'rate_limit', 'auth',
		'http', 'too_large', 'parse', 'schema', 'validation', 'database', 'conflict', 'held',
		'interrupted', 'cancelled', 'config', 'internal') then p_category else 'internal' end;
	message text := coalesce(nullif(left(modelsync.clean_line(p_message), 2000), ''), 'no message');
	l modelsync.lease;
	r modelsync.run;
begin
	select * into l from modelsync.lease for update;
	select * into r from modelsync.run where run_id = p_run;
	if not modelsync.is_claim(l, p_run, p_fence) then
		return modelsync.refuse_lost(r);
	end if;
	perform modelsync.close_run(p_run, 'failed', category, message, p_details, null);
	perform modelsync.audit_append('sync', 'failed', to_jsonb(r), null, p_run,
		jsonb_build_object('category', category, 'message', message));
	return jsonb_build_object('ok', true, 'run', p_run, 'sync_log_id', r.sync_log_id,
		'state', 'failed', 'category', category, 'message', message);
end
$$;

create or replace function modelsync.sync_fail(p_run bigint, p_fence bigint, p_category text,
	p_message text, p_details jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	return coalesce(modelsync.refusal('sync_fail', null),
		modelsync.fail_run(p_run, p_fence, p_category, p_message, p_details));
end
$$;
