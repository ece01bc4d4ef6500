-- SPDX-License-Identifier: MIT
--
-- The catalogue in force: the answer applied last.  While nobody has touched the
-- models behind upstream's back, the same answer again needs no look at its
-- entries.

-- A digest of ids that does not depend on their order.  Inlined.
create or replace function modelsync.id_number(p_id text)
returns bigint
language sql immutable
as $$
	select hashtextextended(p_id, 0);
$$;

create or replace function modelsync.ids_digest(p_ids text[])
returns numeric
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(sum(modelsync.id_number(i)), 0) from unnest(p_ids) i;
$$;

-- The row of the catalogue in force, if the models present still are the ones it
-- lists and each is as it was applied; otherwise nothing.
create or replace function modelsync.intact_catalogue()
returns setof modelsync.catalogue
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
as $$
begin
	return query
		select c.*
		from modelsync.catalogue c
		where c.normaliser = modelsync.normaliser_version()
			and c.ids_digest = (select coalesce(sum(modelsync.id_number(m.model_id)), 0)
				from public.model_access m where m.missing_since is null)
			and not exists (select from modelsync.model_document d
				join public.model_access m on m.model_id = d.model_id
				where d.hash is null and m.missing_since is null);
end
$$;

-- What upstream may be asked about with If-None-Match: null unless "not modified"
-- would be all a run needs to know.
create or replace function modelsync.etag_in_force(p_url text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (select from modelsync.catalogue c where c.url = left(p_url, 2000) and c.etag is not null)
		and not exists (select from modelsync.hold h where h.state = 'open')
		and not exists (select from modelsync.lease l where l.undone_changeset is not null) then
		return (select c.etag from modelsync.intact_catalogue() c);
	end if;
	return null;
end
$$;

-- The plan of the same answer again, as far as validation goes; p itself without an
-- intact catalogue, or with one whose digests are not those of p.  p_unseen: there are
-- no digests, upstream says that it is the same.
create or replace function modelsync.plan_again(p modelsync.sync_plan, p_unseen bool)
returns modelsync.sync_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	c modelsync.catalogue;
begin
	select * into c from modelsync.catalogue;
	if p_unseen or c.entries_digest = p.entries_digest or c.raw_digest = p.raw_digest then
		select * into c from modelsync.intact_catalogue();
		if found then
			return jsonb_populate_record(p, c.answer || '{"again": true}');
		end if;
	end if;
	return p;
end
$$;

-- Notes the answer that a run has applied.
create or replace function modelsync.keep_catalogue(p_run modelsync.run, p modelsync.sync_plan,
	p_pages int, p_meta jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	update modelsync.catalogue c set
		run_id = p_run.run_id,
		url = p_run.url,
		-- of several answers each has its own
		etag = case when length(p_meta ->> 'etag') <= 1000
			and (p_pages < 2 or (p_meta ->> 'one_answer')::bool) then nullif(p_meta ->> 'etag', '') end,
		normaliser = modelsync.normaliser_version(),
		entries_digest = case when p.again then coalesce(p.entries_digest, c.entries_digest)
			else p.entries_digest end,
		raw_digest = case when p.again then coalesce(p.raw_digest, c.raw_digest)
			else p.raw_digest end,
		ids_digest = case when p.again then c.ids_digest
			when p.invalid = 0 then p.ids_digest end,
		answer = jsonb_build_object('total', p.total, 'valid', p.valid, 'invalid', p.invalid,
			'duplicates', p.duplicates, 'findings', p.findings,
			'findings_total', p.findings_total, 'claimed', p.claimed, 'incomplete', p.incomplete);
end
$$;
