-- SPDX-License-Identifier: MIT
--
-- Which fields upstream sends, so that a run can say what is new, gone or of
-- another type.  Documents of the same shape have the same fields of the same
-- types, so what one has need not be looked at for each.

create table modelsync.shape (
	shape bigint primary key,
	level text not null check (level in ('answer', 'model')),
	fields text[] not null,          -- "type path"
	-- some entry of the last completed run has it
	in_force bool not null
);

-- Every field some completed run has met, with each of its types.
create table modelsync.field (
	level text not null check (level in ('answer', 'model')),
	path text not null,
	type text not null,
	first_run bigint not null,
	gone_run bigint,                 -- the run since which no entry has the path
	primary key (level, path, type)
);

alter table modelsync.model_document add column shape bigint;

alter table modelsync.run
	add column drift jsonb not null default '[]',
	add column flapping jsonb not null default '[]';

alter type modelsync.sync_plan
	add attribute doc_shape bigint[],   -- of the documents to store
	add attribute shapes bigint[],      -- all shapes of the answer, in order
	add attribute new_shapes jsonb,     -- those never met: shape, level, fields
	add attribute drift jsonb,
	add attribute flapping jsonb;

insert into modelsync.setting (name, value, description, lowest, highest) values
	('flap_runs', '28', 'a price that is back at what it was within this many completed runs flaps', 0, 1000);
