-- SPDX-License-Identifier: MIT
--
-- The tables other programs read and write.  They exist already in databases
-- that were set up before this program; there they stay as they are, and nothing
-- may rely on the order of their columns or on the names of their constraints.

create table if not exists public.profiles (
	id uuid primary key,
	email varchar(255) not null,
	full_name text,
	default_model varchar(100),
	subscription_tier varchar(20) default 'free'
		constraint profiles_subscription_tier_check
		check (subscription_tier in ('free', 'pro', 'enterprise', 'admin')),
	account_type text not null default 'user'
		constraint profiles_account_type_check
		check (account_type in ('user', 'admin')),
	credits int not null default 0,
	is_banned bool not null default false,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);

create table if not exists public.model_access (
	id uuid primary key default gen_random_uuid(),
	model_id varchar(100) not null unique,
	canonical_slug varchar(255),
	hugging_face_id varchar(255),
	model_name varchar(255) not null,
	model_description text,
	context_length int default 8192,
	created_timestamp bigint,
	modality varchar(50),
	input_modalities jsonb default '[]',
	output_modalities jsonb default '[]',
	supported_parameters jsonb default '[]',
	tokenizer varchar(100),
	prompt_price varchar(32) default '0',
	completion_price varchar(32) default '0',
	request_price varchar(32) default '0',
	image_price varchar(32) default '0',
	output_image_price varchar(32) default '0',
	web_search_price varchar(32) default '0',
	internal_reasoning_price varchar(32) default '0',
	input_cache_read_price varchar(32),
	input_cache_write_price varchar(32),
	max_completion_tokens int,
	is_moderated bool default false,
	status varchar(20) default 'new'
		constraint model_access_status_check
		check (status in ('new', 'active', 'inactive', 'disabled')),
	is_free bool default false,
	is_pro bool default false,
	is_enterprise bool default false,
	daily_limit int,
	monthly_limit int,
	last_synced_at timestamptz,
	openrouter_last_seen timestamptz,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);

create table if not exists public.model_sync_log (
	id uuid primary key default gen_random_uuid(),
	sync_started_at timestamptz not null default now(),
	sync_completed_at timestamptz,
	total_openrouter_models int default 0,
	models_added int default 0,
	models_updated int default 0,
	models_marked_inactive int default 0,
	models_reactivated int default 0,
	sync_status varchar(20) default 'running'
		constraint model_sync_log_sync_status_check
		check (sync_status in ('running', 'completed', 'failed', 'held')),
	error_message text,
	error_details jsonb,
	duration_ms bigint,
	db_duration_ms bigint,
	added_by_user_id uuid,
	created_at timestamptz not null default now()
);

create table if not exists public.admin_audit_log (
	id uuid primary key default gen_random_uuid(),
	actor_user_id uuid,
	action text not null,
	target text not null,
	payload jsonb,
	created_at timestamptz not null default now()
);

-- Existing tables may leave to their programs what is filled in here, and may have
-- indexes of their own that do as well.  Building one lets readers go on.
do $$
declare
	d record;
begin
	for d in
		select x.tab, x.col, x.value
		from (values ('model_access', 'id', 'gen_random_uuid()'),
			('model_sync_log', 'id', 'gen_random_uuid()'),
			('model_sync_log', 'created_at', 'now()'),
			('admin_audit_log', 'id', 'gen_random_uuid()'),
			('admin_audit_log', 'created_at', 'now()')) x (tab, col, value)
		join pg_attribute a on a.attrelid = format('public.%I', x.tab)::regclass
			and a.attname = x.col and not a.atthasdef and a.attidentity = ''
	loop
		execute format('alter table public.%I alter column %I set default %s', d.tab, d.col, d.value);
	end loop;
	for d in
		select x.tab, x.col, x.name, x.is_unique, x.rest
		from (values ('model_access', 'status', 'model_access_status_idx', false, ''),
			('model_sync_log', 'id', 'model_sync_log_id_idx', true, ''),
			('model_sync_log', 'sync_started_at', 'model_sync_log_started_idx', false, 'desc'),
			('admin_audit_log', 'created_at', 'admin_audit_log_created_idx', false, 'desc'))
			x (tab, col, name, is_unique, rest)
		where not exists (
			select from pg_index i
			join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
			where i.indrelid = format('public.%I', x.tab)::regclass and a.attname = x.col
				and i.indpred is null and i.indisvalid
				and (not x.is_unique or i.indisunique and i.indnkeyatts = 1))
	loop
		execute format('create %s index %I on public.%I (%I %s)',
			case when d.is_unique then 'unique' end, d.name, d.tab, d.col, d.rest);
	end loop;
end
$$;
