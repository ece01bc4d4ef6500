-- SPDX-License-Identifier: MIT
--
-- The queue of deliveries.
--
--   waiting ──notify_claim──> sending ──notify_settle──> sent | failed
--      ▲                         │ │
--      └──── tried again later ──┘ └── silent for too long: claimed by another one
--
-- A claim commits before the sending begins: whoever dies after it may have sent, so
-- the next attempt is marked as a repeat.  No two try at the same time.

-- The channels by which a daemon that is alive can send; those of which nobody has spoken
-- for some time are forgotten, with what waits for them.  With the first channel begins
-- what people are told: nothing of what was before, but for what is bad still.
create or replace function modelsync.notify_channels(p_channels jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	is_first bool := not exists (select from modelsync.channel) and p_channels <> '[]';
begin
	insert into modelsync.channel as c (channel, seen_at)
	select n.name, clock_timestamp()
	from jsonb_array_elements_text(p_channels) n (name) order by n.name
	on conflict (channel) do update set seen_at = excluded.seen_at;
	with gone as (
		delete from modelsync.channel c where c.seen_at < clock_timestamp() - interval '5 minutes'
		returning c.channel
	)
	update modelsync.delivery d
	set state = 'discarded', next_at = null, error = 'no daemon has this channel any more'
	from gone where d.channel = gone.channel and d.state = 'waiting';
	if is_first then
		update modelsync.matter m
		set is_open = false, since = null, is_told = false, pending = 0, told_at = clock_timestamp(),
			quiet_until = null, digests = 0, seen = l.last, told = l.last
		from (select (select coalesce(max(a.alert_id), 0) from modelsync.alert a) as alert,
			(select coalesce(max(r.run_id), 0) from modelsync.run r) as run) x,
		lateral (values ('alerts', x.alert), ('failing', x.run), ('held', x.run), ('silent', x.run)) l (kind, last)
		where l.kind = m.kind;
	end if;
end
$$;

-- The next delivery that is due, for {owner, channels, lease_s}; without one `wait_s` says
-- when to ask again (null: when somebody says that there is a message).
create or replace function modelsync.notify_claim(p jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('notify_claim', null);
	channels text[] := array(select jsonb_array_elements_text(p -> 'channels'));
	d modelsync.delivery;
begin
	if refusal is not null then
		return refusal;
	end if;
	select * into d from modelsync.delivery x
	where x.next_at <= clock_timestamp() and x.channel = any (channels)
	order by x.next_at, x.delivery_id limit 1 for update skip locked;
	if not found then
		return jsonb_build_object('ok', true, 'wait_s', (
			select greatest(1, extract(epoch from x.next_at - clock_timestamp()))
			from modelsync.delivery x where x.next_at is not null and x.channel = any (channels)
			order by x.next_at limit 1));
	end if;
	update modelsync.delivery x
	set state = 'sending', attempts = x.attempts + 1, is_repeat = x.is_repeat or x.state = 'sending',
		owner = left(p ->> 'owner', 200), tried_at = clock_timestamp(),
		next_at = clock_timestamp() + (p ->> 'lease_s')::numeric * interval '1 second'
	where x.delivery_id = d.delivery_id
	returning * into d;
	return (select jsonb_build_object('ok', true, 'delivery', d.delivery_id, 'attempt', d.attempts,
			'channel', d.channel, 'repeat', d.is_repeat, 'message', jsonb_build_object(
				'id', m.message_id, 'kind', m.kind, 'at', m.at, 'subject', m.subject,
				'body', m.body, 'facts', m.facts))
		from modelsync.message m where m.message_id = d.message_id);
end
$$;

-- What an attempt came to: {sent, message, category, permanent, retry_after_s, uncertain}.
-- Of an attempt that somebody else has taken over only success is news.
create or replace function modelsync.notify_settle(p_delivery bigint, p_attempt int, p jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('notify_settle', null);
	is_sent bool := (p ->> 'sent')::bool;
	at timestamptz := clock_timestamp();
	d modelsync.delivery;
begin
	if refusal is not null then
		return refusal;
	end if;
	select * into d from modelsync.delivery x where x.delivery_id = p_delivery for update;
	if d.state is distinct from 'sending' or (d.attempts <> p_attempt and not is_sent) then
		return jsonb_build_object('ok', true, 'state', d.state);
	end if;
	-- a daemon that stops leaves it to the next one
	d.next_at := at + interval '1 second' * case when p ->> 'category' = 'cancelled' then 0
		else greatest(modelsync.backoff_s(d.attempts, 30, 3600),
			least(coalesce((p ->> 'retry_after_s')::numeric, 0), 86400)) end;
	d.state := case
		when is_sent then 'sent'
		when (p ->> 'permanent')::bool or d.next_at > d.give_up_at then 'failed'
		else 'waiting' end;
	update modelsync.delivery x
	set state = d.state, next_at = case when d.state = 'waiting' then d.next_at end,
		sent_at = case when is_sent then at end,
		is_repeat = x.is_repeat or coalesce((p ->> 'uncertain')::bool, false),
		category = case when not is_sent then left(p ->> 'category', 40) end,
		error = nullif(left(modelsync.clean_line(p ->> 'message'), 1000), '')
	where x.delivery_id = p_delivery;
	return jsonb_build_object('ok', true, 'state', d.state, 'next_at',
		case when d.state = 'waiting' then d.next_at end);
end
$$;

create or replace function modelsync.delivery_json(d modelsync.delivery, m modelsync.message)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('delivery', d.delivery_id, 'message', m.message_id, 'kind', m.kind,
		'at', m.at, 'subject', m.subject, 'channel', d.channel, 'state', d.state,
		'attempts', d.attempts, 'next_at', d.next_at, 'give_up_at', d.give_up_at, 'owner', d.owner,
		'tried_at', d.tried_at, 'repeat', d.is_repeat, 'category', d.category, 'error', d.error,
		'sent_at', d.sent_at);
$$;

-- Deliveries, newest first; p_all: also those that were sent or discarded.
create or replace function modelsync.notify_list(p_limit int, p_all bool)
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.delivery_json(d, m)
	from modelsync.delivery d
	join modelsync.message m on m.message_id = d.message_id
	where p_all or d.state not in ('sent', 'discarded')
	order by d.delivery_id desc limit p_limit;
$$;

-- Changes deliveries that are in one of those states; the others stay as they are.
create or replace function modelsync.notify_change(p_action text, p_deliveries bigint[], p_from text[],
	p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal(p_action, p_ctx);
	hours numeric := (modelsync.effective_settings(null) ->> 'notify_give_up_hours')::numeric;
	unknown bigint := (select min(t.id) from unnest(p_deliveries) t (id)
		where not exists (select from modelsync.delivery d where d.delivery_id = t.id));
	is_retry bool := p_action = 'notify_retry';
	done jsonb;
begin
	if refusal is not null then
		return refusal;
	elsif unknown is not null then
		return modelsync.audit_refusal('notify', p_ctx, null, jsonb_build_object('ok', false,
			'code', 'unknown', 'message', format('there is no delivery %s', unknown)));
	end if;
	perform from modelsync.delivery d where d.delivery_id = any (p_deliveries)
	order by d.delivery_id for update;
	with taken as (
		update modelsync.delivery d
		set state = case when is_retry then 'waiting' else 'discarded' end,
			next_at = case when is_retry then clock_timestamp() end,
			give_up_at = case when is_retry then clock_timestamp() + hours * interval '1 hour'
				else d.give_up_at end
		where d.delivery_id = any (p_deliveries) and d.state = any (p_from)
		returning d.delivery_id
	)
	select coalesce(jsonb_agg(t.delivery_id order by t.delivery_id), '[]') into done from taken t;
	if done <> '[]' then
		perform modelsync.announce(jsonb_build_object('deliveries', jsonb_array_length(done)));
		perform modelsync.audit_append('notify', 'done', p_ctx, null, null,
			jsonb_build_object(case when is_retry then 'retried' else 'discarded' end, done));
	end if;
	return jsonb_build_object('ok', true, 'deliveries', done);
end
$$;

-- Tries deliveries anew that have failed, were discarded, or wait.
create or replace function modelsync.notify_retry(p_deliveries bigint[], p_ctx jsonb)
returns jsonb
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.notify_change('notify_retry', p_deliveries, '{failed,discarded,waiting}', p_ctx);
$$;

create or replace function modelsync.notify_discard(p_deliveries bigint[], p_ctx jsonb)
returns jsonb
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.notify_change('notify_discard', p_deliveries, '{failed,waiting}', p_ctx);
$$;

-- The queue at a glance, for status().
create or replace function modelsync.notifications_json()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select n.counts || jsonb_build_object(
		'channels', (select coalesce(jsonb_agg(c.channel order by c.channel), '[]') from modelsync.channel c),
		'open', (select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'since', m.since) order by m.kind), '[]')
			from modelsync.matter m where m.is_open),
		'quiet', (select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'until', m.quiet_until,
				'pending', m.pending) order by m.kind), '[]')
			from modelsync.matter m where m.quiet_until > clock_timestamp()),
		'oldest_at', (select min(m.at)
			from modelsync.delivery d join modelsync.message m on m.message_id = d.message_id
			where d.next_at is not null),
		'last_error', (select modelsync.delivery_json(d, m)
			from modelsync.delivery d join modelsync.message m on m.message_id = d.message_id
			where d.category is not null and d.state <> 'discarded'
			order by d.tried_at desc limit 1))
	from (select jsonb_build_object('waiting', count(*) filter (where d.state = 'waiting'),
			'sending', count(*) filter (where d.state = 'sending'),
			'sent', count(*) filter (where d.state = 'sent'),
			'failed', count(*) filter (where d.state = 'failed'),
			'discarded', count(*) filter (where d.state = 'discarded'),
			'last_sent_at', max(d.sent_at)) as counts
		from modelsync.delivery d) n;
$$;
