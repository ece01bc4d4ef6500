/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "modelsync/memory.h"
#include "private.h"

#define SECRET_MAX 65536

static bool read_all(struct ms_config *c, const char *path, const char *origin, bool is_secret,
		     struct ms_text *out, struct ms_error *err)
{
	char buf[4096];
	struct stat st;
	size_t n;
	FILE *f = fopen(path, "re");
	bool failed;

	if (!f)
		return ms_fail(err, MS_ERR_CONFIG, "%s: cannot read %s: %s", origin, path,
			       strerror(errno));
	if (is_secret && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH))
		cfg_warn(c, "%s: everyone on this machine can read this secret; run: chmod o= %s",
			 path, path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && ms_text_add_bytes(out, buf, n))
		;
	failed = ferror(f) != 0;
	explicit_bzero(buf, sizeof(buf));
	fclose(f);
	if (failed)
		return ms_fail(err, MS_ERR_CONFIG, "%s: cannot read %s", origin, path);
	return true;
}

bool cfg_read_text_file(struct ms_config *c, const char *path, const char *origin, bool is_secret,
			struct ms_text *out, struct ms_error *err)
{
	const char *what = is_secret ? "secret" : "key";

	ms_text_init(out, SECRET_MAX);
	if (!read_all(c, path, origin, is_secret, out, err))
		return false;
	if (out->overflow)
		return ms_fail(err, MS_ERR_CONFIG, "%s: more than %d bytes are no %s", path,
			       SECRET_MAX, what);
	while (out->len && isspace((unsigned char)out->data[out->len - 1]))
		out->data[--out->len] = '\0';
	if (!out->len)
		return ms_fail(err, MS_ERR_CONFIG, "%s: is empty; it should hold a %s", path, what);
	return strlen(out->data) == out->len ||
	       ms_fail(err, MS_ERR_CONFIG, "%s: contains a zero byte", path);
}

/* The whole file is the secret, without the line break that editors and echo put at its end. */
static bool take_secret(struct ms_config *c, enum ms_option option, const char *path,
			struct ms_error *err)
{
	const struct value *source = &c->values[option + 1];
	char *origin = ms_format("%s (%s)", path, source->origin);
	struct ms_text text;
	bool ok;

	ok = cfg_read_text_file(c, path, source->origin, true, &text, err) &&
	     cfg_assign(c, option, text.data, source->layer, origin, err);
	if (text.data)
		explicit_bzero(text.data, text.len);
	ms_text_clear(&text);
	ms_free(origin);
	return ok;
}

/* The one that was set by the higher layer wins; both in one layer is a mistake. */
bool cfg_read_secret(struct ms_config *c, enum ms_option file_option, struct ms_error *err)
{
	enum ms_option option = (enum ms_option)(file_option - 1);
	struct value *direct = &c->values[option], *path = &c->values[file_option];
	const struct ms_option_info *o = ms_option_info(option);

	if (!*path->text || path->layer < direct->layer)
		return true;
	if (*direct->text && path->layer == direct->layer && !direct->is_from_secret_file)
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s: %s.%s and %s.%s_file are both set; keep one", path->origin,
			       o->section, o->key, o->section, o->key);
	if (!take_secret(c, option, path->text, err))
		return false;
	direct->is_from_secret_file = true;
	return true;
}
