-- SPDX-License-Identifier: MIT
--
-- What a row says, in the words the engine compares and logs: facts (from
-- upstream), decisions (of admins), presence; and the events that changes of
-- them stand for.

-- The contract's price columns by their upstream key.
create or replace function modelsync.contract_prices(m public.model_access)
returns table (key text, field text, price text)
language sql stable
as $$
	values ('prompt', 'prompt_price', m.prompt_price::text),
		('completion', 'completion_price', m.completion_price::text),
		('request', 'request_price', m.request_price::text),
		('image', 'image_price', m.image_price::text),
		('image_output', 'output_image_price', m.output_image_price::text),
		('web_search', 'web_search_price', m.web_search_price::text),
		('internal_reasoning', 'internal_reasoning_price', m.internal_reasoning_price::text),
		('input_cache_read', 'input_cache_read_price', m.input_cache_read_price::text),
		('input_cache_write', 'input_cache_write_price', m.input_cache_write_price::text);
$$;

-- Prices of the contract's columns for those keys upstream sends.
create or replace function modelsync.column_prices(m public.model_access)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_object_agg(c.key, c.price), '{}')
	from modelsync.contract_prices(m) c
	where m.pricing ? c.key and c.price is not null;
$$;

-- The prices of a row.  The contract's columns win where they differ from what
-- upstream sent: then another program has set them by hand.  Inlined.
create or replace function modelsync.current_pricing(m public.model_access)
returns jsonb
language sql stable
as $$
	select case
		when m.prompt_price = coalesce(m.pricing ->> 'prompt', m.prompt_price)
			and m.completion_price = coalesce(m.pricing ->> 'completion', m.completion_price)
			and m.request_price = coalesce(m.pricing ->> 'request', m.request_price)
			and m.image_price = coalesce(m.pricing ->> 'image', m.image_price)
			and m.output_image_price = coalesce(m.pricing ->> 'image_output', m.output_image_price)
			and m.web_search_price = coalesce(m.pricing ->> 'web_search', m.web_search_price)
			and m.internal_reasoning_price
				= coalesce(m.pricing ->> 'internal_reasoning', m.internal_reasoning_price)
			and m.input_cache_read_price
				is not distinct from coalesce(m.pricing ->> 'input_cache_read', m.input_cache_read_price)
			and m.input_cache_write_price
				is not distinct from coalesce(m.pricing ->> 'input_cache_write', m.input_cache_write_price)
			then coalesce(m.pricing, '{}')
		else coalesce(m.pricing, '{}') || modelsync.column_prices(m) end;
$$;

-- The facts a row holds, as normalise() would give them.
create or replace function modelsync.facts(m public.model_access)
returns jsonb
language sql stable
as $$
	select jsonb_build_object(
		'name', m.model_name,
		'description', m.model_description,
		'canonical_slug', m.canonical_slug,
		'hugging_face_id', m.hugging_face_id,
		'created', m.created_timestamp,
		'context_length', m.context_length,
		'modality', m.modality,
		'input_modalities', coalesce(m.input_modalities, '[]'),
		'output_modalities', coalesce(m.output_modalities, '[]'),
		'tokenizer', m.tokenizer,
		'instruct_type', m.instruct_type,
		'provider_context_length', m.provider_context_length,
		'max_completion_tokens', m.max_completion_tokens,
		'is_moderated', coalesce(m.is_moderated, false),
		'pricing', modelsync.current_pricing(m),
		'pricing_overrides', m.pricing_overrides,
		'supported_parameters', coalesce(m.supported_parameters, '[]'),
		'supported_voices', m.supported_voices,
		'knowledge_cutoff', m.knowledge_cutoff,
		'expires_on', m.expires_on,
		'per_request_limits', m.per_request_limits,
		'details_link', m.details_link,
		'alias_target', m.alias_target);
$$;

-- All prices of the contract's columns.
create or replace function modelsync.contract_pricing(m public.model_access)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_object_agg(c.key, c.price), '{}')
	from modelsync.contract_prices(m) c
	where c.price is not null;
$$;

-- What a row of another program says, next to what upstream says of it for the first
-- time: what has no column in the contract is not news, nor are prices that are not
-- sent.
create or replace function modelsync.adopted_facts(p_old jsonb, p_prices jsonb, p_facts jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select p_old
		|| (select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(p_facts) f
			where f.key in ('instruct_type', 'provider_context_length', 'pricing_overrides',
				'supported_voices', 'knowledge_cutoff', 'expires_on', 'per_request_limits',
				'details_link', 'alias_target'))
		|| jsonb_build_object('pricing', (select coalesce(jsonb_object_agg(k.key,
				coalesce(p_prices -> k.key, k.value)), '{}')
			from jsonb_each(p_facts -> 'pricing') k));
$$;

-- What admins decide.  While a model's absence holds it inactive, its status
-- here is the one its return restores.  Inlined.
create or replace function modelsync.decisions(m public.model_access)
returns jsonb
language sql stable
as $$
	select jsonb_build_object(
		'status', coalesce(m.restore_status, m.status, 'new'),
		'is_free', coalesce(m.is_free, false),
		'is_pro', coalesce(m.is_pro, false),
		'is_enterprise', coalesce(m.is_enterprise, false),
		'daily_limit', m.daily_limit,
		'monthly_limit', m.monthly_limit);
$$;

-- Whether a model is upstream and what that does to its status: logged as one
-- field, "presence", and enough to put it back.  Inlined.
create or replace function modelsync.presence(p_status text, p_restore text,
	p_missing_since timestamptz, p_missed_runs int)
returns jsonb
language sql stable
as $$
	select jsonb_strip_nulls(jsonb_build_object(
		'present', p_missing_since is null,
		'status', p_status,
		'restore_status', p_restore,
		'missing_since', p_missing_since,
		'missed_runs', nullif(p_missed_runs, 0)));
$$;

-- The event a changed field stands for when it stands alone.  Inlined.
create or replace function modelsync.event_of(p_field text, p_old jsonb, p_new jsonb)
returns text
language sql immutable
as $$
	select case p_field
		when 'presence' then case
			when p_old is null then 'model_added'
			when p_new ? 'deleted' then 'model_removed'
			when p_old -> 'present' = p_new -> 'present' then 'marked_inactive'
			when p_new -> 'present' = 'true' then 'model_returned'
			else 'model_removed' end
		when 'pricing' then 'price_changed'
		when 'pricing_overrides' then 'price_overrides_changed'
		when 'context_length' then 'context_changed'
		when 'max_completion_tokens' then 'max_output_changed'
		when 'name' then 'renamed'
		when 'canonical_slug' then 'slug_changed'
		when 'description' then 'description_changed'
		when 'expires_on' then case when p_new is null then 'deprecation_withdrawn'
			else 'deprecation_announced' end
		when 'alias_target' then 'alias_moved'
		when 'supported_parameters' then 'parameters_changed'
		when 'input_modalities' then 'modality_changed'
		when 'output_modalities' then 'modality_changed'
		when 'modality' then 'modality_changed'
		when 'is_moderated' then 'moderation_changed'
		when 'status' then 'status_changed'
		when 'is_free' then 'tiers_changed'
		when 'is_pro' then 'tiers_changed'
		when 'is_enterprise' then 'tiers_changed'
		when 'daily_limit' then 'limits_changed'
		when 'monthly_limit' then 'limits_changed'
		else 'details_changed' end;
$$;

-- All that event_of() knows.
create or replace function modelsync.event_types()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select array['model_added', 'model_removed', 'model_returned', 'marked_inactive', 'price_changed',
		'price_overrides_changed', 'context_changed', 'max_output_changed', 'renamed', 'slug_changed',
		'description_changed', 'deprecation_announced', 'deprecation_withdrawn', 'alias_moved',
		'parameters_changed', 'modality_changed', 'moderation_changed', 'details_changed',
		'status_changed', 'tiers_changed', 'limits_changed'];
$$;

-- The fields in which two objects differ.  Of pricing only the keys that do.
create or replace function modelsync.object_diff(p_old jsonb, p_new jsonb)
returns table (field text, old jsonb, new jsonb)
language sql immutable rows 3
set search_path = pg_catalog, pg_temp
as $$
	select n.key,
		case when n.key = 'pricing' then (select coalesce(jsonb_object_agg(e.key, e.value), '{}')
				from jsonb_each(p_old -> 'pricing') e
				where e.value is distinct from n.value -> e.key)
			else nullif(p_old -> n.key, 'null') end,
		case when n.key = 'pricing' then (select coalesce(jsonb_object_agg(e.key, e.value), '{}')
				from jsonb_each(n.value) e
				where e.value is distinct from p_old -> 'pricing' -> e.key)
			else nullif(n.value, 'null') end
	from jsonb_each(p_new) n
	where n.value is distinct from p_old -> n.key;
$$;
