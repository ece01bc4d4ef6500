/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <string.h>
#include <strings.h>

#include "modelsync/json.h"
#include "modelsync/json_scan.h"
#include "modelsync/memory.h"
#include "modelsync/utf8.h"

static const char *type_name(const struct ms_json *v)
{
	if (!v)
		return "nothing";
	if (ms_json_is_object(v))
		return "an object";
	if (ms_json_is_array(v))
		return "an array";
	if (ms_json_is_string(v))
		return "a string";
	if (ms_json_is_number(v))
		return "a number";
	return ms_json_is_null(v) ? "null" : "a boolean";
}

/* Readers of JSON disagree on which of two equal names counts, so there must be only one. */
static bool find_once(const struct ms_json *object, const char *name, const struct ms_json **out,
		      struct ms_error *err)
{
	*out = NULL;
	for (const struct ms_json *m = ms_json_first(object); m; m = ms_json_next(m)) {
		if (strcmp(ms_json_name(m), name) != 0)
			continue;
		if (*out)
			return ms_fail(err, MS_ERR_SCHEMA, "\"%s\" is there twice", name);
		*out = m;
	}
	return true;
}

/* Upstream reports some errors as {"error": {"code": …, "message": …}}. */
static bool fail_without_data(const struct ms_json *root, const struct ms_json *data,
			      struct ms_error *err)
{
	const struct ms_json *error = ms_json_get(root, "error");
	const char *message = ms_json_string(ms_json_get(error, "message"));
	char shown[200];

	if (!data && message)
		return ms_fail(err, MS_ERR_SCHEMA, "an error instead of a list: %s",
			       ms_text_excerpt(shown, sizeof(shown), message, strlen(message)));
	return ms_fail(err, MS_ERR_SCHEMA, "\"data\" must be an array of models, but is %s",
		       type_name(data));
}

static bool read_total(const struct ms_json *root, struct page *out, struct ms_error *err)
{
	const struct ms_json *total;

	out->total_count = -1;
	if (!find_once(root, "total_count", &total, err))
		return false;
	if (ms_json_is_null(total))
		return true;
	out->total_count = ms_json_int(total, -1);
	if (out->total_count < 0)
		return ms_fail(err, MS_ERR_SCHEMA,
			       "\"total_count\" must be a whole number from 0 up, but is %s",
			       ms_json_is_number(total) ? "another number" : type_name(total));
	return true;
}

static bool read_next(const struct ms_json *root, struct page *out, struct ms_error *err)
{
	const struct ms_json *links, *next;

	if (!find_once(root, "links", &links, err))
		return false;
	if (ms_json_is_null(links))
		return true;
	if (!ms_json_is_object(links))
		return ms_fail(err, MS_ERR_SCHEMA, "\"links\" must be an object, but is %s",
			       type_name(links));
	if (!find_once(links, "next", &next, err))
		return false;
	if (ms_json_is_null(next))
		return true;
	if (!ms_json_is_string(next))
		return ms_fail(err, MS_ERR_SCHEMA,
			       "\"links.next\" must be a URL or null, but is %s", type_name(next));
	out->next = ms_strdup(ms_json_string(next));
	return true;
}

static bool read_root(const struct ms_json *root, struct page *out, struct ms_error *err)
{
	const struct ms_json *data;

	if (!ms_json_is_object(root))
		return ms_fail(err, MS_ERR_SCHEMA,
			       "the answer must be an object with \"data\", but is %s",
			       type_name(root));
	if (!find_once(root, "data", &data, err))
		return false;
	if (!ms_json_is_array(data))
		return fail_without_data(root, data, err);
	out->models += ms_json_count(data);
	return read_total(root, out, err) && read_next(root, out, err);
}

/* A tree of the answer without its models, for which the database is there. */
static struct ms_json *parse_root(const struct ms_text *text, size_t *models, struct ms_error *err)
{
	struct ms_json_list list;
	struct ms_json *root;
	struct ms_text bare;

	if (!ms_json_scan(text->data, text->len, "data", &list, err))
		return NULL;
	*models = list.count;
	ms_text_init(&bare, 0);
	ms_text_add_bytes(&bare, text->data, list.whole.start);
	if (list.whole.len)
		ms_text_add(&bare, "[]");
	ms_text_add(&bare, text->data + list.whole.start + list.whole.len);
	root = ms_json_parse(ms_text_str(&bare), bare.len, err);
	ms_text_clear(&bare);
	ms_json_list_clear(&list);
	return root;
}

static void drop_byte_order_mark(struct ms_text *text)
{
	if (text->len < 3 || memcmp(text->data, "\xEF\xBB\xBF", 3) != 0)
		return;
	text->len -= 3;
	memmove(text->data, text->data + 3, text->len + 1);
}

static bool is_html(const char *start, const char *content_type)
{
	bool says_html = content_type && (strncasecmp(content_type, "text/html", 9) == 0 ||
					  strncasecmp(content_type, "application/xhtml", 17) == 0);

	return *start == '<' || (says_html && *start != '{');
}

/* What can be said without parsing: nothing there, not text, or a web page. */
static bool check_text(const struct ms_text *text, const char *content_type, struct ms_error *err)
{
	const char *start = ms_text_str(text) + strspn(ms_text_str(text), " \t\r\n");
	char shown[100];
	size_t bad_at;

	if (start == ms_text_str(text) + text->len)
		return ms_fail(err, MS_ERR_PARSE, "the answer is empty");
	if (is_html(start, content_type))
		return ms_fail(err, MS_ERR_PARSE,
			       "the answer is HTML (content-type %.80s), beginning: %s",
			       content_type ? content_type : "unknown",
			       ms_text_excerpt(shown, sizeof(shown), start, strlen(start)));
	if (!ms_utf8_is_valid(text->data, text->len, &bad_at))
		return ms_fail(err, MS_ERR_PARSE, "invalid UTF-8 at byte %zu of %zu", bad_at,
			       text->len);
	if (strlen(text->data) != text->len)
		return ms_fail(err, MS_ERR_PARSE, "a NUL byte at byte %zu of %zu",
			       strlen(text->data), text->len);
	return true;
}

static void explain_not_json(const struct ms_text *text, const char *content_type,
			     struct ms_error *err)
{
	char reason[sizeof(err->message)], shown[100];

	memcpy(reason, err->message, sizeof(reason));
	ms_fail(err, err->category, "%.200s; %zu bytes of %.80s, beginning: %s", reason, text->len,
		content_type ? content_type : "unknown type",
		ms_text_excerpt(shown, sizeof(shown), text->data, text->len));
}

bool page_check(struct ms_text *text, const char *content_type, struct page *out,
		struct ms_error *err)
{
	struct ms_json *root;
	bool good;

	*out = (struct page){.total_count = -1};
	drop_byte_order_mark(text);
	if (!check_text(text, content_type, err))
		return false;
	ms_json_repair_escapes(text->data, text->len);
	root = parse_root(text, &out->models, err);
	if (!root) {
		explain_not_json(text, content_type, err);
		return false;
	}
	good = read_root(root, out, err);
	ms_json_free(root);
	return good;
}
