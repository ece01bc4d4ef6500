-- SPDX-License-Identifier: MIT
--
-- What a migration meets: one query over the catalogs, so that it runs before
-- there is anything of ours and writes nothing.
--
--   target    which database this is
--   problems  what would make the migration fail, or fail to do anything, each with
--             the statement that helps and who can run it
--   notes     what it can do without, likewise
--   objects   what of the contract is there and what becomes of it
with contract (name) as (
	values ('model_access'), ('model_sync_log'), ('profiles'), ('admin_audit_log')
), contract_column (tab, col, type) as (
	select t.tab, split_part(c, ' ', 1), substr(c, strpos(c, ' ') + 1)
	from (values
		('model_access', 'id uuid,model_id varchar(100),canonical_slug varchar(255),'
			'hugging_face_id varchar(255),model_name varchar(255),model_description text,'
			'context_length int,created_timestamp bigint,modality varchar(50),input_modalities jsonb,'
			'output_modalities jsonb,supported_parameters jsonb,tokenizer varchar(100),'
			'prompt_price varchar(32),completion_price varchar(32),request_price varchar(32),'
			'image_price varchar(32),output_image_price varchar(32),web_search_price varchar(32),'
			'internal_reasoning_price varchar(32),input_cache_read_price varchar(32),'
			'input_cache_write_price varchar(32),max_completion_tokens int,is_moderated bool,'
			'status varchar(20),is_free bool,is_pro bool,is_enterprise bool,daily_limit int,'
			'monthly_limit int,last_synced_at timestamptz,openrouter_last_seen timestamptz,'
			'created_at timestamptz,updated_at timestamptz'),
		('model_sync_log', 'id uuid,sync_started_at timestamptz,sync_completed_at timestamptz,'
			'total_openrouter_models int,models_added int,models_updated int,'
			'models_marked_inactive int,models_reactivated int,sync_status varchar(20),'
			'error_message text,error_details jsonb,duration_ms bigint,db_duration_ms bigint,'
			'added_by_user_id uuid,created_at timestamptz'),
		('profiles', 'id uuid,email varchar(255),subscription_tier varchar(20),account_type text,'
			'is_banned bool'),
		('admin_audit_log', 'id uuid,actor_user_id uuid,action text,target text,payload jsonb,'
			'created_at timestamptz')) t (tab, cols),
	lateral unnest(string_to_array(t.cols, ',')) c
), our_column (col, type) as (
	values ('pricing', 'jsonb'), ('pricing_overrides', 'jsonb'), ('expires_on', 'date'),
		('alias_target', 'text'), ('knowledge_cutoff', 'text'), ('instruct_type', 'text'),
		('provider_context_length', 'integer'), ('per_request_limits', 'jsonb'),
		('details_link', 'text'), ('supported_voices', 'jsonb'),
		('missing_since', 'timestamp with time zone'), ('missed_runs', 'integer'),
		('restore_status', 'character varying(20)'), ('row_version', 'bigint'),
		('first_seen_run', 'bigint'), ('changed_at', 'timestamp with time zone'),
		('changed_by', 'text')
), tab as materialized (
	select n.name, c.oid, c.relkind, c.relowner, c.relforcerowsecurity,
		format('public.%I', n.name) as sql_name
	from contract n
	left join pg_class c on c.relname = n.name and c.relnamespace = to_regnamespace('public')::oid
), col as materialized (
	select t.name as tab, t.sql_name, a.attname as col, a.attnum, a.attnotnull, a.atthasdef,
		a.attidentity <> '' as is_identity, format_type(a.atttypid, a.atttypmod) as type
	from tab t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
), contract_function (name, arguments) as (
	values ('sync_openrouter_models', 3), ('update_model_tier_access', 5), ('is_admin', 1),
		('get_user_allowed_models', 1), ('can_user_use_model', 2), ('get_sync_stats', 0)
), fn as materialized (
	select f.name, p.oid, p.proowner,
		format('public.%I(%s)', f.name, oidvectortypes(p.proargtypes)) as sql_name,
		p.pronargs < f.arguments as is_leftover,
		f.name = 'get_user_allowed_models' and cardinality(p.proallargtypes) is distinct from 9
			as is_other,
		f.name = 'get_sync_stats' and p.prorettype is distinct from (select c.reltype from pg_class c
			where c.relname = 'v_sync_stats' and c.relnamespace = p.pronamespace) as is_own,
		exists (select from pg_depend d where d.refclassid = 'pg_proc'::regclass
			and d.refobjid = p.oid and d.deptype = 'n') as is_used,
		(select string_agg(distinct case a.grantee when 0 then 'everybody'
				else a.grantee::regrole::text end, ', ')
			from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
			where a.grantee <> p.proowner) as callers
	from contract_function f
	left join pg_proc p on p.proname = f.name and p.prokind = 'f'
		and p.pronamespace = to_regnamespace('public')::oid
		and (p.pronargs = f.arguments
			or f.name = 'sync_openrouter_models' and p.pronargs between 1 and 2)
), contract_view (name, cols) as (
	values ('v_sync_stats', array['last_success_id', 'last_success_at', 'success_rate_30d',
			'avg_duration_ms_30d', 'avg_db_duration_ms_30d', 'runs_24h', 'failures_24h']),
		('v_model_counts_public', array['new_count', 'active_count', 'inactive_count',
			'disabled_count', 'total_count']),
		('v_model_sync_activity_daily', array['day', 'models_added', 'models_marked_inactive',
			'models_reactivated', 'runs'])
), vw as materialized (
	select v.name, c.oid, c.relkind, c.relowner, format('public.%I', v.name) as sql_name,
		(select string_agg(a.attname, ', ') from pg_attribute a where a.attrelid = c.oid
			and a.attnum > 0 and a.attname <> all (v.cols)) as further
	from contract_view v
	left join pg_class c on c.relname = v.name and c.relnamespace = to_regnamespace('public')::oid
), me as (
	select r.oid, r.rolname, quote_ident(r.rolname) as sql_name, r.rolsuper,
		quote_ident(current_database()) as database
	from pg_roles r where r.rolname = current_user
), foreign_owner as (
	-- what has to be changed and belongs to a role that we are not part of
	select o.owner, o.owner::regrole::text as owner_name, r.rolsuper,
		string_agg(o.sql_name, ', ' order by o.sql_name) as names,
		string_agg(format('ALTER %s %s OWNER TO %s;', o.kind, o.sql_name, me.sql_name), ' '
			order by o.sql_name) as transfers
	from me, (select 'TABLE' as kind, sql_name, relowner as owner from tab where oid is not null
		union all select 'FUNCTION', sql_name, proowner from fn where oid is not null
		union all select 'VIEW', sql_name, relowner from vw where oid is not null
		union all select 'SCHEMA', nspname::text, nspowner from pg_namespace
			where nspname = 'modelsync') o
	join pg_roles r on r.oid = o.owner
	where not pg_has_role(o.owner, 'USAGE')
	group by o.owner, r.rolsuper
), is_ours as (
	select to_regclass('modelsync.schema_migration') is not null as already
), problem (rank, problem, fix, who) as (
	select 1, format('PostgreSQL %s is too old: 13 or newer is needed', current_setting('server_version')),
		'pg_upgrade, or a dump restored into a newer server', 'the administrator of the server'
	where current_setting('server_version_num')::int < 130000
	union all
	select 2, format('the database is encoded in %s, not in UTF8', getdatabaseencoding()),
		format('CREATE DATABASE %I ENCODING ''UTF8'' TEMPLATE template0;', current_database() || '_utf8'),
		'a role with CREATEDB; then restore a dump into it'
	where getdatabaseencoding() <> 'UTF8'
	union all
	select 3, 'this server is a standby and takes no writes', 'SELECT pg_promote();',
		'better: connect to its primary'
	where pg_is_in_recovery()
	union all
	select 4, format('%s may not create a schema in the database %s', me.sql_name, me.database),
		format('GRANT CREATE ON DATABASE %s TO %s;', me.database, me.sql_name),
		format('%s, the owner of the database', d.datdba::regrole)
	from me, pg_database d
	where d.datname = current_database() and to_regnamespace('modelsync') is null
		and not has_database_privilege(current_database(), 'CREATE')
	union all
	select 5, 'there is no schema public', 'CREATE SCHEMA public;', 'the owner of the database'
	where to_regnamespace('public') is null
	union all
	select 6, format('%s may not create in the schema public', me.sql_name),
		format('GRANT CREATE, USAGE ON SCHEMA public TO %s;', me.sql_name),
		case when n.nspowner::regrole::text = 'pg_database_owner' then 'the owner of the database'
			else format('%s, the owner of the schema', n.nspowner::regrole) end
	from me, pg_namespace n
	where n.nspname = 'public' and not (has_schema_privilege(n.oid, 'CREATE')
		and has_schema_privilege(n.oid, 'USAGE'))
	union all
	select 7, 'the language plpgsql is missing', 'CREATE EXTENSION plpgsql;', 'the owner of the database'
	where not exists (select from pg_language where lanname = 'plpgsql')
	union all
	select 8, format('%s cannot change %s: %s owns it', me.sql_name, f.names, f.owner_name),
		case when f.rolsuper then f.transfers
			else format('GRANT %s TO %s;', f.owner_name, me.sql_name) end,
		format('a superuser, or migrate as %s', f.owner_name)
	from me, foreign_owner f
	union all
	select 9, format('row-level security is in force for %s on %s: without BYPASSRLS writes change'
			' nothing there and say nothing', me.sql_name, string_agg(t.sql_name, ', ' order by t.name)),
		format('ALTER ROLE %s BYPASSRLS;', me.sql_name),
		'a superuser, or migrate as a role that has BYPASSRLS (hosted databases: often "postgres")'
	from me, tab t
	where t.relkind in ('r', 'p') and row_security_active(t.oid) and pg_has_role(t.relowner, 'USAGE')
	group by me.sql_name
	union all
	select 10, format('%s is no table', t.sql_name),
		format('ALTER %s %s RENAME TO %I;', case t.relkind when 'm' then 'MATERIALIZED VIEW'
			when 'v' then 'VIEW' else 'FOREIGN TABLE' end, t.sql_name, t.name || '_old'),
		format('%s, its owner', t.relowner::regrole)
	from tab t where t.relkind not in ('r', 'p')
	union all
	select 11, format('%s has no column %s', t.sql_name, c.col),
		format('ALTER TABLE %s ADD COLUMN %I %s;', t.sql_name, c.col, c.type),
		format('%s, its owner', t.relowner::regrole)
	from contract_column c join tab t on t.name = c.tab
	where t.relkind in ('r', 'p') and not exists (select from col x where x.tab = c.tab and x.col = c.col)
	union all
	select 12, format('%s.%I is of type %s, where %s is needed', x.sql_name, x.col, x.type, o.type),
		format('ALTER TABLE %s RENAME COLUMN %I TO %I;', x.sql_name, x.col, x.col || '_old'),
		'its owner, together with the programs that use the column'
	from col x join our_column o on o.col = x.col
	where x.tab = 'model_access' and x.type <> o.type
	union all
	select 13, format('%s.%I must be set and has no default: rows could not be added', x.sql_name, x.col),
		format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;', x.sql_name, x.col),
		'its owner; a default does as well'
	from col x
	where x.tab <> 'profiles' and x.attnotnull and not x.atthasdef and not x.is_identity
		and not exists (select from contract_column c where c.tab = x.tab and c.col = x.col)
	union all
	select 14, 'model_id of public.model_access is not unique',
		'ALTER TABLE public.model_access ADD UNIQUE (model_id);', 'its owner, after removing duplicates'
	from tab t
	where t.name = 'model_access' and t.relkind = 'r' and not exists (
		select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
		where i.indrelid = t.oid and i.indisunique and i.indnkeyatts = 1 and i.indpred is null
			and a.attname = 'model_id')
), group_role (name, rank, oid) as (
	select n.name, n.rank, r.oid
	from unnest(array['modelsync_viewer', 'modelsync_admin', 'modelsync_service'])
		with ordinality n (name, rank)
	left join pg_roles r on r.rolname = n.name
), note (problem, fix, who) as (
	select format('%s may not create the roles of this program: until they are there, nobody but'
			' %1$s and superusers can use it', me.sql_name),
		string_agg(format('CREATE ROLE %s%s ADMIN %s;', g.name, case g.rank when 1 then ''
			else ' IN ROLE modelsync_viewer' end, me.sql_name), ' ' order by g.rank),
		'a superuser; then db grant can give roles to logins'
	from me join pg_roles r on r.oid = me.oid, group_role g
	where g.oid is null and not r.rolcreaterole and not r.rolsuper
	group by me.sql_name
), object (rank, object, action, rows, detail) as (
	select 1, t.sql_name, case when t.oid is null then 'create' when already then 'keep'
			else 'adopt' end,
		case when t.relkind = 'r' and has_table_privilege(t.oid, 'SELECT') then substring(
			query_to_xml(format('select count(*) as n from %s', t.sql_name), false, false, '')::text
			from '<n>([0-9]+)</n>')::bigint end,
		(select concat_ws(', ', case when not already and t.oid is not null and t.name = 'model_access' then 'columns of ours are added' end,
				case when t.relforcerowsecurity then 'row-level security stays forced' end,
				(select 'further columns stay: ' || string_agg(x.col, ', ' order by x.attnum) from col x
					where x.tab = t.name and t.name <> 'profiles'
					and x.col not in (select c.col from contract_column c where c.tab = t.name)
					and x.col not in (select o.col from our_column o))))
	from tab t, is_ours
	union all
	select 2, 'constraint ' || k.conname::text, 'widen', null, 'the state held is added'
	from pg_constraint k join tab t on t.oid = k.conrelid
	join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'sync_status' and a.attnum = any (k.conkey)
	where t.name = 'model_sync_log' and k.contype = 'c'
		and pg_get_expr(k.conbin, k.conrelid) ~ '''(running|completed|failed)'''
		and pg_get_expr(k.conbin, k.conrelid) !~ '''held'''
	union all
	select 3, case when f.oid is null then format('public.%I', f.name) else f.sql_name end, case when f.oid is null then 'create'
			when f.is_own then 'keep' when f.is_leftover and not f.is_used then 'drop'
			when f.is_leftover or f.is_other then 'rename'
			else 'replace' end, null,
		case when f.is_own then 'its shape is its own'
			when f.is_other then 'it returns something else; ours takes the name'
			when f.is_leftover then 'short calls reach the function with three arguments'
			when f.callers is not null and f.name in ('sync_openrouter_models', 'update_model_tier_access')
				then 'callers: ' || f.callers || '; everybody and anon lose the right'
			when f.callers is not null then 'callers: ' || f.callers end
	from fn f
	union all
	select 4, v.sql_name, case when v.oid is null then 'create' when v.further is not null then 'keep'
			else 'replace' end, null,
		case when v.further is not null then 'it has further columns: ' || v.further end
	from vw v
	union all
	select 5, case x.relkind when 'm' then 'materialized view ' else 'view ' end || x.oid::regclass, 'keep',
		null, 'reads ' || string_agg(distinct t.sql_name, ', ')
	from tab t
	join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
		and d.classid = 'pg_rewrite'::regclass
	join pg_rewrite w on w.oid = d.objid
	join pg_class x on x.oid = w.ev_class
	where x.relnamespace is distinct from to_regnamespace('modelsync')::oid
		and x.oid not in (select v.oid from vw v where v.oid is not null)
	group by x.oid, x.relkind
	union all
	select 6, format('trigger %s on %s', g.tgname, t.sql_name), 'keep', null, null
	from tab t join pg_trigger g on g.tgrelid = t.oid
	where not g.tgisinternal and g.tgname not like 'modelsync\_%'
	union all
	select 7, 'policies on ' || t.sql_name, 'keep', null, string_agg(p.polname, ', ' order by p.polname)
	from tab t join pg_policy p on p.polrelid = t.oid
	group by t.sql_name
)
select jsonb_build_object(
	'target', jsonb_build_object('database', current_database(),
		'host', coalesce(host(inet_server_addr()), 'local socket'),
		'port', current_setting('port')::int, 'user', current_user,
		'version', current_setting('server_version'),
		'size', pg_size_pretty(pg_database_size(current_database()))),
	'problems', (select coalesce(jsonb_agg(jsonb_build_object('problem', p.problem, 'fix', p.fix,
		'who', p.who) order by p.rank, p.problem), '[]') from problem p),
	'notes', (select coalesce(jsonb_agg(to_jsonb(n)), '[]') from note n),
	'objects', (select jsonb_agg(jsonb_build_object('object', o.object, 'action', o.action,
		'rows', o.rows, 'detail', nullif(o.detail, '')) order by o.rank, o.object) from object o));
