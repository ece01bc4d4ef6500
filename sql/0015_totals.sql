-- SPDX-License-Identifier: MIT
--
-- What monitoring counts: totals of runs, which grow only, whatever retention takes.

create table modelsync.run_total (
	state text not null check (state in ('completed', 'held', 'failed')),
	category text not null, -- of those that failed, else empty
	runs bigint not null,
	primary key (state, category)
);

create table modelsync.phase_total (
	phase text not null,
	bucket int not null, -- runs that took less than phase_limits()[bucket + 1] seconds
	runs bigint not null,
	seconds numeric not null,
	primary key (phase, bucket)
);
