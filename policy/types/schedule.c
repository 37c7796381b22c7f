/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.c - read one step of a [schedule]: a time, an action and its words. */
#include "policy/types/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "policy/override.h"
#include "policy/types/types.h"

#define DAY_MS 86400000u

/* 0s is a time here, and there are days, so that it is not the type of interval=. */
static int parse_time(const char *text, uint32_t *out, const char **reason)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 }, { "d", DAY_MS }
	};
	size_t digits = strspn(text, "0123456789");
	char number[12];
	uint32_t value;
	int rc;

	*reason = "the time must be a whole number with its unit ms, s, min, h or d, as in 120s";
	if (digits == 0 || digits >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, digits);
	number[digits] = '\0';
	for (size_t i = 0; i < XNM_N_ELEMENTS(units); i++) {
		if (strcmp(text + digits, units[i].name) != 0)
			continue;
		rc = xnm_parse_u32(number, 0, XNM_STEP_MAX_DAYS * DAY_MS / units[i].ms, &value);
		if (rc == -ERANGE)
			*reason = "the time is more than 30 days";
		if (rc)
			return -EINVAL;
		*out = value * units[i].ms;
		return 0;
	}
	return -EINVAL;
}

bool xnm_step_word(const struct xnm_step *step, unsigned int number, char out[XNM_STEP_TEXT_LEN])
{
	const char *text = step->text;
	size_t len;

	for (; number && text; number--) {
		text = strchr(text, ' ');
		text = text ? text + 1 : NULL;
	}
	len = text ? strcspn(text, " ") : 0;
	memcpy(out, text ? text : "", len);
	out[len] = '\0';
	return len > 0;
}

/* All words with one blank between them, from the one behind the time. */
static int copy_words(const char *text, char out[XNM_STEP_TEXT_LEN])
{
	size_t used = 0, len;

	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		len = strcspn(text, " \t");
		if (used + len + 2 > XNM_STEP_TEXT_LEN)
			return -EINVAL;
		if (used)
			out[used++] = ' ';
		memcpy(out + used, text, len);
		used += len;
		text += len;
	}
	out[used] = '\0';
	return 0;
}

static int check_profile(const struct xnm_step *step, const char **reason)
{
	char word[XNM_STEP_TEXT_LEN], name[XNM_NAME_LEN];
	const char *why = NULL;

	*reason = "profile must be followed by the name of one, and nothing else";
	return !xnm_step_word(step, 1, word) || xnm_parse_name(word, name, sizeof(name), &why) ||
			       xnm_step_word(step, 2, word)
		       ? -EINVAL
		       : 0;
}

/* Of set and reset: a vif, and words that are pairs, or are none. */
static int check_vif(const struct xnm_step *step, const char **reason)
{
	bool pairs = step->action == XNM_STEP_SET;
	char word[XNM_STEP_TEXT_LEN];
	unsigned int i;

	*reason = "the first word behind set and reset must be a vif, as in web1/0 or vif1.0";
	if (!xnm_step_word(step, 1, word) || strchr(word, '=') || word[0] == '-' ||
	    strlen(word) >= XNM_NAME_LEN)
		return -EINVAL;
	*reason = pairs ? "behind the vif must come KEY=VALUE..., as in rate=1Mbit; of a list, "
			  "repeat the key for each word"
			: "behind the vif must come nothing, or names of keys, as in rate";
	for (i = 2; xnm_step_word(step, i, word); i++) {
		size_t len = strcspn(word, "=");

		if (len == 0 || len >= XNM_KEY_NAME_LEN || (word[len] == '=') != pairs)
			return -EINVAL;
	}
	return pairs && i == 2 ? -EINVAL : 0;
}

static int check_end(const struct xnm_step *step, const char **reason)
{
	char word[XNM_STEP_TEXT_LEN];

	*reason = "nothing may come behind end";
	return xnm_step_word(step, 1, word) ? -EINVAL : 0;
}

static int parse_action(struct xnm_step *step, const char **reason)
{
	static const struct {
		const char *name;
		int (*check)(const struct xnm_step *step, const char **reason);
	} actions[] = {
		[XNM_STEP_PROFILE] = { "profile", check_profile },
		[XNM_STEP_SET] = { "set", check_vif },
		[XNM_STEP_RESET] = { "reset", check_vif },
		[XNM_STEP_END] = { "end", check_end },
	};
	char word[XNM_STEP_TEXT_LEN];

	(void)xnm_step_word(step, 0, word);
	for (size_t i = 0; i < XNM_N_ELEMENTS(actions); i++) {
		if (strcmp(word, actions[i].name) != 0)
			continue;
		step->action = (enum xnm_step_action)i;
		return actions[i].check(step, reason);
	}
	*reason = "behind the time must come profile, set, reset or end";
	return -EINVAL;
}

int xnm_parse_step(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_step step = { 0 };
	size_t len = strcspn(text, " \t");
	char time[24];

	(void)size;
	if (len >= sizeof(time))
		return -EINVAL;
	memcpy(time, text, len);
	time[len] = '\0';
	if (copy_words(text + len, step.text) || parse_time(time, &step.at_ms, reason) ||
	    parse_action(&step, reason))
		return -EINVAL;
	memcpy(out, &step, sizeof(step));
	return 0;
}
