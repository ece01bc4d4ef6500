/* SPDX-License-Identifier: MIT */
#include "field_row.h"

enum flag {
	FLAG_PENDING,
	FLAG_MARKED,
	FLAG_CHANGED,
	FLAG_ATTENTION,
	FLAG_ALIAS,
	FLAG_EXPIRED,
	FLAG_FREE,
	FLAG_VARIABLE,
	FLAG_MISSING,
	FLAG_MODERATED,
	FLAG_PAIDFREE,
	FLAG_COUNT
};

const char *const ms_flag_words[FLAG_COUNT + 1] = {
	[FLAG_PENDING] = "pending",	[FLAG_MARKED] = "marked",     [FLAG_CHANGED] = "changed",
	[FLAG_ATTENTION] = "attention", [FLAG_ALIAS] = "alias",	      [FLAG_EXPIRED] = "expired",
	[FLAG_FREE] = "free",		[FLAG_VARIABLE] = "variable", [FLAG_MISSING] = "missing",
	[FLAG_MODERATED] = "moderated", [FLAG_PAIDFREE] = "paidfree",
};

static bool has_variable_price(const struct ms_model *m)
{
	for (size_t i = 0; i < MS_PRICE_COUNT; i++)
		if (ms_price_state(m->prices[i]) == MS_PRICE_VARIABLE)
			return true;
	return false;
}

bool ms_flag_is(int flag, const struct ms_model *m, unsigned row_flags, int64_t now)
{
	switch ((enum flag)flag) {
	case FLAG_PENDING:
		return row_flags & MS_ROW_PENDING;
	case FLAG_MARKED:
		return row_flags & MS_ROW_MARKED;
	case FLAG_CHANGED:
		return row_flags & MS_ROW_CHANGED;
	case FLAG_ATTENTION:
		return m->attention && *m->attention;
	case FLAG_ALIAS:
		return ms_model_is_alias(m);
	case FLAG_EXPIRED:
		return m->expires_at != 0 && m->expires_at <= now;
	case FLAG_FREE:
		return ms_model_is_free(m);
	case FLAG_VARIABLE:
		return has_variable_price(m);
	case FLAG_MISSING:
		return ms_model_is_missing(m);
	case FLAG_MODERATED:
		return m->is_moderated;
	case FLAG_PAIDFREE:
		return ms_model_is_paid_in_free_tier(m, m->tiers);
	case FLAG_COUNT:
		break;
	}
	return false;
}
