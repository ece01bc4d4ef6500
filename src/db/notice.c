/* SPDX-License-Identifier: MIT */
#include "conn.h"

bool ms_db_listen(struct ms_db *db, struct ms_error *err)
{
	return ms_db_connect(db, err) && db_execute(db, "LISTEN modelsync", err);
}

bool ms_db_read_notices(struct ms_db *db, ms_notice_fn fn, void *arg, struct ms_error *err)
{
	PGnotify *notice;

	if (!db->conn || !PQconsumeInput(db->conn) || PQstatus(db->conn) != CONNECTION_OK) {
		ms_fail(err, MS_ERR_UNREACHABLE, "the connection to the database was lost");
		ms_db_disconnect(db);
		return false;
	}
	while ((notice = PQnotifies(db->conn)) != NULL) {
		fn(arg, notice->extra);
		PQfreemem(notice);
	}
	return true;
}
