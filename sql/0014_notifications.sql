-- SPDX-License-Identifier: MIT
--
-- Notifications: what people are told of, and the queue of what is on its way.
--
--   matter ──> message ──< delivery     one delivery for each
--                            channel    that a daemon can send by

-- One row for each kind; what has been looked at and told of it.
create table modelsync.matter (
	kind text primary key check (kind in ('failing', 'held', 'silent', 'alerts')),
	is_open bool not null default false,
	since timestamptz,
	is_told bool not null default false, -- people know that it is open
	pending int not null default 0,      -- what waits for the digest
	seen bigint not null default 0,      -- the last run or alert that was looked at,
	told bigint not null default 0,      -- and that was told of
	told_at timestamptz,
	quiet_until timestamptz,
	digests int not null default 0,      -- in a row
	check (is_open = (since is not null))
);

insert into modelsync.matter (kind) values ('failing'), ('held'), ('silent'), ('alerts');

create table modelsync.message (
	message_id bigint generated always as identity primary key,
	kind text not null check (kind in ('failing', 'held', 'silent', 'alerts', 'recovered', 'digest')),
	at timestamptz not null default clock_timestamp(),
	subject text not null,
	body text not null,
	facts jsonb not null default '{}'
);

create index message_at_idx on modelsync.message (at);

create table modelsync.channel (
	channel text primary key check (channel in ('email', 'slack', 'webhook')),
	seen_at timestamptz not null
);

create table modelsync.delivery (
	delivery_id bigint generated always as identity primary key,
	message_id bigint not null references modelsync.message (message_id) on delete cascade,
	channel text not null,
	state text not null default 'waiting'
		check (state in ('waiting', 'sending', 'sent', 'failed', 'discarded')),
	attempts int not null default 0,
	next_at timestamptz,           -- when it is tried, or somebody else takes it over
	give_up_at timestamptz not null,
	owner text,                    -- who tried it last
	tried_at timestamptz,
	is_repeat bool not null default false, -- an earlier attempt may have arrived
	category text,                 -- of the last failure
	error text,
	sent_at timestamptz,
	unique (message_id, channel),
	check ((state in ('waiting', 'sending')) = (next_at is not null)),
	check ((state = 'sent') = (sent_at is not null))
);

create index delivery_due_idx on modelsync.delivery (next_at) where next_at is not null;
create index delivery_sent_idx on modelsync.delivery (sent_at desc) where sent_at is not null;

insert into modelsync.setting (name, value, description, lowest, highest, is_optional) values
	('notify_failures', '2', 'runs that fail in a row before people are told', 1, 1000, true),
	('notify_silent_hours', '26', 'hours without a completed run before people are told', 1, 8784, true),
	('notify_quiet_minutes', '360', 'minutes after a message in which what follows waits for one digest', 1, 10080, false),
	('notify_give_up_hours', '24', 'hours for which a message is tried to be delivered', 1, 720, false);
