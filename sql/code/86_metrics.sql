-- SPDX-License-Identifier: MIT
--
-- Figures for monitoring, cheap enough to be asked for every few seconds.

-- The limits between which durations are counted, in seconds.
create or replace function modelsync.phase_limits()
returns numeric[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select array[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
$$;

-- How long a run took, altogether (phase run) and step by step.
create or replace function modelsync.phase_seconds(r modelsync.run)
returns table (phase text, seconds numeric)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select 'run', extract(epoch from r.completed_at - r.started_at)
	union all
	select t.key, t.value::numeric / 1000
	from jsonb_each_text(r.timing_ms) t
	where t.key not in ('total', 'database'); -- sums of others
$$;

-- Adds runs that have ended to the totals; each run once.
create or replace function modelsync.count_runs(p_runs bigint[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	insert into modelsync.run_total as t (state, category, runs)
	select r.state, case when r.state = 'failed' then coalesce(r.category, '') else '' end, count(*)
	from modelsync.run r
	where r.run_id = any (p_runs)
	group by 1, 2 order by 1, 2
	on conflict (state, category) do update set runs = t.runs + excluded.runs;
	insert into modelsync.phase_total as t (phase, bucket, runs, seconds)
	select p.phase, width_bucket(p.seconds, modelsync.phase_limits()), count(*), sum(p.seconds)
	from modelsync.run r, lateral modelsync.phase_seconds(r) p
	where r.run_id = any (p_runs)
	group by 1, 2 order by 1, 2
	on conflict (phase, bucket) do update
		set runs = t.runs + excluded.runs, seconds = t.seconds + excluded.seconds;
end
$$;

-- The runs of before there were totals.
select modelsync.count_runs(array(select r.run_id from modelsync.run r where r.state <> 'running'))
where not exists (select from modelsync.run_total);

create or replace function modelsync.metrics()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object(
		'runs', (select coalesce(jsonb_agg(to_jsonb(t) order by t.state, t.category), '[]')
			from modelsync.run_total t),
		'limits', to_jsonb(modelsync.phase_limits()),
		-- counts: one more than there are limits
		'phases', (select coalesce(jsonb_agg(to_jsonb(p) order by p.phase), '[]') from (
			select x.phase, sum(x.seconds) as seconds,
				(select array_agg(coalesce(y.runs, 0) order by b.bucket)
				from generate_series(0, cardinality(modelsync.phase_limits())) b (bucket)
				left join modelsync.phase_total y on y.phase = x.phase and y.bucket = b.bucket) as counts
			from modelsync.phase_total x group by x.phase) p),
		'models', modelsync.model_counts(),
		'last_success', (select extract(epoch from max(r.completed_at))::bigint
			from modelsync.run r where r.state = 'completed'),
		'next_run', extract(epoch from modelsync.next_slot())::bigint,
		'is_running', exists (select from modelsync.lease l where l.run_id is not null),
		'is_held', exists (select from modelsync.hold h where h.state = 'open'),
		'daemons', (select count(*) from jsonb_array_elements(modelsync.daemons_json()) d
			where (d ->> 'alive')::bool),
		'notifications', (select jsonb_object_agg(s.state, (select count(*) from modelsync.delivery d where d.state = s.state))
			from unnest(array['waiting', 'sending', 'sent', 'failed', 'discarded']) s (state)),
		'alerts', (select coalesce(jsonb_object_agg(a.kind, a.alerts), '{}') from (
			select x.kind, count(*) as alerts from modelsync.alert x
			where x.acknowledged_at is null group by x.kind) a));
$$;
