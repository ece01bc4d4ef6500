/* SPDX-License-Identifier: MIT */
#include "decimal.h"

#include <stdint.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Adds one digit of the mantissa; leading zeros only move the point. */
static bool add_digit(struct ms_decimal *d, char c, bool after_point)
{
	if (after_point)
		d->exponent--;
	if (c == '0' && d->count == 0)
		return true;
	if (d->count == MS_DECIMAL_DIGITS)
		return false;
	d->digits[d->count++] = c;
	return true;
}

static bool parse_mantissa(struct ms_decimal *d, const char *s, size_t len, size_t *at)
{
	bool point = false, any = false;

	for (; *at < len; (*at)++) {
		if (is_digit(s[*at])) {
			any = true;
			if (!add_digit(d, s[*at], point))
				return false;
		} else if (s[*at] == '.' && !point) {
			point = true;
		} else {
			break;
		}
	}
	return any;
}

static bool parse_exponent(struct ms_decimal *d, const char *s, size_t len, size_t at)
{
	bool negative = at < len && s[at] == '-';
	int exponent = 0;

	if (at < len && (s[at] == '-' || s[at] == '+'))
		at++;
	if (at == len)
		return false;
	for (; at < len; at++) {
		if (!is_digit(s[at]))
			return false;
		exponent = exponent * 10 + (s[at] - '0');
		if (exponent > MS_DECIMAL_EXPONENT)
			return false;
	}
	d->exponent += negative ? -exponent : exponent;
	return true;
}

static void normalise(struct ms_decimal *d)
{
	while (d->count && d->digits[d->count - 1] == '0') {
		d->count--;
		d->exponent++;
	}
	if (d->count == 0)
		d->exponent = 0;
}

bool ms_decimal_parse(struct ms_decimal *d, const char *s, size_t len)
{
	size_t at = 0;

	d->count = 0;
	d->exponent = 0;
	d->negative = len && s[0] == '-';
	if (len && (s[0] == '-' || s[0] == '+'))
		at = 1;
	if (!parse_mantissa(d, s, len, &at))
		return false;
	if (at < len && (s[at] != 'e' && s[at] != 'E'))
		return false;
	if (at < len && !parse_exponent(d, s, len, at + 1))
		return false;
	normalise(d);
	return d->exponent >= -MS_DECIMAL_EXPONENT && d->exponent <= MS_DECIMAL_EXPONENT;
}

/* Powers of ten up to 10^22 are exact in a double, so one division of exact values rounds once. */
static const double exact_powers[] = {1e0,  1e1,  1e2,	1e3,  1e4,  1e5,  1e6,	1e7,
				      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
				      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define EXACT_POWER	22
#define EXACT_MANTISSA	(UINT64_C(1) << 53)
#define MANTISSA_DIGITS 19 /* as many as always fit in 64 bits */

static double scale(uint64_t mantissa, int exponent)
{
	long double value = (long double)mantissa;

	if (mantissa < EXACT_MANTISSA && exponent >= -EXACT_POWER && exponent <= EXACT_POWER)
		return exponent < 0 ? (double)mantissa / exact_powers[-exponent]
				    : (double)mantissa * exact_powers[exponent];
	for (; exponent > EXACT_POWER; exponent -= EXACT_POWER)
		value *= (long double)exact_powers[EXACT_POWER];
	for (; exponent < -EXACT_POWER; exponent += EXACT_POWER)
		value /= (long double)exact_powers[EXACT_POWER];
	if (exponent < 0)
		return (double)(value / (long double)exact_powers[-exponent]);
	return (double)(value * (long double)exact_powers[exponent]);
}

double ms_decimal_to_double(const struct ms_decimal *d)
{
	uint64_t mantissa = 0;
	size_t used = d->count < MANTISSA_DIGITS ? d->count : MANTISSA_DIGITS;
	double value;

	for (size_t i = 0; i < used; i++)
		mantissa = mantissa * 10 + (uint64_t)(d->digits[i] - '0');
	value = scale(mantissa, d->exponent + (int)(d->count - used));
	return d->negative && mantissa ? -value : value;
}

/* The digits of |d| × 10^decimals rounded to a whole number, at least one; returns how many. */
static size_t round_digits(const struct ms_decimal *d, int decimals, char *out)
{
	int shift = d->exponent + decimals;
	size_t drop = shift < 0 ? (size_t)-shift : 0;
	size_t keep = drop < d->count ? d->count - drop : 0, i;

	memcpy(out, d->digits, keep);
	if (shift > 0 && keep) {
		memset(out + keep, '0', (size_t)shift);
		return keep + (size_t)shift;
	}
	if (drop == 0 || drop > d->count || d->digits[keep] < '5')
		return keep;
	for (i = keep; i > 0 && out[i - 1] == '9'; i--)
		out[i - 1] = '0';
	if (i > 0) {
		out[i - 1]++;
		return keep;
	}
	memmove(out + 1, out, keep);
	out[0] = '1';
	return keep + 1;
}

bool ms_decimal_render(const struct ms_decimal *d, unsigned decimals, char *buf)
{
	char digits[MS_DECIMAL_TEXT];
	size_t count = round_digits(d, (int)decimals, digits);
	size_t whole = count > decimals ? count - decimals : 0;
	size_t padding = count < decimals ? decimals - count : 0, at = 0;

	if (whole == 0)
		buf[at++] = '0';
	memcpy(buf + at, digits, whole);
	at += whole;
	if (decimals)
		buf[at++] = '.';
	memset(buf + at, '0', padding);
	at += padding;
	memcpy(buf + at, digits + whole, count - whole);
	at += count - whole;
	buf[at] = '\0';
	return count > 0;
}

static const struct {
	char suffix[3];
	double factor;
} factors[] = {
	{"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9},
};

static bool ends_with(const char *s, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	if (len <= n)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((s[len - n + i] | 0x20) != (suffix[i] | 0x20))
			return false;
	return true;
}

bool ms_number_parse(const char *s, size_t len, double *out)
{
	struct ms_decimal d;
	double factor = 1.0;

	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
		if (ends_with(s, len, factors[i].suffix)) {
			factor = factors[i].factor;
			len -= strlen(factors[i].suffix);
			break;
		}
	if (!ms_decimal_parse(&d, s, len))
		return false;
	*out = ms_decimal_to_double(&d) * factor;
	return true;
}
