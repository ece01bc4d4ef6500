-- SPDX-License-Identifier: MIT
--
-- What the HTTP API's Models part asks: who calls, and what each tier is shown.

-- Row-level security would make users unknown, and unknown ones are served as free;
-- it would make models vanish.  An error is better than either.
create or replace function modelsync.api_check_rows()
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
	if row_security_active('public.model_access') or row_security_active('public.profiles') then
		raise insufficient_privilege using
			message = format('row-level security hides rows from %s', current_user),
			hint = format('a superuser may run: ALTER ROLE %I BYPASSRLS;', current_user);
	end if;
end
$$;

-- Whom the subject of a token stands for.  Whoever has no profile is free.
create or replace function modelsync.api_caller(p_sub text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	subject uuid := case when p_sub ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
		then p_sub::uuid end;
begin
	perform modelsync.api_check_rows();
	return (
		select jsonb_build_object('profile', p.id, 'tier', modelsync.user_tier(subject))
		from (select) x left join public.profiles p on p.id = subject);
end
$$;

-- A model as the API's enhanced form shows it.
create or replace function modelsync.api_entry(m public.model_access)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select row_to_json(e)
	from (select m.model_id as id, m.model_name as name, m.model_description as description,
		m.context_length,
		json_strip_nulls(row_to_json(p)) as pricing,
		coalesce(m.input_modalities, '[]') as input_modalities,
		coalesce(m.output_modalities, '[]') as output_modalities,
		coalesce(m.supported_parameters, '[]') as supported_parameters,
		m.created_timestamp as created
		from (select coalesce(m.prompt_price, '0') as prompt,
			coalesce(m.completion_price, '0') as completion,
			coalesce(m.request_price, '0') as request,
			coalesce(m.image_price, '0') as image,
			coalesce(m.output_image_price, '0') as output_image,
			coalesce(m.web_search_price, '0') as web_search,
			coalesce(m.internal_reasoning_price, '0') as internal_reasoning,
			m.input_cache_read_price as input_cache_read,
			m.input_cache_write_price as input_cache_write) p) e;
$$;

-- Every model that somebody is shown, in the order of get_user_allowed_models.  shown_to
-- is a sum: 1 free, 2 pro, 4 enterprise, 8 admins.
create or replace function modelsync.served_models(out model_id text, out shown_to int, out entry json)
returns setof record
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
	perform modelsync.api_check_rows();
	return query
		select m.model_id::text, t.shown_to, modelsync.api_entry(m)
		from public.model_access m,
		lateral (select sum(x.bit)::int as shown_to
			from (values (1, 'free'), (2, 'pro'), (4, 'enterprise'), (8, 'admin')) x (bit, tier)
			where modelsync.tier_allows(x.tier, m.is_free, m.is_pro, m.is_enterprise)) t
		where m.status = 'active' and t.shown_to > 0
		order by m.model_name, m.model_id;
end
$$;

-- Of all models, whether the subject (a tier, or a user by id or e-mail address) is
-- shown them, and in a few words why not.  why() has the whole chain of one.
create or replace function modelsync.explain_models(p_who text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	subject jsonb := modelsync.why_subject(p_who);
begin
	if not (subject ->> 'ok')::bool then
		return subject;
	end if;
	return (
		select jsonb_build_object('ok', true, 'for', subject - 'ok', 'models', coalesce(jsonb_agg(
			jsonb_build_object('id', m.model_id, 'visible', s.hidden is null,
				'reason', coalesce(s.hidden, 'shown'), 'status', m.status,
				'tiers', array_remove(array[case when m.is_free then 'free' end,
					case when m.is_pro then 'pro' end,
					case when m.is_enterprise then 'enterprise' end], null))
			order by m.model_name, m.model_id), '[]'))
		from public.model_access m,
		lateral (select case
			when subject ->> 'tier' = 'banned' then 'the user is banned'
			when m.missing_since is not null then 'upstream does not list it'
			when m.status is distinct from 'active'
				then format('it is %s, and only active models are served', coalesce(m.status, 'none'))
			when not coalesce(modelsync.tier_allows(subject ->> 'tier', m.is_free, m.is_pro,
				m.is_enterprise), false)
				then format('no grant to the tier %s', subject ->> 'tier') end) s (hidden)
		where m.status is distinct from 'inactive' or m.missing_since is null);
end
$$;

-- Says that the API is answered from elsewhere although the database should do.  As long
-- as nobody has acknowledged that, it is said once.
create or replace function modelsync.api_fallback(p_source text, p_reason text, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('api_fallback', p_ctx);
	is_new bool;
begin
	if refusal is not null then
		return refusal;
	end if;
	insert into modelsync.alert (model_id, kind, message)
	values (null, 'api_fallback', format('GET /api/models was answered from %s: %s', p_source, p_reason))
	on conflict (kind) where model_id is null and acknowledged_at is null do nothing;
	is_new := found;
	if is_new then
		perform modelsync.announce(jsonb_build_object('alerts', 1));
	end if;
	return jsonb_build_object('ok', true, 'raised', is_new);
end
$$;

-- Leaves an entry of what a profile asked for that only admins may have; of the same,
-- asked again and again, one a minute; and of one profile ten a minute, or any user could fill
-- the audit.
create or replace function modelsync.api_refused(p_request text, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('api_refused', p_ctx - 'profile');
begin
	if refusal is not null then
		return refusal;
	end if;
	if (select count(*) < 10 and coalesce(bool_and(a.detail ->> 'request' is distinct from left(p_request, 200)), true)
		from modelsync.audit a
		where a.audit_id > (select h.audit_id from modelsync.audit_head h) - 1000
			and a.at > clock_timestamp() - interval '1 minute' and a.outcome = 'refused'
			and a.profile::text = p_ctx ->> 'profile') then
		perform modelsync.audit_append('http', 'refused', p_ctx, null, null,
			jsonb_build_object('message', 'only an admin may do this', 'request', left(p_request, 200)));
	end if;
	return jsonb_build_object('ok', true);
end
$$;
