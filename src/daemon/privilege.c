/* SPDX-License-Identifier: MIT */
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modelsync/log.h"

static bool find_account(const char *user, struct ms_error *err, struct passwd **out)
{
	errno = 0;
	*out = getpwnam(user);
	if (!*out)
		return ms_fail(err, MS_ERR_CONFIG, "daemon.user: there is no account \"%s\"%s%s",
			       user, errno ? ": " : "", errno ? strerror(errno) : "");
	if ((*out)->pw_uid == 0)
		return ms_fail(err, MS_ERR_CONFIG, "daemon.user: \"%s\" is root itself", user);
	return true;
}

bool privilege_drop(const char *user, struct ms_error *err)
{
	struct passwd *account;

	if (geteuid() != 0)
		return true;
	if (!*user) {
		ms_log_event(MS_LOG_WARN, "runs_as_root",
			     MS_LOG_TEXT("message", "set daemon.user to an account of its own"));
		return true;
	}
	if (!find_account(user, err, &account))
		return false;
	if (initgroups(user, account->pw_gid) != 0 || setgid(account->pw_gid) != 0 ||
	    setuid(account->pw_uid) != 0)
		return ms_fail(err, MS_ERR_INTERNAL, "cannot become %s: %s", user, strerror(errno));
	if (setuid(0) == 0)
		return ms_fail(err, MS_ERR_INTERNAL, "became %s, and could become root again",
			       user);
	/* for ~/.pgpass and the like; and nobody is behind it who called sudo */
	setenv("HOME", account->pw_dir, 1);
	unsetenv("SUDO_USER");
	return true;
}
