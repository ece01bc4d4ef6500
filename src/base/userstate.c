/* SPDX-License-Identifier: MIT */
/* JSON files of a user's state, which several programs may change at the same time. */
#include "modelsync/userfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "modelsync/memory.h"

#define LOCK_TRIES   100
#define LOCK_WAIT_NS 5000000L /* a writer takes less than this */

static bool parse(const char *path, const struct ms_text *text, struct ms_json **out,
		  struct ms_error *err)
{
	*out = ms_json_parse(ms_text_str(text), text->len, err);
	if (*out)
		return true;
	err->category = MS_ERR_CONFIG;
	return ms_error_prefix(err, "%s is damaged", path);
}

static bool parse_file(const char *path, size_t max, struct ms_json **out, struct ms_error *err)
{
	struct ms_text text;
	bool is_there, ok;

	*out = NULL;
	ms_text_init(&text, 0);
	ok = ms_user_file_read(path, max, &text, &is_there, err) &&
	     (!is_there || parse(path, &text, out, err));
	ms_text_clear(&text);
	return ok;
}

bool ms_user_state_read(const char *name, size_t max, struct ms_json **out, struct ms_error *err)
{
	char *path = ms_user_state_path(name);
	bool ok = true;

	*out = NULL;
	if (path)
		ok = parse_file(path, max, out, err);
	ms_free(path);
	return ok;
}

/* The lock is a file beside it, because the file itself is replaced. -1 when it stays taken. */
static int lock(const char *path, struct ms_error *err)
{
	const struct timespec wait = {0, LOCK_WAIT_NS};
	char *name = ms_format("%s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int tries = LOCK_TRIES;

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK && tries-- > 0) {
			(void)nanosleep(&wait, NULL);
			continue;
		}
		(void)close(fd);
		fd = -1;
	}
	if (fd < 0)
		(void)ms_fail(err, MS_ERR_CONFIG, "%s cannot be locked: %s", name, strerror(errno));
	ms_free(name);
	return fd;
}

/* What nobody can read is not lost: somebody may mend it. */
static void put_aside(const char *path)
{
	char *name = ms_format("%s.damaged", path);

	(void)rename(path, name);
	ms_free(name);
}

static bool change(const char *path, size_t max, ms_user_state_fn fn, void *arg,
		   struct ms_error *err)
{
	struct ms_error unreadable;
	struct ms_json *before, *after;
	char *text;
	bool ok;

	if (!parse_file(path, max, &before, &unreadable))
		put_aside(path);
	after = fn(arg, before, err);
	ms_json_free(before);
	if (!after)
		return false;
	text = ms_json_print(after);
	ok = ms_user_file_write(path, text, strlen(text), err);
	ms_free(text);
	ms_json_free(after);
	return ok;
}

bool ms_user_state_update(const char *name, size_t max, ms_user_state_fn fn, void *arg,
			  struct ms_error *err)
{
	char *path = ms_user_state_path(name);
	int fd;
	bool ok;

	if (!path)
		return ms_fail(err, MS_ERR_CONFIG,
			       "nothing is kept: neither XDG_STATE_HOME nor HOME is a directory");
	ms_user_file_make_room(path);
	fd = lock(path, err);
	ok = fd >= 0 && change(path, max, fn, arg, err);
	if (fd >= 0)
		(void)close(fd);
	ms_free(path);
	return ok;
}
