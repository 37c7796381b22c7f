/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.c - check each [schedule]: the order of its steps, their profiles, and the keys that they set. */
#include "policy/sections/schedule.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "hotplug/base/event.h"
#include "hotplug/base/value.h"
#include "policy/nearest.h"
#include "policy/sections/meet.h"
#include "policy/sections/resolve.h"

/* Splits "KEY=VALUE", or "KEY", in place. Returns the value. */
static const char *split(char word[XNM_STEP_TEXT_LEN])
{
	char *equals = strchr(word, '=');

	if (!equals)
		return "";
	*equals = '\0';
	return equals + 1;
}

/* Whether a word of the step that stands before that number is of this key. */
static bool names_before(const struct xnm_step *step, const char *name, unsigned int end)
{
	char word[XNM_STEP_TEXT_LEN];

	for (unsigned int i = 2; i < end && xnm_step_word(step, i, word); i++) {
		(void)split(word);
		if (strcmp(word, name) == 0)
			return true;
	}
	return false;
}

static int lay_pair(const struct xnm_step *step, unsigned int number, const char *name,
		    const char *value, struct xnm_override *override)
{
	const struct xnm_override_key *key = xnm_override_find(override, name);
	char both[XNM_OVERRIDE_VALUE_LEN];

	if (!key || !names_before(step, name, number))
		return xnm_override_set(override, name, value);
	if (snprintf(both, sizeof(both), "%s %s", key->value, value) >= (int)sizeof(both))
		return -ENAMETOOLONG;
	return xnm_override_set(override, name, both);
}

int xnm_step_lay(const struct xnm_step *step, struct xnm_override *override)
{
	char word[XNM_STEP_TEXT_LEN];
	int rc = 0;

	if (step->action == XNM_STEP_RESET && !xnm_step_word(step, 2, word))
		override->n = 0;
	for (unsigned int i = 2; rc == 0 && xnm_step_word(step, i, word); i++) {
		const char *value = split(word);

		if (step->action == XNM_STEP_SET)
			rc = lay_pair(step, i, word, value, override);
		else
			(void)xnm_override_unset(override, word);
	}
	return rc;
}

/* A mistake of keys, told of the step that has them. */
struct teller {
	const struct xnm_resolver *r;
	const struct xnm_step *step;
};

static void tell(void *arg, const char *file, unsigned int line, const char *text)
{
	const struct teller *teller = arg;

	(void)file;
	(void)line;
	if (!xnm_policy_is_warning(text))
		xnm_mistake_at(teller->r->rep, teller->step->origin, "step: %s", text);
}

/* Takes GUEST/NUMBER apart. Returns false for what names a vif in another way. */
static bool split_guest(const struct xnm_step *step, char guest[XNM_STEP_TEXT_LEN], uint32_t *devid)
{
	char *slash;

	*devid = 0;
	if (!xnm_step_word(step, 1, guest) || isdigit((unsigned char)guest[0]) ||
	    xnm_ifname_is_vif(guest))
		return false;
	slash = strrchr(guest, '/');
	if (slash && xnm_parse_u32(slash + 1, 0, XNM_DEVID_MAX, devid))
		return false;
	if (slash)
		*slash = '\0';
	return guest[0] != '\0';
}

static bool is_same_vif(const struct xnm_step *a, const struct xnm_step *b)
{
	char words[2][XNM_STEP_TEXT_LEN];
	uint32_t devids[2];
	bool guests[2] = { split_guest(a, words[0], &devids[0]),
			   split_guest(b, words[1], &devids[1]) };

	return guests[0] == guests[1] && devids[0] == devids[1] && strcmp(words[0], words[1]) == 0;
}

static bool changes_keys(const struct xnm_step *step)
{
	return step->action == XNM_STEP_SET || step->action == XNM_STEP_RESET;
}

/* A single value that a step has twice. */
static void check_twice(const struct xnm_resolver *r, const struct xnm_step *step)
{
	char word[XNM_STEP_TEXT_LEN];

	for (unsigned int i = 2; xnm_step_word(step, i, word); i++) {
		unsigned int key;

		(void)split(word);
		key = xnm_key_find(XNM_SECTION_VIF, word);
		if (key != XNM_N_KEYS && names_before(step, word, i) &&
		    (step->action == XNM_STEP_RESET ||
		     xnm_types[xnm_keys[key].type].form == XNM_VALUE))
			xnm_mistake_at(r->rep, step->origin, "step: %s is given twice", word);
	}
}

/* The names of a reset are set to nothing here, which is how they are checked. */
static int lay_alone(const struct xnm_step *step, struct xnm_override *override)
{
	char word[XNM_STEP_TEXT_LEN];
	int rc = 0;

	if (step->action == XNM_STEP_SET)
		return xnm_step_lay(step, override);
	for (unsigned int i = 2; rc == 0 && xnm_step_word(step, i, word); i++)
		rc = xnm_override_set(override, word, "");
	return rc;
}

static struct xnm_override the_override;

/* The keys of one step by themselves, whatever the vif has. */
static void check_keys(const struct xnm_resolver *r, const struct xnm_step *step)
{
	struct teller teller = { r, step };
	struct xnm_override_vif vif = { .domain = "" };
	unsigned int before = r->rep->n_mistakes;
	char guest[XNM_STEP_TEXT_LEN];

	if (split_guest(step, guest, &vif.devid))
		vif.domain = guest;
	the_override.n = 0;
	check_twice(r, step);
	if (r->rep->n_mistakes != before)
		return;
	if (lay_alone(step, &the_override))
		xnm_mistake_at(r->rep, step->origin, "step: sets more than a vif can have");
	else
		(void)xnm_policy_override_check(r->policy, &vif, &the_override, true, tell,
						&teller);
}

/* What all steps so far make of a vif whose section is known, as if nothing else were set for it. */
static void check_together(const struct xnm_resolver *r, const struct xnm_schedule *schedule,
			   unsigned int number)
{
	const struct xnm_step *step = &schedule->steps[number];
	struct teller teller = { r, step };
	struct xnm_override_vif vif = { .domain = "" };
	char guest[XNM_STEP_TEXT_LEN];

	if (!split_guest(step, guest, &vif.devid))
		return;
	vif.domain = guest;
	vif.section = xnm_policy_sure_section(r->policy, guest, vif.devid);
	if (!vif.section)
		return;
	the_override.n = 0;
	for (unsigned int i = 0; i <= number; i++) {
		if (changes_keys(&schedule->steps[i]) && is_same_vif(&schedule->steps[i], step) &&
		    xnm_step_lay(&schedule->steps[i], &the_override))
			return;
	}
	(void)xnm_policy_override_check(r->policy, &vif, &the_override, false, tell, &teller);
}

static void check_profile(const struct xnm_resolver *r, const struct xnm_step *step)
{
	char name[XNM_STEP_TEXT_LEN];
	struct xnm_nearest nearest = { .text = name };

	(void)xnm_step_word(step, 1, name);
	if (xnm_policy_profile(r->policy, name) || r->section_lost)
		return;
	for (unsigned int i = 0; i < r->policy->n_profiles; i++)
		xnm_nearest_offer(&nearest, r->policy->profiles[i].name);
	xnm_mistake_at(r->rep, step->origin, "step: there is no [profile %s]%s%s%s", name,
		       nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
		       nearest.best ? "'?" : "");
}

static void check_order(const struct xnm_resolver *r, const struct xnm_step *before,
			const struct xnm_step *step)
{
	char place[160];

	if (before->action == XNM_STEP_END)
		xnm_mistake_at(r->rep, step->origin, "step: comes behind the end, in %s",
			       xnm_policy_origin(r->policy, before->origin, place, sizeof(place)));
	else if (step->at_ms < before->at_ms)
		xnm_mistake_at(r->rep, step->origin,
			       "step: is before the step in %s; write them in the order of their "
			       "times",
			       xnm_policy_origin(r->policy, before->origin, place, sizeof(place)));
}

static void resolve_schedule(const struct xnm_resolver *r, const struct xnm_schedule *schedule)
{
	/* under another profile the section of a vif may be another one */
	bool profile_is_known = true;

	if (schedule->n_steps == 0 && !schedule->written.keys[XNM_KEY_INDEX(SCHEDULE, STEP)].line)
		xnm_mistake_at(r->rep, schedule->origin,
			       "[schedule %s]: has no step=", schedule->name);
	for (unsigned int i = 0; i < schedule->n_steps; i++) {
		const struct xnm_step *step = &schedule->steps[i];

		if (i > 0)
			check_order(r, step - 1, step);
		if (step->action == XNM_STEP_PROFILE) {
			check_profile(r, step);
			profile_is_known = false;
		}
		if (!changes_keys(step))
			continue;
		check_keys(r, step);
		if (profile_is_known && r->rep->n_mistakes == 0)
			check_together(r, schedule, i);
	}
}

void xnm_resolve_schedules(const struct xnm_resolver *r)
{
	for (unsigned int i = 0; i < r->policy->n_schedules; i++)
		resolve_schedule(r, &r->policy->schedules[i]);
}
