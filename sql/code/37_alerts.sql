-- SPDX-License-Identifier: MIT
--
-- What a plan does that an admin should look at.
--
-- Every other price that changes goes back to what it was a few runs ago and
-- comes again.  That is no news, however far it moves: such prices are listed by
-- the report, and where the step would be worth an alert, the model gets one
-- alert of its own kind instead of one at each turn.

-- The run before the last n completed ones; 0 when there are not so many.
create or replace function modelsync.run_before(p_completed int)
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select r.run_id from modelsync.run r where r.state = 'completed'
		order by r.completed_at desc offset p_completed limit 1), 0);
$$;

-- Changed prices that are back at what they were within the last flap_runs
-- completed runs, one row a price: how often it moved in that time, now included.
create or replace function modelsync.flapping_prices(p_ids text[], p_fields text[], p_old jsonb[],
	p_new jsonb[], p_settings jsonb)
returns table (model_id text, key text, price text, moves bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
	since bigint := modelsync.run_before(greatest((p_settings ->> 'flap_runs')::int, 0));
begin
	return query
		with change as materialized (
			select u.id, k.key, u.new ->> k.key as price
			from unnest(p_ids, p_fields, p_old, p_new) u (id, field, old, new),
			lateral jsonb_object_keys(u.old || u.new) k (key)
			where u.field = 'pricing'
		), earlier as materialized (
			select c.model_id, c.old, c.new
			from modelsync.change c
			join modelsync.changeset s on s.changeset_id = c.changeset_id
			where c.field = 'pricing' and s.kind = 'sync' and s.run_id > since
				and c.model_id = any (array(select distinct x.id from change x))
		)
		select c.id, c.key, c.price, count(*) + 1
		from change c
		join earlier e on e.model_id = c.id and (e.old ? c.key or e.new ? c.key)
		group by c.id, c.key, c.price
		having bool_or(e.old ->> c.key is not distinct from c.price);
end
$$;

-- The same for the report, one entry a model.
create or replace function modelsync.plan_flapping(p_ids text[], p_fields text[], p_old jsonb[],
	p_new jsonb[], p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	if p_fields is null or 'pricing' <> all (p_fields) then
		return '[]';
	end if;
	return (
		select coalesce(jsonb_agg(m.entry order by m.model_id collate "C"), '[]')
		from (select f.model_id, jsonb_build_object('model_id', f.model_id,
				'prices', jsonb_agg(f.key order by f.key collate "C"),
				'moves', max(f.moves),
				'message', format('%s back at an earlier price, move %s within %s runs',
					string_agg(f.key, ', ' order by f.key collate "C"), max(f.moves),
					p_settings ->> 'flap_runs')) as entry
			from modelsync.flapping_prices(p_ids, p_fields, p_old, p_new, p_settings) f
			group by f.model_id) m);
end
$$;

-- Model-level anomalies among changes: they never hold a run.
create or replace function modelsync.plan_alerts(p_ids text[], p_fields text[], p_old jsonb[],
	p_new jsonb[], p_events text[], p_flapping jsonb, p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	flapping jsonb := '{}';   -- by model: the planner cannot know that they may be many
	told jsonb := '{}';       -- the models whose alert an admin has seen
begin
	if p_flapping <> '[]' then
		flapping := (select jsonb_object_agg(f ->> 'model_id', f) from jsonb_array_elements(p_flapping) f);
		told := (select coalesce(jsonb_object_agg(a.model_id, true), '{}') from modelsync.alert a
			where a.kind = 'price_flapping' and a.acknowledged_at is not null
				and a.run_id > modelsync.run_before((p_settings ->> 'flap_runs')::int));
	end if;
	return (
		with c as materialized (
			select u.id, u.field, u.old, u.new, u.event,
				coalesce(m.restore_status, m.status) = 'active' as active, m.is_free
			from unnest(p_ids, p_fields, p_old, p_new, p_events)
				u (id, field, old, new, event)
			join public.model_access m on m.model_id = u.id
			where u.field in ('pricing', 'alias_target', 'expires_on')
				or u.event = 'model_removed'
		), price as materialized (
			select c.id, o.key, o.value as old, c.new ->> o.key as new, c.is_free,
				modelsync.price_number(o.value) as old_usd,
				modelsync.price_number(c.new ->> o.key) as new_usd
			from c, lateral jsonb_each_text(c.old) o
			where c.field = 'pricing' and c.new ? o.key and o.key <> 'discount'
		), jump as materialized (
			select x.*, case when flapping -> x.id -> 'prices' ? x.key
				then flapping -> x.id ->> 'moves' end as moves
			from price x
			where x.old_usd > 0 and x.new_usd > 0
				and greatest(x.old_usd / x.new_usd, x.new_usd / x.old_usd)
					> (p_settings ->> 'price_jump_factor')::numeric
		), alert as (
			select j.id, 'price_jump' as kind,
				format('price %s moved from %s to %s', j.key, j.old, j.new) as message
			from jump j where j.moves is null
			union all
			select j.id, 'price_flapping', format('price %s went back from %s to %s, move %s within %s runs',
				j.key, j.old, j.new, j.moves, p_settings ->> 'flap_runs')
			from jump j
			where j.moves is not null and not told ? j.id
			union all
			select x.id, 'free_to_paid',
				format('price %s left zero (now %s) while the free tier may use the model', x.key, x.new)
			from price x where x.is_free and x.old_usd = 0 and x.new_usd is distinct from 0
			union all
			select c.id, 'alias_moved', format('alias points to %s instead of %s',
				coalesce(c.new #>> '{}', 'nothing'), c.old #>> '{}')
			from c where c.field = 'alias_target' and c.old is not null
			union all
			select c.id, 'expiry_announced', format('active model expires on %s', c.new #>> '{}')
			from c where c.field = 'expires_on' and c.active
				and modelsync.announced_end(modelsync.parse_date(c.new #>> '{}')) is not null
			union all
			select c.id, 'active_model_gone', 'active model is no longer upstream'
			from c where c.event = 'model_removed' and c.active
		), merged as (
			select a.id, a.kind, string_agg(a.message, '; ' order by a.message collate "C") as message
			from alert a group by a.id, a.kind
		)
		select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'model_id', m.id,
			'message', m.message) order by m.id collate "C", m.kind collate "C"), '[]')
		from merged m);
end
$$;
