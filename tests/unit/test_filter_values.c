/* SPDX-License-Identifier: MIT */
/* What values mean for each type of field. */
#include "tests/unit/filter_models.h"

/* clang-format off: tables, a row a line */

static void status_and_tiers(void **state)
{
	static const struct expectation rows[] = {
		{"status:new", "MO"},
		{"status=new", "MO"},
		{"status:New", "MO"},
		{"status:n", "MO"},
		{"status:new,active", "MFAO"},
		{"status!=new", "FLAG"},
		{"status!=new,active", "LG"},
		{"-status:inactive", "MFAO"},
		{"status:disabled", ""},
		{"tier:pro", "ML"},
		{"tiers:pro", "ML"},
		{"tier:free", "FLA"},
		{"tier:ent", "ML"},
		{"tier:pro+enterprise", "ML"},
		{"tier:pro+free", "L"},
		{"tier:pro,free", "MFLA"},
		{"tier=pro", ""},
		{"tier=free", "FA"},
		{"tier=pro+enterprise", "M"},
		{"tier=enterprise+pro", "M"},
		{"tier=free,pro+enterprise", "MFA"},
		{"tier!=free", "MLOG"},
		{"-tier:free", "MOG"},
		{"tier:none", "OG"},
		{"tier=none", "OG"},
		{"tier:*", "MFLA"},
		{"tier!=none", "MFLA"},
		{"tier:none,free", "FLAOG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void sets_of_words(void **state)
{
	static const struct expectation rows[] = {
		{"input:image", "ML"},
		{"input:Image", ""},
		{"input:im", ""},
		{"input:im*", "ML"},
		{"input:image+file", "L"},
		{"input:image+text", "ML"},
		{"input:file,audio", "LA"},
		{"input=text", "F"},
		{"input=text+image", "M"},
		{"input=image+text", "M"},
		{"input!=text", "MLAOG"},
		{"input:none", "OG"},
		{"input:*", "MFLA"},
		{"output_modality:image", "L"},
		{"outmod:text", "MFL"},
		{"-outmod:text", "AOG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void numbers(void **state)
{
	static const struct expectation rows[] = {
		{"ctx>=128k", "MFLA"},
		{"ctx>128k", "MFA"},
		{"ctx>128000", "MFA"},
		{"ctx<128k", "G"},
		{"ctx<=128K", "LG"},
		{"ctx:128Ki", "F"},
		{"ctx=131072", "F"},
		{"ctx:131072,8Ki", "FG"},
		{"ctx!=128k", "MFAG"},
		{"context:400k", "M"},
		{"ctx:2m", "A"},
		{"ctx:0.4m", "M"},
		{"ctx:100k..200k", "FL"},
		{"ctx:128k..128Ki", "FL"},
		{"ctx:200k..*", "MA"},
		{"ctx:*..10k", "G"},
		{"ctx:..10k", "G"},
		{"ctx:1m..", "A"},
		{"ctx:1k..10k,1m..*", "AG"},
		{"ctx:none", "O"},
		{"ctx:*", "MFLAG"},
		{"-ctx>=128k", "G"},
		{"maxout:none", "FLAOG"},
		{"maxout>100k", "M"},
		{"-maxout>100k", ""},
		{"daily:100", "M"},
		{"daily_limit:none", "FLAOG"},
		{"daily<200", "M"},
		{"-daily<200", "FLAOG"},
		{"daily!=100", "FLAOG"},
		{"monthly=0", "F"},
		{"monthly:*", "F"},
		{"trend>0", "MF"},
		{"trend<0", "L"},
		{"trend:-5", "L"},
		{"trend<=-6", ""},
		{"trend:-10..30", "ML"},
		{"trend:none", "AOG"},
		{"-trend>0", "LAOG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void prices(void **state)
{
	static const struct expectation rows[] = {
		{"price<1", "MFG"},
		{"in<1", "MFG"},
		{"price<=1", "MFLG"},
		{"price>1", ""},
		{"price>=1", "L"},
		{"price:0.25", "M"},
		{"price=0.250", "M"},
		{"price=$0.25", "M"},
		{"price=.25", "M"},
		{"price=1", "L"},
		{"price=0", "F"},
		{"price=0.0833333333333333", "G"},
		{"price:0.08..0.09", "G"},
		{"price:0.25..1", "ML"},
		{"price:*..0.1", "FG"},
		{"price!=0.25", "FLG"},
		{"-price<1", "L"},
		{"-price:0.25", "FLG"},
		{"out<5", "MF"},
		{"out>=10", "L"},
		{"price:variable", "A"},
		{"-price:variable", "MFLOG"},
		{"price:none", "O"},
		{"out:none", "OG"},
		{"price:known", "MFLG"},
		{"price=known", "MFLG"},
		{"price!=known", "AO"},
		{"price:*", "MFLAG"},
		{"price:none,variable", "AO"},
		{"price:0,variable", "FA"},
		{"websearch:0.01", "M"},
		{"web_search<1", "M"},
		{"cache_read:0.025", "M"},
		{"cache_write:none", "MFLAOG"},
		{"image:none reasoning:none request:none image_output:none", "MFLAOG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void times(void **state)
{
	static const struct expectation rows[] = {
		{"added:7d", "MF"},
		{"added:1w", "MF"},
		{"added:3d", "M"},
		{"-added:7d", "LAOG"},
		{"added!=7d", "LAOG"},
		{"added:2026", "MFL"},
		{"added:2026-06", "MF"},
		{"added:2026-06-07", "F"},
		{"updated:2026-06-07", "F"},
		{"added:2026-06-01..2026-06-07", "F"},
		{"added:2026-05..2026-06", "MFL"},
		{"added:2026-06-07..*", "MF"},
		{"added:*..2025", "AOG"},
		{"added:2024,2026-05", "LO"},
		{"added:2024-02", "O"},
		{"added:2024-02-29T10:00", "O"},
		{"added:2024-02-29T10:00:00", "O"},
		{"added:2024-02-29T10:00:01", ""},
		{"added<2026-06-07", "LAOG"},
		{"added<=2026-06-07", "FLAOG"},
		{"added>2026-06-07", "M"},
		{"added>=2026-06-07", "MF"},
		{"created:2026-05", "M"},
		{"created<2026-06", "M"},
		{"-created<2026-06", "F"},
		{"created:none", "LAOG"},
		{"changed:7d", "F"},
		{"-changed:7d", "MLAOG"},
		{"changed:none", "MLAOG"},
		{"expires:30d", "M"},
		{"expires:10d", ""},
		{"-expires:30d", "FLAOG"},
		{"expires:*", "MF"},
		{"expires<2026-07", "MF"},
		{"missing:*", "G"},
		{"missing:7d", ""},
		{"missing:2w", "G"},
		{"cutoff:2025", "M"},
		{"cutoff<2025-07", "M"},
		{"cutoff>2025-06", ""},
		{"-cutoff:2025", ""},
		{"cutoff:none", "FLAOG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void flags(void **state)
{
	static const struct expectation rows[] = {
		{"is:pending", "M"},	 {"is:marked", "M"},	  {"is:changed", "O"},
		{"is:attention", "M"},	 {"is:alias", "L"},	  {"is:expired", "F"},
		{"is:free", "F"},	 {"-is:free", "MLAOG"},	  {"is:variable", "A"},
		{"is:missing", "G"},	 {"is:moderated", "F"},	  {"is:paidfree", "LA"},
		{"is:free,alias", "FL"}, {"is:free+moderated", "F"}, {"is!=free", "MLAOG"},
		{"is=FREE", "F"},	 {"is:mar", "M"},	  {"-is:marked -is:changed", "FLAG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_and_tiers),
		cmocka_unit_test(sets_of_words),
		cmocka_unit_test(numbers),
		cmocka_unit_test(prices),
		cmocka_unit_test(times),
		cmocka_unit_test(flags),
	};

	return cmocka_run_group_tests_name("filter values", tests, set_up, NULL);
}
