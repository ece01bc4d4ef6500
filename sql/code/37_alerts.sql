-- SPDX-License-Identifier: MIT
--
-- What a plan does that an admin should look at.

-- Model-level anomalies: they never hold a run.
create or replace function modelsync.plan_alerts(p modelsync.sync_plan, p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	return (
		with c as materialized (
			select u.id, u.field, u.old, u.new, u.event,
				coalesce(m.restore_status, m.status) = 'active' as active, m.is_free
			from unnest(p.change_id, p.change_field, p.change_old, p.change_new, p.change_event)
				u (id, field, old, new, event)
			join public.model_access m on m.model_id = u.id
			where u.field in ('pricing', 'alias_target', 'expires_on')
				or u.event = 'model_removed'
		), price as materialized (
			select c.id, o.key, o.value as old, c.new ->> o.key as new, c.is_free,
				modelsync.price_number(o.value) as old_usd,
				modelsync.price_number(c.new ->> o.key) as new_usd
			from c, lateral jsonb_each_text(c.old) o
			where c.field = 'pricing' and c.new ? o.key
		), alert as (
			select x.id, 'price_jump' as kind,
				format('price %s moved from %s to %s', x.key, x.old, x.new) as message
			from price x
			where x.old_usd > 0 and x.new_usd > 0
				and greatest(x.old_usd / x.new_usd, x.new_usd / x.old_usd)
					> (p_settings ->> 'price_jump_factor')::numeric
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
				and c.new is not null and c.new <> '"2098-12-31"'
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
