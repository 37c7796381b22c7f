/* SPDX-License-Identifier: GPL-2.0-or-later */
/* health.c - decide what a probe means: thresholds, and how many in a row it takes. Pure. */
#include "hotplug/parts/uplink/uplink.h"

#include <string.h>

static uint32_t loss_percent(const struct xnm_quality_found *found)
{
	uint32_t lost = found->sent - found->received;

	/* rounded up, so that one lost of a thousand is not 0 */
	return found->sent ? (100 * lost + found->sent - 1) / found->sent : 100;
}

/* Two pairs of limits: a result in between does not change the uplink's state. */
static bool is_bad(const struct xnm_health *health, const struct xnm_quality *limits)
{
	if (health->loss_percent == 100)
		return true;
	if (health->down)
		return health->loss_percent > limits->recovery_loss_percent ||
		       health->latency_us > limits->recovery_latency_ms * 1000;
	return health->loss_percent >= limits->failure_loss_percent ||
	       health->latency_us >= limits->failure_latency_ms * 1000;
}

bool xnm_health_update(struct xnm_health *health, const struct xnm_quality *limits,
		       const struct xnm_quality_found *found)
{
	bool bad;

	health->known = true;
	health->loss_percent = loss_percent(found);
	health->latency_us = found->received ? found->latency_us : 0;
	bad = is_bad(health, limits);
	health->bad = bad && !health->down ? health->bad + 1 : 0;
	health->good = !bad && health->down ? health->good + 1 : 0;
	if (health->bad < limits->down && health->good < limits->up)
		return false;
	health->down = !health->down;
	health->bad = health->good = 0;
	return true;
}
