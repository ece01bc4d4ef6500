-- SPDX-License-Identifier: MIT
--
-- Why a tier or a user may use a model, or not: the conditions of
-- can_user_use_model one by one, each with the change that made it so.

-- The last change of a field of a model; null when it never changed.
create or replace function modelsync.last_change(p_model_id text, p_field text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('changeset', s.changeset_id, 'kind', s.kind, 'at', s.at,
		'run', s.run_id, 'origin', s.origin, 'os_user', s.os_user, 'source', s.source,
		'reason', s.reason, 'session_user', s.session_user_name,
		'actor', modelsync.actor_text(s.session_user_name, s.os_user), 'undoes', s.undoes,
		'rule', c.rule, 'new', c.new)
	from modelsync.change c
	join modelsync.changeset s on s.changeset_id = c.changeset_id
	where c.model_id = p_model_id and c.field = p_field
	order by c.change_id desc limit 1;
$$;

-- Whom the second argument of why() means: a tier, or a user, who need not exist.
create or replace function modelsync.why_subject(p_who text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	profile public.profiles;
	user_id uuid;
	n bigint;
begin
	if p_who in ('free', 'pro', 'enterprise') then
		return jsonb_build_object('ok', true, 'kind', 'tier', 'tier', p_who);
	elsif p_who ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
		user_id := p_who::uuid;
	elsif strpos(p_who, '@') > 0 then
		select count(*) into n from public.profiles p where lower(p.email) = lower(p_who);
		if n > 1 then
			return jsonb_build_object('ok', false, 'code', 'invalid', 'message',
				format('%s profiles have the address %s; use the id', n, p_who));
		end if;
		select p.id into user_id from public.profiles p where lower(p.email) = lower(p_who);
	else
		return jsonb_build_object('ok', false, 'code', 'invalid', 'message',
			format('%s is neither a tier (free, pro, enterprise) nor the id or e-mail address of a user',
				p_who));
	end if;
	select p.* into profile from public.profiles p where p.id = user_id;
	return jsonb_build_object('ok', true, 'kind', 'user', 'user', user_id,
		'email', coalesce(profile.email, case when user_id is null then p_who end),
		'known', profile.id is not null, 'subscription', profile.subscription_tier,
		'tier', modelsync.user_tier(user_id));
end
$$;

-- What the subject's tier means, as the first link of the chain; null for a tier.
create or replace function modelsync.why_user_step(p_subject jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('step', 'user', 'passes', p_subject ->> 'tier' <> 'banned',
		'text', case
			when not (p_subject ->> 'known')::bool
				then 'has no profile, and an unknown user counts as free'
			when p_subject ->> 'tier' = 'banned' then 'is banned, and gets nothing'
			when p_subject ->> 'tier' = 'admin' then 'is an admin, and sees every active model'
			else format('has the tier %s', p_subject ->> 'tier') end)
	where p_subject ->> 'kind' = 'user';
$$;

-- Presence and status of a model.
create or replace function modelsync.why_model_steps(m public.model_access)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_array(
		jsonb_build_object('step', 'presence', 'passes', null, 'text', case
			when m.missing_since is null then 'upstream lists it'
			else 'upstream does not list it' end, 'since', m.missing_since,
			'decision', modelsync.last_change(m.model_id, 'presence') - 'new'),
		jsonb_build_object('step', 'status', 'passes', coalesce(m.status = 'active', false),
			'value', m.status, 'text', case
				when m.restore_status is not null
					then format('inactive while upstream does not list it; then %s again', m.restore_status)
				when m.status = 'active' then 'active'
				else format('%s, and only active models are served', coalesce(m.status, 'none')) end,
			-- what no decision led to came with the model, or with its absence
			'decision', coalesce((select c.change
					from modelsync.last_change(m.model_id, 'status') c (change)
					where m.restore_status is null and c.change ->> 'new' = m.status),
				modelsync.last_change(m.model_id, 'presence')) - 'new'));
$$;

-- The grants that count for a tier, which includes the lower ones; one of them
-- is enough.
create or replace function modelsync.why_grant_steps(m public.model_access, p_tier text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_agg(jsonb_build_object('step', 'tier ' || t.tier,
			'passes', coalesce(t.granted, false),
			'text', case when t.granted then 'granted' else 'not granted' end,
			'decision', coalesce(modelsync.last_change(m.model_id, t.field),
				modelsync.last_change(m.model_id, 'presence')) - 'new')
			order by t.rank), '[]')
	from (values (1, 'free', 'is_free', m.is_free), (2, 'pro', 'is_pro', m.is_pro),
		(3, 'enterprise', 'is_enterprise', m.is_enterprise)) t (rank, tier, field, granted)
	where t.rank <= case p_tier when 'free' then 1 when 'pro' then 2 when 'enterprise' then 3
		else 0 end;
$$;

-- The answer and the chain of what it rests on.
create or replace function modelsync.why(p_model_id text, p_who text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	subject jsonb := modelsync.why_subject(p_who);
	m public.model_access;
	user_step jsonb;
begin
	if not (subject ->> 'ok')::bool then
		return subject;
	end if;
	select x.* into m from public.model_access x where x.model_id = p_model_id;
	if not found then
		return jsonb_build_object('ok', false, 'code', 'invalid', 'message',
			format('there is no model %s; modelsync-tui models finds ids', p_model_id));
	end if;
	user_step := modelsync.why_user_step(subject);
	return jsonb_build_object('ok', true, 'model_id', m.model_id, 'for', subject - 'ok',
		'visible', m.status is not distinct from 'active' and coalesce(modelsync.tier_allows(
			subject ->> 'tier', m.is_free, m.is_pro, m.is_enterprise), false),
		'chain', case when user_step is null then '[]' else jsonb_build_array(user_step) end
			|| modelsync.why_model_steps(m)
			|| modelsync.why_grant_steps(m, subject ->> 'tier'));
end
$$;
