-- SPDX-License-Identifier: MIT
--
-- Who calls, and whether that caller may.
--
--   psql, console, cli ──> entry point ──> refusal()? ──> the engine
--                          runs as the owner of the schema (95_grants.sql)
--
-- All callers of a role may call all entry points; those that write ask refusal()
-- first, because what is returned leaves an audit entry and an exception does not.
-- Everything behind the entry points is for the owner alone, so it needs to ask no more.

-- What others may call, the lowest role that it needs, and of what writes, under which
-- name a refusal is audited.  Names are not overloaded.
create or replace view modelsync.entry_point as
select e.*
from (values
	('status', 'viewer', null),
	('metrics', 'viewer', null),
	('whoami', 'viewer', null),
	('logins', 'viewer', null),
	('history', 'viewer', null),
	('changeset_list', 'viewer', null),
	('changeset_changes', 'viewer', null),
	('model_history', 'viewer', null),
	('model_rest', 'viewer', null),
	('run_detail', 'viewer', null),
	('sync_log', 'viewer', null),
	('open_alerts', 'viewer', null),
	('feed', 'viewer', null),
	('changeset_detail', 'viewer', null),
	('alert_list', 'viewer', null),
	('setting_list', 'viewer', null),
	('event_counts', 'viewer', null),
	('event_types', 'viewer', null),
	('input_prices_before', 'viewer', null),
	('model_prices', 'viewer', null),
	('audit_list', 'viewer', null),
	('audit_verify', 'viewer', null),
	('quality', 'viewer', null),
	('quality_json', 'viewer', null),
	('quality_counts', 'viewer', null),
	('run_figures', 'viewer', null),
	('visibility', 'viewer', null),
	('why', 'viewer', null),
	('sync_preview', 'viewer', null),
	('sync_unknown', 'viewer', null),
	('hold_preview', 'viewer', null),
	('sync_preview_new', 'viewer', null),
	('hold_preview_new', 'viewer', null),
	('rules_waiting', 'viewer', null),
	('notify_list', 'viewer', null),
	-- called by views and by what reads them
	('actor_text', 'viewer', null),
	('announced_end', 'viewer', null),
	('folded_changes', 'viewer', null),
	('is_paid', 'viewer', null),
	('price_changes', 'viewer', null),
	('stale_after', 'viewer', null),
	-- of the HTTP API
	('api_caller', 'viewer', null),
	('served_models', 'viewer', null),
	('explain_models', 'viewer', null),
	('undecided_after', 'viewer', null),
	('sync_begin', 'service', 'sync'),
	('sync_progress', 'service', 'sync'),
	('sync_apply', 'service', 'sync'),
	('sync_fail', 'service', 'sync'),
	('sync_cancel', 'service', 'cancel'),
	('daemon_beat', 'service', 'daemon'),
	('daemon_leave', 'service', 'daemon'),
	('notify_claim', 'service', 'notify'),
	('notify_settle', 'service', 'notify'),
	-- what admins have put into the configuration, about new models, once
	('rules_apply', 'service', 'rules'),
	('rules_skip', 'service', 'rules'),
	('rules_record', 'service', 'rules'),
	('api_fallback', 'service', 'fallback'),
	('api_refused', 'service', 'http'),
	('hold_apply', 'admin', 'hold_apply'),
	('hold_discard', 'admin', 'hold_discard'),
	('edit_models', 'admin', 'edit'),
	-- of undo and retire a dry run writes nothing and asks for nothing
	('undo', 'admin', 'undo'),
	('acknowledge_alerts', 'admin', 'acknowledge'),
	('notify_retry', 'admin', 'notify'),
	('notify_discard', 'admin', 'notify'),
	('change_settings', 'admin', 'settings'),
	('retire', 'admin', 'retire')
) e (name, needs, action);

-- The role whose rights count: the one the session has taken on (SET ROLE), else its
-- login.  Within an entry point current_user is the owner.
create or replace function modelsync.caller()
returns name
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(nullif(current_setting('role'), 'none')::name, session_user);
$$;

create or replace function modelsync.schema_owner()
returns regrole
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select n.nspowner::regrole from pg_namespace n where n.nspname = 'modelsync';
$$;

-- The highest role of a login: owner (superusers pass for that), admin, service or
-- viewer; null without any.
create or replace function modelsync.role_of(p_login name)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select case
		when pg_has_role(p_login, modelsync.schema_owner(), 'usage') then 'owner'
		when pg_has_role(p_login, to_regrole('modelsync_admin'), 'usage') then 'admin'
		when pg_has_role(p_login, to_regrole('modelsync_service'), 'usage') then 'service'
		when pg_has_role(p_login, to_regrole('modelsync_viewer'), 'usage') then 'viewer' end;
$$;

-- The profile that the session's login is linked to, or else the role it has taken on.
create or replace function modelsync.linked_profile()
returns uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select l.profile_id
	from modelsync.login l
	where l.login in (session_user, modelsync.caller()) and l.profile_id is not null
	order by l.login = session_user desc limit 1;
$$;

-- With which rights a call is made (a role as in role_of, or none), or why it may not
-- be made at all.  Only a service, and the owner, may say for which profile: then the
-- rights are that profile's.
create or replace function modelsync.authority(p_ctx jsonb, out rights text, out problem text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	caller name := modelsync.caller();
	profile text := p_ctx ->> 'profile';
	tier text;
begin
	rights := coalesce(modelsync.role_of(caller), 'none');
	if not coalesce(p_ctx ? 'profile', false) then
		if rights <> 'owner' and modelsync.user_tier(modelsync.linked_profile()) = 'banned' then
			problem := format('the profile of %s is banned', caller);
		end if;
		return;
	end if;
	if rights <> 'owner' and not coalesce(pg_has_role(caller, to_regrole('modelsync_service'), 'usage'),
			false) then
		problem := format('%s may not act for a profile; that is for the role service', caller);
		return;
	elsif profile is null then
		return;
	elsif profile !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
		problem := 'the profile to act for is no uuid';
		return;
	end if;
	tier := modelsync.user_tier(profile::uuid);
	if tier = 'admin' then
		rights := 'admin';
	else
		rights := 'none';
		problem := format('the profile %s is %s', profile,
			case tier when 'banned' then 'banned' else 'not that of an admin' end);
	end if;
end
$$;

-- Null when the caller may use that entry point; otherwise the answer to give, which
-- has been audited.  What the caller claims beyond its login is not recorded as true.
create or replace function modelsync.refusal(p_function text, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	entry record;
	rights text;
	message text;
begin
	select * into strict entry from modelsync.entry_point e where e.name = p_function;
	select a.rights, a.problem into rights, message from modelsync.authority(p_ctx) a;
	if message is null then
		if rights in ('owner', 'admin', entry.needs) then
			return null;
		end if;
		message := format('%s %s, and %s needs the role %s; %s can grant it: modelsync-tui db grant %s %s',
			modelsync.caller(), case rights when 'none' then 'has no role here' else 'is a ' || rights end,
			p_function, entry.needs, modelsync.schema_owner(), modelsync.caller(), entry.needs);
	end if;
	perform modelsync.audit_append(entry.action, 'refused',
		case when jsonb_typeof(p_ctx) = 'object' then p_ctx - 'profile' end, null, null,
		jsonb_strip_nulls(jsonb_build_object('message', message, 'function', p_function,
			'claimed_profile', left(p_ctx ->> 'profile', 100))));
	return jsonb_build_object('ok', false, 'code', 'refused', 'message', message);
end
$$;

-- What the caller is here.
create or replace function modelsync.whoami()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('login', session_user, 'acts_as', modelsync.caller(),
		'role', modelsync.role_of(modelsync.caller()), 'profile', p.id, 'email', p.email,
		'owner', modelsync.schema_owner())
	from (select modelsync.linked_profile()) l (profile)
	left join public.profiles p on p.id = l.profile;
$$;
