-- SPDX-License-Identifier: MIT
--
-- The functions and views other programs call, on top of the same engine.
-- Names, arguments and result shapes are theirs and must not change; what exists
-- already is taken over by the functions of 84_publish.sql.

-- Who calls, as far as the session knows.
create or replace function modelsync.sql_context()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('origin', 'sql', 'os_user', modelsync.caller(),
		'source', current_setting('application_name', true));
$$;

-- What a user may use: tiers are cumulative, an unknown user counts as free,
-- a banned one gets nothing.
create or replace function modelsync.user_tier(p_user uuid)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select case
			when p.is_banned then 'banned'
			when p.account_type = 'admin' then 'admin'
			else coalesce(p.subscription_tier, 'free') end
		from public.profiles p where p.id = p_user), 'free');
$$;

-- Inlined.
create or replace function modelsync.tier_allows(p_tier text, p_free bool, p_pro bool, p_enterprise bool)
returns bool
language sql immutable
as $$
	select case p_tier
		when 'admin' then true
		when 'enterprise' then p_free or p_pro or p_enterprise
		when 'pro' then p_free or p_pro
		when 'free' then p_free
		else false end;
$$;

-- Why the caller may not write, or null.  EXECUTE is the right to; but where an API
-- in front of the database calls for its users, all in one role, the user it speaks
-- for must be an admin.  It says who that is in these settings (PostgREST).
create or replace function modelsync.caller_refusal()
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	claims jsonb := coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb,
		jsonb_strip_nulls(jsonb_build_object(
			'role', nullif(current_setting('request.jwt.claim.role', true), ''),
			'sub', nullif(current_setting('request.jwt.claim.sub', true), ''))));
begin
	if claims = '{}' or claims ->> 'role' = 'service_role' then
		return null;
	elsif claims ->> 'sub' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
		and modelsync.user_tier((claims ->> 'sub')::uuid) = 'admin' then
		return null;
	end if;
	return 'only an admin may do this';
end
$$;

-- A whole sync of a list of models (or of upstream's answer as it came).  A
-- failure leaves a row and is returned, never raised.
create or replace function modelsync.contract_sync(p_models jsonb, p_user uuid, p_started_at timestamptz)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal text := modelsync.caller_refusal();
	request jsonb := jsonb_build_object('trigger', 'sql',
		'owner', format('sync_openrouter_models, pid %s', pg_backend_pid()),
		'ctx', modelsync.sql_context(), 'user_id', p_user, 'started_at', p_started_at);
	claim jsonb;
	r modelsync.run;
	report jsonb;
	state text;
	message text;
begin
	if refusal is not null then
		perform modelsync.audit_append('sync', 'refused', modelsync.sql_context(), null, null,
			jsonb_build_object('message', refusal));
		return jsonb_build_object('success', false, 'error', refusal, 'code', 'refused',
			'sync_log_id', null);
	end if;
	begin
		claim := modelsync.begin_run(request);
	exception when foreign_key_violation then
		message := format('p_added_by_user_id: there is no user %s', p_user);
		claim := modelsync.begin_run(request - 'user_id');
	end;
	if not (claim ->> 'ok')::bool then
		return jsonb_build_object('success', false, 'error', claim ->> 'message',
			'code', claim ->> 'code', 'sync_log_id', null);
	end if;
	select * into r from modelsync.run where run_id = (claim ->> 'run')::bigint;
	if message is not null then
		report := modelsync.fail_run(r.run_id, r.fence, 'validation', message, null);
	else
		begin
			report := modelsync.run_catalogue(r, array[p_models], null,
				modelsync.effective_settings(null), true);
		exception when others then
			get stacked diagnostics state = returned_sqlstate, message = message_text;
			report := modelsync.fail_run(r.run_id, r.fence,
				case when state = '40001' then 'conflict' else 'database' end, message,
				jsonb_build_object('sqlstate', state));
		end;
	end if;
	return (select case when report ->> 'state' = 'completed' then jsonb_build_object(
			'success', true,
			'sync_log_id', l.id,
			'total_processed', l.total_openrouter_models,
			'models_added', l.models_added,
			'models_updated', l.models_updated,
			'models_marked_inactive', l.models_marked_inactive,
			'models_reactivated', l.models_reactivated,
			'duration_ms', l.duration_ms,
			'db_duration_ms', l.db_duration_ms)
		else jsonb_build_object('success', false, 'error', l.error_message,
			'code', report ->> 'category', 'hold', report -> 'hold', 'sync_log_id', l.id,
			'duration_ms', l.duration_ms) end
		from public.model_sync_log l where l.id = r.sync_log_id);
end
$$;

-- A decision about one model, named by its model_id or its id; null keeps what is
-- there.
create or replace function modelsync.contract_update(p_model text, p_is_free bool, p_is_pro bool,
	p_is_enterprise bool, p_status text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal text := modelsync.caller_refusal();
	model text := coalesce((select m.model_id from public.model_access m where m.id::text = p_model),
		p_model);
	answer jsonb;
begin
	if refusal is not null then
		answer := modelsync.refuse_edit(refusal, '[]', modelsync.sql_context());
		return jsonb_build_object('success', false, 'error', refusal);
	end if;
	answer := modelsync.decide(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
			'model_id', coalesce(model, ''), 'is_free', p_is_free, 'is_pro', p_is_pro,
			'is_enterprise', p_is_enterprise, 'status', p_status))),
		modelsync.sql_context(), true);
	if not (answer ->> 'ok')::bool then
		return jsonb_build_object('success', false, 'error', format('%s %s',
			answer #>> '{errors,0,path}', answer #>> '{errors,0,message}'));
	elsif (answer ->> 'unknown')::int > 0 then
		return jsonb_build_object('success', false, 'error', format('Model not found: %s', p_model));
	end if;
	return jsonb_build_object('success', true, 'model_id', model,
		'updated', (answer ->> 'applied')::int, 'changeset', answer -> 'changeset');
end
$$;

do $publish$
begin
	perform modelsync.settle_overloads('sync_openrouter_models',
		modelsync.publish_function('sync_openrouter_models',
			'{models_data,p_added_by_user_id,p_external_start}', '{jsonb,uuid,timestamptz}',
			array[null, 'null', 'null'], 'jsonb', 'volatile security definer',
			'select modelsync.contract_sync($1::jsonb, $2, $3)', p_writes => true));

	perform modelsync.publish_function('update_model_tier_access',
		'{p_model_id,p_is_free,p_is_pro,p_is_enterprise,p_status}', '{varchar,bool,bool,bool,varchar}',
		array[null, 'null', 'null', 'null', 'null'], 'jsonb', 'volatile security definer',
		'select modelsync.contract_update($1::text, $2, $3, $4, $5::text)', p_writes => true);

	perform modelsync.publish_function('is_admin', '{p_user}', '{uuid}', array[null::text],
		'bool', 'stable security definer', $$
	select exists (select from public.profiles p
		where p.id = $1 and (p.account_type = 'admin' or p.subscription_tier = 'admin'))$$);

	perform modelsync.publish_function('get_user_allowed_models', '{user_uuid}', '{uuid}',
		array[null::text], 'table (model_id varchar, model_name varchar, model_description text,'
		' model_tags text[], input_cost_per_token numeric, output_cost_per_token numeric,'
		' daily_limit int, monthly_limit int)', 'stable security definer', $$
	select m.model_id, m.model_name, m.model_description, array[]::text[],
		modelsync.price_number(m.prompt_price), modelsync.price_number(m.completion_price),
		m.daily_limit, m.monthly_limit
	from public.model_access m, modelsync.user_tier($1) u (tier)
	where m.status = 'active'
		and modelsync.tier_allows(u.tier, m.is_free, m.is_pro, m.is_enterprise)
	order by m.model_name, m.model_id$$);

	perform modelsync.publish_function('can_user_use_model', '{user_uuid,model_to_check}',
		'{uuid,varchar}', array[null::text, null], 'bool', 'stable security definer', $$
	select exists (select from public.model_access m, modelsync.user_tier($1) u (tier)
		where m.model_id = $2 and m.status = 'active'
			and modelsync.tier_allows(u.tier, m.is_free, m.is_pro, m.is_enterprise))$$);

	perform modelsync.publish_view('v_sync_stats', '{last_success_id,last_success_at,success_rate_30d,'
		'avg_duration_ms_30d,avg_db_duration_ms_30d,runs_24h,failures_24h}', $$
with recent as (
	select l.* from public.model_sync_log l
	where l.sync_started_at >= now() - interval '30 days'
), ended as (
	-- held and cancelled runs are neither successes nor failures
	select r.* from recent r
	where r.sync_status = 'completed'
		or r.sync_status = 'failed'
			and r.error_details ->> 'category' is distinct from 'cancelled'
)
select
	(select l.id from public.model_sync_log l where l.sync_status = 'completed'
		order by l.sync_completed_at desc nulls last limit 1) as last_success_id,
	(select max(l.sync_completed_at) from public.model_sync_log l
		where l.sync_status = 'completed') as last_success_at,
	(select round(100.0 * count(*) filter (where e.sync_status = 'completed')
		/ nullif(count(*), 0), 2) from ended e) as success_rate_30d,
	(select round(avg(e.duration_ms)::numeric, 2) from ended e
		where e.sync_status = 'completed') as avg_duration_ms_30d,
	(select round(avg(e.db_duration_ms)::numeric, 2) from ended e
		where e.sync_status = 'completed') as avg_db_duration_ms_30d,
	(select count(*) from recent r
		where r.sync_started_at >= now() - interval '24 hours') as runs_24h,
	(select count(*) from ended e where e.sync_status = 'failed'
		and e.sync_started_at >= now() - interval '24 hours') as failures_24h$$);

	perform modelsync.publish_view('v_model_counts_public',
		'{new_count,active_count,inactive_count,disabled_count,total_count}', $$
select count(*) filter (where m.status = 'new') as new_count,
	count(*) filter (where m.status = 'active') as active_count,
	count(*) filter (where m.status = 'inactive') as inactive_count,
	count(*) filter (where m.status = 'disabled') as disabled_count,
	count(*) as total_count
from public.model_access m$$);

	perform modelsync.publish_view('v_model_sync_activity_daily',
		'{day,models_added,models_marked_inactive,models_reactivated,runs}', $$
select date_trunc('day', l.sync_started_at)::date as day,
	coalesce(sum(l.models_added), 0) as models_added,
	coalesce(sum(l.models_marked_inactive), 0) as models_marked_inactive,
	coalesce(sum(l.models_reactivated), 0) as models_reactivated,
	count(*) as runs
from public.model_sync_log l
group by 1$$);

	-- Its shape is not agreed on: one that returns something else stays.
	if not exists (select from pg_proc p where p.pronamespace = 'public'::regnamespace
		and p.proname = 'get_sync_stats' and p.pronargs = 0
		and p.prorettype <> 'public.v_sync_stats'::regtype) then
		perform modelsync.publish_function('get_sync_stats', '{}', '{}', '{}', 'public.v_sync_stats',
			'stable', 'select s.* from public.v_sync_stats s');
	end if;
end
$publish$;
