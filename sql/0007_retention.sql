-- SPDX-License-Identifier: MIT
--
-- What a setting may be; what was retired from the change log; indexes for the
-- questions that are asked of one model or of one run.

-- Settings without limits take any value of the type they have.
alter table modelsync.setting
	add column lowest numeric,
	add column highest numeric,
	add column is_whole bool not null default true,
	add column is_optional bool not null default false, -- may be null, shown as none
	add column choices text[];

insert into modelsync.setting (name, value, description, is_optional) values
	('keep_changes_days', 'null', 'days for which a change that a newer one has replaced is kept', true),
	('keep_runs_days', 'null', 'days for which runs that changed nothing, and settled holds, are kept', true);

update modelsync.setting s
set lowest = t.lowest, highest = t.highest, is_whole = t.is_whole, choices = t.choices
from (values
	('max_missing_percent', 0, 100, false, null::text[]),
	('min_missing', 0, 100000, true, null),
	('max_invalid_percent', 0, 100, false, null),
	('price_jump_factor', 1.1, 1000000, false, null),
	('missing_grace', 1, 100, true, null),
	('returning', null, null, true, '{restore,review}'),
	('cooldown_minutes', 0, 1440, false, null),
	('lease_seconds', 1, 3600, false, null),
	('keep_changes_days', 1, 36500, true, null),
	-- status and its figures look 30 days back
	('keep_runs_days', 31, 36500, true, null)
) t (name, lowest, highest, is_whole, choices)
where t.name = s.name;

-- What a retirement took from one changeset, and the digest of what it left of
-- it.  The retirement's audit entry has a digest of its rows here.
create table modelsync.retired (
	retirement_id bigint not null,
	changeset_id bigint not null references modelsync.changeset (changeset_id),
	changes int not null,
	left_digest bytea not null,
	primary key (retirement_id, changeset_id)
);

create index retired_changeset_idx on modelsync.retired (changeset_id, retirement_id desc);

-- The changes of one field of a model: why, price history, what a newer change
-- has replaced.
create index change_field_idx on modelsync.change (model_id, field, change_id desc);
create index audit_run_idx on modelsync.audit (run_id) where run_id is not null;
create index audit_at_idx on modelsync.audit (at);
create index alert_run_idx on modelsync.alert (run_id) where run_id is not null;
