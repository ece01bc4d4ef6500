/* SPDX-License-Identifier: MIT */
/* What Tab offers in a filter. */
#include "tests/unit/filter_models.h"

#include "modelsync/complete.h"

static struct ms_catalog *catalog;
static struct ms_views views;

static int set_up_all(void **state)
{
	static const char *const ids[] = {"a/one", "b/two", "b/with \"quotes\""};
	static const char *const modalities[] = {"text->text", "text+image->text", "text->text"};
	static const char *const inputs[] = {"text", "text,image", "text"};
	const struct ms_view view = {(char *)"cheap", (char *)"", (char *)"", (char *)""};
	const struct ms_view other = {(char *)"chat", (char *)"", (char *)"", (char *)""};

	catalog = ms_catalog_new();
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct ms_model *m = ms_catalog_append(catalog);

		m->id = ids[i];
		m->modality = modalities[i];
		m->input_modalities = inputs[i];
	}
	(void)ms_views_set(&views, &view);
	(void)ms_views_set(&views, &other);
	return set_up(state);
}

static int tear_down_all(void **state)
{
	(void)state;
	ms_catalog_free(catalog);
	ms_views_clear(&views);
	return 0;
}

/* The '|' in text is the cursor; what is offered, between blanks. */
static void offered(const char *text, size_t *from, struct ms_text *out)
{
	char *line = ms_strdup(text), *cursor = strchr(line, '|');
	struct ms_completion c;

	memmove(cursor, cursor + 1, strlen(cursor));
	ms_filter_complete(line, (size_t)(cursor - line), catalog, &views, &c);
	for (size_t i = 0; i < c.count; i++)
		ms_text_addf(out, "%s%s", i ? " " : "", c.items[i]);
	*from = c.from;
	assert_int_equal(c.to, cursor - line);
	ms_completion_clear(&c);
	ms_free(line);
}

static void test_what_fits_at_the_cursor(void **state)
{
	static const struct {
		const char *text, *offers;
		size_t from;
	} rows[] = {
		{"sta|", "status:", 0},
		{"gpt -STA|", "status:", 5},
		{"(pro|", "provider: provider_ctx", 1},
		{"sor|", "sort:", 0},
		{"sort:-pro|", "provider provider_ctx", 6},
		{"sort:in,ou|", "out output_modality", 8},
		{"sort:is|", "", 5},
		{"status:|", "new active inactive disabled", 7},
		{"status:new,ac|", "active", 11},
		{"-tier:pro+e|", "enterprise", 10},
		{"is:exp|", "expired", 3},
		{"price:|", "none known variable", 6},
		{"price<|", "none known variable", 6},
		{"added:|", "1d 7d 30d 1y none", 6},
		{"ctx:n|", "none", 4},
		{"modality:|", "\"text+image->text\" text->text", 9},
		{"input:|", "image text", 6},
		{"input:te|", "text", 6},
		{"id:b|", "\"b/with \\\"quotes\\\"\" b/two", 3},
		{"id:\"b/w|", "\"b/with \\\"quotes\\\"\"", 3},
		{"@ch|", "@chat @cheap", 0},
		{"gpt -@che|", "@cheap", 5},
		{"sta| tier:pro", "status:", 0},
		{"\"sta|", "", 0},
		{"nonsense:|", "", 9},
		{"openai/gpt:fr|", "", 11},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_text out;
		size_t from;

		ms_text_init(&out, 0);
		offered(rows[i].text, &from, &out);
		if (strcmp(ms_text_str(&out), rows[i].offers) != 0)
			fail_msg("%s: %s", rows[i].text, ms_text_str(&out));
		if (from != rows[i].from)
			fail_msg("%s: from %zu", rows[i].text, from);
		ms_text_clear(&out);
	}
}

static void test_all_that_is_offered_can_be_parsed(void **state)
{
	(void)state;
	for (size_t i = 0; ms_field_at(i); i++) {
		char *text = ms_format("%s:", ms_field_at(i)->name);
		struct ms_completion c;

		ms_filter_complete(text, strlen(text), catalog, NULL, &c);
		for (size_t j = 0; j < c.count; j++) {
			char *whole = ms_format("%s%s", text, c.items[j]);
			struct ms_filter_error err;
			struct ms_filter *f = ms_filter_parse(whole, &err);

			if (!f)
				fail_msg("%s: %s", whole, err.message);
			ms_filter_free(f);
			ms_free(whole);
		}
		ms_completion_clear(&c);
		ms_free(text);
	}
}

static void test_what_items_begin_with(void **state)
{
	struct ms_completion c = {0};

	(void)state;
	assert_int_equal(ms_completion_common(&c), 0);
	assert_true(ms_completion_add(&c, "provider:"));
	assert_int_equal(ms_completion_common(&c), 9);
	assert_true(ms_completion_add(&c, "Provider_ctx"));
	assert_int_equal(ms_completion_common(&c), 8);
	ms_completion_clear(&c);
	assert_true(ms_completion_add(&c, "a\xc3\xa9"));
	assert_true(ms_completion_add(&c, "a\xc3\xa8"));
	assert_int_equal(ms_completion_common(&c), 1);
	while (ms_completion_add(&c, "x"))
		;
	assert_int_equal(c.count, MS_COMPLETIONS_MAX);
	ms_completion_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_fits_at_the_cursor),
		cmocka_unit_test(test_all_that_is_offered_can_be_parsed),
		cmocka_unit_test(test_what_items_begin_with),
	};

	return cmocka_run_group_tests_name("complete", tests, set_up_all, tear_down_all);
}
