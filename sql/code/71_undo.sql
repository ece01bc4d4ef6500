-- SPDX-License-Identifier: MIT
--
-- Undo: a new changeset that puts the old values of another one back, field by
-- field, where they are still as that one left them.  A field somebody changed
-- since is a conflict and stays.
--
-- Presence is undone without touching the decision: a model that a sync added
-- becomes missing, one that it missed is present again, and either way the
-- status an admin gave it, before or since, is the one that counts.

-- All fields of a row that a changeset can name.
create or replace function modelsync.undo_state(m public.model_access)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select modelsync.facts(m) || modelsync.decisions(m)
		|| (select jsonb_object_agg(c.field, c.price) from modelsync.contract_prices(m) c)
		|| jsonb_build_object('presence',
			modelsync.presence(m.status, m.restore_status, m.missing_since, m.missed_runs));
$$;

-- Of the current prices those that a change names.
create or replace function modelsync.undo_current_prices(p_prices jsonb, p_old jsonb, p_new jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_object_agg(k.key, p_prices -> k.key) filter (where p_prices ? k.key), '{}')
	from jsonb_object_keys(coalesce(p_old, '{}') || coalesce(p_new, '{}')) k (key);
$$;

-- The current value of a logged field, comparable with the logged one.  Inlined.
create or replace function modelsync.undo_current(p_state jsonb, p_field text, p_old jsonb, p_new jsonb)
returns jsonb
language sql immutable
as $$
	select case p_field
		when 'pricing' then modelsync.undo_current_prices(p_state -> 'pricing', p_old, p_new)
		else nullif(p_state -> p_field, 'null') end;
$$;

-- The presence an undo leads to, given the present one and the one before the
-- changeset (null: the model was not known).
create or replace function modelsync.undo_presence(p_now jsonb, p_before jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select case
		when p_before is null then modelsync.presence('inactive', d.decision, clock_timestamp(), 1)
		when p_before ? 'restore_status' then modelsync.presence('inactive', d.decision,
			(p_before ->> 'missing_since')::timestamptz, (p_before ->> 'missed_runs')::int)
		else modelsync.presence(d.decision, null, (p_before ->> 'missing_since')::timestamptz,
			coalesce((p_before ->> 'missed_runs')::int, 0)) end
	from (select coalesce(p_now ->> 'restore_status', p_now ->> 'status', 'new')) d (decision);
$$;

-- What undoing a changeset would do to each of its fields.
create or replace function modelsync.undo_plan(p_changeset bigint)
returns table (change_id bigint, model_id text, field text, expected jsonb, current jsonb,
	target jsonb, conflict bool, state jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
	with s as materialized (
		select i.model_id, m.id is not null as known, case
				when m.id is null then null
				when i.decided then modelsync.decisions(m)
				else modelsync.undo_state(m) end as state
		from (select c.model_id, bool_and(modelsync.is_decision(c.field)) as decided
			from modelsync.change c where c.changeset_id = p_changeset group by c.model_id) i
		left join public.model_access m on m.model_id = i.model_id
	)
	select c.change_id, c.model_id, c.field, c.new, x.current,
		case when c.field = 'presence' then modelsync.undo_presence(x.current, c.old) else c.old end,
		not s.known or case when c.field = 'presence'
			then x.current -> 'present' is distinct from c.new -> 'present'
			else x.current is distinct from c.new end,
		s.state
	from modelsync.change c
	join s on s.model_id = c.model_id,
	lateral (select modelsync.undo_current(s.state, c.field, c.old, c.new)) x (current)
	where c.changeset_id = p_changeset
	order by c.change_id;
$$;

-- Writes the targets of an undo plan, given as parallel arrays.
create or replace function modelsync.undo_write(p_ids text[], p_fields text[], p_expected jsonb[],
	p_targets jsonb[], p_ctx jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	at timestamptz := clock_timestamp();
	ids text[];
	patches jsonb[];
	facts jsonb[];
	presence jsonb[];
begin
	perform modelsync.engine_begin();
	select array_agg(g.id), array_agg(g.facts), array_agg(g.presence) into ids, facts, presence
	from (select t.id,
			modelsync.facts(m)
				|| coalesce(jsonb_object_agg(t.field, t.target)
					filter (where t.field not in ('presence', 'pricing')), '{}')
				|| coalesce(jsonb_object_agg('pricing', (modelsync.current_pricing(m)
						- array(select jsonb_object_keys(t.expected))) || t.target)
					filter (where t.field = 'pricing'), '{}') as facts,
			(array_agg(t.target) filter (where t.field = 'presence'))[1] as presence
		from unnest(p_ids, p_fields, p_expected, p_targets) t (id, field, expected, target)
		join public.model_access m on m.model_id = t.id
		where not modelsync.is_decision(t.field) and t.field not like '%\_price'
		group by t.id, m.*) g;
	perform modelsync.update_models(ids, facts, presence, at, null);
	update modelsync.model_document d set hash = null where d.model_id = any (ids);
	perform modelsync.undo_write_prices(p_ids, p_fields, p_targets, at);
	-- last: where a decision belongs depends on the presence written above
	select array_agg(g.id), array_agg(g.patch) into ids, patches
	from (select t.id, jsonb_object_agg(t.field, t.target) as patch
		from unnest(p_ids, p_fields, p_targets) t (id, field, target)
		where modelsync.is_decision(t.field)
		group by t.id) g;
	perform modelsync.update_decisions(ids, patches, at, modelsync.actor(p_ctx));
	perform modelsync.engine_end();
end
$$;

-- Price columns of the contract that another program had set by hand.
create or replace function modelsync.undo_write_prices(p_ids text[], p_fields text[],
	p_targets jsonb[], p_at timestamptz)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	update public.model_access m set
		prompt_price = (to_jsonb(m) || g.p) ->> 'prompt_price',
		completion_price = (to_jsonb(m) || g.p) ->> 'completion_price',
		request_price = (to_jsonb(m) || g.p) ->> 'request_price',
		image_price = (to_jsonb(m) || g.p) ->> 'image_price',
		output_image_price = (to_jsonb(m) || g.p) ->> 'output_image_price',
		web_search_price = (to_jsonb(m) || g.p) ->> 'web_search_price',
		internal_reasoning_price = (to_jsonb(m) || g.p) ->> 'internal_reasoning_price',
		input_cache_read_price = (to_jsonb(m) || g.p) ->> 'input_cache_read_price',
		input_cache_write_price = (to_jsonb(m) || g.p) ->> 'input_cache_write_price',
		updated_at = p_at
	from (select t.id, jsonb_object_agg(t.field, t.target) as p
		from unnest(p_ids, p_fields, p_targets) t (id, field, target)
		where t.field like '%\_price'
		group by t.id) g
	where m.model_id = g.id;
$$;

create or replace function modelsync.refuse_undo(p_code text, p_message text, p_changeset bigint,
	p_ctx jsonb, p_dry_run bool)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	if not p_dry_run then
		perform modelsync.audit_append('undo', 'refused', p_ctx, null, null,
			jsonb_build_object('code', p_code, 'message', p_message, 'undoes', p_changeset));
	end if;
	return jsonb_build_object('ok', false, 'code', p_code, 'message', p_message);
end
$$;

-- The sync undone last since a run completed or was held, if its undo is in force.
create or replace function modelsync.undone_sync()
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select c.changeset_id
	from modelsync.changeset c join modelsync.changeset u on u.changeset_id = c.undone_by
	where c.kind = 'sync' and u.at > coalesce((select max(r.completed_at) from modelsync.run r
		where r.state in ('completed', 'held')), '-infinity')
	order by u.changeset_id desc limit 1;
$$;

-- Marks what was undone.  An undo that is itself undone puts its changeset back
-- in force, so that it can be undone again; that one may be an undo in its turn.
create or replace function modelsync.undo_mark(p_changeset bigint, p_by bigint)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	undone modelsync.changeset;
	id bigint := p_changeset;
	undoer bigint := p_by;
begin
	loop
		update modelsync.changeset set undone_by = undoer where changeset_id = id
		returning * into undone;
		exit when undone.undoes is null;
		undoer := case when undoer is null then id end;
		id := undone.undoes;
	end loop;
	if undone.kind = 'sync' then
		if undoer is not null then
			perform modelsync.forget_shapes(undone.run_id);
		end if;
		update modelsync.lease set undone_changeset =
			case when undoer is null then modelsync.undone_sync() else id end
		where undoer is not null or undone_changeset = id;
	end if;
end
$$;

create or replace function modelsync.undo(p_changeset bigint, p_ctx jsonb, p_dry_run bool)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	c modelsync.changeset;
	ids text[];
	fields text[];
	expected jsonb[];
	targets jsonb[];
	events text[];
	conflicts jsonb;
	changes jsonb;
	changeset bigint;
	refusal jsonb := coalesce(case when not p_dry_run then modelsync.refusal('undo', p_ctx) end,
		modelsync.row_security_refusal());
begin
	if refusal is not null then
		return refusal;
	end if;
	if not p_dry_run then
		lock table modelsync.retired in row share mode; -- no retirement meanwhile
		perform from modelsync.lease for update;
		perform from public.model_access m
		where m.model_id in (select x.model_id from modelsync.change x
			where x.changeset_id = p_changeset)
		order by m.model_id for no key update;
	end if;
	select * into c from modelsync.changeset x where x.changeset_id = p_changeset;
	if not found then
		return modelsync.refuse_undo('unknown', format('there is no changeset %s', p_changeset),
			p_changeset, p_ctx, p_dry_run);
	elsif c.undone_by is not null then
		return modelsync.refuse_undo('already_undone', format('changeset %s was undone by changeset %s',
			p_changeset, c.undone_by), p_changeset, p_ctx, p_dry_run);
	elsif exists (select from modelsync.retired t where t.changeset_id = p_changeset) then
		return modelsync.refuse_undo('retired', format('changes of changeset %s were retired from the log: '
			'what they replaced is not known any more', p_changeset), p_changeset, p_ctx, p_dry_run);
	end if;
	select array_agg(u.model_id order by u.change_id) filter (where not u.conflict),
		array_agg(u.field order by u.change_id) filter (where not u.conflict),
		array_agg(u.current order by u.change_id) filter (where not u.conflict),
		array_agg(u.target order by u.change_id) filter (where not u.conflict),
		array_agg(u.event order by u.change_id) filter (where not u.conflict),
		coalesce(jsonb_agg(jsonb_build_object('model_id', u.model_id, 'field', u.field,
			'expected', u.expected, 'current', u.current) order by u.change_id)
			filter (where u.conflict), '[]')
	into ids, fields, expected, targets, events, conflicts
	from (select p.*, case when row_number() over (partition by p.model_id,
				modelsync.event_of(p.field, p.current, p.target), p.conflict
				order by p.change_id) = 1
			then modelsync.event_of(p.field, p.current, p.target) end as event
		from modelsync.undo_plan(p_changeset) p) u;
	select coalesce(jsonb_agg(jsonb_build_object('model_id', t.id, 'field', r.field,
		'old', r.old, 'new', r.new) order by t.n, r.field collate "C"), '[]')
	into changes
	from unnest(ids, fields, expected, targets) with ordinality t (id, field, old, new, n),
	lateral modelsync.readable_change(t.field, t.old, t.new) r;
	if not p_dry_run and ids is not null then
		changeset := modelsync.log_changes('undo', p_ctx, null, p_changeset, ids, fields,
			expected, targets, events);
		perform modelsync.undo_write(ids, fields, expected, targets, p_ctx);
		perform modelsync.undo_mark(p_changeset, changeset);
		perform modelsync.announce(jsonb_build_object('changeset', changeset));
		perform modelsync.audit_append('undo', 'done', p_ctx, changeset, null,
			jsonb_build_object('undoes', p_changeset, 'conflicts', jsonb_array_length(conflicts)));
	elsif not p_dry_run then
		perform modelsync.audit_append('undo', 'refused', p_ctx, null, null,
			jsonb_build_object('undoes', p_changeset, 'conflicts', jsonb_array_length(conflicts)));
	end if;
	return jsonb_build_object('ok', true, 'changeset', changeset,
		'reversed', coalesce(cardinality(ids), 0), 'conflicts', conflicts, 'changes', changes);
end
$$;
