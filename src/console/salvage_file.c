/* SPDX-License-Identifier: MIT */
/* One file a process, HOST and PID in its name: nobody writes the file of somebody else. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "modelsync/loop.h"
#include "modelsync/memory.h"
#include "modelsync/userfile.h"
#include "salvage.h"
#include "ui.h"

#define DELAY_MS 1000 /* after an edit; more of them come at once */
#define AGAIN_MS 2000 /* the console that was cut off may still be ending */
#define LOOKS	 3
#define PREFIX	 "staged-"
#define SUFFIX	 ".json"
#define FILE_MAX (64 << 20) /* bytes: some 300,000 edits */
#define HOST_MAX 64

static void host_name(char host[HOST_MAX])
{
	if (gethostname(host, HOST_MAX) != 0)
		*host = '\0';
	host[HOST_MAX - 1] = '\0';
	for (char *p = host; *p; p++)
		if (*p == '/')
			*p = '_';
}

static char *path_of(const char *host, long pid)
{
	char *name = ms_format(PREFIX "%s-%ld" SUFFIX, host, pid), *path = ms_user_state_path(name);

	ms_free(name);
	return path;
}

static char *own_path(void)
{
	char host[HOST_MAX];

	host_name(host);
	return path_of(host, (long)getpid());
}

/* --- finding ------------------------------------------------------------------------------------
 */

/* The process of this host whose file it is; -1 when it is none. */
static long owner_of(const char *name, const char *host)
{
	size_t len = strlen(PREFIX), host_len = strlen(host);
	long pid;
	int end = 0;

	if (strncmp(name, PREFIX, len) != 0 || strncmp(name + len, host, host_len) != 0 ||
	    sscanf(name + len + host_len, "-%ld%n", &pid, &end) != 1 ||
	    strcmp(name + len + host_len + end, SUFFIX) != 0)
		return -1;
	return pid;
}

/* A number may have come round to us or to anybody: then it waits until that one has ended. */
static bool is_orphan(long pid)
{
	return pid == 0 || pid == (long)getpid() ||
	       (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

static struct ms_json *read_file(const char *path, char **problem)
{
	struct ms_text text;
	struct ms_error err;
	struct ms_json *json = NULL;
	bool is_there;

	ms_text_init(&text, 0);
	if (ms_user_file_read(path, FILE_MAX, &text, &is_there, &err) && is_there)
		json = ms_json_parse(ms_text_str(&text), text.len, &err);
	if (!json && !*problem)
		*problem = ms_format("%s: %s", path, err.message);
	ms_text_clear(&text);
	return json;
}

/* Our number was somebody else's before: what they left must not be overwritten by what is ours. */
static void give_away(char **path, const char *host, long pid)
{
	char *to = pid == (long)getpid() ? path_of(host, 0) : NULL;

	if (!to)
		return;
	if (rename(*path, to) == 0) {
		ms_free(*path);
		*path = to;
	} else {
		ms_free(to);
	}
}

static struct ms_json *look_at(const char *name, const char *host, const char *database,
			       char **path, char **problem)
{
	long pid = owner_of(name, host);
	struct ms_json *json;

	if (pid < 0 || !is_orphan(pid))
		return NULL;
	*path = ms_user_state_path(name);
	json = read_file(*path, problem);
	if (strcmp(ms_json_text(ms_json_get(json, "database")), database) == 0 &&
	    ms_json_count(ms_json_get(json, "edits")) > 0) {
		give_away(path, host, pid);
		return json;
	}
	ms_json_free(json);
	ms_free(*path);
	*path = NULL;
	return NULL;
}

/* What a console on that database left that is gone; *problem says which file cannot be read. */
static struct ms_json *find(const char *database, char **path, char **problem)
{
	char *folder = ms_user_state_path(""), host[HOST_MAX];
	DIR *dir = folder ? opendir(folder) : NULL;
	struct ms_json *json = NULL;
	const struct dirent *entry;

	*path = *problem = NULL;
	host_name(host);
	while (dir && !json && (entry = readdir(dir)))
		json = look_at(entry->d_name, host, database, path, problem);
	if (dir)
		(void)closedir(dir);
	ms_free(folder);
	return json;
}

/* --- following what is staged ------------------------------------------------------------------
 */

struct ms_salvager {
	struct ms_ui *ui;
	void (*found)(void *);
	void *arg;
	struct ms_timer *timer, *look_timer;
	unsigned revision; /* of what is staged, when it was looked at last */
	int looks;	   /* for what others left */
	bool has_failed;
};

static bool write_file(const struct ms_ui *ui, const char *path, struct ms_error *err)
{
	struct ms_json *json = ms_salvage_json(ui);
	char *text = json ? ms_json_print(json) : NULL;
	bool ok = true;

	if (text)
		ok = ms_user_file_write(path, text, strlen(text), err);
	else
		(void)unlink(path);
	ms_free(text);
	ms_json_free(json);
	return ok;
}

static void save(void *arg)
{
	struct ms_salvager *s = arg;
	char *path = own_path();
	struct ms_error err;

	if (path && !write_file(s->ui, path, &err) && !s->has_failed) {
		s->has_failed = true; /* said once */
		ms_ui_note(s->ui, MS_NOTE_WARNING, "staged edits would not survive a hangup: %s",
			   err.message);
	}
	ms_free(path);
}

static void look(struct ms_salvager *s)
{
	char *path, *problem;
	struct ms_json *json = find(s->ui->database, &path, &problem);

	s->looks = json || problem ? LOOKS : s->looks + 1;
	if (json)
		ms_salvage_found(s->ui, json, path);
	else if (problem)
		ms_ui_note(s->ui, MS_NOTE_WARNING, "edits that a console left cannot be read: %s",
			   problem);
	if (s->looks < LOOKS)
		ms_timer_start(s->look_timer, AGAIN_MS);
	ms_free(path);
	ms_free(problem);
}

static void look_again(void *arg)
{
	struct ms_salvager *s = arg;

	look(s);
	if (s->looks == LOOKS)
		s->found(s->arg);
}

struct ms_salvager *ms_salvager_new(struct ms_loop *loop, struct ms_ui *ui, void (*found)(void *),
				    void *arg)
{
	struct ms_salvager *s = ms_alloc(sizeof(*s));

	s->ui = ui;
	s->found = found;
	s->arg = arg;
	s->timer = ms_timer_new(loop, save, s);
	s->look_timer = ms_timer_new(loop, look_again, s);
	s->revision = ui->stage.revision;
	return s;
}

void ms_salvager_follow(struct ms_salvager *s)
{
	const struct ms_ui *ui = s->ui;

	if (s->looks == 0 && ui->catalog && ui->health.is_known && *ui->database && !ui->read_only)
		look(s);
	if (s->revision != ui->stage.revision)
		ms_timer_start(s->timer, DELAY_MS);
	s->revision = ui->stage.revision;
	ms_salvage_offer(s->ui);
}

void ms_salvager_drop(struct ms_salvager *s, const char *path)
{
	save(s); /* first, so that they are somewhere all the time */
	(void)unlink(path);
}

void ms_salvager_end(struct ms_salvager *s, bool is_cut_off)
{
	char *path = own_path();

	if (!s)
		return;
	if (is_cut_off)
		save(s);
	else if (path)
		(void)unlink(path);
	ms_free(path);
	ms_timer_free(s->timer);
	ms_timer_free(s->look_timer);
	ms_free(s);
}
