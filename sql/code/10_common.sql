-- SPDX-License-Identifier: MIT
--
-- Small things every other file uses.
--
-- Functions run with a fixed search_path, so that nobody's objects can step in
-- for the built-in ones.  The exception are the helpers marked "inlined": a SET
-- clause would keep the planner from folding them into the calling query, and
-- they name every operator's operands by built-in types only.

-- Settings of the database, overridden by those of the caller.
create or replace function modelsync.effective_settings(p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select jsonb_object_agg(s.name, s.value)
			|| case when jsonb_typeof(p_settings) = 'object' then jsonb_strip_nulls(p_settings) else '{}' end
		from modelsync.setting s);
end
$$;

-- One line of foreign text: no control characters, no escapes, no marks that
-- reorder what is shown.  Inlined.
create or replace function modelsync.clean_line(p_value text)
returns text
language sql immutable
as $$
	select btrim(regexp_replace(regexp_replace(p_value, '[\t\n\r\u2028\u2029]+', ' ', 'g'),
		'[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]',
		'', 'g'));
$$;

-- The same for text of several lines.  Inlined.
create or replace function modelsync.clean_text(p_value text)
returns text
language sql immutable
as $$
	select btrim(regexp_replace(regexp_replace(p_value, '\r\n?|[\u2028\u2029]', E'\n', 'g'),
		'[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]',
		'', 'g'), E' \n');
$$;

-- Who is behind a call, in a shape that fits the columns it is stored in.  os_user is
-- what the caller says; the login is recorded beside it.  The profile has been checked
-- by refusal(), or is that of the row that is passed here.
create or replace function modelsync.context(p_ctx jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select jsonb_build_object(
			'origin', case when p_ctx ->> 'origin' in ('console', 'cli', 'daemon', 'http', 'sql')
				then p_ctx ->> 'origin' else 'sql' end,
			'os_user', case when p_ctx ? 'os_user'
				then nullif(left(modelsync.clean_line(p_ctx ->> 'os_user'), 100), '')
				else coalesce((select left(p.email, 100) from public.profiles p
						where p.id = (p_ctx ->> 'profile')::uuid),
					nullif(modelsync.caller(), session_user)::text) end,
			'profile', case when p_ctx ? 'profile' then (p_ctx ->> 'profile')::uuid
				else modelsync.linked_profile() end,
			'source', nullif(left(modelsync.clean_line(p_ctx ->> 'source'), 200), ''),
			'reason', nullif(left(modelsync.clean_line(p_ctx ->> 'reason'), 500), '')));
end
$$;

-- How an actor is shown: the login, which is certain, and behind it who that says to
-- be.  Inlined.
create or replace function modelsync.actor_text(p_login text, p_person text)
returns text
language sql immutable
as $$
	select p_login || case when p_person <> p_login then ' (' || p_person || ')' else '' end;
$$;

-- The name shown for a context.
create or replace function modelsync.actor(p_ctx jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	return modelsync.actor_text(session_user, modelsync.context(p_ctx) ->> 'os_user');
end
$$;

-- Under row-level security most rows are invisible, and writes change nothing and say
-- nothing: whoever would write under it is refused.  Null otherwise.
create or replace function modelsync.row_security_refusal()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('ok', false, 'code', 'refused', 'message', format(
		'row-level security hides models from %1$s; a superuser may run: ALTER ROLE %1$I BYPASSRLS;',
		current_user))
	where row_security_active('public.model_access');
$$;

create or replace function modelsync.announce(p_payload jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select pg_notify('modelsync', p_payload::text);
$$;

-- Tells the triggers on model_access that the writes until engine_end() are
-- the engine's own, which keeps its own log.  Ends with the transaction at the
-- latest.
create or replace function modelsync.engine_begin()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select set_config('modelsync.engine', 'on', true);
$$;

create or replace function modelsync.engine_end()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select set_config('modelsync.engine', 'off', true);
$$;

create or replace function modelsync.elapsed_ms(p_since timestamptz)
returns numeric
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	select round((extract(epoch from clock_timestamp() - p_since) * 1000)::numeric, 3);
$$;

-- The announced end of a model; 2098-12-31 is how upstream says that there is none.
-- Inlined.
create or replace function modelsync.announced_end(p_expires_on date)
returns date
language sql immutable
as $$
	select nullif(p_expires_on, date '2098-12-31');
$$;

-- A price as a number; null when unknown, variable or not a price.  Inlined.
create or replace function modelsync.price_number(p_price text)
returns numeric
language sql immutable
as $$
	select case when p_price ~ '^[0-9]+([.][0-9]+)?$' then p_price::numeric end;
$$;
