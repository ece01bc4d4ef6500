-- SPDX-License-Identifier: MIT
--
-- Drift: fields that upstream never sent before, no longer sends, or sends with
-- another type.
--
-- An entry's *shape* stands for the names and types of its fields, whatever
-- they hold.  A few dozen shapes make up a catalogue, and hardly a run brings a
-- new one: only those are taken apart.  The shapes in force have the fields that
-- upstream sends now; modelsync.field has all it ever sent.
--
-- Only a completed run learns, so that a hold, a failure and a dry run report
-- the same drift again; the undo of a sync forgets what that run had learned.

-- The objects of an entry whose members columns hold.  What is inside of others
-- (default_parameters, benchmarks) is data, not structure.
create or replace function modelsync.structured_objects()
returns text[]
language sql immutable
as $$ select array['architecture', 'top_provider', 'pricing', 'links', 'alias_target'] $$;

-- Fields without which models are of no use: one that no entry has any more
-- fails the run.
create or replace function modelsync.required_fields()
returns text[]
language sql immutable
as $$
	select array['id', 'name', 'context_length', 'architecture.input_modalities',
		'architecture.output_modalities', 'pricing.prompt', 'pricing.completion'];
$$;

-- The fields of an object, "type path"; at most 500, as names may be anything.
create or replace function modelsync.object_fields(p_object jsonb)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select array(
		select distinct f.type || ' ' || left(modelsync.clean_line(f.path), 120)
		from (select k.key, jsonb_typeof(k.value) from jsonb_each(p_object) k
			union all
			select o.key || '.' || k.key, jsonb_typeof(k.value)
			from unnest(modelsync.structured_objects()) o (key),
			lateral jsonb_each(case when jsonb_typeof(p_object -> o.key) = 'object'
				then p_object -> o.key end) k) f (path, type)
		order by 1
		limit 500);
$$;

-- The parts of "type path".  Inlined.
create or replace function modelsync.field_type(p_field text)
returns text
language sql immutable
as $$
	select split_part(p_field, ' ', 1);
$$;

create or replace function modelsync.field_path(p_field text)
returns text
language sql immutable
as $$
	select substr(p_field, strpos(p_field, ' ') + 1);
$$;

-- Shapes as fields: which types a path has besides null.
create or replace function modelsync.fields_of(p_level text, p_shapes bigint[], p_new jsonb)
returns table (path text, types text[])
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.field_path(u.field),
		coalesce(array_agg(distinct modelsync.field_type(u.field))
			filter (where u.field not like 'null %'), '{}')
	from (select distinct f.field
		from (select s.shape, s.level, s.fields from modelsync.shape s
			where s.shape = any (p_shapes)
			union all
			select * from jsonb_to_recordset(p_new) n (shape bigint, level text, fields text[])) s,
		lateral unnest(s.fields) f (field)
		where s.level = p_level) u
	group by 1;
$$;

-- How the fields of the answer at hand differ from those known.  A null is no
-- value: a field that only ever was null is new with its first value, and one
-- that merely became null everywhere has not vanished, unless it is required.
create or replace function modelsync.field_drift(p_level text, p_shapes bigint[], p_new jsonb)
returns table (kind text, path text, type text, old_type text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select d.kind, d.path, array_to_string(case d.kind when 'retyped'
			then array(select t from unnest(d.types) t where t <> all (d.known)) else d.types end, ', '),
		array_to_string(d.known, ', ')
	from (select coalesce(o.path, k.path) as path,
			case when o.path is null then null else o.types end as types,
			nullif(k.types, '{}') as known,
			case when k.types <> '{}' and not k.gone and (o.path is null
					or o.types = '{}' and p_level = 'model' and o.path = any (modelsync.required_fields()))
					then 'vanished'
				when coalesce(o.types, '{}') = '{}' then null
				when coalesce(k.types, '{}') = '{}' then 'new'
				when not o.types <@ k.types then 'retyped'
				when k.gone then 'returned' end as kind
		from modelsync.fields_of(p_level, p_shapes, p_new) o
		full join (select f.path, bool_and(f.gone_run is not null) as gone,
				coalesce(array_agg(f.type) filter (where f.type <> 'null'), '{}') as types
			from modelsync.field f where f.level = p_level group by f.path) k on k.path = o.path) d
	where d.kind is not null;
$$;

-- Inlined.
create or replace function modelsync.drift_message(p_kind text, p_level text, p_path text,
	p_type text, p_old_type text, p_models bigint, p_example text)
returns text
language sql immutable
as $$
	select case p_kind
		when 'new' then 'new field ' || p_path || ' (' || p_type || ')'
		when 'retyped' then 'field ' || p_path || ' is ' || p_type || ', until now ' || p_old_type
		when 'returned' then 'field ' || p_path || ' is back (' || p_type || ')'
		else 'field ' || p_path || ' (' || p_old_type || ') is gone' end
		|| case
			when p_level = 'answer' then ', beside the list'
			when p_example is null then ''
			when p_kind = 'vanished' then '; last in ' || p_example
			when p_models = 1 then ', in ' || p_example
			else ', in ' || p_models || ' models such as ' || p_example end;
$$;

-- The drift of one level for people, at most 100 of it.  What is inside of an
-- object that is new or gone as a whole goes without saying.  p_ids and
-- p_fresh are the entries that are new or differ, with their shapes; p_same
-- the models whose documents are as they were.
create or replace function modelsync.describe_drift(p_level text, p_shapes bigint[], p_new jsonb,
	p_ids text[], p_fresh bigint[], p_same text[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	if not exists (select from modelsync.field_drift(p_level, p_shapes, p_new)) then
		return '[]';
	end if;
	return (
		with d as materialized (
			select x.* from modelsync.field_drift(p_level, p_shapes, p_new) x
		), top as materialized (
			select d.* from d
			where not exists (select from d o
				where o.path = split_part(d.path, '.', 1) and o.path <> d.path and o.kind = d.kind)
			order by d.kind desc, d.path collate "C" limit 100
		), telling as (
			-- the fields that make the difference
			select t.path, t.kind = 'vanished' as gone, u.type || ' ' || t.path as field
			from top t,
			lateral unnest(string_to_array(case t.kind when 'vanished' then t.old_type else t.type end,
				', ')) u (type)
		), carrier as (
			select distinct t.path, t.gone, s.shape
			from (select s.shape, s.fields from modelsync.shape s
				union all
				select n.shape, n.fields from jsonb_to_recordset(p_new) n (shape bigint, fields text[])) s,
			lateral unnest(s.fields) f (field)
			join telling t on t.field = f.field
		), model as (
			select m.id, m.shape, false as gone from unnest(p_ids, p_fresh) m (id, shape)
			union all
			select d.model_id, d.shape, false from modelsync.model_document d
			where d.model_id = any (p_same)
			union all
			select d.model_id, d.shape, true from modelsync.model_document d
			join public.model_access m on m.model_id = d.model_id and m.missing_since is null
		), found as (
			select t.*, count(m.id) as models,
				left(modelsync.clean_line(min(m.id collate "C")), 100) as example
			from top t
			left join carrier c on c.path = t.path and p_level = 'model'
			left join model m on m.shape = c.shape and m.gone = c.gone
			group by t.kind, t.path, t.type, t.old_type
		)
		select coalesce(jsonb_agg(jsonb_build_object('kind', f.kind, 'level', p_level,
			'path', f.path, 'type', f.type, 'old_type', f.old_type,
			'models', case when p_level = 'model' then f.models end, 'example', f.example,
			'message', modelsync.drift_message(f.kind, p_level, f.path, f.type, f.old_type,
				f.models, f.example))
			order by f.kind desc, f.path collate "C"), '[]')
		from found f);
end
$$;

-- A required field that no entry has, or an object with it; id and name are
-- required from the start.
create or replace function modelsync.vanished_field(p_drift jsonb, p_shapes bigint[], p_new jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	if not exists (select from modelsync.field) then
		return (select r.path from unnest(array['id', 'name']) with ordinality r (path, n)
			where not exists (select from modelsync.fields_of('model', p_shapes, p_new) f
				where f.path = r.path and f.types <> '{}')
			order by r.n limit 1);
	end if;
	return (select d ->> 'path'
		from unnest(modelsync.required_fields()) with ordinality r (path, n)
		join jsonb_array_elements(p_drift) d on d ->> 'kind' = 'vanished' and d ->> 'level' = 'model'
			and d ->> 'path' in (r.path, split_part(r.path, '.', 1))
		order by r.n limit 1);
end
$$;

-- What pages have beside the list, and its shapes, which are told apart from those of
-- a model with the same fields.
create or replace function modelsync.beside_list(p_pages jsonb[])
returns jsonb[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select array(select p_pages[n] - 'data' from generate_subscripts(p_pages, 1) n
		where jsonb_typeof(p_pages[n]) = 'object');
$$;

create or replace function modelsync.answer_shapes(p_answers jsonb[])
returns bigint[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select array(select ~ hash_array_extended(modelsync.object_fields(a.answer), 1)
		from unnest(p_answers) with ordinality a (answer, n) order by a.n);
$$;

-- The drift of an answer: p_ids, p_shapes, p_page and p_place are those of its entries that
-- are new or differ, p_same the models whose documents are as they were, with their
-- distinct shapes.
create or replace function modelsync.plan_drift(p_pages jsonb[], p_ids text[], p_shapes bigint[],
	p_page int[], p_place int[], p_same text[], p_same_shapes bigint[], p_total int,
	out shapes bigint[], out new_shapes jsonb, out drift jsonb, out problem text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	answers jsonb[] := modelsync.beside_list(p_pages);
	answer_shapes bigint[] := modelsync.answer_shapes(answers);
	in_force bigint[] := array(select s.shape from modelsync.shape s where s.in_force order by 1);
	is_known bool := exists (select from modelsync.field);
	missing text;
begin
	shapes := array(
		select u.shape from unnest(p_shapes || p_same_shapes || answer_shapes) u (shape)
		where u.shape is not null
		union
		-- what this answer does not speak of is as it was
		select s.shape from modelsync.shape s
		where s.in_force and (s.level = 'answer' and answers = '{}'
			or s.level = 'model' and p_total = 0)
		order by 1);
	drift := '[]';
	new_shapes := '[]';
	if shapes = in_force and shapes <> '{}' then
		return;
	end if;
	new_shapes := (
		select coalesce(jsonb_agg(jsonb_build_object('shape', u.shape, 'level', u.level,
			'fields', modelsync.object_fields(case u.level when 'model'
				then modelsync.entry_at(p_pages[p_page[u.n]], p_place[u.n]) else answers[u.n] end))), '[]')
		from (select x.shape, x.level, min(x.n) as n
			from (select f.shape, 'model' as level, f.n from unnest(p_shapes) with ordinality f (shape, n)
				union all
				select a.shape, 'answer', a.n from unnest(answer_shapes) with ordinality a (shape, n)) x
			where x.shape is not null
			group by x.shape, x.level) u
		where not exists (select from modelsync.shape s where s.shape = u.shape));
	if is_known then
		drift := modelsync.describe_drift('answer', shapes, new_shapes, null, null, null);
	end if;
	if p_total > 0 then
		if is_known then
			drift := drift || modelsync.describe_drift('model', shapes, new_shapes, p_ids, p_shapes, p_same);
		end if;
		missing := modelsync.vanished_field(drift, shapes, new_shapes);
		problem := case when missing is not null
			then format('no entry of the list has a field "%s"', missing) end;
	end if;
end
$$;

-- The drift of an answer whose entries are those applied last.
create or replace function modelsync.plan_drift_beside(inout p modelsync.sync_plan, p_pages jsonb[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	shapes bigint[] := array(
		select distinct a.shape from unnest(modelsync.answer_shapes(modelsync.beside_list(p_pages))) a (shape)
		order by 1);
begin
	if shapes = '{}' or shapes = array(select s.shape from modelsync.shape s
			where s.in_force and s.level = 'answer' order by 1) then
		return;
	end if;
	select d.shapes, d.new_shapes, d.drift into p.shapes, p.new_shapes, p.drift
	from modelsync.plan_drift(p_pages, '{}', '{}', '{}', '{}', '{}', '{}', 0) d;
end
$$;

-- What a completed run has learned.
create or replace function modelsync.learn_shapes(p_shapes bigint[], p_new jsonb, p_drift jsonb,
	p_run bigint)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	-- null: nothing differs from the answer applied last
	if p_shapes is null or p_shapes = array(select s.shape from modelsync.shape s where s.in_force order by 1) then
		return;
	end if;
	insert into modelsync.shape (shape, level, fields, in_force)
	select n.shape, n.level, n.fields, true
	from jsonb_to_recordset(p_new) n (shape bigint, level text, fields text[])
	on conflict (shape) do nothing;
	update modelsync.shape s set in_force = not s.in_force
	where s.in_force <> (s.shape = any (p_shapes));
	if p_new = '[]' and p_drift = '[]' then
		return;
	end if;
	update modelsync.field f set gone_run = case when f.gone_run is null then p_run end
	where (f.gone_run is null) <> exists (
		select from modelsync.shape s, unnest(s.fields) u (field)
		where s.in_force and s.level = f.level and modelsync.field_path(u.field) = f.path);
	insert into modelsync.field (level, path, type, first_run)
	select distinct s.level, modelsync.field_path(u.field), modelsync.field_type(u.field), p_run
	from modelsync.shape s, unnest(s.fields) u (field)
	where s.in_force
	on conflict do nothing;
end
$$;

-- A sync is undone: the next run compares with what was known before it.
create or replace function modelsync.forget_shapes(p_run bigint)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	delete from modelsync.field f where f.first_run = p_run;
	update modelsync.field f set gone_run = null where f.gone_run = p_run;
	update modelsync.shape s set in_force = false where s.in_force;
$$;
