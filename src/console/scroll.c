/* SPDX-License-Identifier: MIT */
#include "scroll.h"

#include <limits.h>
#include <stdlib.h>

long ms_scroll_step(enum ms_action action, long page)
{
	if (page < 1)
		page = 1;
	switch ((int)action) {
	case MS_ACTION_down:
		return 1;
	case MS_ACTION_up:
		return -1;
	case MS_ACTION_page_down:
		return page;
	case MS_ACTION_page_up:
		return -page;
	case MS_ACTION_half_down:
		return (page + 1) / 2;
	case MS_ACTION_half_up:
		return -(page + 1) / 2;
	case MS_ACTION_top:
		return -LONG_MAX;
	case MS_ACTION_bottom:
		return LONG_MAX;
	default:
		return 0;
	}
}

size_t ms_scroll_by(size_t at, size_t n, long step)
{
	size_t far = (size_t)labs(step);

	if (n == 0)
		return 0;
	if (step < 0)
		return at > far ? at - far : 0;
	return at + far < n ? at + far : n - 1;
}

size_t ms_scroll_top(size_t top, size_t at, size_t n, int height)
{
	size_t h = height > 0 ? (size_t)height : 1;

	if (at < top)
		top = at;
	else if (at >= top + h)
		top = at - h + 1;
	if (top + h > n)
		top = n > h ? n - h : 0;
	return top;
}
