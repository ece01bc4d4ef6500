-- SPDX-License-Identifier: MIT
--
-- Makes room for the code: "create or replace" can change neither the names of a
-- function's arguments nor its result, and would leave functions behind that are no
-- more.  What triggers, or views of whomever, are built on stays and is replaced.
do $$
declare
	f regprocedure;
begin
	for f in
		select p.oid from pg_proc p
		where p.pronamespace = 'modelsync'::regnamespace and not exists (select from pg_depend d
			where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
	loop
		begin
			execute 'drop function ' || f;
		exception when dependent_objects_still_exist then
			null;
		end;
	end loop;
end
$$;
