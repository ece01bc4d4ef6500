-- SPDX-License-Identifier: MIT
--
-- The only statements of this program that write model_access, and the logs
-- that go with them.  Lock order everywhere: lease, models by id, audit head.
--
-- Arrays of documents are taken apart in a select list: a function in FROM would copy
-- all that it returns before the first row is read.

-- The fields an admin decides; all others come from upstream.  Inlined.
create or replace function modelsync.is_decision(p_field text)
returns bool
language sql immutable
as $$
	select p_field in ('status', 'is_free', 'is_pro', 'is_enterprise', 'daily_limit', 'monthly_limit');
$$;

-- Locks the models of a plan; false when one of them is no longer as the plan
-- saw it.
create or replace function modelsync.lock_models(p_ids text[], p_versions bigint[])
returns bool
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
	perform from public.model_access m
	where m.model_id = any (p_ids)
	order by m.model_id
	for no key update;
	return not exists (
		select from unnest(p_ids, p_versions) t (id, version)
		left join public.model_access m on m.model_id = t.id
		where m.row_version is distinct from t.version);
end
$$;

-- The value of a contract price column: what upstream sends; else untouched,
-- unless it still holds what upstream used to send.  Then '0' stays and any
-- other price becomes unknown rather than free.  Inlined.
create or replace function modelsync.derived_price(p_new text, p_old text, p_column text)
returns text
language sql immutable
as $$
	select case
		when p_new is not null then p_new
		when p_old is null or p_column is distinct from p_old or p_column = '0' then p_column
		end;
$$;

-- Those that are added, of the models given with their kind.
create or replace function modelsync.insert_models(p_ids text[], p_kinds text[], p_facts jsonb[],
	p_run bigint, p_at timestamptz)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	insert into public.model_access (model_id, model_name, model_description, canonical_slug,
		hugging_face_id, created_timestamp, context_length, modality, input_modalities,
		output_modalities, tokenizer, instruct_type, provider_context_length,
		max_completion_tokens, is_moderated, pricing, pricing_overrides,
		supported_parameters, supported_voices, knowledge_cutoff, expires_on,
		per_request_limits, details_link, alias_target,
		prompt_price, completion_price, request_price, image_price, output_image_price,
		web_search_price, internal_reasoning_price, input_cache_read_price,
		input_cache_write_price, status, is_free, is_pro, is_enterprise, first_seen_run,
		last_synced_at, openrouter_last_seen, created_at, updated_at)
	select t.id, f ->> 'name', f ->> 'description', f ->> 'canonical_slug',
		f ->> 'hugging_face_id', (f ->> 'created')::bigint, (f ->> 'context_length')::int,
		f ->> 'modality', f -> 'input_modalities',
		f -> 'output_modalities', f ->> 'tokenizer', f ->> 'instruct_type',
		(f ->> 'provider_context_length')::int, (f ->> 'max_completion_tokens')::int,
		(f ->> 'is_moderated')::bool, c.pricing, nullif(f -> 'pricing_overrides', 'null'),
		f -> 'supported_parameters', nullif(f -> 'supported_voices', 'null'),
		f ->> 'knowledge_cutoff', (f ->> 'expires_on')::date,
		nullif(f -> 'per_request_limits', 'null'), f ->> 'details_link', f ->> 'alias_target',
		-- a missing price is unknown; the extras older programs expect are 0
		c.pricing ->> 'prompt', c.pricing ->> 'completion',
		coalesce(c.pricing ->> 'request', '0'), coalesce(c.pricing ->> 'image', '0'),
		coalesce(c.pricing ->> 'image_output', '0'), coalesce(c.pricing ->> 'web_search', '0'),
		coalesce(c.pricing ->> 'internal_reasoning', '0'),
		c.pricing ->> 'input_cache_read', c.pricing ->> 'input_cache_write',
		'new', false, false, false, p_run, p_at, p_at, p_at, p_at
	from (select unnest(p_ids) as id, unnest(p_kinds) as kind, unnest(p_facts) as f offset 0) t,
	lateral (select f -> 'pricing') c (pricing)
	where t.kind = 'added';
end
$$;

-- Sets facts and, where given, presence.  p_seen is the time of a sync, null
-- when the facts do not come from upstream.
create or replace function modelsync.update_models(p_ids text[], p_facts jsonb[],
	p_presence jsonb[], p_at timestamptz, p_seen timestamptz)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	update public.model_access m set
		model_name = f ->> 'name',
		model_description = f ->> 'description',
		canonical_slug = f ->> 'canonical_slug',
		hugging_face_id = f ->> 'hugging_face_id',
		created_timestamp = (f ->> 'created')::bigint,
		context_length = (f ->> 'context_length')::int,
		modality = f ->> 'modality',
		input_modalities = f -> 'input_modalities',
		output_modalities = f -> 'output_modalities',
		tokenizer = f ->> 'tokenizer',
		instruct_type = f ->> 'instruct_type',
		provider_context_length = (f ->> 'provider_context_length')::int,
		max_completion_tokens = (f ->> 'max_completion_tokens')::int,
		is_moderated = (f ->> 'is_moderated')::bool,
		pricing = f -> 'pricing',
		pricing_overrides = nullif(f -> 'pricing_overrides', 'null'),
		supported_parameters = f -> 'supported_parameters',
		supported_voices = nullif(f -> 'supported_voices', 'null'),
		knowledge_cutoff = f ->> 'knowledge_cutoff',
		expires_on = (f ->> 'expires_on')::date,
		per_request_limits = nullif(f -> 'per_request_limits', 'null'),
		details_link = f ->> 'details_link',
		alias_target = f ->> 'alias_target',
		prompt_price = modelsync.derived_price(f -> 'pricing' ->> 'prompt',
			m.pricing ->> 'prompt', m.prompt_price),
		completion_price = modelsync.derived_price(f -> 'pricing' ->> 'completion',
			m.pricing ->> 'completion', m.completion_price),
		request_price = modelsync.derived_price(f -> 'pricing' ->> 'request',
			m.pricing ->> 'request', m.request_price),
		image_price = modelsync.derived_price(f -> 'pricing' ->> 'image',
			m.pricing ->> 'image', m.image_price),
		output_image_price = modelsync.derived_price(f -> 'pricing' ->> 'image_output',
			m.pricing ->> 'image_output', m.output_image_price),
		web_search_price = modelsync.derived_price(f -> 'pricing' ->> 'web_search',
			m.pricing ->> 'web_search', m.web_search_price),
		internal_reasoning_price = modelsync.derived_price(f -> 'pricing' ->> 'internal_reasoning',
			m.pricing ->> 'internal_reasoning', m.internal_reasoning_price),
		input_cache_read_price = modelsync.derived_price(f -> 'pricing' ->> 'input_cache_read',
			m.pricing ->> 'input_cache_read', m.input_cache_read_price),
		input_cache_write_price = modelsync.derived_price(f -> 'pricing' ->> 'input_cache_write',
			m.pricing ->> 'input_cache_write', m.input_cache_write_price),
		status = coalesce(t.presence ->> 'status', m.status),
		restore_status = case when t.presence is null then m.restore_status
			else t.presence ->> 'restore_status' end,
		missing_since = case when t.presence is null then m.missing_since
			else (t.presence ->> 'missing_since')::timestamptz end,
		missed_runs = case when t.presence is null then m.missed_runs
			else coalesce((t.presence ->> 'missed_runs')::int, 0) end,
		updated_at = p_at,
		last_synced_at = case when p_seen is null or t.presence -> 'present' = 'false'
			then m.last_synced_at else p_seen end,
		openrouter_last_seen = case when p_seen is null or t.presence -> 'present' = 'false'
			then m.openrouter_last_seen else p_seen end
	from (select unnest(p_ids) as id, unnest(p_facts) as f, unnest(p_presence) as presence offset 0) t
	where m.model_id = t.id;
end
$$;

-- Sets what admins decide.  A patch holds only what changes; the status of a
-- model that its absence holds inactive is the one its return restores.
create or replace function modelsync.update_decisions(p_ids text[], p_patches jsonb[],
	p_at timestamptz, p_by text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
	update public.model_access m set
		status = case when m.restore_status is null
			then coalesce(t.d ->> 'status', m.status) else m.status end,
		restore_status = case when m.restore_status is not null
			then coalesce(t.d ->> 'status', m.restore_status) end,
		is_free = coalesce((t.d ->> 'is_free')::bool, m.is_free),
		is_pro = coalesce((t.d ->> 'is_pro')::bool, m.is_pro),
		is_enterprise = coalesce((t.d ->> 'is_enterprise')::bool, m.is_enterprise),
		daily_limit = case when t.d ? 'daily_limit'
			then (t.d ->> 'daily_limit')::numeric::int else m.daily_limit end,
		monthly_limit = case when t.d ? 'monthly_limit'
			then (t.d ->> 'monthly_limit')::numeric::int else m.monthly_limit end,
		changed_at = p_at,
		changed_by = p_by,
		updated_at = p_at
	from unnest(p_ids, p_patches) t (id, d)
	where m.model_id = t.id;
end
$$;

create or replace function modelsync.store_documents(p_ids text[], p_hashes bigint[],
	p_raw uuid[], p_rests jsonb[], p_shapes bigint[], p_run bigint)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
begin
	insert into modelsync.model_document as d
		(model_id, hash, raw_hash, normaliser, rest, shape, run_id)
	select t.id, t.hash, t.raw, modelsync.normaliser_version(), t.rest, t.shape, p_run
	from (select unnest(p_ids) as id, unnest(p_hashes) as hash, unnest(p_raw) as raw,
			unnest(p_rests) as rest, unnest(p_shapes) as shape
		offset 0) t
	on conflict (model_id) do update
	set hash = excluded.hash, raw_hash = excluded.raw_hash, normaliser = excluded.normaliser,
		rest = excluded.rest, shape = excluded.shape, run_id = excluded.run_id,
		updated_at = clock_timestamp();
end
$$;

-- Notes the hashes of documents that came in other bytes but say the same.
create or replace function modelsync.renew_raw_hashes(p_ids text[], p_raw uuid[])
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	update modelsync.model_document d
	set raw_hash = t.raw, normaliser = modelsync.normaliser_version()
	from unnest(p_ids, p_raw) t (id, raw)
	where d.model_id = t.id;
$$;

-- Opens a changeset and logs its changes, each with the rule behind it, if any, and with
-- the facts of the model that it adds, if it adds one: p_added says where in p_facts.
-- Edits and direct writes get their audit entry at the end of the transaction.
create or replace function modelsync.log_changes(p_kind text, p_ctx jsonb, p_run bigint,
	p_undoes bigint, p_ids text[], p_fields text[], p_old jsonb[], p_new jsonb[], p_events text[],
	p_rules text[] default null, p_added int[] default null, p_facts jsonb[] default null)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
	c jsonb := modelsync.context(p_ctx);
	id bigint;
begin
	-- the entry's digest needs the changes, whatever the session has set
	set constraints modelsync.changeset_is_audited deferred;
	insert into modelsync.changeset (kind, run_id, undoes, origin, os_user, source, reason,
		profile, models, fields)
	select p_kind, p_run, p_undoes, c ->> 'origin', c ->> 'os_user', c ->> 'source',
		c ->> 'reason', (c ->> 'profile')::uuid, count(distinct m collate "C"), cardinality(p_ids)
	from unnest(p_ids) m
	returning changeset_id into id;
	insert into modelsync.change (changeset_id, model_id, field, old, new, event, rule)
	select id, t.model_id, t.field, t.old, case when t.added is null then t.new
			else t.new || jsonb_strip_nulls(p_facts[t.added] - 'description') end, t.event, t.rule
	from (select unnest(p_ids) as model_id, unnest(p_fields) as field, unnest(p_old) as old,
			unnest(p_new) as new, unnest(p_events) as event, unnest(p_rules) as rule,
			unnest(p_added) as added
		offset 0) t;
	return id;
end
$$;

-- Opens alerts; one that is open already for the same model and kind is brought
-- up to date.
create or replace function modelsync.raise_alerts(p_alerts jsonb, p_run bigint)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	insert into modelsync.alert as a (model_id, kind, message, run_id)
	select t ->> 'model_id', t ->> 'kind', t ->> 'message', p_run
	from jsonb_array_elements(p_alerts) t
	on conflict (model_id, kind) where acknowledged_at is null do update
	set message = excluded.message, run_id = excluded.run_id, raised_at = clock_timestamp();
$$;

-- An alert about absence ends with the absence.
create or replace function modelsync.settle_alerts(p_returned text[])
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
	update modelsync.alert a
	set acknowledged_at = clock_timestamp(), acknowledged_by = 'returned upstream'
	where a.acknowledged_at is null and a.kind = 'active_model_gone'
		and a.model_id = any (p_returned);
$$;
