-- SPDX-License-Identifier: MIT
--
-- From upstream's answer to facts.
--
-- A model's *facts* are one flat jsonb object: what upstream says of the model,
-- cleaned and typed, under the names of the view modelsync.model.  Everything
-- after this file (compare, log, apply, undo) speaks in facts.  A model whose
-- entry breaks a rule yields findings instead of facts and is left alone.
--
-- What is allowed where is a list of rules inside normalise(); each kind of rule is a
-- branch of value_problem().

-- Seed of document hashes.  Raise it when normalise() changes what it makes of
-- the same input, and every model is compared again by the next sync.
create or replace function modelsync.normaliser_version()
returns bigint
language sql immutable
as $$ select 2::bigint $$;

-- YYYY-MM-DD, whatever follows after a "T"; null when that is no date.
create or replace function modelsync.parse_date(p_value text)
returns date
language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
	select case when extract(month from d.day) = p.month then d.day end
	from (select substr(p_value, 1, 4)::int, substr(p_value, 6, 2)::int, substr(p_value, 9, 2)::int
		where p_value ~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T.*)?$')
		p (year, month, day),
	lateral (select make_date(p.year, p.month, 1) + (p.day - 1)) d (day);
$$;

-- What is wrong with a value, or null.  p_type is what jsonb_typeof() must say,
-- p_kind what else is asked of it.  An absent value is wrong only where it is
-- required; p_max is a length or a number.  Inlined, like all *_problem here
-- that are not marked otherwise.
create or replace function modelsync.value_problem(p_value jsonb, p_type text, p_kind text,
	p_max bigint)
returns text
language sql stable
as $$
	select case coalesce(jsonb_typeof(p_value), 'null') when p_type then case
		-- what takes no more bytes has no more characters
		when p_kind in ('text', 'id', 'name') and pg_column_size(p_value) > p_max
			and length(p_value #>> '{}') > p_max
			then 'has ' || length(p_value #>> '{}')::text || ' characters, at most '
				|| p_max::text || ' fit'
		when p_kind = 'name' and p_value #>> '{}' ~ '^[\s\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]*$'
			then 'is empty'
		when p_kind = 'id' and p_value #>> '{}'
				!~ '^~?[A-Za-z0-9._@+-]+/[A-Za-z0-9._@+-]+(:[A-Za-z0-9._@+-]+)?$'
			then 'is not of the form vendor/name[:variant]'
		when p_kind = 'count' and p_value::numeric <> trunc(p_value::numeric)
			then left(p_value::text, 40) || ' is not a whole number'
		when p_kind = 'count' and (p_value::numeric < 0 or p_value::numeric > p_max)
			then left(p_value::text, 40) || ' is not between 0 and ' || p_max::text
		when p_kind = 'words' and p_value @? '$[*] ? (@.type() <> "string")'
			then 'holds something other than text'
		when p_kind = 'date' and modelsync.parse_date(p_value #>> '{}') is null
			then '"' || left(modelsync.clean_line(p_value #>> '{}'), 40) || '" is not a date (YYYY-MM-DD)'
		end
		when 'null' then case when p_kind in ('id', 'name') then 'is missing' end
		else 'is of type ' || jsonb_typeof(p_value) || ', expected ' || case p_type
			when 'number' then 'a whole number' when 'boolean' then 'true or false'
			when 'array' then 'a list' when 'object' then 'an object' else 'text' end
		end;
$$;

-- The same with the path in front.  Where type and kind are constants, only what they
-- ask for is left of it.  Inlined.
create or replace function modelsync.field_problem(p_path text, p_value jsonb, p_type text,
	p_kind text, p_max bigint)
returns text
language sql stable
as $$
	select p_path || E'\t' || modelsync.value_problem(p_value, p_type, p_kind, p_max);
$$;

-- What is wrong with a price.
create or replace function modelsync.price_problem(p_value jsonb)
returns text
language sql immutable
as $$
	select case
		when jsonb_typeof(p_value) not in ('string', 'number')
			then 'is of type ' || jsonb_typeof(p_value) || ', expected a price'
		when length(p_value #>> '{}') > 32
			then 'has ' || length(p_value #>> '{}')::text || ' characters, at most 32 fit'
		when (p_value #>> '{}') ~ '^(-1|[0-9]+([.][0-9]+)?)$' then null
		when (p_value #>> '{}') ~ '^-[0-9]'
			then '"' || modelsync.clean_line(p_value #>> '{}') || '" is negative'
		else '"' || modelsync.clean_line(p_value #>> '{}') || '" is not a decimal'
		end;
$$;

-- A list of words without the characters that clean_line() removes.
create or replace function modelsync.clean_words(p_value jsonb)
returns jsonb
language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_agg(modelsync.clean_line(w.word) order by w.n), '[]')
	from jsonb_array_elements_text(p_value) with ordinality w (word, n);
$$;

-- Whether texts hold any character that clean_facts() would touch.  Hardly any does, and
-- looking once is cheaper than cleaning a dozen fields.  p_lines: all but the description,
-- which may have line feeds; lists among them as JSON, where control characters are
-- escapes.  Inlined.
create or replace function modelsync.is_dirty(p_lines text, p_description text)
returns bool
language sql immutable
as $$
	select p_lines ~ '[\\\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]'
		or p_description <> btrim(p_description, E' \n')
		or p_description ~ '[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]';
$$;

-- The prices that are columns of the contract or known to us.  A key upstream
-- invents later is kept when its value is a price, else left to the document.
create or replace function modelsync.known_prices()
returns text[]
language sql immutable
as $$
	select array['prompt', 'completion', 'request', 'image', 'image_output', 'web_search',
		'internal_reasoning', 'input_cache_read', 'input_cache_write', 'input_cache_write_1h',
		'audio', 'audio_output', 'input_audio_cache'];
$$;

-- Inlined.
create or replace function modelsync.is_known_price(p_key text)
returns bool
language sql immutable
as $$
	select p_key = any (modelsync.known_prices());
$$;

-- Whether a pricing object has prices only, as strings, and no overrides: what nearly all
-- are like.  Inlined.
create or replace function modelsync.are_plain_prices(p_pricing jsonb)
returns bool
language sql immutable
as $$
	select p_pricing::text ~ '^[{]("[a-z0-9_]+": "(-1|[0-9]{1,8}([.][0-9]{1,23})?)"(, )?)*[}]$';
$$;

-- The prices of a pricing object, and what is wrong with those that are none:
-- {"prices": {…}, "problems": […]}, null where there are none.  Not inlined.
create or replace function modelsync.read_prices(p_pricing jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object(
		'prices', jsonb_object_agg(k.key, k.value #>> '{}') filter (where k.ok),
		'problems', jsonb_agg('pricing.' || k.key || E'\t' || modelsync.price_problem(k.value))
			filter (where not k.ok and modelsync.is_known_price(k.key)))
	from (select p.key, p.value, modelsync.price_problem(p.value) is null as ok
		from jsonb_each(p_pricing) p
		where p.key <> 'overrides' and jsonb_typeof(p.value) <> 'null'
			and (modelsync.is_known_price(p.key) or p.key ~ '^[A-Za-z0-9_.-]+$')) k;
$$;

-- Whether pricing.overrides might break a rule: a quick look at what nearly all are
-- like.  Inlined.
create or replace function modelsync.are_odd_overrides(p_overrides jsonb)
returns bool
language sql immutable
as $$
	select jsonb_typeof(p_overrides) <> 'array'
		or p_overrides @? 'strict $[*] ? (@.type() <> "object")'
		or p_overrides @? 'strict $[*].keyvalue() ? (@.key <> "min_prompt_tokens"
			&& (@.value.type() <> "string" || !(@.value like_regex "^[0-9]{1,8}([.][0-9]{1,23})?$")))';
$$;

-- All that is wrong with pricing.overrides.  Not inlined.
create or replace function modelsync.override_problems(p_overrides jsonb)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select case
		when jsonb_typeof(p_overrides) <> 'array' then array['pricing.overrides' || E'\t'
			|| modelsync.value_problem(p_overrides, 'array', 'list', null)]
		else array(
			select format('pricing.overrides[%s]', o.n - 1) || E'\t'
				|| modelsync.value_problem(o.entry, 'object', 'object', null)
			from jsonb_array_elements(p_overrides) with ordinality o (entry, n)
			where jsonb_typeof(o.entry) <> 'object'
			union all
			select format('pricing.overrides[%s].%s', o.n - 1, k.key) || E'\t'
				|| modelsync.price_problem(k.value)
			from jsonb_array_elements(p_overrides) with ordinality o (entry, n),
			lateral jsonb_each(case when jsonb_typeof(o.entry) = 'object' then o.entry
				else '{}' end) k
			where modelsync.is_known_price(k.key)
				and jsonb_typeof(k.value) <> 'null'
				and modelsync.price_problem(k.value) is not null)
		end;
$$;

-- Facts whose text holds characters that must not reach a screen.
create or replace function modelsync.clean_facts(p_facts jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select jsonb_object_agg(f.key, case
		when f.key = 'description' then to_jsonb(modelsync.clean_text(f.value #>> '{}'))
		when jsonb_typeof(f.value) = 'string' then to_jsonb(modelsync.clean_line(f.value #>> '{}'))
		when f.key in ('input_modalities', 'output_modalities', 'supported_parameters',
			'supported_voices') and jsonb_typeof(f.value) = 'array'
			then modelsync.clean_words(f.value)
		else f.value end)
	from jsonb_each(p_facts) f;
$$;

-- Null when the pages are a catalogue at all.
create or replace function modelsync.pages_problem(p_pages jsonb[])
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(cardinality(p_pages), 0) = 0 then
		return 'the answer is empty';
	end if;
	for n in 1 .. cardinality(p_pages) loop
		if not coalesce(jsonb_typeof(p_pages[n]) = 'array' or modelsync.has_list(p_pages[n]), false) then
			return format('page %s: expected an object with a list "data", found %s', n,
				case when jsonb_typeof(p_pages[n]) = 'object' then 'an object without it'
				else coalesce(jsonb_typeof(p_pages[n]), 'nothing') end);
		end if;
	end loop;
	return null;
end
$$;

-- The entries of a page are looked at one by one, where they lie: a page may be large,
-- and every copy of it costs more than what is to be found out.

-- Whether a page has a list of models.  Inlined.
create or replace function modelsync.has_list(p_page jsonb)
returns bool
language sql immutable
as $$
	select jsonb_path_match(p_page, 'strict $.data.type() == "array"', '{}', true);
$$;

-- How many entries a page has, upstream's answer or a bare list.  Inlined.
create or replace function modelsync.page_size(p_page jsonb)
returns int
language sql immutable
as $$
	select case when jsonb_typeof(p_page) = 'array' then jsonb_array_length(p_page)
		else jsonb_path_query_first(p_page, '$.data.size()')::int end;
$$;

-- One of them, counted from 0.  Inlined.
create or replace function modelsync.entry_at(p_page jsonb, p_place int)
returns jsonb
language sql immutable
as $$
	select case when jsonb_typeof(p_page) = 'array' then p_page -> p_place
		else p_page #> array['data', p_place::text] end;
$$;

-- Where the entries of all pages are, in order.  Inlined.
create or replace function modelsync.entry_places(p_pages jsonb[])
returns table (page int, place int)
language sql immutable rows 1000
as $$
	select s.page, g.place
	from generate_subscripts(p_pages, 1) s (page),
	lateral generate_series(0, modelsync.page_size(p_pages[s.page]) - 1) g (place);
$$;

-- Where all entries are, their ids (null where there is none), and their hashes.
create or replace function modelsync.entry_keys(p_pages jsonb[], out pages int[], out places int[],
	out ids text[], out hashes bigint[])
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
	select coalesce(array_agg(k.page), '{}'), coalesce(array_agg(k.place), '{}'),
		coalesce(array_agg(case when jsonb_typeof(k.e -> 'id') = 'string' then k.e ->> 'id' end), '{}'),
		coalesce(array_agg(jsonb_hash_extended(k.e, modelsync.normaliser_version())), '{}')
	from (select x.page, x.place, modelsync.entry_at(p_pages[x.page], x.place) as e
		from modelsync.entry_places(p_pages) x offset 0) k;
$$;

-- What of an object within an entry no column holds, as a part of the entry.  Inlined.
create or replace function modelsync.object_rest(p_key text, p_object jsonb, p_held text[])
returns jsonb
language sql stable
as $$
	select case when jsonb_typeof(p_object) = 'object' and p_object - p_held <> '{}'
		then jsonb_build_object(p_key, p_object - p_held) else '{}' end;
$$;

-- The entries at these places to facts, or to the problems ("path<TAB>message") that make
-- one unusable; and their shapes (null of what is no object), which are those of all
-- structured_objects().  n counts from 1.  Inlined: nothing is copied on the way to whoever asks.
create or replace function modelsync.normalise(p_pages jsonb[], p_page int[], p_place int[])
returns table (n bigint, facts jsonb, problems text[], rest jsonb, shape bigint)
language sql stable rows 400
as $$
	with checked as (
		select u.n, u.e, v.*, case when plain.is_plain then v.pricing else nullif(price.found -> 'prices', 'null') end as prices,
			field.problems
			|| case when jsonb_typeof(price.found -> 'problems') = 'array'
				then array(select jsonb_array_elements_text(price.found -> 'problems')) end
			|| case when jsonb_typeof(v.alias) = 'object' and v.target is null
				then array[E'alias_target.slug\tis missing'] end
			|| case when v.overrides <> 'null' and modelsync.are_odd_overrides(v.overrides)
				then modelsync.override_problems(v.overrides) end as problems
		from (select modelsync.entry_at(p_pages[x.page], x.place) as e, x.n
				from unnest(p_page, p_place) with ordinality x (page, place, n) offset 0) u,
		lateral (select u.e -> 'id' as id, u.e -> 'name' as name, u.e -> 'description' as description,
				u.e ->> 'description' as about,
				u.e -> 'canonical_slug' as slug, u.e -> 'hugging_face_id' as hugging_face,
				u.e -> 'created' as created, u.e -> 'context_length' as context,
				u.e -> 'architecture' as architecture,
				u.e #> '{architecture,modality}' as modality,
				u.e #> '{architecture,input_modalities}' as inputs,
				u.e #> '{architecture,output_modalities}' as outputs,
				u.e #> '{architecture,tokenizer}' as tokenizer,
				u.e #> '{architecture,instruct_type}' as instruct,
				u.e -> 'top_provider' as provider,
				u.e #> '{top_provider,context_length}' as provider_context,
				u.e #> '{top_provider,max_completion_tokens}' as completion,
				u.e #> '{top_provider,is_moderated}' as moderated,
				u.e -> 'pricing' as pricing, u.e #> '{pricing,overrides}' as overrides,
				u.e -> 'supported_parameters' as parameters,
				u.e -> 'supported_voices' as voices, u.e -> 'knowledge_cutoff' as cutoff,
				u.e -> 'expiration_date' as expiry, u.e -> 'links' as links,
				u.e #> '{links,details}' as details,
				u.e -> 'alias_target' as alias, u.e #> '{alias_target,slug}' as target
			offset 0) v,
		lateral (select array_remove(array[
			modelsync.field_problem('', u.e, 'object', 'object', 0),
			modelsync.field_problem('id', v.id, 'string', 'id', 100),
			modelsync.field_problem('name', v.name, 'string', 'name', 255),
			modelsync.field_problem('description', v.description, 'string', 'text', 100000),
			modelsync.field_problem('canonical_slug', v.slug, 'string', 'text', 255),
			modelsync.field_problem('hugging_face_id', v.hugging_face, 'string', 'text', 255),
			modelsync.field_problem('created', v.created, 'number', 'count', 253402300799),
			modelsync.field_problem('context_length', v.context, 'number', 'count', 2147483647),
			modelsync.field_problem('architecture', v.architecture, 'object', 'object', 0),
			modelsync.field_problem('architecture.modality', v.modality, 'string', 'text', 50),
			modelsync.field_problem('architecture.input_modalities', v.inputs, 'array', 'words', 0),
			modelsync.field_problem('architecture.output_modalities', v.outputs, 'array', 'words', 0),
			modelsync.field_problem('architecture.tokenizer', v.tokenizer, 'string', 'text', 100),
			modelsync.field_problem('architecture.instruct_type', v.instruct, 'string', 'text', 100),
			modelsync.field_problem('top_provider', v.provider, 'object', 'object', 0),
			modelsync.field_problem('top_provider.context_length', v.provider_context,
				'number', 'count', 2147483647),
			modelsync.field_problem('top_provider.max_completion_tokens', v.completion,
				'number', 'count', 2147483647),
			modelsync.field_problem('top_provider.is_moderated', v.moderated, 'boolean', 'flag', 0),
			modelsync.field_problem('pricing', v.pricing, 'object', 'object', 0),
			modelsync.field_problem('supported_parameters', v.parameters, 'array', 'words', 0),
			modelsync.field_problem('supported_voices', v.voices, 'array', 'words', 0),
			modelsync.field_problem('knowledge_cutoff', v.cutoff, 'string', 'text', 100),
			modelsync.field_problem('expiration_date', v.expiry, 'string', 'date', 0),
			modelsync.field_problem('links.details', v.details, 'string', 'text', 2000),
			modelsync.field_problem('alias_target', v.alias, 'object', 'object', 0),
			modelsync.field_problem('alias_target.slug', v.target, 'string', 'text', 255)
			], null) as problems) field,
		lateral (select coalesce(modelsync.are_plain_prices(v.pricing), false) as is_plain offset 0) plain,
		lateral (select case when not plain.is_plain and jsonb_typeof(v.pricing) = 'object'
			then modelsync.read_prices(v.pricing) end as found offset 0) price
		offset 0
	)
	select c.n, case when modelsync.is_dirty(concat_ws('|', c.name #>> '{}', c.slug #>> '{}', c.hugging_face #>> '{}',
				c.modality #>> '{}', c.tokenizer #>> '{}', c.instruct #>> '{}', c.cutoff #>> '{}',
				c.details #>> '{}', c.target #>> '{}', c.e ->> 'per_request_limits', c.inputs, c.outputs, c.parameters, c.voices),
			btrim(c.about)) then modelsync.clean_facts(f.facts) else f.facts end,
		c.problems, case when c.problems = '{}' then c.e - array['id', 'name', 'description',
				'canonical_slug', 'hugging_face_id', 'created', 'context_length', 'architecture',
				'top_provider', 'pricing', 'supported_parameters', 'supported_voices',
				'knowledge_cutoff', 'expiration_date', 'per_request_limits', 'links', 'alias_target']
			|| modelsync.object_rest('architecture', c.architecture, array['modality',
				'input_modalities', 'output_modalities', 'tokenizer', 'instruct_type'])
			|| modelsync.object_rest('top_provider', c.provider, array['context_length',
				'max_completion_tokens', 'is_moderated'])
			|| modelsync.object_rest('pricing', c.pricing, modelsync.known_prices() || text 'overrides')
			|| modelsync.object_rest('links', c.links, array['details'])
			|| modelsync.object_rest('alias_target', c.alias, array['slug']) end,
		case when jsonb_typeof(c.e) = 'object' then
			hash_array_extended(array(select jsonb_object_keys(c.e)), 1)
			# jsonb_hash_extended(jsonb_path_query_array(c.e, '$.*.type()'), 1)
			# case when jsonb_typeof(c.architecture) = 'object' then hash_array_extended(array(select jsonb_object_keys(c.architecture)), 2)
				# jsonb_hash_extended(jsonb_path_query_array(c.architecture, '$.*.type()'), 2) else 0 end
			# case when jsonb_typeof(c.provider) = 'object' then hash_array_extended(array(select jsonb_object_keys(c.provider)), 3)
				# jsonb_hash_extended(jsonb_path_query_array(c.provider, '$.*.type()'), 3) else 0 end
			# case when jsonb_typeof(c.pricing) = 'object' then hash_array_extended(array(select jsonb_object_keys(c.pricing)), 4)
				# jsonb_hash_extended(jsonb_path_query_array(c.pricing, '$.*.type()'), 4) else 0 end
			# case when jsonb_typeof(c.links) = 'object' then hash_array_extended(array(select jsonb_object_keys(c.links)), 5)
				# jsonb_hash_extended(jsonb_path_query_array(c.links, '$.*.type()'), 5) else 0 end
			# case when jsonb_typeof(c.alias) = 'object' then hash_array_extended(array(select jsonb_object_keys(c.alias)), 6)
				# jsonb_hash_extended(jsonb_path_query_array(c.alias, '$.*.type()'), 6) else 0 end end
	from checked c,
	lateral (select case when c.problems = '{}' then jsonb_build_object(
		'name', btrim(c.name #>> '{}'),
		'description', btrim(c.about),
		'canonical_slug', btrim(c.slug #>> '{}'),
		'hugging_face_id', nullif(btrim(c.hugging_face #>> '{}'), ''),
		'created', (c.created #>> '{}')::numeric::bigint,
		'context_length', (c.context #>> '{}')::numeric::int,
		'modality', c.modality,
		'input_modalities', coalesce(nullif(c.inputs, 'null'), '[]'),
		'output_modalities', coalesce(nullif(c.outputs, 'null'), '[]'),
		'tokenizer', c.tokenizer,
		'instruct_type', c.instruct,
		'provider_context_length', (c.provider_context #>> '{}')::numeric::int,
		'max_completion_tokens', (c.completion #>> '{}')::numeric::int,
		'is_moderated', coalesce(nullif(c.moderated, 'null'), 'false'),
		'pricing', coalesce(c.prices, '{}'),
		'pricing_overrides', c.overrides,
		'supported_parameters', coalesce(nullif(c.parameters, 'null'), '[]'),
		'supported_voices', c.voices,
		'knowledge_cutoff', c.cutoff,
		'expires_on', modelsync.parse_date(c.expiry #>> '{}'),
		'per_request_limits', c.e -> 'per_request_limits',
		'details_link', c.details,
		'alias_target', c.target) end offset 0) f (facts)
	offset 0;
$$;
