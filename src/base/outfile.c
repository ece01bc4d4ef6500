/* SPDX-License-Identifier: MIT */
#include "modelsync/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modelsync/memory.h"

struct ms_outfile {
	char *path;	/* what it is to be called, symbolic links followed */
	char *new_path; /* what it is called while it grows */
	FILE *file;
	bool may_replace;
	int failed; /* errno of the first failure */
};

static char *with_home(const char *path)
{
	const char *home = getenv("HOME");

	if (strncmp(path, "~/", 2) == 0 && home && *home)
		return ms_format("%s%s", home, path + 1);
	return ms_strdup(path);
}

/* The target of links, if there is one: it is replaced, not the link. */
static char *resolved(char *path)
{
	char *real = realpath(path, NULL);
	char *copy = real ? ms_strdup(real) : path;

	if (real)
		ms_free(path);
	free(real);
	return copy;
}

static bool check_target(const struct ms_outfile *f, struct ms_error *err)
{
	struct stat st;

	if (stat(f->path, &st) < 0)
		return true;
	if (!S_ISREG(st.st_mode))
		return ms_fail(err, MS_ERR_USAGE, "%s is no ordinary file", f->path);
	return f->may_replace || ms_fail(err, MS_ERR_CONFLICT, "%s exists", f->path);
}

/* With the rights of a new file, or of the one it replaces. */
static bool open_new(struct ms_outfile *f, struct ms_error *err)
{
	struct stat old;
	int fd;

	(void)unlink(f->new_path); /* left by a process of the same number that died */
	fd = open(f->new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0 && stat(f->path, &old) == 0)
		(void)fchmod(fd, old.st_mode & 0777);
	f->file = fd >= 0 ? fdopen(fd, "w") : NULL;
	return f->file ||
	       ms_fail(err, MS_ERR_CONFIG, "%s cannot be written: %s", f->path, strerror(errno));
}

static void free_outfile(struct ms_outfile *f)
{
	ms_free(f->path);
	ms_free(f->new_path);
	ms_free(f);
}

bool ms_outfile_open(struct ms_outfile **out, const char *path, bool may_replace,
		     struct ms_error *err)
{
	struct ms_outfile *f = ms_alloc(sizeof(*f));

	f->path = resolved(with_home(path));
	f->new_path = ms_format("%s.%ld.part", f->path, (long)getpid());
	f->may_replace = may_replace;
	*out = f;
	if (check_target(f, err) && open_new(f, err))
		return true;
	free_outfile(f);
	*out = NULL;
	return false;
}

bool ms_outfile_put(struct ms_outfile *f, const char *text, size_t len)
{
	if (!f->failed && fwrite(text, 1, len, f->file) != len)
		f->failed = errno ? errno : EIO;
	return !f->failed;
}

/* link() refuses where rename() would replace what somebody else made meanwhile; some file systems
 * have none. */
static bool give_name(const struct ms_outfile *f)
{
	if (!f->may_replace && link(f->new_path, f->path) == 0)
		return unlink(f->new_path) == 0;
	if (!f->may_replace && errno == EEXIST)
		return false;
	return rename(f->new_path, f->path) == 0;
}

bool ms_outfile_close(struct ms_outfile *f, char **where, struct ms_error *err)
{
	bool ok;

	*where = NULL;
	if (fclose(f->file) != 0 && !f->failed)
		f->failed = errno;
	if (!f->failed && !give_name(f))
		f->failed = errno;
	ok = !f->failed;
	if (ok) {
		*where = resolved(ms_strdup(f->path));
	} else {
		(void)unlink(f->new_path);
		(void)ms_fail(err, f->failed == EEXIST ? MS_ERR_CONFLICT : MS_ERR_CONFIG,
			      "%s cannot be written: %s", f->path, strerror(f->failed));
	}
	free_outfile(f);
	return ok;
}
