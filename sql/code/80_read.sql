-- SPDX-License-Identifier: MIT
--
-- What consoles, command lines and APIs read.

-- One row per model under stable names.
create or replace view modelsync.model as
select m.model_id, m.model_name as name, m.model_description as description, m.canonical_slug,
	m.hugging_face_id, m.context_length, m.max_completion_tokens, m.provider_context_length,
	m.modality, m.input_modalities, m.output_modalities, m.supported_parameters,
	m.supported_voices, m.tokenizer, m.instruct_type, m.created_timestamp as created,
	m.status, m.is_free, m.is_pro, m.is_enterprise, m.daily_limit, m.monthly_limit,
	coalesce(m.pricing, '{}') as pricing, m.pricing_overrides, m.expires_on, m.alias_target,
	m.knowledge_cutoff, m.is_moderated, m.per_request_limits, m.details_link,
	m.missing_since, m.missed_runs, m.restore_status, m.first_seen_run,
	m.created_at as added_at,
	coalesce(m.last_synced_at, m.updated_at) as updated_at,
	m.changed_at, m.changed_by, m.row_version,
	coalesce(a.kinds, '{}') as attention
from public.model_access m
left join (
	select a.model_id, array_agg(a.kind order by a.kind collate "C") as kinds
	from modelsync.alert a
	where a.acknowledged_at is null
	group by a.model_id
) a on a.model_id = m.model_id;

-- The models that wait for rules and can be looked at: those that are listed now.
create or replace function modelsync.rules_waiting()
returns setof modelsync.model
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select m.*
	from modelsync.rule_pending p
	join modelsync.model m on m.model_id = p.model_id
	where m.missing_since is null;
$$;

-- The models that rules would look at once a catalogue is applied, as they would be
-- then: those it adds, and those that have been waiting and are listed.
create or replace function modelsync.sync_preview_new(p_pages jsonb[], p_meta jsonb,
	p_settings jsonb)
returns setof modelsync.model
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	p modelsync.sync_plan := modelsync.make_plan(p_pages, p_meta,
		modelsync.effective_settings(p_settings));
	at timestamptz := clock_timestamp();
begin
	return query
		select x.*
		from unnest(p.model_id, p.kind, p.facts) t (id, kind, facts),
		lateral jsonb_populate_record(null::modelsync.model, t.facts || jsonb_build_object(
			'model_id', t.id, 'status', 'new', 'is_free', false, 'is_pro', false,
			'is_enterprise', false, 'missed_runs', 0, 'added_at', at, 'updated_at', at,
			'row_version', 1, 'attention', '[]'::jsonb)) x
		where t.kind = 'added'
		union all
		select x.*
		from modelsync.rule_pending q
		join modelsync.model m on m.model_id = q.model_id
		left join unnest(p.model_id, p.kind, p.facts, p.new_presence)
			t (id, kind, facts, presence) on t.id = q.model_id,
		lateral jsonb_populate_record(m, coalesce(t.facts, '{}') || case when t.kind = 'returned'
			then jsonb_build_object('status', t.presence -> 'status', 'restore_status', null,
				'missing_since', null, 'missed_runs', 0) else '{}' end) x
		where t.kind is distinct from 'removed' and x.missing_since is null;
end
$$;

create or replace function modelsync.hold_preview_new(p_hold bigint, p_settings jsonb)
returns setof modelsync.model
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select m.*
	from modelsync.hold h,
	lateral modelsync.sync_preview_new(h.pages, h.meta, p_settings) m
	where h.hold_id = p_hold and h.state = 'open';
$$;

-- The changes folded into an event, oldest first.
create or replace function modelsync.folded_changes(p_changeset bigint, p_model_id text, p_event text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_agg(jsonb_build_object('field', r.field, 'old', r.old, 'new', r.new)
		order by c.change_id, r.field collate "C"), '[]')
	from modelsync.change c,
	lateral modelsync.readable_change(c.field, c.old, c.new) r
	where c.changeset_id = p_changeset and c.model_id = p_model_id
		and (p_event = 'model_returned'
			or modelsync.event_of(c.field, c.old, c.new) = p_event);
$$;

create or replace function modelsync.price_changes(p_old jsonb, p_new jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_agg(jsonb_build_object('field', k.key, 'old', p_old -> k.key, 'new', p_new -> k.key)
		order by k.key collate "C")
	from jsonb_object_keys(coalesce(p_old, '{}') || coalesce(p_new, '{}')) k (key);
$$;

-- The stream of events, derived from the change log.
create or replace view modelsync.event as
select c.change_id as event_id, s.at, c.event as type, c.model_id, s.run_id as run,
	c.changeset_id as changeset, s.origin, s.os_user,
	case
		when c.event = 'price_changed'
			then jsonb_build_object('changes', modelsync.price_changes(c.old, c.new))
		when c.event in ('model_returned', 'tiers_changed', 'limits_changed', 'modality_changed')
			then jsonb_build_object('changes',
				modelsync.folded_changes(c.changeset_id, c.model_id, c.event))
		else jsonb_build_object('field', c.field, 'old', c.old, 'new', c.new)
	end as detail,
	s.reason, modelsync.actor_text(s.session_user_name, s.os_user) as actor,
	c.rule
from modelsync.change c
join modelsync.changeset s on s.changeset_id = c.changeset_id
where c.event is not null;

create or replace function modelsync.run_json(r modelsync.run)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('run', r.run_id, 'sync_log_id', r.sync_log_id, 'state', r.state,
		'trigger', r.trigger, 'owner', r.owner, 'origin', r.origin, 'os_user', r.os_user,
		'source', r.source, 'reason', r.reason, 'session_user', r.session_user_name,
		'actor', modelsync.actor_text(r.session_user_name, r.os_user), 'profile', r.profile,
		'url', r.url, 'forced', r.forced, 'phase', r.phase, 'done', r.progress_done,
		'total', r.progress_total, 'started_at', r.started_at, 'completed_at', r.completed_at,
		'duration_ms', round((extract(epoch from coalesce(r.completed_at, clock_timestamp())
			- r.started_at) * 1000)::numeric, 3),
		'category', r.category, 'message', r.message, 'details', r.details, 'counts', r.counts,
		'timing_ms', r.timing_ms, 'bytes', coalesce(r.bytes, r.progress_bytes),
		'findings', r.findings, 'findings_total', r.findings_total, 'guard', r.guard,
		'drift', r.drift, 'alerts', r.alerts, 'flapping', r.flapping, 'quality', r.quality,
		'rules', r.rules, 'hold', r.hold_id,
		'hold_state', (select h.state from modelsync.hold h where h.hold_id = r.hold_id),
		'changeset', r.changeset_id,
		'cancel_requested', r.cancel_requested_at is not null,
		'cancel_requested_by', r.cancel_requested_by,
		'slot', (select s.at from modelsync.slot s where s.slot_id = r.slot_id),
		'attempt', r.attempt);
$$;

-- Runs, newest first; null: in any state, since ever, up to the newest.
create or replace function modelsync.history(p_limit int, p_state text default null,
	p_since timestamptz default null, p_before bigint default null)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.run_json(r)
	from modelsync.run r
	where (p_state is null or r.state = p_state) and (p_since is null or r.started_at >= p_since)
		and (p_before is null or r.run_id < p_before)
	order by r.run_id desc limit p_limit;
$$;

-- One run, or null.
create or replace function modelsync.run_detail(p_run bigint)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.run_json(r) from modelsync.run r where r.run_id = p_run;
$$;

create or replace function modelsync.changeset_json(c modelsync.changeset)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('changeset', c.changeset_id, 'kind', c.kind, 'at', c.at,
		'run', c.run_id, 'origin', c.origin, 'os_user', c.os_user, 'source', c.source,
		'reason', c.reason, 'session_user', c.session_user_name,
		'actor', modelsync.actor_text(c.session_user_name, c.os_user), 'profile', c.profile, 'models', c.models,
		'fields', c.fields, 'undoes', c.undoes, 'undone_by', c.undone_by,
		'retired', (select coalesce(sum(t.changes), 0) from modelsync.retired t
			where t.changeset_id = c.changeset_id));
$$;

-- Changesets, newest first.
create or replace function modelsync.changeset_list(p_limit int)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.changeset_json(c) from modelsync.changeset c
	order by c.changeset_id desc limit p_limit;
$$;

-- The changes of one changeset in full.
create or replace function modelsync.changeset_changes(p_changeset bigint, p_limit int)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('model_id', c.model_id, 'field', r.field, 'old', r.old, 'new', r.new,
		'type', c.event, 'rule', c.rule)
	from (select * from modelsync.change x where x.changeset_id = p_changeset
		order by x.change_id limit p_limit) c,
	lateral (select * from modelsync.readable_change(c.field, c.old, c.new)
		union all
		select c.field, c.old, c.new where c.field = 'presence' and c.old is null) r;
$$;

-- Everything that ever changed about a model, newest first.
create or replace function modelsync.model_history(p_model_id text, p_limit int)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('event_id', c.change_id, 'at', s.at, 'type', c.event, 'field', c.field,
		'old', c.old, 'new', c.new, 'changeset', c.changeset_id, 'kind', s.kind, 'run', s.run_id,
		'origin', s.origin, 'os_user', s.os_user, 'source', s.source, 'reason', s.reason,
		'session_user', s.session_user_name,
		'actor', modelsync.actor_text(s.session_user_name, s.os_user), 'rule', c.rule,
		'undone_by', s.undone_by)
	from modelsync.change c
	join modelsync.changeset s on s.changeset_id = c.changeset_id
	where c.model_id = p_model_id
	order by c.change_id desc limit p_limit;
$$;

-- What upstream sends of a model and no column holds.
create or replace function modelsync.model_rest(p_model_id text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select d.rest from modelsync.model_document d where d.model_id = p_model_id), '{}');
$$;

-- A run, named by its number or by that of its row in the contract's log, with the
-- first p_limit changes that it made; null when there is none.
create or replace function modelsync.sync_log(p_id text, p_limit int)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.run_json(r) || jsonb_build_object(
		'changes_total', coalesce((select c.fields from modelsync.changeset c
			where c.changeset_id = r.changeset_id), 0),
		'changes', (select coalesce(jsonb_agg(x), '[]')
			from modelsync.changeset_changes(r.changeset_id, p_limit) x))
	from modelsync.run r
	where r.run_id = case when p_id ~ '^[0-9]{1,18}$' then p_id::bigint end
		or r.sync_log_id = case when p_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
			then p_id::uuid end;
$$;

create or replace function modelsync.hold_json(h modelsync.hold)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('hold', h.hold_id, 'state', h.state, 'run', h.run_id,
		'held_at', h.held_at, 'replaced_at', h.replaced_at, 'guard', h.guard,
		'report', h.report, 'resolved_at', h.resolved_at, 'resolved_by', h.resolved_by,
		'resolved_run', h.resolved_run)
	where h.hold_id is not null;
$$;

-- Share of runs that completed, of those that completed or failed; held and
-- cancelled ones are neither.
create or replace function modelsync.success_rate(p_days int)
returns numeric
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select round(100.0 * count(*) filter (where r.state = 'completed') / nullif(count(*), 0), 2)
	from modelsync.run r
	where r.started_at > clock_timestamp() - p_days * interval '1 day'
		and (r.state = 'completed' or r.state = 'failed' and r.category is distinct from 'cancelled');
$$;

create or replace function modelsync.model_counts()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('total', count(*),
		'by_status', jsonb_build_object(
			'new', count(*) filter (where m.status = 'new'),
			'active', count(*) filter (where m.status = 'active'),
			'inactive', count(*) filter (where m.status = 'inactive'),
			'disabled', count(*) filter (where m.status = 'disabled')),
		'tiers', jsonb_build_object(
			'free', count(*) filter (where m.is_free),
			'pro', count(*) filter (where m.is_pro),
			'enterprise', count(*) filter (where m.is_enterprise)),
		'missing', count(*) filter (where m.missing_since is not null))
	from public.model_access m;
$$;

-- The state of everything at a glance; p_settings as for sync_begin.
create or replace function modelsync.status(p_settings jsonb default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object(
		'counts', modelsync.model_counts(),
		'last_run', (select modelsync.run_json(r) from modelsync.run r
			order by r.run_id desc limit 1),
		'last_completed', (select modelsync.run_json(r) from modelsync.run r
			where r.state = 'completed' order by r.completed_at desc limit 1),
		-- silent_s: how long ago the claim ran out
		'running', (select modelsync.running_json(r) || jsonb_build_object('silent_s', greatest(0,
				extract(epoch from clock_timestamp() - l.expires_at))::int)
			from modelsync.run r join modelsync.lease l on l.run_id = r.run_id),
		'open_hold', (select modelsync.hold_json(h) from modelsync.hold h where h.state = 'open'),
		'cooldown_s', coalesce((modelsync.cooldown(modelsync.effective_settings(p_settings))
			->> 'retry_after_s')::int, 0),
		'success_rate_30d', modelsync.success_rate(30),
		'figures', modelsync.run_figures(30),
		'unacknowledged_alerts', (select count(*) from modelsync.alert a
			where a.acknowledged_at is null),
		'daemons', modelsync.daemons_json(),
		'next_slot', modelsync.next_slot(),
		'last_slot', modelsync.last_slot_json(),
		'last_error', modelsync.last_error_json(),
		'notifications', modelsync.notifications_json(),
		'audit_head', (select jsonb_build_object('audit_id', h.audit_id,
			'hash', encode(h.hash, 'hex')) from modelsync.audit_head h),
		'you', modelsync.whoami());
$$;
