/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fetched.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "page.h"

#define CHUNK	 65536
#define SLICE_MS 50

struct reading {
	const char *path;
	int fd;
	int64_t max_bytes;
	ms_fetch_progress_fn progress;
	void *arg;
	struct ms_run_progress now;
	struct ms_text text;
};

static bool open_file(struct reading *r, struct ms_error *err)
{
	r->fd = strcmp(r->path, "-") == 0 ? STDIN_FILENO : open(r->path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		return ms_fail(err, MS_ERR_USAGE, "cannot open: %s", strerror(errno));
	return true;
}

/* Standard input may be a terminal or a slow pipe, and cancelling must work all the same. */
static bool wait_readable(struct reading *r, struct ms_error *err)
{
	struct pollfd p = {.fd = r->fd, .events = POLLIN};

	do {
		r->now.done = (int64_t)r->text.len;
		if (r->progress && !r->progress(r->arg, &r->now))
			return ms_fail(err, MS_ERR_CANCELLED, "cancelled while reading");
	} while (poll(&p, 1, SLICE_MS) == 0);
	return true;
}

static bool read_all(struct reading *r, struct ms_error *err)
{
	char *chunk = ms_alloc(CHUNK);
	bool good;
	ssize_t n = 0;

	while ((good = wait_readable(r, err))) {
		n = read(r->fd, chunk, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		ms_text_add_bytes(&r->text, chunk, (size_t)n);
		if ((int64_t)r->text.len > r->max_bytes) {
			good = ms_fail(err, MS_ERR_TOO_LARGE,
				       "more than %lld bytes (upstream.max_bytes)",
				       (long long)r->max_bytes);
			break;
		}
	}
	if (good && n < 0)
		good = ms_fail(err, MS_ERR_USAGE, "cannot read: %s", strerror(errno));
	ms_free(chunk);
	return good;
}

static bool check(struct reading *r, struct page *page, struct ms_error *err)
{
	char next[200];

	if (!page_check(&r->text, "a file", page, err))
		return false;
	if (!page->next)
		return true;
	ms_text_excerpt(next, sizeof(next), page->next, strlen(page->next));
	return ms_fail(err, MS_ERR_SCHEMA,
		       "only one page of several (links.next is %s); save the list without limit",
		       next);
}

bool ms_upstream_read_file(const char *path, int64_t max_bytes, ms_fetch_progress_fn progress,
			   void *arg, struct ms_fetched **out, struct ms_error *err)
{
	struct reading r = {
		.path = path, .fd = -1, .max_bytes = max_bytes, .progress = progress, .arg = arg};
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	int64_t started = ms_clock_ms();
	struct page page = {0};
	char shown[200];
	bool good;

	*out = NULL;
	r.now = (struct ms_run_progress){.phase = MS_PHASE_FETCH, .page = 1, .attempt = 1};
	ms_text_init(&r.text, 0);
	good = open_file(&r, err) && read_all(&r, err) && check(&r, &page, err);
	if (good) {
		*out = fetched_new(ms_strdup(name));
		fetched_add(*out, &r.text, &page);
		(*out)->elapsed_ms = (double)(ms_clock_ms() - started);
	} else {
		ms_error_prefix(err, "%s", ms_text_excerpt(shown, sizeof(shown), name, strlen(name)));
	}
	if (r.fd > STDIN_FILENO)
		close(r.fd);
	ms_free(page.next);
	ms_text_clear(&r.text);
	return good;
}
