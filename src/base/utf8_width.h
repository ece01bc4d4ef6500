/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UTF8_WIDTH_H
#define MODELSYNC_UTF8_WIDTH_H

#include <stddef.h>
#include <stdint.h>

struct ms_range {
	uint32_t first, last;
};
extern const struct ms_range ms_zero_width[], ms_double_width[];
extern const size_t ms_zero_width_count, ms_double_width_count;

#endif
