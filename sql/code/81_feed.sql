-- SPDX-License-Identifier: MIT
--
-- What screens list: newest first, a page at a time, so that a long history costs
-- nobody anything until it is scrolled to.

-- An event with what a row of a list says about its changeset.
create or replace function modelsync.event_json(e modelsync.event, s modelsync.changeset)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('event_id', e.event_id, 'at', e.at, 'type', e.type,
		'model_id', e.model_id, 'changeset', e.changeset, 'kind', s.kind, 'run', e.run,
		'origin', e.origin, 'os_user', e.os_user, 'session_user', s.session_user_name,
		'actor', e.actor, 'reason', e.reason, 'rule', e.rule, 'undone_by', s.undone_by) || coalesce(e.detail, '{}');
$$;

-- The p_limit rows of a feed before the one with that number; null: the newest.
-- Feeds: runs, events, audit, alerts (those nobody has acknowledged).
create or replace function modelsync.feed(p_feed text, p_before bigint, p_limit int)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	return coalesce(case p_feed
		when 'runs' then (select jsonb_agg(modelsync.run_json(x) order by x.run_id desc)
			from (select r.* from modelsync.run r
				where p_before is null or r.run_id < p_before
				order by r.run_id desc limit p_limit) x)
		when 'events' then (select jsonb_agg(modelsync.event_json(x, s) order by x.event_id desc)
			from (select e.* from modelsync.event e
				where p_before is null or e.event_id < p_before
				order by e.event_id desc limit p_limit) x
			join modelsync.changeset s on s.changeset_id = x.changeset)
		when 'audit' then (select jsonb_agg(modelsync.audit_json(x) order by x.audit_id desc)
			from (select a.* from modelsync.audit a
				where p_before is null or a.audit_id < p_before
				order by a.audit_id desc limit p_limit) x)
		when 'alerts' then (select jsonb_agg(modelsync.alert_json(x) order by x.alert_id desc)
			from (select a.* from modelsync.alert a
				where a.acknowledged_at is null
					and (p_before is null or a.alert_id < p_before)
				order by a.alert_id desc limit p_limit) x)
		end, '[]');
end
$$;

-- A changeset with its first p_limit changes; null when there is none.
create or replace function modelsync.changeset_detail(p_changeset bigint, p_limit int)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.changeset_json(c) || jsonb_build_object('changes',
		(select coalesce(jsonb_agg(x), '[]') from modelsync.changeset_changes(p_changeset, p_limit) x))
	from modelsync.changeset c
	where c.changeset_id = p_changeset;
$$;
