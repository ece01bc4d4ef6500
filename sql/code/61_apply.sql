-- SPDX-License-Identifier: MIT
--
-- Applying a catalogue: the one path by which sync_apply, hold_apply and the
-- contract's sync_openrouter_models change models.

-- Keeps a catalogue the guard did not let through.  The open hold, if there is
-- one, gets the newer document and keeps its number.
create or replace function modelsync.keep_hold(p_run bigint, p_pages jsonb[], p_meta jsonb,
	p_report jsonb)
returns bigint
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	insert into modelsync.hold as h (run_id, pages, meta, guard, report)
	values (p_run, p_pages, coalesce(p_meta, '{}') - array['hashes', 'no_rules'], p_report -> 'guard', p_report)
	on conflict ((true)) where state = 'open' do update
	set run_id = excluded.run_id, pages = excluded.pages, meta = excluded.meta,
		guard = excluded.guard, report = excluded.report, replaced_at = clock_timestamp()
	returning hold_id;
$$;

-- The catalogue is not applied: the run ends held.
create or replace function modelsync.finish_held(p_run modelsync.run, p modelsync.sync_plan,
	p_pages jsonb[], p_meta jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	reasons text := (select string_agg(g ->> 'message', '; ') from jsonb_array_elements(p.guard) g);
	report jsonb;
begin
	report := modelsync.report(p, 'held', 'held', reasons, p_meta, null)
		|| jsonb_build_object('run', p_run.run_id, 'sync_log_id', p_run.sync_log_id);
	report := report || jsonb_build_object('hold',
		modelsync.keep_hold(p_run.run_id, p_pages, p_meta, report));
	perform modelsync.close_run(p_run.run_id, 'held', 'held', reasons, null, report);
	perform modelsync.announce(jsonb_build_object('hold', report -> 'hold'));
	perform modelsync.audit_append('sync', 'held', to_jsonb(p_run), null, p_run.run_id,
		jsonb_build_object('hold', report -> 'hold', 'guard', p.guard, 'counts', report -> 'counts'));
	return report;
end
$$;

-- The answer was no catalogue at all.
create or replace function modelsync.finish_failed(p_run modelsync.run, p modelsync.sync_plan,
	p_category text, p_message text, p_meta jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	report jsonb := modelsync.report(p, 'failed', p_category, p_message, p_meta, null)
		|| jsonb_build_object('run', p_run.run_id, 'sync_log_id', p_run.sync_log_id);
begin
	perform modelsync.close_run(p_run.run_id, 'failed', p_category, p_message, null, report);
	perform modelsync.audit_append('sync', 'failed', to_jsonb(p_run), null, p_run.run_id,
		jsonb_build_object('category', p_category, 'message', p_message));
	return report;
end
$$;

-- Writes the models of a plan.  Added ones wait for rules, if there are any.
create or replace function modelsync.write_plan(p modelsync.sync_plan, p_run bigint,
	p_has_rules bool)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	at timestamptz := clock_timestamp();
begin
	perform modelsync.engine_begin();
	if 'added' = any (p.kind) then
		perform modelsync.insert_models(p.model_id, p.kind, p.facts, p_run, at);
		if p_has_rules then
			insert into modelsync.rule_pending (model_id, run_id)
			select t.id, p_run from unnest(p.model_id, p.kind) t (id, kind) where t.kind = 'added';
		end if;
	end if;
	if 'added' <> any (p.kind) then
		perform modelsync.update_models(array_agg(t.id), array_agg(t.facts), array_agg(t.presence), at, at)
		from (select unnest(p.model_id) as id, unnest(p.kind) as kind, unnest(p.facts) as facts,
				unnest(p.new_presence) as presence
			offset 0) t
		where t.kind <> 'added';
	end if;
	if cardinality(p.doc_id) > 0 then
		perform modelsync.store_documents(p.doc_id, p.doc_hash, p.doc_raw, p.doc_rest, p.doc_shape,
			p_run);
	end if;
	if p.raw_id is not null then
		perform modelsync.renew_raw_hashes(p.raw_id, p.raw_hash);
	end if;
	perform modelsync.engine_end();
end
$$;

-- Logs what a plan did; null when nothing an admin sees has changed.
create or replace function modelsync.record_plan(p modelsync.sync_plan, p_run modelsync.run)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	changeset bigint;
begin
	if p.change_id is not null then
		changeset := modelsync.log_changes('sync', to_jsonb(p_run), p_run.run_id, null,
			p.change_id, p.change_field, p.change_old, p.change_new, p.change_event, null,
			array(select m.n::int
				from unnest(p.change_id, p.change_event) with ordinality c (id, event, n)
				left join unnest(p.model_id) with ordinality m (id, n)
					on m.id = c.id and c.event = 'model_added'
				order by c.n),
			p.facts);
		perform modelsync.announce(jsonb_build_object('changeset', changeset));
	end if;
	if p.alerts <> '[]' then
		perform modelsync.raise_alerts(p.alerts, p_run.run_id);
	end if;
	perform modelsync.learn_shapes(p.shapes, p.new_shapes, p.drift, p_run.run_id);
	if 'returned' = any (p.kind) then
		perform modelsync.settle_alerts(array_agg(t.id))
		from unnest(p.model_id, p.kind) t (id, kind) where t.kind = 'returned';
	end if;
	return changeset;
end
$$;

-- What was sent is not enough to decide on: nothing has happened, the caller is to send
-- the whole catalogue.
create or replace function modelsync.ask_for_all(p_run bigint)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('ok', false, 'code', 'send_all', 'run', p_run, 'message',
		'the models are no longer as the last sync left them; the whole catalogue is needed');
$$;

-- Validate, compare, guard, apply, record, notify.  The caller holds the lease.
-- Generic plans throughout: one that is made for these very documents copies them.
create or replace function modelsync.run_catalogue(p_run modelsync.run, p_pages jsonb[],
	p_meta jsonb, p_settings jsonb, p_guarded bool)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set work_mem = '128MB'
as $$
declare
	p modelsync.sync_plan;
	pages int := cardinality(p_pages);
	started timestamptz;
	applied numeric;
	beside modelsync.catalogue;
	changeset bigint;
	report jsonb;
begin
	-- a plan that no longer fits the rows it was made for is made again
	for attempt in 1 .. 6 loop
		if attempt = 6 then
			raise exception 'models keep changing while the catalogue is compared with them'
				using errcode = 'serialization_failure';
		end if;
		p := modelsync.make_plan(p_pages, p_meta, p_settings);
		exit when p.problem is not null or p.send_all or (p_guarded and p.guard <> '[]')
			or modelsync.lock_models(p.model_id || p.kept_id, p.version || p.kept_version);
	end loop;
	if p.problem is not null then
		return modelsync.finish_failed(p_run, p, 'schema', p.problem, p_meta);
	end if;
	if p.send_all then
		return modelsync.ask_for_all(p_run.run_id);
	end if;
	if p_guarded and p.guard <> '[]' then
		return modelsync.finish_held(p_run, p, p_pages, p_meta);
	end if;
	started := clock_timestamp();
	if 'added' <> all (p.kind) then
		beside := modelsync.quality_beside(p.model_id, p.kind, p.facts);
	end if;
	if p.model_id is not null or p.doc_id is not null or p.raw_id is not null then
		perform modelsync.write_plan(p, p_run.run_id,
			not coalesce((p_meta ->> 'no_rules')::bool, false));
	end if;
	applied := modelsync.elapsed_ms(started);
	started := clock_timestamp();
	changeset := modelsync.record_plan(p, p_run);
	update modelsync.hold set resolved_at = clock_timestamp(), resolved_run = p_run.run_id,
		resolved_by = modelsync.actor_text(p_run.session_user_name, p_run.os_user),
		state = case when p_run.trigger = 'hold' then 'applied' else 'superseded' end
	where state = 'open';
	report := modelsync.report(p, 'completed', null, null, p_meta,
			jsonb_build_object('apply', applied, 'record', modelsync.elapsed_ms(started)))
		|| jsonb_build_object('run', p_run.run_id, 'sync_log_id', p_run.sync_log_id,
			'changeset', changeset, 'quality', modelsync.quality_of_run(beside, p.model_id),
			'rule_pending', modelsync.rule_pending_count());
	-- each call copies the plan; what comes now needs no models
	p.facts := null;
	p.old_facts := null;
	p.doc_rest := null;
	perform modelsync.keep_catalogue(p_run, p, pages, p_meta);
	perform modelsync.close_run(p_run.run_id, 'completed', null, report ->> 'message', null, report);
	perform modelsync.audit_append('sync', 'done', to_jsonb(p_run), changeset, p_run.run_id,
		jsonb_build_object('counts', report -> 'counts', 'trigger', p_run.trigger));
	return report;
end
$$;

create or replace function modelsync.sync_apply(p_run bigint, p_fence bigint, p_pages jsonb[],
	p_meta jsonb, p_settings jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	l modelsync.lease;
	r modelsync.run;
	p modelsync.sync_plan;
	refusal jsonb := modelsync.refusal('sync_apply', null);
begin
	if refusal is not null then
		return refusal;
	end if;
	select * into l from modelsync.lease for update;
	select * into r from modelsync.run where run_id = p_run;
	if not modelsync.is_claim(l, p_run, p_fence) then
		return modelsync.refuse_lost(r);
	end if;
	if r.cancel_requested_at is not null then
		return modelsync.finish_failed(r, p, 'cancelled',
			format('cancelled by %s', r.cancel_requested_by), p_meta);
	end if;
	return modelsync.run_catalogue(r, p_pages, p_meta,
		modelsync.effective_settings(p_settings), true);
end
$$;

create or replace function modelsync.sync_preview(p_pages jsonb[], p_meta jsonb, p_settings jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
	p modelsync.sync_plan := modelsync.make_plan(p_pages, p_meta,
		modelsync.effective_settings(p_settings));
begin
	if p.send_all then
		return modelsync.ask_for_all(null);
	elsif p.problem is not null then
		return modelsync.report(p, 'failed', 'schema', p.problem, p_meta, null);
	end if;
	return modelsync.report(p, 'preview', case when p.guard <> '[]' then 'held' end,
		(select string_agg(g ->> 'message', '; ') from jsonb_array_elements(p.guard) g), p_meta, null);
end
$$;

create or replace function modelsync.not_open(p_hold bigint)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('ok', false, 'code', 'not_open', 'hold', p_hold, 'message',
		coalesce((select format('hold %s is %s already', h.hold_id, h.state)
			from modelsync.hold h where h.hold_id = p_hold),
			format('there is no hold %s', p_hold)));
$$;

-- What applying the open hold would do now, as the report of the run it holds.
create or replace function modelsync.hold_preview(p_hold bigint, p_settings jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select modelsync.sync_preview(h.pages, h.meta, p_settings)
			|| jsonb_build_object('state', 'held', 'category', 'held', 'hold', h.hold_id,
				'run', h.run_id, 'guard', h.guard, 'held_at', h.held_at)
		from modelsync.hold h where h.hold_id = p_hold and h.state = 'open'),
		modelsync.not_open(p_hold));
$$;

-- Applies a held catalogue as a run of its own, compared anew with what is
-- there now.  An admin has looked at it: the guard is not asked again.  p_run
-- names the run whose catalogue that admin has seen; the hold may keep a newer
-- one by now, which nobody has looked at.  Null takes what is there.
create or replace function modelsync.hold_apply(p_hold bigint, p_ctx jsonb, p_settings jsonb,
	p_run bigint default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	h modelsync.hold;
	r modelsync.run;
	claim jsonb;
	state text;
	message text;
	refusal jsonb := modelsync.refusal('hold_apply', p_ctx);
begin
	if refusal is not null then
		return refusal;
	end if;
	select * into h from modelsync.hold x where x.hold_id = p_hold and x.state = 'open';
	if not found then
		return modelsync.audit_refusal('hold_apply', p_ctx, null, modelsync.not_open(p_hold));
	elsif h.run_id <> p_run then
		return modelsync.audit_refusal('hold_apply', p_ctx, null, jsonb_build_object('ok', false,
			'code', 'replaced', 'hold', p_hold, 'run', h.run_id,
			'message', format('hold %s keeps the catalogue of run %s by now, not that of run %s',
				p_hold, h.run_id, p_run)));
	end if;
	claim := modelsync.begin_run(jsonb_build_object('trigger', 'hold', 'ctx', p_ctx,
		'owner', format('hold %s', p_hold), 'settings', p_settings));
	if not (claim ->> 'ok')::bool then
		return claim;
	end if;
	select * into r from modelsync.run where run_id = (claim ->> 'run')::bigint;
	select * into h from modelsync.hold x
	where x.hold_id = p_hold and x.state = 'open' and x.run_id = h.run_id for update;
	if not found then
		return modelsync.fail_run(r.run_id, r.fence, 'conflict',
			format('hold %s was resolved by somebody else', p_hold), null);
	end if;
	begin
		return modelsync.run_catalogue(r, h.pages, h.meta - 'fetch_ms',
			modelsync.effective_settings(p_settings), false);
	exception when others then
		get stacked diagnostics state = returned_sqlstate, message = message_text;
	end;
	return modelsync.fail_run(r.run_id, r.fence,
		case when state = '40001' then 'conflict' else 'database' end, message,
		jsonb_build_object('sqlstate', state));
end
$$;

create or replace function modelsync.hold_discard(p_hold bigint, p_ctx jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
	refusal jsonb := modelsync.refusal('hold_discard', p_ctx);
begin
	if refusal is not null then
		return refusal;
	end if;
	update modelsync.hold set state = 'discarded', resolved_at = clock_timestamp(),
		resolved_by = modelsync.actor(p_ctx)
	where hold_id = p_hold and state = 'open';
	if not found then
		return modelsync.audit_refusal('hold_discard', p_ctx, null, modelsync.not_open(p_hold));
	end if;
	perform modelsync.notify_decide(false);
	perform modelsync.announce(jsonb_build_object('hold', p_hold));
	perform modelsync.audit_append('hold_discard', 'done', p_ctx, null, null,
		jsonb_build_object('hold', p_hold));
	return jsonb_build_object('ok', true, 'hold', p_hold, 'state', 'discarded');
end
$$;
