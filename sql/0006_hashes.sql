-- SPDX-License-Identifier: MIT
--
-- What makes a catalogue that has hardly changed cheap to sync: the hash of every
-- document as its bytes came, and what is known of the answer applied last.

-- 128 bits over the bytes of the entry, computed by who sends it; null when it came
-- without.  Good as long as `hash` is set, and for the normaliser that looked at it.
alter table modelsync.model_document
	add column raw_hash uuid,
	add column normaliser bigint;

-- Every sync rewrites a good part of the documents, in place where there is room.
alter table modelsync.model_document set (fillfactor = 70);

-- One row: the answer that the last completed run applied.  The same answer again
-- needs no look at its entries as long as nobody has touched the models since.
create table modelsync.catalogue (
	singleton bool primary key default true check (singleton),
	run_id bigint references modelsync.run (run_id),
	url text,
	etag text,
	normaliser bigint,
	-- Over the entries in their order: as values, and as bytes.
	entries_digest bigint,
	raw_digest bigint,
	-- Over the ids listed, which are those of the models present.  Null when some
	-- entry was invalid: then nobody can tell.
	ids_digest numeric,
	-- What validation made of it: attributes of sync_plan.
	answer jsonb not null default '{}'
);

insert into modelsync.catalogue default values;

alter type modelsync.sync_plan
	add attribute again bool,             -- the answer applied last, untouched since
	add attribute is_partial bool,        -- entries that are known were not sent
	add attribute send_all bool,          -- they must be
	add attribute entries_digest bigint,
	add attribute raw_digest bigint,
	add attribute ids_digest numeric,
	add attribute doc_raw uuid[],         -- beside doc_id: hashes of the bytes
	add attribute raw_id text[],          -- documents whose bytes alone differ
	add attribute raw_hash uuid[];
