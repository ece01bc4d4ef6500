-- SPDX-License-Identifier: MIT
--
-- Alerts, as admins read and acknowledge them.

create or replace function modelsync.alert_json(a modelsync.alert)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('alert', a.alert_id, 'model_id', a.model_id, 'kind', a.kind,
		'message', a.message, 'run', a.run_id, 'raised_at', a.raised_at,
		'acknowledged_at', a.acknowledged_at, 'acknowledged_by', a.acknowledged_by);
$$;

-- Newest first; p_all: the acknowledged ones too; p_model null: of all models;
-- p_before: older than the one with that number.
create or replace function modelsync.alert_list(p_limit int, p_all bool, p_model text,
	p_before bigint default null)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.alert_json(a)
	from modelsync.alert a
	where (p_all or a.acknowledged_at is null) and (p_model is null or a.model_id = p_model)
		and (p_before is null or a.alert_id < p_before)
	order by a.alert_id desc limit p_limit;
$$;

-- Alerts nobody has acknowledged, newest first.
create or replace function modelsync.open_alerts(p_limit int)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.alert_list(p_limit, false, null);
$$;

-- Those that somebody else has acknowledged meanwhile stay his.
create or replace function modelsync.acknowledge_alerts(p_alerts bigint[], p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	unknown jsonb := (select coalesce(jsonb_agg(t.id order by t.id), '[]')
		from (select distinct x from unnest(p_alerts) x) t (id)
		where not exists (select from modelsync.alert a where a.alert_id = t.id));
	done jsonb;
	refusal jsonb := modelsync.refusal('acknowledge_alerts', p_ctx);
begin
	if refusal is not null then
		return refusal;
	end if;
	if unknown <> '[]' then
		return modelsync.audit_refusal('acknowledge', p_ctx, null, jsonb_build_object('ok', false,
			'code', 'unknown', 'message', format('there is no alert %s', unknown ->> 0)));
	end if;
	perform from modelsync.alert a where a.alert_id = any (p_alerts)
	order by a.alert_id for no key update;
	with taken as (
		update modelsync.alert a set acknowledged_at = clock_timestamp(),
			acknowledged_by = modelsync.actor(p_ctx)
		where a.alert_id = any (p_alerts) and a.acknowledged_at is null
		returning a.alert_id, a.model_id, a.kind
	)
	select coalesce(jsonb_agg(jsonb_build_object('alert', t.alert_id, 'model_id', t.model_id,
		'kind', t.kind) order by t.alert_id), '[]')
	into done from taken t;
	if done <> '[]' then
		perform modelsync.announce(jsonb_build_object('alerts', jsonb_array_length(done)));
		perform modelsync.audit_append('acknowledge', 'done', p_ctx, null, null,
			jsonb_build_object('alerts', done));
	end if;
	return jsonb_build_object('ok', true, 'acknowledged', jsonb_array_length(done),
		'alerts', done);
end
$$;
