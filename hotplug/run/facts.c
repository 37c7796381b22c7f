/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.c - the facts of this process: large, so one run at a time has them. */
#include "hotplug/run/run.h"

#include <stdlib.h>

static struct xnm_facts the_facts;
static bool is_taken;

struct xnm_facts *xnm_facts_take(void)
{
	/* it would read what the other one has found of another vif */
	if (is_taken) {
		xnm_log_error("two runs use the same facts");
		abort();
	}
	is_taken = true;
	xnm_facts_clear(&the_facts);
	return &the_facts;
}

void xnm_facts_give_back(void)
{
	is_taken = false;
}
