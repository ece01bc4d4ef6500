/* SPDX-License-Identifier: MIT */
#include "modelsync/userfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modelsync/memory.h"

#define FOLDER "modelsync-tui"

static bool is_absolute(const char *path)
{
	return path && path[0] == '/';
}

char *ms_user_path(const char *base, const char *home, const char *below_home, const char *name)
{
	if (is_absolute(base))
		return ms_format("%s/" FOLDER "/%s", base, name);
	if (is_absolute(home))
		return ms_format("%s/%s/" FOLDER "/%s", home, below_home, name);
	return NULL;
}

char *ms_user_config_path(const char *name)
{
	return ms_user_path(getenv("XDG_CONFIG_HOME"), getenv("HOME"), ".config", name);
}

char *ms_user_state_path(const char *name)
{
	return ms_user_path(getenv("XDG_STATE_HOME"), getenv("HOME"), ".local/state", name);
}

/* --- reading --------------------------------------------------------------------------------- */

static bool read_all(int fd, const char *path, size_t max, struct ms_text *out,
		     struct ms_error *err)
{
	char buf[8192];
	size_t got = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 && (got += (size_t)n) <= max)
		ms_text_add_bytes(out, buf, (size_t)n);
	if (n < 0)
		return ms_fail(err, MS_ERR_CONFIG, "%s: %s", path, strerror(errno));
	return got <= max || ms_fail(err, MS_ERR_CONFIG, "%s: is larger than %zu bytes", path, max);
}

bool ms_user_file_read(const char *path, size_t max, struct ms_text *out, bool *is_there,
		       struct ms_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	*is_there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ||
		       ms_fail(err, MS_ERR_CONFIG, "%s: %s", path, strerror(errno));
	ok = read_all(fd, path, max, out, err);
	(void)close(fd);
	return ok;
}

/* --- writing --------------------------------------------------------------------------------- */

void ms_user_file_make_room(const char *path)
{
	char *copy = ms_strdup(path);

	for (char *p = copy + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(copy, 0700);
		*p = '/';
	}
	ms_free(copy);
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

static bool write_new(char *new_path, const char *data, size_t len)
{
	int fd = mkostemp(new_path, O_CLOEXEC); /* mode 0600 */
	bool ok;

	if (fd < 0)
		return false;
	ok = write_all(fd, data, len);
	return close(fd) == 0 && ok;
}

bool ms_user_file_write(const char *path, const char *data, size_t len, struct ms_error *err)
{
	char *new_path = ms_format("%s.XXXXXX", path);
	bool ok;

	ms_user_file_make_room(path);
	ok = write_new(new_path, data, len) && rename(new_path, path) == 0;
	if (!ok) {
		(void)ms_fail(err, MS_ERR_CONFIG, "%s cannot be written: %s", path,
			      strerror(errno));
		(void)unlink(new_path);
	}
	ms_free(new_path);
	return ok;
}
