-- SPDX-License-Identifier: MIT
--
-- The group roles, what they may, and who is in them.
--
-- Roles belong to the server and not to a database: several databases share them, a
-- restored one may come without them, and creating them needs a right that owning a
-- database does not bring.  So nothing depends on their being there: without them
-- only the owner can use the schema, and granting a role mends what is missing.

-- Which of the group roles the caller cannot make or hand out, as the statement that
-- helps; null when nothing is missing.  Whoever may create roles hands out all of them
-- before PostgreSQL 16, and later those they created.
create or replace function modelsync.missing_roles(p_for name)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select string_agg(case when g.oid is null
			then format('CREATE ROLE %s%s ADMIN %I;', n.name,
				case n.name when 'modelsync_viewer' then '' else ' IN ROLE modelsync_viewer' end, p_for)
			else format('GRANT %s TO %I WITH ADMIN OPTION;', n.name, p_for) end, ' ' order by n.rank)
	from unnest(array['modelsync_viewer', 'modelsync_admin', 'modelsync_service'])
		with ordinality n (name, rank)
	left join pg_roles g on g.rolname = n.name
	join pg_roles me on me.rolname = p_for
	where not me.rolsuper and not (me.rolcreaterole
			and (g.oid is null or current_setting('server_version_num')::int < 160000))
		and not coalesce(pg_has_role(p_for, g.oid, 'member with admin option'), false);
$$;

-- Makes the group roles that are not there; false when the caller may not.  Databases
-- of one server may be migrated at the same time.
create or replace function modelsync.ensure_roles()
returns bool
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	role text;
begin
	foreach role in array array['modelsync_viewer', 'modelsync_admin', 'modelsync_service'] loop
		begin
			if to_regrole(role) is null then
				execute format('create role %I', role);
			end if;
			if not pg_has_role(role::name, 'modelsync_viewer', 'usage') then
				execute format('grant modelsync_viewer to %I', role);
			end if;
		exception
			when insufficient_privilege then
				return false;
			when duplicate_object or unique_violation then
				null; -- the migration of another database was faster
		end;
	end loop;
	return true;
end
$$;

-- What is in the schema and belongs to no extension, by the word for it in GRANT.
create or replace function modelsync.own_objects(out kind text, out name text, out owner oid)
returns setof record
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select o.kind, o.name, o.owner
	from (select 'function' as kind, p.oid::regprocedure::text as name, p.proowner as owner,
			'pg_proc'::regclass as class, p.oid
		from pg_proc p where p.pronamespace = 'modelsync'::regnamespace
		union all
		select case c.relkind when 'c' then 'type' else 'table' end, c.oid::regclass::text, c.relowner,
			'pg_class'::regclass, c.oid
		from pg_class c where c.relnamespace = 'modelsync'::regnamespace and c.relkind in ('r', 'v', 'c')) o
	where not exists (select from pg_depend d
		where d.classid = o.class and d.objid = o.oid and d.deptype = 'e');
$$;

-- Makes the rights what they should be: the entry points run as the owner, and all
-- roles may call them; everything else is the owner's.  What a superuser's migration has
-- created becomes the owner's first.
create or replace function modelsync.apply_grants()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	groups constant text := 'modelsync_viewer, modelsync_admin, modelsync_service';
	has_roles bool := modelsync.ensure_roles();
	everybody text := case when has_roles then 'public, ' || groups else 'public' end;
	o record;
begin
	for o in select * from modelsync.own_objects() x where x.owner <> modelsync.schema_owner() loop
		execute format('alter %s %s owner to %s', o.kind, o.name, modelsync.schema_owner());
	end loop;
	execute format('revoke all on schema modelsync from %s', everybody);
	for o in
		select x.kind, string_agg(x.name, ', ') as names from modelsync.own_objects() x
		where x.kind <> 'type' group by x.kind
	loop
		execute format('revoke all on %s %s from %s', o.kind, o.names, everybody);
	end loop;
	for o in
		select p.oid::regprocedure as name, p.provolatile <> 'i' as is_definer
		from modelsync.entry_point e
		join pg_proc p on p.proname = e.name and p.pronamespace = 'modelsync'::regnamespace
	loop
		if o.is_definer then
			execute format('alter function %s security definer', o.name);
		end if;
		if has_roles then
			execute format('grant execute on function %s to %s', o.name, groups);
		end if;
	end loop;
	if has_roles then
		execute format('grant usage on schema modelsync to %s', groups);
		execute format('grant select on modelsync.schema_migration, modelsync.setting, modelsync.model,'
			' modelsync.event, modelsync.finding, modelsync.quality_check, modelsync.changeset,'
			' modelsync.change, modelsync.retired, modelsync.price_history, modelsync.alert, modelsync.audit, modelsync.audit_head to %s', groups);
	end if;
end
$$;

-- Who may do what here: the owner, logins with a role (also by way of other groups), and
-- those that had one.  Superusers may everything and are not listed.
create or replace function modelsync.logins()
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('login', x.login, 'role', x.role, 'profile', p.id, 'email', p.email,
		'banned', coalesce(p.is_banned, false), 'granted_at', x.granted_at, 'granted_by', x.granted_by)
	from (select coalesce(r.rolname, l.login) as login, modelsync.role_of(r.rolname) as role, l.profile_id,
			l.granted_at, l.granted_by
		from (select * from pg_roles r where r.rolcanlogin and (not r.rolsuper
				or r.oid = modelsync.schema_owner())) r
		full join modelsync.login l on l.login = r.rolname) x
	left join public.profiles p on p.id = x.profile_id
	where x.role is not null or x.granted_at is not null
	order by array_position(array['owner', 'admin', 'service', 'viewer'], x.role), x.login collate "C";
$$;

-- Gives a login one of the roles in place of the one it has.  Runs with the caller's
-- rights: to create a login and to grant is up to the server's rules.
create or replace function modelsync.set_role(p_login name, p_role text, p_create bool)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	g record;
begin
	if p_create then
		execute format('create role %I login', p_login);
	end if;
	for g in
		select n.name, n.name = 'modelsync_' || p_role as is_wanted, exists (
			select from pg_auth_members m
			where m.roleid = to_regrole(n.name) and m.member = r.oid) as is_there
		from pg_roles r,
		unnest(array['modelsync_viewer', 'modelsync_admin', 'modelsync_service']) n (name)
		where r.rolname = p_login
	loop
		if g.is_wanted and not g.is_there then
			execute format('grant %I to %I', g.name, p_login);
		elsif g.is_there and not coalesce(g.is_wanted, false) then
			execute format('revoke %I from %I', g.name, p_login);
		end if;
	end loop;
	-- a grant that another role made stays, with a mere warning
	select m.roleid::regrole as name, m.grantor::regrole as grantor into g
	from pg_auth_members m
	where m.member = (select r.oid from pg_roles r where r.rolname = p_login)
		and m.roleid in (to_regrole('modelsync_viewer'), to_regrole('modelsync_admin'),
			to_regrole('modelsync_service'))
		and m.roleid is distinct from to_regrole('modelsync_' || p_role)
	limit 1;
	if found then
		raise insufficient_privilege using message = format('%s has %s from %s', p_login, g.name, g.grantor),
			hint = format('REVOKE %s FROM %I; as %s', g.name, p_login, g.grantor);
	end if;
end
$$;

-- What a grant or its withdrawal cannot do, and the statement that helps; audited.
create or replace function modelsync.refuse_grant(p_action text, p_ctx jsonb, p_message text, p_fix text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.audit_append(p_action, 'refused', p_ctx, null, null,
		jsonb_build_object('message', p_message));
	return jsonb_build_object('ok', false, 'code', 'refused', 'message', p_message, 'fix', p_fix);
end
$$;

-- What else a login needs, or should know; one line each.
create or replace function modelsync.grant_notes(p_login name, p_created bool)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_agg(n.note), '[]')
	from (values
		(p_created, format('%1$s has no password yet; in psql: \password %1$I', p_login)),
		(not has_database_privilege(p_login, current_database(), 'connect'),
			format('%s may not connect yet: GRANT CONNECT ON DATABASE %I TO %I;', p_login,
				current_database(), p_login)),
		(modelsync.role_of(p_login) = 'owner',
			format('%s has the rights of the owner all the same', p_login))) n (holds, note)
	where n.holds;
$$;

-- Why a login cannot be given that role, or null.
create or replace function modelsync.grant_problem(p_login text, p_role text, p_create bool)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select case
		when p_role not in ('viewer', 'admin', 'service') or p_role is null
			then format('%s is not a role: use viewer, admin or service', coalesce(p_role, 'null'))
		when p_login in ('modelsync_viewer', 'modelsync_admin', 'modelsync_service')
			then format('%s is a role itself, not a login', p_login)
		when r.oid is null and not coalesce(p_create, false)
			then format('there is no login %s; --create makes it', p_login)
		when not r.rolcanlogin then format('%s cannot log in: ALTER ROLE %I LOGIN;', p_login, p_login)
		end
	from (select) x left join pg_roles r on r.rolname = p_login;
$$;

-- Gives a login a role and, if asked, links it to the profile with that e-mail address
-- or id.  For the owner and superusers; nothing is done by halves.
create or replace function modelsync.grant_login(p_login text, p_role text, p_profile text, p_create bool,
	p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	problem text := modelsync.grant_problem(p_login, p_role, p_create);
	subject jsonb := case when p_profile is not null then modelsync.why_subject(p_profile) end;
	is_new bool := not exists (select from pg_roles r where r.rolname = p_login);
	message text;
	hint text;
begin
	if problem is null and not coalesce((subject ->> 'known')::bool, subject is null) then
		problem := format('no profile has the address or id %s', p_profile);
	end if;
	problem := coalesce(subject ->> 'message', problem);
	if problem is not null then
		return jsonb_build_object('ok', false, 'code', 'invalid', 'message', problem);
	end if;
	begin
		if not coalesce(has_schema_privilege(to_regrole('modelsync_viewer')::oid, 'modelsync', 'usage'), false) then
			perform modelsync.apply_grants();
		end if;
		perform modelsync.set_role(p_login, p_role, is_new);
	exception when insufficient_privilege or undefined_object then
		get stacked diagnostics message = message_text, hint = pg_exception_hint;
		return modelsync.refuse_grant('grant', p_ctx,
			format('%s cannot give %s the role %s: %s', current_user, p_login, p_role, message),
			coalesce(nullif(hint, ''), nullif(concat_ws(' ', case when is_new and not (
					select r.rolcreaterole or r.rolsuper from pg_roles r where r.rolname = current_user)
				then format('CREATE ROLE %I LOGIN;', p_login) end, modelsync.missing_roles(current_user)), '')));
	end;
	insert into modelsync.login as l (login, profile_id) values (p_login, (subject ->> 'user')::uuid)
	on conflict (login) do update
	set profile_id = coalesce(excluded.profile_id, l.profile_id), granted_at = excluded.granted_at,
		granted_by = excluded.granted_by;
	perform modelsync.audit_append('grant', 'done', p_ctx, null, null, jsonb_strip_nulls(
		jsonb_build_object('message', format('%s is %s', p_login, p_role), 'login', p_login,
			'role', p_role, 'created', is_new, 'profile', subject -> 'user')));
	return (select jsonb_build_object('ok', true, 'login', p_login, 'role', p_role, 'created', is_new,
			'profile', p.id, 'email', p.email, 'notes', modelsync.grant_notes(p_login, is_new))
		from modelsync.login l left join public.profiles p on p.id = l.profile_id
		where l.login = p_login);
end
$$;

-- Takes a login's role and its link away.  The login stays.
create or replace function modelsync.revoke_login(p_login text, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	oid oid := (select r.oid from pg_roles r where r.rolname = p_login);
	role text := modelsync.role_of((select r.rolname from pg_roles r where r.rolname = p_login));
	message text;
	hint text;
begin
	if role is null and not exists (select from modelsync.login l where l.login = p_login) then
		return jsonb_build_object('ok', false, 'code', 'invalid', 'message',
			format('%s has no role here', p_login));
	end if;
	begin
		perform modelsync.set_role(p_login, null, false);
	exception when insufficient_privilege then
		get stacked diagnostics message = message_text, hint = pg_exception_hint;
		return modelsync.refuse_grant('revoke', p_ctx, format('%s cannot take the role of %s away: %s',
			current_user, p_login, message),
			coalesce(nullif(hint, ''), modelsync.missing_roles(current_user)));
	end;
	delete from modelsync.login l where l.login = p_login;
	perform modelsync.audit_append('revoke', 'done', p_ctx, null, null, jsonb_build_object('message',
		format('%s is %s no longer', p_login, coalesce(role, 'known')), 'login', p_login, 'role', role));
	role := modelsync.role_of((select r.rolname from pg_roles r where r.rolname = p_login));
	return jsonb_build_object('ok', true, 'login', p_login, 'role', role, 'notes', case
		when role is null then '[]'
		else jsonb_build_array(format('%s still has the rights of %s %s', p_login,
			case role when 'owner' then 'the' else 'a' end, role)) end);
end
$$;

do $$ begin perform modelsync.apply_grants(); end $$;
