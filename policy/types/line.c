/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line.c - read what says in several words how a line behaves: its loss model, slots and seed. */
#include "policy/types/types.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "policy/tc.h"

#define BLANKS	   " \t"
#define WORD_LEN   32
#define CERTAINTY  1000000 /* in millionths */
#define MAX_FIELDS 4

/* Reads each word of text into the next field. Returns how many there were, or -EINVAL. */
static int parse_words(const char *text, xnm_value_parser *parse, uint32_t *const fields[],
		       int n_fields, const char **reason)
{
	int n = 0;

	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
		size_t len = strcspn(text, BLANKS);
		char word[WORD_LEN];

		if (n == n_fields || len >= sizeof(word))
			return -EINVAL;
		memcpy(word, text, len);
		word[len] = '\0';
		if (parse(word, fields[n], sizeof(*fields[n]), reason))
			return -EINVAL;
		n++;
		text += len;
	}
	return n ? n : -EINVAL;
}

/* A probability, which may be 0% as well. */
static int parse_chance(const char *text, void *out, size_t size, const char **reason)
{
	if (text[0] == '0' && strcmp(text + 1 + strspn(text + 1, "0"), "%") == 0) {
		*(uint32_t *)out = 0;
		return 0;
	}
	return xnm_parse_probability(text, out, size, reason);
}

static bool is_useless(const struct xnm_gemodel *model, const char **reason)
{
	if (!model->turn_bad_ppm)
		*reason = "never turns the line bad: the first probability must be more than 0%";
	else if (!model->turn_good_ppm)
		*reason = "never turns the line good again: the second probability, which is 100% "
			  "less the first unless it is given, must be more than 0%";
	else if (!model->bad_loss_ppm && !model->good_loss_ppm)
		*reason = "loses nothing: the third probability must be more than 0%";
	else
		return false;
	return true;
}

int xnm_parse_gemodel(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_gemodel model = { .bad_loss_ppm = CERTAINTY };
	uint32_t *const fields[MAX_FIELDS] = { &model.turn_bad_ppm, &model.turn_good_ppm,
					       &model.bad_loss_ppm, &model.good_loss_ppm };
	int n = parse_words(text, parse_chance, fields, MAX_FIELDS, reason);

	(void)size;
	if (n < 0)
		return n;
	if (n == 1)
		model.turn_good_ppm = CERTAINTY - model.turn_bad_ppm;
	if (is_useless(&model, reason))
		return -EINVAL;
	*(struct xnm_gemodel *)out = model;
	return 0;
}

int xnm_parse_slot(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_slot slot = { 0 };
	uint32_t *const fields[] = { &slot.min_us, &slot.max_us };
	int n = parse_words(text, xnm_parse_delay, fields, XNM_N_ELEMENTS(fields), reason);

	(void)size;
	if (n < 0)
		return n;
	if (n == 1)
		slot.max_us = slot.min_us;
	if (slot.max_us < slot.min_us) {
		*reason = "must have the shorter time first";
		return -EINVAL;
	}
	*(struct xnm_slot *)out = slot;
	return 0;
}

int xnm_parse_seed(const char *text, void *out, size_t size, const char **reason)
{
	uint64_t seed = 0;

	(void)size;
	(void)reason;
	for (; isdigit((unsigned char)*text); text++) {
		if (__builtin_mul_overflow(seed, 10, &seed) ||
		    __builtin_add_overflow(seed, (uint64_t)(*text - '0'), &seed))
			return -EINVAL;
	}
	if (*text || !seed)
		return -EINVAL;
	*(uint64_t *)out = seed;
	return 0;
}
