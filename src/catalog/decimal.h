/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_DECIMAL_H
#define MODELSYNC_CATALOG_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

#define MS_DECIMAL_DIGITS   64
#define MS_DECIMAL_EXPONENT 200
/* Enough for any decimal rendered with at most MS_DECIMAL_EXPONENT decimals. */
#define MS_DECIMAL_TEXT (2 * MS_DECIMAL_EXPONENT + MS_DECIMAL_DIGITS + 8)

/*
 * An exact decimal number: digits × 10^exponent, without leading or trailing zeros, so that equal
 * numbers have equal representations. Zero has no digits.
 */
struct ms_decimal {
	bool negative;
	int exponent;
	size_t count;
	char digits[MS_DECIMAL_DIGITS]; /* '0' to '9', not terminated */
};

/*
 * The whole of s: [+-]digits[.digits][e[+-]digits]. False for anything else, for more than
 * MS_DECIMAL_DIGITS significant digits, and for exponents beyond ±MS_DECIMAL_EXPONENT.
 * Independent of the locale.
 */
bool ms_decimal_parse(struct ms_decimal *d, const char *s, size_t len);

/* The nearest double for up to 15 digits, else within one unit; equal decimals give equal doubles.
 */
double ms_decimal_to_double(const struct ms_decimal *d);

/*
 * Rounds half away from zero to that many decimals (at most MS_DECIMAL_EXPONENT) and writes it to
 * buf (MS_DECIMAL_TEXT bytes). The sign is left out. Returns false when nothing but zeros is left.
 */
bool ms_decimal_render(const struct ms_decimal *d, unsigned decimals, char *buf);

/* A number as people type it: "128k" "1.5m" "2g" (powers of 1000), "64Ki" "1Mi" (of 1024). */
bool ms_number_parse(const char *s, size_t len, double *out);

#endif
