-- SPDX-License-Identifier: MIT
--
-- Scheduled syncs and the daemons that run them.
--
--   slot ──< run         a time at which a sync was due; each attempt is a run
--   daemon               who is there to run them

create table modelsync.slot (
	slot_id bigint generated always as identity primary key,
	schedule text not null,
	at timestamptz not null,
	state text not null default 'open' check (state in
		('open', 'completed', 'held', 'failed', 'cancelled', 'missed', 'superseded')),
	-- How often it may fail and be tried again, and the pauses in between.
	retries int not null,
	retry_base_s numeric not null,
	retry_max_s numeric not null,
	attempts int not null default 0,
	-- Attempts that failed by themselves; the others were interrupted.
	failures int not null default 0,
	retry_at timestamptz,
	opened_at timestamptz not null default clock_timestamp(),
	closed_at timestamptz,
	unique (schedule, at),
	check ((state = 'open') = (closed_at is null))
);

create index slot_open_idx on modelsync.slot (schedule, at) where state = 'open';

alter table modelsync.run
	add column slot_id bigint references modelsync.slot (slot_id),
	add column attempt int;

create index run_slot_idx on modelsync.run (slot_id) where slot_id is not null;
-- What everything else is built to make sure of.
create unique index run_slot_completed_idx on modelsync.run (slot_id) where state = 'completed';

create table modelsync.daemon (
	owner text primary key, -- "host:pid", as in run
	version text not null,
	started_at timestamptz not null,
	seen_at timestamptz not null,
	enabled bool not null,
	schedule text not null,
	timezone text not null,
	next_slot timestamptz
);
