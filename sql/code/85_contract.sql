-- SPDX-License-Identifier: MIT
--
-- The functions and views other programs call, on top of the same engine.
-- Names, arguments and result shapes are theirs and must not change.

-- The leftover overloads made short calls ambiguous.
drop function if exists public.sync_openrouter_models(jsonb);
drop function if exists public.sync_openrouter_models(jsonb, uuid);

-- A whole sync of a list of models (or of upstream's answer as it came).  A
-- failure leaves a row and is returned, never raised.
create or replace function public.sync_openrouter_models(models_data jsonb,
	p_added_by_user_id uuid default null, p_external_start timestamptz default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	claim jsonb;
	r modelsync.run;
	report jsonb;
	state text;
	message text;
begin
	claim := modelsync.sync_begin(jsonb_build_object('trigger', 'sql', 'owner',
		format('sync_openrouter_models, pid %s', pg_backend_pid()),
		'ctx', jsonb_build_object('origin', 'sql', 'os_user', session_user,
			'source', current_setting('application_name', true)),
		'user_id', p_added_by_user_id, 'started_at', p_external_start));
	if not (claim ->> 'ok')::bool then
		return jsonb_build_object('success', false, 'error', claim ->> 'message',
			'code', claim ->> 'code', 'sync_log_id', null);
	end if;
	select * into r from modelsync.run where run_id = (claim ->> 'run')::bigint;
	begin
		report := modelsync.run_catalogue(r, array[models_data], null,
			modelsync.effective_settings(null), true);
	exception when others then
		get stacked diagnostics state = returned_sqlstate, message = message_text;
		report := modelsync.sync_fail(r.run_id, r.fence,
			case when state = '40001' then 'conflict' else 'database' end, message,
			jsonb_build_object('sqlstate', state));
	end;
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

create or replace function public.is_admin(p_user uuid)
returns bool
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
	select exists (select from public.profiles p
		where p.id = p_user and (p.account_type = 'admin' or p.subscription_tier = 'admin'));
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

create or replace function public.get_user_allowed_models(user_uuid uuid)
returns table (model_id varchar, model_name varchar, model_description text, model_tags text[],
	input_cost_per_token numeric, output_cost_per_token numeric, daily_limit int,
	monthly_limit int)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
	select m.model_id, m.model_name, m.model_description, array[]::text[],
		modelsync.price_number(m.prompt_price), modelsync.price_number(m.completion_price),
		m.daily_limit, m.monthly_limit
	from public.model_access m, modelsync.user_tier(user_uuid) u (tier)
	where m.status = 'active'
		and modelsync.tier_allows(u.tier, m.is_free, m.is_pro, m.is_enterprise)
	order by m.model_name, m.model_id;
$$;

create or replace function public.can_user_use_model(user_uuid uuid, model_to_check varchar)
returns bool
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
	select exists (select from public.model_access m, modelsync.user_tier(user_uuid) u (tier)
		where m.model_id = model_to_check and m.status = 'active'
			and modelsync.tier_allows(u.tier, m.is_free, m.is_pro, m.is_enterprise));
$$;

-- A decision about one model; null keeps what is there.
create or replace function public.update_model_tier_access(p_model_id varchar,
	p_is_free bool default null, p_is_pro bool default null, p_is_enterprise bool default null,
	p_status varchar default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	answer jsonb := modelsync.edit_models(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
			'model_id', coalesce(p_model_id, ''), 'is_free', p_is_free, 'is_pro', p_is_pro,
			'is_enterprise', p_is_enterprise, 'status', p_status))),
		jsonb_build_object('origin', 'sql', 'os_user', session_user,
			'source', current_setting('application_name', true)));
begin
	if not (answer ->> 'ok')::bool then
		return jsonb_build_object('success', false, 'error', format('%s %s',
			answer #>> '{errors,0,path}', answer #>> '{errors,0,message}'));
	elsif (answer ->> 'unknown')::int > 0 then
		return jsonb_build_object('success', false, 'error', format('Model not found: %s', p_model_id));
	end if;
	return jsonb_build_object('success', true, 'model_id', p_model_id,
		'updated', (answer ->> 'applied')::int, 'changeset', answer -> 'changeset');
end
$$;

create or replace view public.v_sync_stats as
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
		and e.sync_started_at >= now() - interval '24 hours') as failures_24h;

create or replace view public.v_model_counts_public as
select count(*) filter (where m.status = 'new') as new_count,
	count(*) filter (where m.status = 'active') as active_count,
	count(*) filter (where m.status = 'inactive') as inactive_count,
	count(*) filter (where m.status = 'disabled') as disabled_count,
	count(*) as total_count
from public.model_access m;

create or replace view public.v_model_sync_activity_daily as
select date_trunc('day', l.sync_started_at)::date as day,
	coalesce(sum(l.models_added), 0) as models_added,
	coalesce(sum(l.models_marked_inactive), 0) as models_marked_inactive,
	coalesce(sum(l.models_reactivated), 0) as models_reactivated,
	count(*) as runs
from public.model_sync_log l
group by 1;

create or replace function public.get_sync_stats()
returns public.v_sync_stats
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select s from public.v_sync_stats s;
$$;

-- The functions that write run with the rights of their caller.
revoke all on function public.sync_openrouter_models(jsonb, uuid, timestamptz) from public;
revoke all on function public.update_model_tier_access(varchar, bool, bool, bool, varchar) from public;
