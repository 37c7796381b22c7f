/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.h - a scenario in time: what `xnm run` changes, and when. */
#ifndef XNM_POLICY_SCHEDULE_H
#define XNM_POLICY_SCHEDULE_H

#include "policy/profile.h"

#define XNM_MAX_SCHEDULES 32
#define XNM_MAX_STEPS	  64 /* per schedule */
#define XNM_STEP_MAX_DAYS 30
#define XNM_STEP_TEXT_LEN 200 /* lines of a policy are shorter */

enum xnm_step_action {
	XNM_STEP_PROFILE, /* profile NAME */
	XNM_STEP_SET, /* set VIF KEY=VALUE... */
	XNM_STEP_RESET, /* reset VIF [KEY...] */
	XNM_STEP_END, /* nothing: until then the step before holds */
};

struct xnm_step {
	uint32_t at_ms; /* from the start */
	enum xnm_step_action action;
	char text[XNM_STEP_TEXT_LEN]; /* the action and its words, with one blank between them */
	struct xnm_origin origin;
};

struct xnm_schedule {
	char name[XNM_NAME_LEN];
	struct xnm_origin origin;
	char description[XNM_DESCRIPTION_LEN]; /* "": none */
	unsigned int n_steps;
	struct xnm_step steps[XNM_MAX_STEPS]; /* none is before the one before it */
	struct xnm_written written;
};

#endif
