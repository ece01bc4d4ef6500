/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include "modelsync/memory.h"

bool ms_db_whoami(struct ms_db *db, struct ms_json **out, struct ms_error *err)
{
	return db_query_json(db, "SELECT modelsync.whoami()", 0, NULL, out, err);
}

bool ms_logins(struct ms_db *db, struct ms_json **out, struct ms_error *err)
{
	return db_query_json(db, "SELECT coalesce(jsonb_agg(l), '[]') FROM modelsync.logins() l", 0,
			     NULL, out, err);
}

bool ms_login_grant(struct ms_db *db, const struct ms_grant *grant, struct ms_json **out,
		    struct ms_error *err)
{
	char *ctx = db_context_text(db, grant->reason);
	const char *params[] = {grant->login, grant->role, grant->profile,
				grant->create ? "true" : "false", ctx};
	bool ok = db_call(db, "SELECT modelsync.grant_login($1, $2, $3, $4::boolean, $5::jsonb)", 5,
			  params, out, err);

	ms_free(ctx);
	return ok;
}

bool ms_login_revoke(struct ms_db *db, const char *login, const char *reason, struct ms_json **out,
		     struct ms_error *err)
{
	char *ctx = db_context_text(db, reason);
	const char *params[] = {login, ctx};
	bool ok = db_call(db, "SELECT modelsync.revoke_login($1, $2::jsonb)", 2, params, out, err);

	ms_free(ctx);
	return ok;
}
