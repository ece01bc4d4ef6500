-- SPDX-License-Identifier: MIT
--
-- Writes of other programs.  model_access is shared: whatever somebody writes
-- to it directly gets a new row version, a changeset of its own kind, and a
-- notification, and the next sync compares the models concerned again.
--
-- Those programs have rights on their tables only, hence security definer; their
-- names are the session's.
--
-- The engine's own writes are marked (modelsync.engine) and run as the owner of the
-- schema.  Everybody can set the mark, and nobody else may create in that schema:
-- conditions of triggers, unlike their functions, run as whoever writes.

-- Before each changed row.  The version moves by one, whatever the writer says.
create or replace function modelsync.stamp_model()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	new.row_version := old.row_version + 1;
	return new;
end
$$;

-- After that one, of a direct write.
create or replace function modelsync.stamp_direct()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	-- A model that its absence holds inactive keeps that; the writer's status is
	-- the one its return restores.
	if old.restore_status is not null and new.status is distinct from old.status
		and new.restore_status is not distinct from old.restore_status then
		new.restore_status := coalesce(new.status, 'new');
		new.status := old.status;
	end if;
	if modelsync.decisions(new) <> modelsync.decisions(old) then
		new.changed_at := clock_timestamp();
		new.changed_by := modelsync.actor_text(session_user, modelsync.caller());
	end if;
	return new;
end
$$;

-- Everything about a row that is logged when others write it.  Prices of the
-- contract count as pricing where upstream sends them, else for themselves.
create or replace function modelsync.direct_state(m public.model_access)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.facts(m) || modelsync.decisions(m)
		|| coalesce((select jsonb_object_agg(c.field, c.price)
			from modelsync.contract_prices(m) c
			where not coalesce(m.pricing, '{}') ? c.key), '{}');
$$;

-- Logs one direct statement, given the states before and after.
create or replace function modelsync.log_direct(p_ids text[], p_old jsonb[], p_new jsonb[],
	p_old_presence jsonb[], p_new_presence jsonb[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	ids text[];
	fields text[];
	olds jsonb[];
	news jsonb[];
	events text[];
	changeset bigint;
	ctx jsonb := modelsync.sql_context();
begin
	with d as (
		select t.n, t.id, 1 as part, 'presence' as field, t.old_presence as old,
			t.new_presence as new
		from unnest(p_ids, p_old_presence, p_new_presence)
			with ordinality t (id, old_presence, new_presence, n)
		where t.old_presence -> 'present' is distinct from t.new_presence -> 'present'
			or t.new_presence ? 'deleted'
		union all
		select t.n, t.id, 2, f.field, f.old, f.new
		from unnest(p_ids, p_old, p_new) with ordinality t (id, old, new, n),
		lateral modelsync.object_diff(t.old, t.new) f
		where t.old is not null and t.new is not null
	), e as (
		select d.*, modelsync.event_of(d.field, d.old, d.new) as event,
			min(d.part) over (partition by d.n) as first_part
		from d
	)
	select array_agg(x.id order by x.n, x.part, x.field), array_agg(x.field order by x.n, x.part, x.field),
		array_agg(x.old order by x.n, x.part, x.field), array_agg(x.new order by x.n, x.part, x.field),
		array_agg(x.stands order by x.n, x.part, x.field)
	into ids, fields, olds, news, events
	from (select e.*, case when e.part = e.first_part and row_number()
			over (partition by e.n, e.event order by e.part, e.field) = 1 then e.event end as stands
		from e) x;
	if ids is null then
		return;
	end if;
	changeset := modelsync.log_changes('direct', ctx, null, null, ids, fields, olds, news, events);
	-- also where it is empty: of two who write it at a time one is to learn of the other
	update modelsync.model_document d set hash = null
	where d.model_id in (select t.id from unnest(ids, fields) t (id, field)
		where not modelsync.is_decision(t.field));
	perform modelsync.announce(jsonb_build_object('changeset', changeset));
end
$$;

create or replace function modelsync.log_direct_insert()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.log_direct(array_agg((s.m).model_id::text), null, null, null,
		array_agg(modelsync.presence((s.m).status, (s.m).restore_status, (s.m).missing_since,
			(s.m).missed_runs) || jsonb_strip_nulls(modelsync.direct_state(s.m) - 'description')))
	from (select row(n.*)::public.model_access as m from written n) s
	having count(*) > 0;
	return null;
end
$$;

create or replace function modelsync.log_direct_update()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.log_direct(array_agg((s.n).model_id::text),
		array_agg(modelsync.direct_state(s.o)), array_agg(modelsync.direct_state(s.n)),
		array_agg(modelsync.presence((s.o).status, (s.o).restore_status, (s.o).missing_since,
			(s.o).missed_runs)),
		array_agg(modelsync.presence((s.n).status, (s.n).restore_status, (s.n).missing_since,
			(s.n).missed_runs)))
	from (select row(o.*)::public.model_access as o, row(n.*)::public.model_access as n
		from replaced o join written n on n.id = o.id
		where n.row_version <> o.row_version) s
	having count(*) > 0;
	return null;
end
$$;

create or replace function modelsync.log_direct_delete()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.log_direct(array_agg((s.m).model_id::text), null, null,
		array_agg(modelsync.presence((s.m).status, (s.m).restore_status, (s.m).missing_since,
			(s.m).missed_runs) || jsonb_strip_nulls(modelsync.direct_state(s.m) - 'description')),
		array_agg('{"present": false, "deleted": true}'::jsonb))
	from (select row(o.*)::public.model_access as m from replaced o) s
	having count(*) > 0;
	return null;
end
$$;

-- A model that somebody gave another id is not the one its document came for.
create or replace function modelsync.forget_hash()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
	new.hash := null;
	return new;
end
$$;

-- Who may use what depends on the profile: caches are told.
create or replace function modelsync.announce_profile()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.announce(jsonb_build_object('profile', coalesce(new.id, old.id)));
	return null;
end
$$;

drop trigger if exists modelsync_stamp on public.model_access;
create trigger modelsync_stamp before update on public.model_access
	for each row when (old.* is distinct from new.*)
	execute function modelsync.stamp_model();

drop trigger if exists modelsync_stamp_direct on public.model_access;
create trigger modelsync_stamp_direct before update on public.model_access
	for each row when ((current_setting('modelsync.engine', true) is distinct from 'on'
		or not has_schema_privilege('modelsync', 'create')) and old.* is distinct from new.*)
	execute function modelsync.stamp_direct();

drop trigger if exists modelsync_direct_insert on public.model_access;
create trigger modelsync_direct_insert after insert on public.model_access
	referencing new table as written for each statement
	when (current_setting('modelsync.engine', true) is distinct from 'on'
		or not has_schema_privilege('modelsync', 'create'))
	execute function modelsync.log_direct_insert();

drop trigger if exists modelsync_direct_update on public.model_access;
create trigger modelsync_direct_update after update on public.model_access
	referencing old table as replaced new table as written for each statement
	when (current_setting('modelsync.engine', true) is distinct from 'on'
		or not has_schema_privilege('modelsync', 'create'))
	execute function modelsync.log_direct_update();

drop trigger if exists modelsync_direct_delete on public.model_access;
create trigger modelsync_direct_delete after delete on public.model_access
	referencing old table as replaced for each statement
	when (current_setting('modelsync.engine', true) is distinct from 'on'
		or not has_schema_privilege('modelsync', 'create'))
	execute function modelsync.log_direct_delete();

drop trigger if exists modelsync_renamed on modelsync.model_document;
create trigger modelsync_renamed before update of model_id on modelsync.model_document
	for each row when (old.model_id <> new.model_id)
	execute function modelsync.forget_hash();

drop trigger if exists modelsync_profile on public.profiles;
create trigger modelsync_profile after update on public.profiles
	for each row when (old.subscription_tier is distinct from new.subscription_tier
		or old.account_type is distinct from new.account_type
		or old.is_banned is distinct from new.is_banned)
	execute function modelsync.announce_profile();

-- Whom nobody knows uses what is free: of those who come or go like that nobody need be told.
drop trigger if exists modelsync_profile_new on public.profiles;
create trigger modelsync_profile_new after insert on public.profiles
	for each row when (new.subscription_tier is distinct from 'free'
		or new.account_type is not distinct from 'admin' or new.is_banned)
	execute function modelsync.announce_profile();

drop trigger if exists modelsync_profile_gone on public.profiles;
create trigger modelsync_profile_gone after delete on public.profiles
	for each row when (old.subscription_tier is distinct from 'free'
		or old.account_type is not distinct from 'admin' or old.is_banned)
	execute function modelsync.announce_profile();

drop trigger if exists changeset_is_audited on modelsync.changeset;
create constraint trigger changeset_is_audited after insert on modelsync.changeset
	deferrable initially deferred
	for each row when (new.kind in ('edit', 'direct'))
	execute function modelsync.audit_changeset();

drop trigger if exists audit_is_append_only on modelsync.audit;
create trigger audit_is_append_only before update or delete on modelsync.audit
	for each row execute function modelsync.refuse_audit_change();

drop trigger if exists audit_is_never_truncated on modelsync.audit;
create trigger audit_is_never_truncated before truncate on modelsync.audit
	for each statement execute function modelsync.refuse_audit_change();
