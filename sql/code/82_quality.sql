-- SPDX-License-Identifier: MIT
--
-- Data quality and statistics.  A check is a condition on one model, or on
-- models that contradict each other; what it finds is one row per model of the
-- view finding, and everything else is derived from that.  Where the filter
-- language can say the same, quality_check has the filter, and both find the
-- same models.

-- Whether a model costs something or may: some price is not zero, or none is
-- known.  `discount` is a share, not a price.  Inlined.
create or replace function modelsync.is_paid(p_pricing jsonb)
returns bool
language sql immutable
as $$
	select p_pricing - 'discount' = '{}'
		or p_pricing - 'discount' @? '$.* ? (!(@ like_regex "^0+([.]0+)?$"))';
$$;

-- When an absence, or a new model's waiting, deserves attention.  Inlined.
create or replace function modelsync.stale_after()
returns interval
language sql immutable
as $$ select interval '30 days' $$;

create or replace function modelsync.undecided_after()
returns interval
language sql immutable
as $$ select interval '7 days' $$;

-- The findings that no other model shares: all but those about duplicates.
create or replace view modelsync.model_finding as
select m.model_id, unnest(array_remove(array[
	case when m.status = 'active' and not (m.is_free or m.is_pro or m.is_enterprise)
		then 'active_without_tier' end,
	case when m.status = 'active' and m.expires_on <= (now() at time zone 'UTC')::date
		then 'active_expired' end,
	case when m.status = 'active' and m.missing_since is not null then 'active_missing' end,
	case when m.status in ('inactive', 'disabled') and m.missing_since is null
		and (m.is_free or m.is_pro or m.is_enterprise) then 'tier_without_effect' end,
	case when m.is_free and m.pricing @? '$.* ? (@ == "-1")' then 'free_tier_variable'
		when m.is_free and modelsync.is_paid(coalesce(m.pricing, '{}')) then 'free_tier_paid' end,
	case when not coalesce(m.pricing, '{}') ?& array['prompt', 'completion']
		then 'price_missing' end,
	-- all prices in one look; the first makes an empty one show
	case when concat_ws('|', '0', m.prompt_price, m.completion_price, m.request_price, m.image_price,
			m.output_image_price, m.web_search_price, m.internal_reasoning_price,
			m.input_cache_read_price, m.input_cache_write_price)
			!~ '^0([|](-1|[0-9]+([.][0-9]+)?))*$'
		then 'price_malformed' end,
	case when m.missing_since < now() - modelsync.stale_after() then 'stale' end,
	case when m.status = 'new' and m.created_at < now() - modelsync.undecided_after()
		then 'undecided' end,
	case when m.alias_target is not null and not exists (select from public.model_access t
			where t.model_id = m.alias_target)
		and not exists (select from public.model_access t
			where t.canonical_slug = m.alias_target and t.alias_target is null)
		then 'alias_broken' end
	], null)) as check_name
from public.model_access m;

create or replace view modelsync.finding as
select f.model_id, f.check_name
from modelsync.model_finding f
union all
select m.model_id, 'duplicate_id'
from (select lower(x.model_id) as id from public.model_access x
	group by 1 having count(*) > 1) d
join public.model_access m on lower(m.model_id) = d.id
union all
-- variants (":free") of a model share its slug, and aliases have their target's
select m.model_id, 'duplicate_slug'
from (select x.canonical_slug collate "C" as canonical_slug,
		split_part(x.model_id collate "C", ':', 2) as variant
	from public.model_access x
	where x.canonical_slug <> '' and x.alias_target is null
	group by 1, 2 having count(*) > 1) d
join public.model_access m on m.canonical_slug collate "C" = d.canonical_slug
	and split_part(m.model_id collate "C", ':', 2) = d.variant and m.alias_target is null;

-- The checks, the worst first.
create or replace view modelsync.quality_check as
select c.*
from (values
	(1, 'free_tier_paid', 'error', 'is:paidfree -is:variable',
		'models that cost something, or have no known price, are granted to the free tier; take the grant back: modelsync-tui set %s tier=-free'),
	(2, 'free_tier_variable', 'error', 'tier:free is:variable',
		'models whose price varies are granted to the free tier; take the grant back: modelsync-tui set %s tier=-free'),
	(3, 'price_malformed', 'error', null,
		'prices that are no numbers, which count as unknown; look at what wrote them: modelsync-tui events %s'),
	(4, 'duplicate_id', 'error', null,
		'ids that differ in capitals only; disable the one that is not upstream''s: modelsync-tui models %s'),
	(5, 'active_expired', 'error', 'status:active is:expired',
		'active models whose announced end has come; retire them: modelsync-tui set %s status=inactive'),
	(6, 'active_missing', 'warning', 'status:active is:missing',
		'active models that upstream no longer lists; look at them: modelsync-tui models %s'),
	(7, 'active_without_tier', 'warning', 'status:active tier:none',
		'active models that nobody but admins can use; grant a tier: modelsync-tui set %s tier=+enterprise'),
	(8, 'alias_broken', 'warning', null,
		'aliases of models that are not in the catalogue; sync, then look again: modelsync-tui models %s'),
	(9, 'price_missing', 'warning', 'in:none OR out:none',
		'models whose price of input or output is unknown; sync, then look again: modelsync-tui models %s'),
	(10, 'duplicate_slug', 'warning', null,
		'models with the same canonical slug; disable all but one: modelsync-tui models %s'),
	(11, 'tier_without_effect', 'info', 'status:inactive,disabled -tier:none missing:none',
		'tiers granted to models that are switched off; they count again once the model is active: modelsync-tui models %s'),
	(12, 'stale', 'info', 'is:missing -missing:30d',
		'models that upstream has not listed for 30 days; nothing needs to be done unless they should never come back: modelsync-tui set %s status=disabled'),
	(13, 'undecided', 'info', 'status:new -added:7d',
		'new models that nobody has decided on for 7 days; decide: modelsync-tui models %s')
) c (rank, name, severity, filter, advice);

-- How many models each check finds now, all checks; kept with every run.
create or replace function modelsync.quality_counts()
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	return (
		select jsonb_object_agg(c.name, coalesce(f.n, 0))
		from modelsync.quality_check c
		left join (select x.check_name, count(*) as n from modelsync.finding x
			group by x.check_name) f on f.check_name = c.name);
end
$$;

-- A row as it is: each write gives it another version, and each transaction another
-- xmin.  Inlined.
create or replace function modelsync.row_number_of(p_version bigint, p_id text, p_xmin xid)
returns bigint
language sql immutable
as $$
	select hashint8extended(p_version, hashtextextended(p_id, p_xmin::text::bigint));
$$;

-- A digest of all rows.
create or replace function modelsync.models_digest()
returns numeric
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select coalesce(sum(modelsync.row_number_of(m.row_version, m.model_id, m.xmin)), 0)
		from public.model_access m);
end
$$;

-- The next moment at which a check may find another model although nobody writes: a day
-- begins (UTC), or a time is up.
create or replace function modelsync.quality_ends()
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select least(date_trunc('day', now(), 'UTC') + interval '1 day',
			min(m.missing_since + modelsync.stale_after())
				filter (where m.missing_since + modelsync.stale_after() >= now()),
			min(m.created_at + modelsync.undecided_after())
				filter (where m.status = 'new' and m.created_at + modelsync.undecided_after() >= now()))
		from public.model_access m);
end
$$;

-- The findings of some models by check, and their part of models_digest().
create or replace function modelsync.quality_part(p_ids text[], out counts jsonb, out digest numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
begin
	select coalesce(jsonb_object_agg(f.check_name, f.n), '{}') into counts
	from (select x.check_name, count(*) as n from modelsync.model_finding x
		where x.model_id = any (p_ids) group by x.check_name) f;
	select coalesce(sum(modelsync.row_number_of(m.row_version, m.model_id, m.xmin)), 0) into digest
	from public.model_access m where m.model_id = any (p_ids);
end
$$;

-- Before a run writes: the counts, and the digest, of the models that it leaves alone.
-- Null when they have to be made anew, because those known do not hold, or because what
-- changes (ids, slugs, aliases) may decide about other models as well.
create or replace function modelsync.quality_beside(p_ids text[], p_kinds text[], p_facts jsonb[])
returns modelsync.catalogue
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	c modelsync.catalogue;
	part record;
begin
	-- the rows themselves: of adopted ones a plan's old facts have what is new already
	if exists (select from unnest(p_kinds) k where k not in ('changed', 'adopted'))
		or exists (select from (select unnest(p_ids) as id, unnest(p_facts) as f offset 0) t
			join public.model_access m on m.model_id = t.id
			where m.canonical_slug is distinct from t.f ->> 'canonical_slug'
				or m.alias_target is distinct from t.f ->> 'alias_target') then
		return null;
	end if;
	select * into c from modelsync.catalogue
	where quality_rows = modelsync.models_digest() and now() < quality_until;
	if found then
		part := modelsync.quality_part(p_ids);
		c.quality := modelsync.quality_sum(c.quality, part.counts, -1);
		c.quality_rows := c.quality_rows - part.digest;
	end if;
	return c;
end
$$;

-- Counts with others added (1) or taken away (-1).
create or replace function modelsync.quality_sum(p_counts jsonb, p_part jsonb, p_sign int)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_object_agg(c.key, c.value::int + p_sign * coalesce((p_part ->> c.key)::int, 0))
	from jsonb_each(p_counts) c;
$$;

-- The counts for a run that completes, after it has written.  They are made anew only
-- when they may differ from those of the run before in more than the models p_ids:
-- p_beside is what quality_beside() said of the others.
create or replace function modelsync.quality_of_run(p_beside modelsync.catalogue default null,
	p_ids text[] default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	c modelsync.catalogue := p_beside;
	part record;
begin
	if c.quality is not null then
		part := modelsync.quality_part(p_ids);
		c.quality := modelsync.quality_sum(c.quality, part.counts, 1);
		c.quality_rows := c.quality_rows + part.digest;
	else
		c.quality_rows := modelsync.models_digest();
		select k.quality into c.quality from modelsync.catalogue k
		where k.quality_rows = c.quality_rows and now() < k.quality_until;
		if found then
			return c.quality;
		end if;
		c.quality := modelsync.quality_counts();
		c.quality_until := modelsync.quality_ends();
	end if;
	update modelsync.catalogue set quality = c.quality, quality_rows = c.quality_rows,
		quality_until = c.quality_until;
	return c.quality;
end
$$;

-- A filter that selects models by their ids.
create or replace function modelsync.filter_of_ids(p_ids text[])
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select 'id=' || string_agg(format('"%s"', replace(replace(i.id, '\', '\\'), '"', '\"')), ',' order by i.n)
	from unnest(p_ids) with ordinality i (id, n);
$$;

-- What the checks find now, the worst first, with what to do about it.
create or replace function modelsync.quality()
returns table (check_name text, severity text, count bigint, examples text[], filter text,
	suggestion text)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	select c.name, c.severity, f.n, f.examples, x.filter,
		format(c.advice, '''' || replace(x.filter, '''', '''\''''') || '''')
	from modelsync.quality_check c
	join (select y.check_name, count(*) as n,
			(array_agg(y.model_id::text order by y.model_id collate "C"))[:5] as examples
		from modelsync.finding y group by y.check_name) f on f.check_name = c.name,
	lateral (select coalesce(c.filter, modelsync.filter_of_ids(f.examples))) x (filter)
	order by c.rank;
$$;

create or replace function modelsync.quality_json()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('models', (select count(*) from public.model_access),
		'checks', (select count(*) from modelsync.quality_check),
		'findings', coalesce(jsonb_agg(jsonb_build_object('check', q.check_name,
			'severity', q.severity, 'count', q.count, 'examples', q.examples, 'filter', q.filter,
			'suggestion', q.suggestion) order by q.n), '[]'))
	from modelsync.quality() with ordinality q (check_name, severity, count, examples, filter,
		suggestion, n);
$$;

-- How long models that were added waited at most: they appeared upstream after
-- the run before the one that added them.  The models of the first run waited
-- for nothing.
create or replace function modelsync.visibility(p_days int)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('target_hours', 24, 'added', coalesce(sum(r.added), 0),
		'within_target', coalesce(sum(r.added) filter (where r.waited <= interval '24 hours'), 0),
		'worst_hours', round((extract(epoch from max(r.waited)) / 3600)::numeric, 1))
	from (select r.completed_at, (r.counts ->> 'added')::int as added,
			r.completed_at - lag(r.started_at) over (order by r.completed_at) as waited
		from modelsync.run r where r.state = 'completed') r
	where r.added > 0 and r.waited is not null
		and r.completed_at > clock_timestamp() - p_days * interval '1 day';
$$;

-- Figures of the last p_days days; held and cancelled runs are neither successes
-- nor failures.
create or replace function modelsync.run_figures(p_days int)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('days', p_days,
		'completed', count(*) filter (where r.state = 'completed'),
		'failed', count(*) filter (where r.state = 'failed' and r.category is distinct from 'cancelled'),
		'cancelled', count(*) filter (where r.state = 'failed' and r.category = 'cancelled'),
		'held', count(*) filter (where r.state = 'held'),
		'success_rate', modelsync.success_rate(p_days), 'target_success_rate', 99.9,
		-- a database younger than that has fewer days to divide by
		'runs_per_day', round(count(*) / greatest(1, least(p_days,
			extract(epoch from clock_timestamp() - min(r.started_at)) / 86400))::numeric, 2),
		'since_completed_s', (select floor(extract(epoch from clock_timestamp()
			- max(c.completed_at)))::bigint from modelsync.run c where c.state = 'completed'),
		'visibility', modelsync.visibility(p_days))
	from modelsync.run r
	where r.started_at > clock_timestamp() - p_days * interval '1 day';
$$;
