-- SPDX-License-Identifier: MIT
--
-- The audit: one entry per action, refused ones included, each carrying the
-- hash of the one before and a digest of its changeset's changes.  The head row
-- is locked last in a transaction, so entries are numbered without gaps.

-- Digest of the lines that a changeset's changes make.  Inlined.
create or replace function modelsync.lines_digest(p_lines text)
returns bytea
language sql stable
as $$
	select sha256(convert_to(coalesce(p_lines, ''), 'UTF8'));
$$;

-- A change as a JSON list: model, field, old, new, and the rule, if one is behind it.
-- Inlined.
create or replace function modelsync.change_line(c modelsync.change)
returns text
language sql stable
as $$
	select concat('[', to_json(c.model_id), ', ', to_json(c.field), ', ', coalesce(c.old::text, 'null'), ', ',
		coalesce(c.new::text, 'null'), ', ' || to_json(c.rule)::text, ']');
$$;

-- Digest of a changeset's changes; null without a changeset.
create or replace function modelsync.changes_digest(p_changeset bigint)
returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.lines_digest(string_agg(modelsync.change_line(c), E'\n' order by c.change_id))
	from modelsync.change c
	where c.changeset_id = p_changeset
	having p_changeset is not null;
$$;

-- The digest that a retirement's entry carries.
create or replace function modelsync.retirement_digest(p_retirement bigint)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select encode(modelsync.lines_digest(string_agg(format('%s %s %s', r.changeset_id, r.changes,
		encode(r.left_digest, 'hex')), E'\n' order by r.changeset_id)), 'hex')
	from modelsync.retired r where r.retirement_id = p_retirement;
$$;

-- The hash of an entry over everything it says; entries from before there were
-- profiles have none.  Inlined.
create or replace function modelsync.audit_hash(a modelsync.audit)
returns bytea
language sql stable
as $$
	select sha256(convert_to((jsonb_build_array(a.audit_id,
		to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		a.action, a.outcome, a.changeset_id, a.run_id, a.origin, a.os_user, a.source, a.reason,
		a.session_user_name, a.detail, encode(a.changes_digest, 'hex'),
		encode(a.previous, 'hex'))
		|| case when a.profile is null then '[]' else jsonb_build_array(a.profile) end)::text, 'UTF8'));
$$;

-- Appends an entry, and its row in the contract's admin_audit_log.
create or replace function modelsync.audit_append(p_action text, p_outcome text, p_ctx jsonb,
	p_changeset bigint, p_run bigint, p_detail jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	c jsonb := modelsync.context(p_ctx);
	digest bytea;
	a modelsync.audit;
begin
	if p_changeset is not null then
		digest := modelsync.changes_digest(p_changeset);
	end if;
	insert into public.admin_audit_log (actor_user_id, action, target, payload)
	values ((c ->> 'profile')::uuid, p_action, case when p_changeset is not null then 'changeset:' || p_changeset
			when p_run is not null then 'run:' || p_run else 'modelsync' end,
		jsonb_strip_nulls(c || jsonb_build_object('outcome', p_outcome, 'changeset', p_changeset,
			'run', p_run, 'session_user', session_user, 'detail', p_detail)));
	select h.audit_id + 1, clock_timestamp(), p_action, p_outcome, p_changeset, p_run,
		c ->> 'origin', c ->> 'os_user', c ->> 'source', c ->> 'reason', session_user,
		(c ->> 'profile')::uuid, coalesce(p_detail, '{}'), digest, h.hash
	into a.audit_id, a.at, a.action, a.outcome, a.changeset_id, a.run_id,
		a.origin, a.os_user, a.source, a.reason, a.session_user_name,
		a.profile, a.detail, a.changes_digest, a.previous
	from modelsync.audit_head h
	for update;
	a.hash := modelsync.audit_hash(a);
	insert into modelsync.audit select a.*;
	update modelsync.audit_head set audit_id = a.audit_id, hash = a.hash;
	return a.audit_id;
end
$$;

-- Leaves an entry of a refusal and hands the refusal back.  p_run is the run that
-- stands in the way: whoever asks again and again leaves one entry for it.  The head
-- may be held by the transaction that stands in the way; then the caller gets the
-- answer rather than wait for the end of it.
create or replace function modelsync.audit_refusal(p_action text, p_ctx jsonb, p_run bigint,
	p_refusal jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
	c jsonb := modelsync.context(p_ctx);
begin
	if not exists (select from modelsync.audit a
		where a.run_id = p_run and a.outcome = 'refused' and a.action = p_action
			and a.detail -> 'code' = p_refusal -> 'code' and a.session_user_name = session_user
			and jsonb_build_array(a.origin, a.os_user, a.source)
				= jsonb_build_array(c -> 'origin', c -> 'os_user', c -> 'source')) then
		perform modelsync.audit_append(p_action, 'refused', p_ctx, null, p_run,
			jsonb_strip_nulls(jsonb_build_object('code', p_refusal -> 'code',
				'message', p_refusal -> 'message', 'hold', p_refusal -> 'hold')));
	end if;
	return p_refusal;
exception when lock_not_available then
	return p_refusal;
end
$$;

-- Edits and direct writes may share a transaction with others.  Their entries wait
-- for its end: whoever held the head and went on to lock models would meet those
-- who hold a model and wait for the head.
create or replace function modelsync.audit_changeset()
returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	perform modelsync.audit_append(new.kind, 'done', to_jsonb(new), new.changeset_id, null,
		jsonb_build_object('models', new.models));
	return null;
end
$$;

create or replace function modelsync.refuse_audit_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
	raise exception 'the audit log is append-only'
		using errcode = 'insufficient_privilege',
		hint = 'Entries cannot be changed or removed; undo a changeset instead.';
end
$$;
