/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc.c - read rates, delays, sizes and probabilities, each with its unit. */
#include "policy/types/types.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "hotplug/base/util.h"
#include "policy/tc.h"

#define MAX_DIGITS 15

/* Where a name begins with a capital letter, the small one will do as well: 10mbit, 64k. */
struct unit {
	const char *name;
	uint64_t factor; /* of what the field counts in; of "%" 10000 millionths */
};

/* Something that is measured, and what to say of values that are none. */
struct measure {
	const struct unit *units;
	size_t n_units;
	uint64_t max;
	const char *bare; /* a number without a unit */
	const char *zero;
	const char *fine; /* what the field cannot count, as half a bit a second */
	const char *large;
};

/* 12.5: the number 125, of which the last digit is behind the point. */
struct decimal {
	uint64_t digits;
	uint64_t divisor;
};

static const struct unit rate_units[] = {
	{ "bit", 1 },
	{ "Kbit", 1000 },
	{ "Mbit", 1000000 },
	{ "Gbit", 1000000000 },
	{ "Tbit", 1000000000000 },
	/* systemd.syntax(7) */
	{ "K", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000 },
	{ "T", 1000000000000 },
	/* xl-network-configuration(5), rate= */
	{ "b/s", 1 },
	{ "Kb/s", 1000 },
	{ "Mb/s", 1000000 },
	{ "Gb/s", 1000000000 },
	{ "B/s", 8 },
	{ "KB/s", 8000 },
	{ "MB/s", 8000000 },
	{ "GB/s", 8000000000 },
};

static const struct measure rate = {
	.units = rate_units,
	.n_units = XNM_N_ELEMENTS(rate_units),
	.max = XNM_RATE_MAX_BIT_S,
	.bare = "needs a unit, as in 10Mbit",
	.zero = "is no rate; for no limit, leave the key out or empty",
	.fine = "is no whole number of bits in a second",
	.large = "is more than 1Tbit; for no limit, leave the key out or empty",
};

static const struct unit delay_units[] = {
	{ "us", 1 },
	{ "ms", 1000 },
	{ "s", 1000000 },
};

static const struct measure delay = {
	.units = delay_units,
	.n_units = XNM_N_ELEMENTS(delay_units),
	.max = XNM_DELAY_MAX_US,
	.bare = "needs a unit, as in 20ms",
	.zero = "is no time; for none, leave the key out or empty",
	.fine = "is no whole number of microseconds",
	.large = "is more than 60s",
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "K", 1024 },
	{ "M", 1024 * 1024 },
};

static const struct measure bytes = {
	.units = size_units,
	.n_units = XNM_N_ELEMENTS(size_units),
	.max = XNM_BURST_MAX_BYTES,
	.zero = "is no size; to have it computed, leave the key out or empty",
	.fine = "is no whole number of bytes",
	.large = "is more than 1024M",
};

static const struct unit probability_units[] = {
	{ "%", 10000 },
};

static const struct measure probability = {
	.units = probability_units,
	.n_units = XNM_N_ELEMENTS(probability_units),
	.max = 1000000,
	.bare = "needs its unit, as in 1%",
	.zero = "is never; leave the key out or empty",
	.fine = "is finer than 0.0001%",
	.large = "is more than 100%",
};

static int refuse(const char **reason, const char *text)
{
	if (text)
		*reason = text;
	return -EINVAL;
}

/* Takes the number that text begins with. Returns what follows it, or NULL if there is none. */
static const char *take_decimal(const char *text, struct decimal *out, const char **reason)
{
	unsigned int n = 0;
	bool point = false;

	*out = (struct decimal){ .divisor = 1 };
	for (; isdigit((unsigned char)*text) || (*text == '.' && n && !point); text++) {
		if (*text == '.') {
			point = true;
			if (!isdigit((unsigned char)text[1]))
				return NULL;
			continue;
		}
		if (++n > MAX_DIGITS) {
			*reason = "has too many digits: at most 15 are possible";
			return NULL;
		}
		out->digits = out->digits * 10 + (uint64_t)(*text - '0');
		out->divisor *= point ? 10 : 1;
	}
	return n ? text : NULL;
}

static bool is_unit(const char *name, const char *text)
{
	if (isupper((unsigned char)name[0]) && text[0] != '\0')
		return toupper((unsigned char)text[0]) == name[0] &&
		       strcmp(name + 1, text + 1) == 0;
	return strcmp(name, text) == 0;
}

static const struct unit *find_unit(const struct measure *measure, const char *text)
{
	for (size_t i = 0; i < measure->n_units; i++) {
		if (is_unit(measure->units[i].name, text))
			return &measure->units[i];
	}
	return NULL;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static int parse(const char *text, const struct measure *measure, uint64_t *out,
		 const char **reason)
{
	struct decimal number;
	const char *name = take_decimal(text, &number, reason);
	const struct unit *unit = name ? find_unit(measure, name) : NULL;
	uint64_t value, common;

	if (!name)
		return -EINVAL;
	if (!unit)
		return refuse(reason, *name ? NULL : measure->bare);
	if (number.digits == 0)
		return refuse(reason, measure->zero);
	/* 999.999999999Gbit must not overflow on its way */
	common = common_divisor(unit->factor, number.divisor);
	number.divisor /= common;
	if (__builtin_mul_overflow(number.digits, unit->factor / common, &value) ||
	    value / number.divisor > measure->max)
		return refuse(reason, measure->large);
	if (value % number.divisor)
		return refuse(reason, measure->fine);
	*out = value / number.divisor;
	return 0;
}

static bool ends_with_bps(const char *text)
{
	size_t len = strlen(text);

	return len > 3 && strcasecmp(text + len - 3, "bps") == 0;
}

int xnm_parse_rate(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	if (isdigit((unsigned char)text[0]) && ends_with_bps(text))
		return refuse(reason, "bps means bytes per second in tc(8) and bits elsewhere: "
				      "write 10Mbit or 10MB/s");
	return parse(text, &rate, out, reason);
}

static int parse_u32(const char *text, const struct measure *measure, uint32_t *out,
		     const char **reason)
{
	uint64_t value;
	int rc = parse(text, measure, &value, reason);

	/* the largest of each of these measures fits */
	if (rc == 0)
		*out = (uint32_t)value;
	return rc;
}

int xnm_parse_delay(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_u32(text, &delay, out, reason);
}

int xnm_parse_size(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_u32(text, &bytes, out, reason);
}

int xnm_parse_probability(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	return parse_u32(text, &probability, out, reason);
}

const char *xnm_rate_text(uint64_t bit_s, char out[XNM_RATE_TEXT_LEN])
{
	size_t i = 4; /* Tbit */

	while (i > 0 && bit_s % rate_units[i].factor)
		i--;
	(void)snprintf(out, XNM_RATE_TEXT_LEN, "%llu%s",
		       (unsigned long long)(bit_s / rate_units[i].factor), rate_units[i].name);
	return out;
}

const char *xnm_delay_text(uint32_t us, char out[XNM_DELAY_TEXT_LEN])
{
	size_t i = 2; /* s */

	while (i > 0 && us % delay_units[i].factor)
		i--;
	(void)snprintf(out, XNM_DELAY_TEXT_LEN, "%llu%s",
		       (unsigned long long)(us / delay_units[i].factor), delay_units[i].name);
	return out;
}
