-- SPDX-License-Identifier: MIT
--
-- How functions and views get into the contract's schema.  There may be one of the
-- name already, with other names of arguments, other types, other columns; others
-- call it, grant rights on it, build views and policies on it.  So what exists
-- keeps its signature, its columns and their order, its rights and its dependents,
-- and gets a new body.

-- Lets those call p_to who may call p_from, everybody apart.
create or replace function modelsync.copy_execute(p_from oid, p_to regprocedure)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	caller regrole;
begin
	for caller in
		select distinct a.grantee
		from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
		where p.oid = p_from and a.grantee <> 0
	loop
		execute format('grant execute on function %s to %s', p_to, caller);
	end loop;
end
$$;

-- A function that writes with its owner's rights is not for everybody.  Of those
-- who could call it only as part of everybody, they keep it who may write the
-- table anyway.  "anon" is what hosted databases call everybody.
create or replace function modelsync.withdraw_from_public(p_function regprocedure, p_was_public bool)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	caller regrole;
begin
	for caller in
		select a.grantee
		from pg_class c, aclexplode(c.relacl) a
		where p_was_public and c.oid = 'public.model_access'::regclass and a.grantee <> 0
			and a.privilege_type in ('INSERT', 'UPDATE')
		group by a.grantee having count(*) = 2
	loop
		execute format('grant execute on function %s to %s', p_function, caller);
	end loop;
	execute format('revoke all on function %s from public', p_function);
	if to_regrole('anon') is not null then
		execute format('revoke all on function %s from anon', p_function);
	end if;
end
$$;

-- The arguments of a function as they are declared: names and types of the one
-- that exists, defaults of both.
create or replace function modelsync.declared_arguments(f pg_proc, p_names text[], p_types text[],
	p_defaults text[])
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select string_agg(format('%I %s%s', coalesce(nullif(f.proargnames[a.n], ''), a.name),
			coalesce(format_type(t.oid, null), a.type),
			' default ' || coalesce(a.preset, pg_get_function_arg_default(f.oid, a.n::int))),
		', ' order by a.n)
	from unnest(p_names, p_types, p_defaults) with ordinality a (name, type, preset, n)
	left join lateral unnest(f.proargtypes::oid[]) with ordinality t (oid, n) on t.n = a.n;
$$;

-- Creates or takes over public.p_name; the body refers to its arguments as $1, $2 ….
-- What exists and cannot be taken over, because it returns something else, steps
-- aside under another name.
create or replace function modelsync.publish_function(p_name text, p_names text[], p_types text[],
	p_defaults text[], p_result text, p_attributes text, p_body text,
	p_writes bool default false)
returns regprocedure
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set check_function_bodies = on
as $$
declare
	statement constant text := 'create or replace function public.%I(%s) returns %s language sql '
		|| p_attributes || ' set search_path = pg_catalog, pg_temp as %L';
	none pg_proc;
	f pg_proc;
	made regprocedure;
begin
	select p.* into f
	from pg_proc p
	where p.pronamespace = 'public'::regnamespace and p.proname = p_name and p.prokind = 'f'
		and p.pronargs = cardinality(p_types) and p.provariadic = 0
	order by string_to_array(p.proargtypes::text, ' ')::oid[]
		= array(select t.name::regtype::oid from unnest(p_types) with ordinality t (name, n) order by t.n)
		desc, p.oid
	limit 1;
	begin
		execute format(statement, p_name, modelsync.declared_arguments(f, p_names, p_types, p_defaults),
			coalesce(pg_get_function_result(f.oid), p_result), p_body);
	exception when invalid_function_definition or datatype_mismatch or cannot_coerce then
		if f.oid is null then
			raise;
		end if;
		execute format('alter function %s rename to %I', f.oid::regprocedure,
			p_name || '_before_modelsync');
		execute format(statement, p_name, modelsync.declared_arguments(none, p_names, p_types, p_defaults),
			p_result, p_body);
	end;
	select p.oid into strict made
	from pg_proc p
	where p.pronamespace = 'public'::regnamespace and p.proname = p_name
		and p.pronargs = cardinality(p_types)
	order by p.oid = f.oid desc, p.oid desc
	limit 1;
	if made <> f.oid then
		perform modelsync.copy_execute(f.oid, made);
	end if;
	execute format('alter function %s owner to %s', made,
		(select n.nspowner::regrole from pg_namespace n where n.nspname = 'modelsync'));
	if p_writes then
		perform modelsync.withdraw_from_public(made, exists (
			select from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
			where f.oid is not null and a.grantee = 0));
	end if;
	return made;
end
$$;

-- Removes the leftover overloads of a function that writes, which make short calls
-- ambiguous.  One that views or the like are built on steps aside and calls the
-- right one.
create or replace function modelsync.settle_overloads(p_name text, p_main regprocedure)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	f record;
begin
	for f in
		select p.oid, p.oid::regprocedure as signature, p.pronargs, p_name || '_' || p.pronargs as aside,
			pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
			exists (select from pg_depend d where d.refclassid = 'pg_proc'::regclass
				and d.refobjid = p.oid and d.deptype = 'n') as is_used,
			exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
				where a.grantee = 0) as was_public
		from pg_proc p
		where p.pronamespace = 'public'::regnamespace and p.proname = p_name and p.prokind = 'f'
			and p.pronargs between 1 and 2 and p.oid <> p_main
	loop
		perform modelsync.copy_execute(f.oid, p_main);
		perform modelsync.withdraw_from_public(p_main, f.was_public);
		if f.is_used then
			execute format('alter function %s rename to %I', f.signature, f.aside);
			execute format('create or replace function public.%I(%s) returns %s language sql volatile'
				' set search_path = pg_catalog, pg_temp as %L', f.aside, f.arguments, f.result,
				format('select public.%I($1%s)', p_name, case f.pronargs when 2 then ', $2' end));
		else
			execute format('drop function %s', f.signature);
		end if;
	end loop;
end
$$;

-- Creates or takes over the view public.p_name.  One that exists keeps its columns
-- and options; one with columns we know nothing of stays as it is.
create or replace function modelsync.publish_view(p_name text, p_columns text[], p_query text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	present oid := (select c.oid from pg_class c where c.relname = p_name
		and c.relnamespace = 'public'::regnamespace and c.relkind = 'v');
	kept text[];
	list text;
	options text;
begin
	select array_agg(a.attname::text), string_agg(format('q.%1$I::%2$s as %1$I', a.attname,
		format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
	into kept, list
	from pg_attribute a
	where a.attrelid = present and a.attnum > 0;
	if not coalesce(kept, '{}') <@ p_columns then
		return;
	end if;
	select concat_ws(', ', list, string_agg(format('q.%I', c.name), ', ' order by c.n)) into list
	from unnest(p_columns) with ordinality c (name, n)
	where c.name <> all (coalesce(kept, '{}'));
	options := (select ' with (' || array_to_string(c.reloptions, ', ') || ')'
		from pg_class c where c.oid = present);
	execute format('create or replace view public.%I%s as select %s from (%s) q', p_name, options,
		list, p_query);
end
$$;
