/* SPDX-License-Identifier: MIT */
/*
 * Golden screens. Each file tests/screens/NAME.case holds a script and what it leads to:
 *
 *	size 80x24		one command a line, see the table at the end
 *	keys j j Space
 *	--- screen		the screen, blanks at line ends cut
 *	--- styles		one letter per cell, where the case has this section
 *	--- effects		what was asked of database and terminal, likewise
 *
 * UPDATE=1 in the environment writes what came out into the files; look at the difference then.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "modelsync/utf8.h"
#include "src/console/key.h"
#include "src/console/state.h"
#include "src/console/ui.h"

struct stage {
	struct ms_ui *ui;
	bool ascii;
	struct ms_text effects;
};

/* --- the script ------------------------------------------------------------------------------- */

static const char *const feed_names[MS_FEED_COUNT] = {"runs", "events", "audit", "alerts"};

static bool add_piece(void *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r')
			ms_text_add_bytes(out, text + i, 1);
	return true;
}

static void describe_export(struct ms_text *out, const struct ms_export *order)
{
	const struct ms_export_sink sink = {add_piece, out};

	ms_text_addf(out, " %zu to %s%s\n", order->count, order->path,
		     order->may_replace ? ", replacing" : "");
	(void)ms_export_put(order, &sink);
}

static void describe_effect(struct ms_text *out, const struct ms_effect *e)
{
	static const char *const names[] = {
		[MS_EFFECT_LOAD_MODELS] = "load models",
		[MS_EFFECT_LOAD_DETAIL] = "load detail",
		[MS_EFFECT_LOAD_STATUS] = "load status",
		[MS_EFFECT_LOAD_FEED] = "load feed",
		[MS_EFFECT_LOAD_CHANGESET] = "load changeset",
		[MS_EFFECT_WRITE] = "write",
		[MS_EFFECT_UNDO] = "undo",
		[MS_EFFECT_SYNC] = "sync",
		[MS_EFFECT_SYNC_CANCEL] = "sync cancel",
		[MS_EFFECT_CANCEL_RUN] = "cancel run",
		[MS_EFFECT_LOAD_HOLD] = "load hold",
		[MS_EFFECT_RESOLVE_HOLD] = "resolve hold",
		[MS_EFFECT_VERIFY] = "verify",
		[MS_EFFECT_VERIFY_CANCEL] = "verify cancel",
		[MS_EFFECT_WRITE_CANCEL] = "write cancel",
		[MS_EFFECT_ACKNOWLEDGE] = "acknowledge",
		[MS_EFFECT_RECONNECT] = "reconnect",
		[MS_EFFECT_COPY] = "copy",
		[MS_EFFECT_EXPORT] = "export",
		[MS_EFFECT_CHANGE_VIEWS] = "views",
		[MS_EFFECT_REST_TIMER] = "rest timer",
		[MS_EFFECT_REPAINT] = "repaint",
		[MS_EFFECT_DROP_SALVAGE] = "drop salvage",
		[MS_EFFECT_LOOKS] = "looks",
		[MS_EFFECT_SUSPEND] = "suspend",
		[MS_EFFECT_QUIT] = "quit",
	};

	if (e->kind == MS_EFFECT_REST_TIMER)
		return;
	ms_text_addf(out, "%s", names[e->kind]);
	if (e->kind == MS_EFFECT_LOAD_FEED)
		ms_text_addf(out, " %s", feed_names[e->feed]);
	if (e->number && !e->ids)
		ms_text_addf(out, " #%" PRId64, e->number);
	for (int64_t i = 0; e->ids && i < e->number; i++)
		ms_text_addf(out, " %" PRId64, e->ids[i]);
	if (e->run)
		ms_text_addf(out, " of run %" PRId64, e->run);
	if (e->text)
		ms_text_addf(out, " %s", e->text);
	if (e->order)
		describe_export(out, e->order);
	for (size_t i = 0; i < e->views.count; i++)
		ms_text_addf(out, " %s: %s %s %s", e->views.items[i].name, e->views.items[i].filter,
			     e->views.items[i].sort, e->views.items[i].columns);
	ms_text_addf(out, "%s%s\n", e->flag ? " (flag)" : "", e->force ? " (force)" : "");
	for (size_t i = 0; e->batch && i < e->batch->count; i++) {
		const struct ms_edit_item *item = &e->batch->items[i];

		ms_text_addf(out, "  %s version %" PRId64 " set %u status %s tiers %u\n",
			     item->model_id, item->version, item->edit.set,
			     ms_status_name(item->edit.status), item->edit.tiers);
	}
	if (e->batch && e->batch->reason)
		ms_text_addf(out, "  reason: %s\n", e->batch->reason);
}

static void update(struct stage *s, struct ms_ui_event event)
{
	struct ms_effect effect;

	ms_ui_update(s->ui, &event);
	while (ms_effects_pop(&s->ui->effects, &effect)) {
		describe_effect(&s->effects, &effect);
		ms_effect_clear(&effect);
	}
}

static void press(struct stage *s, uint32_t key, bool is_pasted)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_KEY, .key = key, .is_pasted = is_pasted});
}

static void do_size(struct stage *s, const char *arg)
{
	struct ms_ui_event e = {.kind = MS_EVENT_RESIZE};

	if (sscanf(arg, "%dx%d", &e.width, &e.height) == 2)
		update(s, e);
}

static void do_ascii(struct stage *s, const char *arg)
{
	(void)arg;
	s->ascii = true;
	s->ui->glyphs = MS_GLYPHS_ASCII;
}

static void do_braille(struct stage *s, const char *arg)
{
	(void)arg;
	s->ui->glyphs = MS_GLYPHS_BRAILLE;
}

static void do_label(struct stage *s, const char *arg)
{
	ms_free(s->ui->label);
	s->ui->label = ms_strdup(arg);
}

static void do_readonly(struct stage *s, const char *arg)
{
	(void)arg;
	s->ui->read_only = true;
}

static void do_connect(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = arg});
}

static void do_lost(struct stage *s, const char *arg)
{
	struct ms_error err;

	(void)ms_fail(&err, MS_ERR_UNREACHABLE, "%s", arg);
	err.retry_after_s = 5;
	update(s, (struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = "", .err = &err});
}

static void do_models(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_MODELS, .catalog = fixture_catalog(arg)});
}

static void do_status(struct stage *s, const char *arg)
{
	update(s,
	       (struct ms_ui_event){.kind = MS_EVENT_STATUS, .json = fixture_status(arg, "admin")});
}

static void do_role(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_STATUS,
				       .json = fixture_status("completed", arg)});
}

static void do_rest(struct stage *s, const char *arg)
{
	(void)arg;
	update(s, (struct ms_ui_event){.kind = MS_EVENT_RESTED});
}

static void do_detail(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){
			  .kind = MS_EVENT_DETAIL, .text = arg, .json = fixture_detail(arg)});
}

static void do_tick(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_TICK, .now = s->ui->now + atol(arg)});
}

static void do_keys(struct stage *s, const char *arg)
{
	while (*arg) {
		size_t len = strcspn(arg, " ");
		uint32_t key = ms_key_from_name(arg, len);

		if (key == 0) {
			fprintf(stderr, "no key is called %.*s\n", (int)len, arg);
			exit(99);
		}
		press(s, key, false);
		arg += len + strspn(arg + len, " ");
	}
}

static void type(struct stage *s, const char *text, bool is_pasted)
{
	size_t len = strlen(text);

	while (len > 0) {
		size_t used;
		uint32_t cp = ms_utf8_decode(text, len, &used);

		press(s, cp, is_pasted);
		text += used;
		len -= used;
	}
}

static void do_type(struct stage *s, const char *arg)
{
	type(s, arg, false);
}

static void do_paste(struct stage *s, const char *arg)
{
	type(s, arg, true);
}

static void do_progress(struct stage *s, const char *arg)
{
	struct ms_run_progress p = {.attempt = 1, .page = 1, .run = 882};
	char phase[16] = "";
	long long done = 0, total = 0;

	if (sscanf(arg, "%15s %lld %lld", phase, &done, &total) < 1)
		exit(99);
	for (int i = 0; i <= MS_PHASE_DONE; i++)
		if (strcmp(ms_run_phase_name((enum ms_run_phase)i), phase) == 0)
			p.phase = (enum ms_run_phase)i;
	p.done = done;
	p.total = total;
	update(s, (struct ms_ui_event){.kind = MS_EVENT_PROGRESS, .progress = &p});
}

static void do_report(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_SYNCED, .report = fixture_report(arg)});
}

/* "busy 240", "cancelled" */
static void do_syncerror(struct stage *s, const char *arg)
{
	struct ms_error err;

	if (strncmp(arg, "busy", 4) == 0) {
		(void)ms_fail(&err, MS_ERR_BUSY, "the last sync completed less than 5 minutes ago");
		err.retry_after_s = atoi(arg + 4);
	} else {
		(void)ms_fail(&err, MS_ERR_CANCELLED, "the sync was cancelled");
	}
	update(s, (struct ms_ui_event){.kind = MS_EVENT_SYNCED, .err = &err});
}

/* "failed", "cancelled", or which result */
static void do_written(struct stage *s, const char *arg)
{
	bool was_cancelled = strcmp(arg, "cancelled") == 0;
	struct ms_error err;

	(void)ms_fail(&err, was_cancelled ? MS_ERR_CANCELLED : MS_ERR_UNREACHABLE,
		      "the server closed the connection");
	if (was_cancelled || strcmp(arg, "failed") == 0)
		update(s, (struct ms_ui_event){.kind = MS_EVENT_WRITTEN, .err = &err});
	else
		update(s, (struct ms_ui_event){.kind = MS_EVENT_WRITTEN,
					       .result = fixture_result(arg)});
}

/* "19", "19 nothing" */
static void do_undoshown(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){
			  .kind = MS_EVENT_UNDO_SHOWN,
			  .number = atol(arg),
			  .result = fixture_result(strstr(arg, "nothing") ? "nothing" : "undo")});
}

/* "two", "saved NAME", "damaged" */
static void do_views(struct stage *s, const char *arg)
{
	static const char text[] =
		"{\"format\": 1, \"views\": [{\"name\": \"cheap\", \"filter\": \"price<1\","
		" \"sort\": \"in\", \"columns\": \"status,id,in,out\"}, {\"name\": \"new\","
		" \"filter\": \"status:new -is:alias\", \"sort\": \"-added\", \"columns\": \"\"}]}";
	struct ms_ui_event e = {.kind = MS_EVENT_VIEWS};
	struct ms_error err;

	if (strncmp(arg, "saved ", 6) == 0)
		e.text = arg + 6;
	(void)ms_fail(&err, MS_ERR_CONFIG, "views.json is damaged: byte 7");
	if (strcmp(arg, "damaged") == 0)
		e.err = &err;
	else
		e.json = ms_json_parse(text, strlen(text), &err);
	update(s, e);
}

static const char *const remembered[][2] = {
	{"nothing", "{\"format\": 1}"},
	{"view",
	 "{\"format\": 1, \"hints\": [\"welcome\"], \"history\": {\"filter\": [\"gpt\", \"tier:pro\"],"
	 " \"command\": [\"sort\"]}, \"databases\": [{\"name\": \"db1/models\", \"filter\":"
	 " \"status:new\", \"sort\": \"-in\", \"columns\": \"status,id,provider,in,out\"}]}"},
	{"wrong",
	 "{\"format\": 1, \"databases\": [{\"name\": \"db1/models\", \"filter\": \"stats:x\","
	 " \"sort\": \"7\", \"columns\": 7}]}"},
	{"newer", "{\"format\": 2}"},
};

static void do_remembered(struct stage *s, const char *arg)
{
	struct ms_error err;

	for (size_t i = 0; i < sizeof(remembered) / sizeof(remembered[0]); i++) {
		const char *text = remembered[i][1];

		if (strcmp(remembered[i][0], arg) == 0 &&
		    !ms_state_take(s->ui, ms_json_parse(text, strlen(text), &err), &err))
			ms_ui_note(s->ui, MS_NOTE_WARNING, "%s", err.message);
	}
}

/* "3 /home/alice/models.csv", "exists", "full" */
static void do_exported(struct stage *s, const char *arg)
{
	struct ms_ui_event e = {.kind = MS_EVENT_EXPORTED, .number = atol(arg)};
	struct ms_error err;

	(void)ms_fail(&err, MS_ERR_CONFIG,
		      "/x/models.csv cannot be written: No space left on device");
	if (strcmp(arg, "exists") == 0)
		(void)ms_fail(&err, MS_ERR_CONFLICT, "/home/alice/models.csv exists");
	if (e.number)
		e.text = strchr(arg, ' ') + 1;
	else
		e.err = &err;
	update(s, e);
}

static void do_noclipboard(struct stage *s, const char *arg)
{
	(void)arg;
	s->ui->has_no_clipboard = true;
}

static void do_notice(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_NOTICE, .text = arg});
}

/* "events standard", "events many 1000 500 before 1001", "audit failed" */
static void do_feed(struct stage *s, const char *arg)
{
	struct ms_ui_event e = {.kind = MS_EVENT_FEED};
	const char *variant = arg + strcspn(arg, " "), *before = strstr(arg, "before ");
	struct ms_error err;

	while (e.feed < MS_FEED_COUNT &&
	       strncmp(arg, feed_names[e.feed], strlen(feed_names[e.feed])) != 0)
		e.feed++;
	if (e.feed == MS_FEED_COUNT)
		exit(99);
	variant += strspn(variant, " ");
	e.number = before ? atol(before + strlen("before ")) : 0;
	(void)ms_fail(&err, MS_ERR_DATABASE, "canceling statement due to statement timeout");
	if (strcmp(variant, "failed") == 0)
		e.err = &err;
	else
		e.json = fixture_feed(e.feed, variant);
	update(s, e);
}

static void do_changeset(struct stage *s, const char *arg)
{
	int64_t number = atol(arg);

	update(s, (struct ms_ui_event){.kind = MS_EVENT_CHANGESET,
				       .number = number,
				       .json = fixture_changeset(number)});
}

static void do_verified(struct stage *s, const char *arg)
{
	struct ms_error err;

	(void)ms_fail(&err, MS_ERR_CANCELLED, "cancelled");
	if (strcmp(arg, "cancelled") == 0)
		update(s, (struct ms_ui_event){.kind = MS_EVENT_VERIFIED, .err = &err});
	else
		update(s, (struct ms_ui_event){.kind = MS_EVENT_VERIFIED,
					       .json = fixture_verdict(arg)});
}

static void do_acknowledged(struct stage *s, const char *arg)
{
	update(s, (struct ms_ui_event){.kind = MS_EVENT_ACKNOWLEDGED, .number = atol(arg)});
}

static const struct {
	const char *name;
	void (*run)(struct stage *, const char *);
} commands[] = {
	{"size", do_size},	     {"ascii", do_ascii},
	{"label", do_label},	     {"readonly", do_readonly},
	{"connect", do_connect},     {"lost", do_lost},
	{"models", do_models},	     {"status", do_status},
	{"rest", do_rest},	     {"detail", do_detail},
	{"tick", do_tick},	     {"keys", do_keys},
	{"type", do_type},	     {"paste", do_paste},
	{"progress", do_progress},   {"report", do_report},
	{"syncerror", do_syncerror}, {"written", do_written},
	{"undoshown", do_undoshown}, {"notice", do_notice},
	{"feed", do_feed},	     {"changeset", do_changeset},
	{"verified", do_verified},   {"acknowledged", do_acknowledged},
	{"role", do_role},	     {"braille", do_braille},
	{"exported", do_exported},   {"noclipboard", do_noclipboard},
	{"views", do_views},	     {"remembered", do_remembered},
};

static void run_line(struct stage *s, const char *line)
{
	size_t len = strcspn(line, " ");

	if (*line == '\0' || *line == '#')
		return;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strlen(commands[i].name) == len && strncmp(commands[i].name, line, len) == 0) {
			commands[i].run(s, line + len + strspn(line + len, " "));
			return;
		}
	}
	fprintf(stderr, "no command: %s\n", line);
	exit(99);
}

/* --- what came out ---------------------------------------------------------------------------- */

static void cut_blanks(struct ms_text *out, size_t from)
{
	while (out->len > from && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	ms_text_add(out, "\n");
}

static void add_cell(struct ms_text *out, const struct ms_cell *cell)
{
	char utf8[4];

	if (cell->width == 0)
		return;
	ms_text_add_bytes(out, utf8, ms_utf8_encode(cell->cp, utf8));
	for (int i = 0; i < MS_CELL_MARKS && cell->marks[i]; i++)
		ms_text_add_bytes(out, utf8, ms_utf8_encode(cell->marks[i], utf8));
}

static void add_screen(struct ms_text *out, const struct ms_canvas *c)
{
	for (int y = 0; y < c->height; y++) {
		size_t from = out->len;

		for (int x = 0; x < c->width; x++)
			add_cell(out, ms_canvas_at(c, x, y));
		cut_blanks(out, from);
	}
}

static void add_styles(struct ms_text *out, const struct ms_canvas *c)
{
	for (int y = 0; y < c->height; y++) {
		for (int x = 0; x < c->width; x++) {
			char letter = ms_theme_letter((enum ms_style)ms_canvas_at(c, x, y)->style);

			ms_text_add_bytes(out, &letter, 1);
		}
		ms_text_add(out, "\n");
	}
	ms_text_addf(out, "cursor %d,%d\n", c->cursor_x, c->cursor_y);
}

static char *perform(const char *script, bool with_styles, bool with_effects)
{
	struct stage s = {0};
	struct ms_canvas *canvas;
	struct ms_text out;
	char *copy = ms_strdup(script), *rest = copy, *line;
	int64_t now;

	if (!ms_time_parse(FIXTURE_NOW, &now))
		abort();
	s.ui = ms_ui_new("", false, now);
	s.ui->glyphs = MS_GLYPHS_BLOCK;
	ms_text_init(&s.effects, 0);
	ms_text_init(&out, 0);
	while ((line = strsep(&rest, "\n")))
		run_line(&s, line);
	canvas = ms_canvas_new(s.ui->width, s.ui->height, s.ascii);
	ms_ui_draw(s.ui, canvas);
	ms_text_add(&out, "--- screen\n");
	add_screen(&out, canvas);
	if (with_styles) {
		ms_text_add(&out, "--- styles\n");
		add_styles(&out, canvas);
	}
	if (with_effects)
		ms_text_addf(&out, "--- effects\n%s", ms_text_str(&s.effects));
	ms_canvas_free(canvas);
	ms_ui_free(s.ui);
	ms_text_clear(&s.effects);
	ms_free(copy);
	return ms_text_take(&out);
}

/* --- files ------------------------------------------------------------------------------------ */

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	struct ms_text text;
	char buf[4096];
	size_t n;

	if (!f)
		return NULL;
	ms_text_init(&text, 0);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		ms_text_add_bytes(&text, buf, n);
	fclose(f);
	return ms_text_take(&text);
}

static void write_case(const char *path, const char *script, const char *out)
{
	FILE *f = fopen(path, "w");

	if (!f)
		exit(99);
	fprintf(f, "%s%s", script, out);
	fclose(f);
}

static void show_difference(const char *expected, const char *got)
{
	for (int line = 1; *expected || *got; line++) {
		size_t e = strcspn(expected, "\n"), g = strcspn(got, "\n");

		if (e != g || strncmp(expected, got, e) != 0) {
			printf("# line %d of the result\n# expected |%.*s|\n# got      |%.*s|\n",
			       line, (int)e, expected, (int)g, got);
		}
		expected += e + (expected[e] != '\0');
		got += g + (got[g] != '\0');
	}
}

static bool check(const char *path)
{
	char *text = read_file(path);
	char *expected = text ? strstr(text, "--- screen\n") : NULL;
	bool with_styles, with_effects, is_same;
	char *script, *out;

	if (!text)
		return false;
	with_styles = strstr(text, "\n--- styles") != NULL;
	with_effects = strstr(text, "\n--- effects") != NULL;
	script = expected ? ms_strndup(text, (size_t)(expected - text)) : ms_strdup(text);
	out = perform(script, with_styles, with_effects);
	is_same = expected && strcmp(expected, out) == 0;
	if (!is_same && getenv("UPDATE")) {
		write_case(path, script, out);
		is_same = true;
	} else if (!is_same) {
		show_difference(expected ? expected : "", out);
	}
	ms_free(out);
	ms_free(script);
	ms_free(text);
	return is_same;
}

static int is_case(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".case") == 0;
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("MODELSYNC_SRCDIR");
	char *dir = ms_format("%s/tests/screens", srcdir ? srcdir : ".");
	struct dirent **entries;
	int n = argc > 1 ? 0 : scandir(dir, &entries, is_case, alphasort);
	int failed = 0;

	if (argc > 1)
		return check(argv[1]) ? 0 : 1;
	if (n <= 0) {
		printf("1..0 # SKIP no cases in %s\n", dir);
		return 99;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char *path = ms_format("%s/%s", dir, entries[i]->d_name);
		bool ok = check(path);

		failed += !ok;
		printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, entries[i]->d_name);
		ms_free(path);
		free(entries[i]);
	}
	free(entries);
	ms_free(dir);
	return failed ? 1 : 0;
}
