/* SPDX-License-Identifier: MIT */
#include "modelsync/filter.h"

void ms_filter_explain(struct ms_text *out, const char *text, const struct ms_filter_error *err)
{
	ms_text_point_at(out, text, err->at, err->len);
	ms_text_addf(out, " %s\n", err->message);
}
