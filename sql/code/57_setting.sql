-- SPDX-License-Identifier: MIT
--
-- Settings of the database: what they may be, and changing them.

-- What is wrong with a value for a setting, or null.
create or replace function modelsync.setting_problem(s modelsync.setting, p_value jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	kind text := jsonb_typeof(p_value);
	n numeric;
begin
	if kind = 'null' and s.is_optional then
		return null;
	elsif s.choices is not null then
		return case when kind = 'string' and p_value #>> '{}' = any (s.choices) then null
			else format('expected %s', array_to_string(s.choices, ' or ')) end;
	elsif s.lowest is null and s.highest is null then
		return case when kind = jsonb_typeof(s.value) then null
			else format('expected a %s', jsonb_typeof(s.value)) end;
	end if;
	if kind = 'number' then
		n := p_value::numeric;
	end if;
	return case when n >= coalesce(s.lowest, n) and n <= coalesce(s.highest, n)
			and (not s.is_whole or n = trunc(n)) then null
		else format('expected a %snumber from %s to %s%s', case when s.is_whole then 'whole ' else '' end,
			s.lowest, s.highest, case when s.is_optional then ', or none' else '' end) end;
end
$$;

-- Whoever writes a setting meets the same limits.
create or replace function modelsync.check_setting()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
	s modelsync.setting := new;
	problem text;
begin
	if tg_op = 'UPDATE' then
		s.value := old.value;
	end if;
	problem := modelsync.setting_problem(s, new.value);
	if problem is not null then
		raise exception 'setting %: %', new.name, problem using errcode = 'check_violation';
	end if;
	return new;
end
$$;

create or replace function modelsync.setting_list()
returns setof jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('name', s.name, 'value', s.value, 'description', s.description,
		'lowest', s.lowest, 'highest', s.highest, 'is_optional', s.is_optional,
		'choices', to_jsonb(s.choices))
	from modelsync.setting s order by s.name collate "C";
$$;

-- Sets the given settings, {"name": value}, all or none of them.
create or replace function modelsync.change_settings(p_values jsonb, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	problem text;
	changes jsonb;
	refusal jsonb := modelsync.refusal('change_settings', p_ctx);
begin
	if refusal is not null then
		return refusal;
	end if;
	perform from modelsync.setting s where p_values ? s.name order by s.name for no key update;
	if jsonb_typeof(p_values) is distinct from 'object' then
		problem := 'expected an object of settings';
	else
		select string_agg(format('%s: %s', v.key, case when s.name is null then 'there is no such setting'
				else modelsync.setting_problem(s, v.value) end), '; ' order by v.key collate "C")
			filter (where s.name is null or modelsync.setting_problem(s, v.value) is not null),
			coalesce(jsonb_object_agg(v.key, jsonb_build_object('old', s.value, 'new', v.value))
				filter (where s.value <> v.value), '{}')
		into problem, changes
		from jsonb_each(p_values) v left join modelsync.setting s on s.name = v.key;
	end if;
	if problem is not null then
		perform modelsync.audit_append('settings', 'refused', p_ctx, null, null,
			jsonb_build_object('message', problem));
		return jsonb_build_object('ok', false, 'code', 'invalid', 'message', problem);
	end if;
	if changes <> '{}' then
		update modelsync.setting s set value = changes -> s.name -> 'new' where changes ? s.name;
		perform modelsync.audit_append('settings', 'done', p_ctx, null, null, changes);
	end if;
	return jsonb_build_object('ok', true, 'changes', changes);
end
$$;

drop trigger if exists setting_is_valid on modelsync.setting;
create trigger setting_is_valid before insert or update on modelsync.setting
	for each row execute function modelsync.check_setting();
