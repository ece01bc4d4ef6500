-- SPDX-License-Identifier: MIT
--
-- What prices were, and what happened over time: both read off the change log.

-- All prices a model ever had, by the pricing key of upstream: in USD as the exact
-- text (null: not known, or the model was not listed) and as a number (null also for
-- a variable price, '-1').  What was so before the log says anything of it, or was
-- retired from it, has no valid_from; the price in force, no valid_until and
-- is_current.
create or replace function modelsync.model_prices(p_model text)
returns table (key text, valid_from timestamptz, valid_until timestamptz,
	is_current bool, old text, price text, old_usd numeric, usd numeric, event text,
	changeset bigint, run bigint, event_id bigint)
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
begin
	return query
		with logged as materialized (
			select k.key, c.change_id, c.changeset_id, coalesce(c.event, 'model_returned') as event,
				c.old ->> k.key as old, c.new ->> k.key as price, false as is_added
			from modelsync.change c,
			lateral jsonb_object_keys(coalesce(c.old, '{}') || coalesce(c.new, '{}')) k (key)
			where c.model_id = p_model and c.field = 'pricing'
			union all
			select k.key, c.change_id, c.changeset_id, c.event, null, k.value, true
			from modelsync.change c, lateral jsonb_each_text(c.new -> 'pricing') k
			where c.model_id = p_model and c.field = 'presence' and c.old is null
		), price as materialized (
			select l.*, lag(l.price) over w as before, row_number() over w as n
			from logged l window w as (partition by l.key order by l.change_id)
		), now as materialized (
			select k.key, k.value as price
			from public.model_access m, lateral jsonb_each_text(m.pricing) k
			where m.model_id = p_model
		), moved as (
			select c.change_id, c.changeset_id, c.event, c.new -> 'present' = 'true' as is_back
			from modelsync.change c
			where c.model_id = p_model and c.field = 'presence' and c.old is not null
				and c.old -> 'present' is distinct from c.new -> 'present'
		), point as (
			select p.key, p.change_id, 2 as part, p.changeset_id, p.event, p.price, true as is_price,
				case when p.is_added then true end as is_listed
			from price p
			union all
			-- what the log does not say, but the next change does
			select p.key, case when p.n = 1 then 0 else p.change_id end, 1, null, null, p.old, true, null
			from price p where not p.is_added and p.old is distinct from p.before
			union all
			-- or the model
			select n.key, 0, 1, null, null, n.price, true, null
			from now n where not exists (select from logged l where l.key = n.key)
			union all
			select k.key, m.change_id, 0, m.changeset_id, m.event, null, false, m.is_back
			from moved m, (select l.key from logged l union select n.key from now n) k
		), spell as (
			select p.*, count(*) filter (where p.is_price) over w as price_n, count(p.is_listed) over w as listed_n,
				p.part = 0 and p.is_listed and coalesce(lead(p.changeset_id) over w = p.changeset_id, false) as is_folded
			from point p window w as (partition by p.key order by p.change_id, p.part)
		), shown as (
			-- a model that is not listed keeps its last prices for its return
			select s.*, case when coalesce(bool_or(s.is_listed) over (partition by s.key, s.listed_n), true)
				then max(s.price) filter (where s.is_price) over (partition by s.key, s.price_n) end as value
			from spell s
		), step as (
			select s.*, lag(s.value) over (partition by s.key order by s.change_id, s.part) as old
			from shown s
		)
		select s.key, t.at, lead(t.at) over w, lead(s.part) over w is null, s.old, s.value,
			modelsync.price_number(s.old), modelsync.price_number(s.value), s.event, s.changeset_id,
			t.run_id, s.change_id
		from step s left join modelsync.changeset t on t.changeset_id = s.changeset_id
		-- a price that changes with the return says so itself
		where s.value is distinct from s.old and not s.is_folded
		window w as (partition by s.key order by s.change_id, s.part)
		order by s.change_id, s.part, s.key collate "C";
end
$$;

-- The same of all models there are.
create or replace view modelsync.price_history as
select m.model_id, p.key, p.valid_from, p.valid_until, p.is_current, p.old, p.price, p.old_usd, p.usd,
	p.event, p.changeset, p.run, p.event_id
from public.model_access m, lateral modelsync.model_prices(m.model_id) p;

-- What the input price of models was before its first change within so many days; null:
-- not known then, or variable.  Models whose price did not change have no row.
create or replace function modelsync.input_prices_before(p_days int)
returns table (model_id text, usd numeric)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
	since bigint := (select min(s.changeset_id) from modelsync.changeset s
		where s.at > clock_timestamp() - p_days * interval '1 day');
begin
	return query
		select distinct on (c.model_id) c.model_id::text, modelsync.price_number(c.old ->> 'prompt')
		from modelsync.change c
		where c.changeset_id >= since and c.field = 'pricing' and c.old ? 'prompt'
		order by c.model_id, c.change_id;
end
$$;

-- How many events of each type there were on each day (UTC), and of how many
-- models; null: of all models, from the beginning, until now.
create or replace function modelsync.event_counts(p_since timestamptz, p_until timestamptz, p_model text)
returns table (day date, type text, events bigint, models bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	return query
		select (s.at at time zone 'UTC')::date, c.event, count(*), count(distinct c.model_id)
		from modelsync.change c
		join modelsync.changeset s on s.changeset_id = c.changeset_id
		where c.event is not null
			and (p_model is null or c.model_id = p_model)
			and (p_since is null or s.at >= p_since)
			and (p_until is null or s.at < p_until)
		group by 1, 2
		order by 1, 2;
end
$$;
