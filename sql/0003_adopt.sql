-- SPDX-License-Identifier: MIT
--
-- What changes in the contract's tables: columns of ours, a state of ours, and
-- what can be told of models that are long gone.  From here to the end of the
-- transaction readers wait, so nothing here may take time; what does (indexes,
-- before; checking old rows, after) is done where it blocks no reader.

lock table public.model_access, public.model_sync_log in access exclusive mode;
lock table public.profiles in share row exclusive mode;

alter table public.model_access
	-- Every price upstream sends, as its exact text; a key that is absent is
	-- unknown.  The *_price columns are derived from it for older programs.
	-- Null until a sync of ours has written the model.
	add column if not exists pricing jsonb,
	add column if not exists pricing_overrides jsonb,
	add column if not exists expires_on date,
	add column if not exists alias_target text,
	add column if not exists knowledge_cutoff text,
	add column if not exists instruct_type text,
	add column if not exists provider_context_length int,
	add column if not exists per_request_limits jsonb,
	add column if not exists details_link text,
	add column if not exists supported_voices jsonb,
	-- Presence upstream, apart from what admins decide.  missed_runs counts
	-- up to missing_grace and stops there; restore_status is set while the
	-- absence, not an admin, is what makes the model inactive.
	add column if not exists missing_since timestamptz,
	add column if not exists missed_runs int not null default 0,
	add column if not exists restore_status varchar(20)
		constraint model_access_restore_status_check
		check (restore_status in ('new', 'active', 'inactive', 'disabled')),
	-- Bumped by a trigger on every real change, whoever makes it.
	add column if not exists row_version bigint not null default 1,
	add column if not exists first_seen_run bigint,
	-- The last decision of an admin.
	add column if not exists changed_at timestamptz,
	add column if not exists changed_by text;

create index if not exists model_access_missing_idx
	on public.model_access (model_id) where missing_since is not null;

-- A held run is neither completed nor failed.  The constraint may have any name
-- and allow more states than the contract; it keeps both.  Rows that met the old
-- one meet the new one: the migrator has them checked afterwards.
do $$
declare
	c record;
begin
	for c in
		select k.conname, k.convalidated, obj_description(k.oid, 'pg_constraint') as comment,
			pg_get_expr(k.conbin, k.conrelid) as condition
		from pg_constraint k
		join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'sync_status'
		where k.conrelid = 'public.model_sync_log'::regclass and k.contype = 'c'
			and a.attnum = any (k.conkey)
			and pg_get_expr(k.conbin, k.conrelid) ~ $x$'(running|completed|failed)'$x$
			and pg_get_expr(k.conbin, k.conrelid) !~ $x$'held'$x$
	loop
		execute format('alter table public.model_sync_log drop constraint %I', c.conname);
		execute format('alter table public.model_sync_log add constraint %I'
			' check (sync_status = %L or (%s)) not valid', c.conname, 'held', c.condition);
		execute format('comment on constraint %I on public.model_sync_log is %L', c.conname,
			case when c.convalidated then concat_ws('; ', c.comment, 'widened for held runs')
				else c.comment end);
	end loop;
end
$$;

-- Models that earlier programs made inactive when they vanished are missing, not
-- missing anew: the last run that saw anything did not see them.  They keep their
-- status, also when they return.  Triggers of others must not take this for an edit.
do $$
declare
	name text;
	silenced text[] := array(select g.tgname from pg_trigger g
		where g.tgrelid = 'public.model_access'::regclass and not g.tgisinternal
			and g.tgenabled = 'O');
begin
	foreach name in array silenced loop
		execute format('alter table public.model_access disable trigger %I', name);
	end loop;
	update public.model_access m set
		missing_since = m.openrouter_last_seen, missed_runs = 1, restore_status = 'inactive'
	from (select max(openrouter_last_seen) - interval '1 hour' as at from public.model_access) last
	where m.status = 'inactive' and m.missing_since is null and m.openrouter_last_seen < last.at;
	foreach name in array silenced loop
		execute format('alter table public.model_access enable trigger %I', name);
	end loop;
end
$$;
