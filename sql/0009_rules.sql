-- SPDX-License-Identifier: MIT
--
-- Rules of the configuration decide about new models, once, after the run that
-- added them.

-- Models that a sync added and no rule has looked at yet.
create table modelsync.rule_pending (
	model_id varchar(100) primary key
		references public.model_access (model_id) on update cascade on delete cascade,
	run_id bigint not null
);

-- The rule by which a field was changed.
alter table modelsync.change add column rule text;

-- What rules did after the run, as its report says.
alter table modelsync.run add column rules jsonb;

alter table modelsync.changeset
	drop constraint changeset_kind_check,
	add constraint changeset_kind_check
		check (kind in ('sync', 'edit', 'undo', 'direct', 'rules'));
