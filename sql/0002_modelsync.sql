-- SPDX-License-Identifier: MIT
--
-- What this program keeps beside the contract: the tables of the schema modelsync
-- (which the migrator has created).
--
--   run ──< changeset ──< change        what happened, by whom, field by field
--    │         │
--    │         └──< audit               the hash chain over all actions
--    ├── lease                          who may write a catalogue now
--    ├──< hold                          a catalogue the guard did not let through
--    └──< alert                         what an admin should look at
--   model_document                      what upstream sends and no column holds

create table modelsync.setting (
	name text primary key,
	value jsonb not null,
	description text not null
);

insert into modelsync.setting (name, value, description) values
	('max_missing_percent', '15', 'hold a run when more than this share of the present models is missing'),
	('min_missing', '10', 'never hold a run for fewer missing models than this'),
	('max_invalid_percent', '5', 'hold a run when more than this share of its entries is invalid'),
	('price_jump_factor', '10', 'alert when a price moves by more than this factor either way'),
	('missing_grace', '1', 'completed runs a model must be missing before it becomes inactive'),
	('returning', '"restore"', 'status of a returning model: restore what it had, or review as new'),
	('cooldown_minutes', '5', 'pause between manual syncs'),
	('lease_seconds', '30', 'a running sync that is silent for longer counts as interrupted');

create table modelsync.run (
	run_id bigint generated always as identity primary key,
	sync_log_id uuid unique references public.model_sync_log (id) on delete set null,
	fence bigint not null,
	trigger text not null
		check (trigger in ('manual', 'scheduled', 'file', 'hold', 'sql')),
	owner text not null,
	origin text not null check (origin in ('console', 'cli', 'daemon', 'http', 'sql')),
	os_user text,
	source text,
	reason text,
	session_user_name text not null default session_user,
	url text,
	forced bool not null default false,
	state text not null default 'running'
		check (state in ('running', 'completed', 'held', 'failed')),
	phase text not null default 'claim',
	progress_done bigint,
	progress_total bigint,
	progress_bytes bigint,
	started_at timestamptz not null default clock_timestamp(),
	completed_at timestamptz,
	category text,
	message text,
	details jsonb,
	counts jsonb not null default '{}',
	timing_ms jsonb not null default '{}',
	bytes bigint,
	findings jsonb not null default '[]',
	findings_total int not null default 0,
	guard jsonb not null default '[]',
	alerts jsonb not null default '[]',
	hold_id bigint,
	changeset_id bigint,
	cancel_requested_at timestamptz,
	cancel_requested_by text,
	check ((state = 'running') = (completed_at is null))
);

create index run_completed_idx on modelsync.run (completed_at desc) where state = 'completed';
create index run_state_idx on modelsync.run (started_at desc, state);

-- One row.  Whoever holds the number `fence` may apply a catalogue; it moves on
-- with every claim, so a process that was stopped or cut off is refused.
create table modelsync.lease (
	singleton bool primary key default true check (singleton),
	fence bigint not null default 0,
	run_id bigint references modelsync.run (run_id),
	seconds numeric not null default 30,
	expires_at timestamptz,
	-- Set when a sync was undone, until a run has been held for it.
	undone_changeset bigint,
	check ((run_id is null) = (expires_at is null))
);

insert into modelsync.lease default values;

create table modelsync.hold (
	hold_id bigint generated always as identity primary key,
	state text not null default 'open'
		check (state in ('open', 'applied', 'discarded', 'superseded')),
	run_id bigint not null references modelsync.run (run_id),
	pages jsonb[] not null,
	meta jsonb not null default '{}',
	guard jsonb not null,
	report jsonb not null,
	held_at timestamptz not null default clock_timestamp(),
	replaced_at timestamptz,
	resolved_at timestamptz,
	resolved_by text,
	resolved_run bigint references modelsync.run (run_id),
	check ((state = 'open') = (resolved_at is null))
);

create unique index hold_open_idx on modelsync.hold ((true)) where state = 'open';

create table modelsync.changeset (
	changeset_id bigint generated always as identity primary key,
	kind text not null check (kind in ('sync', 'edit', 'undo', 'direct')),
	run_id bigint references modelsync.run (run_id),
	at timestamptz not null default clock_timestamp(),
	origin text not null check (origin in ('console', 'cli', 'daemon', 'http', 'sql')),
	os_user text,
	source text,
	reason text,
	session_user_name text not null default session_user,
	undoes bigint references modelsync.changeset (changeset_id),
	undone_by bigint references modelsync.changeset (changeset_id),
	models int not null default 0,
	fields int not null default 0
);

create index changeset_at_idx on modelsync.changeset (at);
create index changeset_run_idx on modelsync.changeset (run_id) where run_id is not null;

-- One changed field of one model.  `event` names the event this row stands for;
-- rows folded into another row's event (the fields of a returned model, the
-- second tier of one edit) have none.  Models are named, not referenced: the
-- log outlives them.
create table modelsync.change (
	change_id bigint generated always as identity primary key,
	changeset_id bigint not null references modelsync.changeset (changeset_id),
	model_id varchar(100) not null,
	field text not null,
	old jsonb,
	new jsonb,
	event text
);

create index change_changeset_idx on modelsync.change (changeset_id, model_id);
create index change_model_idx on modelsync.change (model_id, change_id desc);

-- hash is that of the whole document as it was last applied; null makes the
-- next sync compare the model again.
create table modelsync.model_document (
	model_id varchar(100) primary key
		references public.model_access (model_id) on update cascade on delete cascade,
	hash bigint,
	rest jsonb not null default '{}',
	run_id bigint,
	updated_at timestamptz not null default clock_timestamp()
);

create table modelsync.alert (
	alert_id bigint generated always as identity primary key,
	model_id varchar(100) not null,
	kind text not null,
	message text not null,
	run_id bigint references modelsync.run (run_id),
	raised_at timestamptz not null default clock_timestamp(),
	acknowledged_at timestamptz,
	acknowledged_by text
);

create unique index alert_open_idx on modelsync.alert (model_id, kind)
	where acknowledged_at is null;

create table modelsync.audit (
	audit_id bigint primary key,
	at timestamptz not null,
	action text not null,
	outcome text not null check (outcome in ('done', 'refused', 'failed', 'held')),
	changeset_id bigint,
	run_id bigint,
	origin text not null,
	os_user text,
	source text,
	reason text,
	session_user_name text not null,
	detail jsonb not null default '{}',
	-- Digest of the changeset's changes, so that those may be retired later.
	changes_digest bytea,
	previous bytea not null,
	hash bytea not null
);

create table modelsync.audit_head (
	singleton bool primary key default true check (singleton),
	audit_id bigint not null,
	hash bytea not null
);

insert into modelsync.audit_head (audit_id, hash) values (0, '\x');

-- A catalogue after validation and comparison, before anything is written: the
-- currency between the stages of the engine.  The arrays of one group are
-- parallel.
create type modelsync.sync_plan as (
	problem text,              -- the answer as a whole is unusable
	total int,
	valid int,
	invalid int,
	duplicates int,
	findings jsonb,            -- at most 100
	findings_total int,
	claimed int,               -- the total upstream claims
	incomplete bool,           -- the last page names a further one
	doc_id text[],             -- documents to store
	doc_hash bigint[],
	doc_rest jsonb[],
	model_id text[],           -- models to insert or update
	kind text[],               -- added, changed, returned, removed, absent; adopted: no news
	version bigint[],
	facts jsonb[],             -- what upstream says of the model
	old_facts jsonb[],         -- what it said before
	old_presence jsonb[],
	new_presence jsonb[],
	change_id text[],          -- changes to log
	change_field text[],
	change_old jsonb[],
	change_new jsonb[],
	change_event text[],
	alerts jsonb,
	guard jsonb,
	validate_ms numeric,
	compare_ms numeric
);
