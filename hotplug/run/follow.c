/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow.c - reapply vifs that have a link to one that has come or gone. */
#include "hotplug/run/follow.h"

#include <string.h>

#include "hotplug/notes/files.h"
#include "hotplug/run/reapply.h"
#include "policy/sections/links.h"
#include "policy/sections/meet.h"

struct follow {
	const struct xnm_run_dir *dir;
	const struct xnm_policy *policy;
	const struct xnm_vif_note *moved;
};

static bool is_end(const struct xnm_link_end *end, const struct xnm_vif_note *note)
{
	return end->kind == XNM_END_VIF && end->devid == note->devid &&
	       strcmp(end->domain, note->domain_name) == 0;
}

/* Whether a link leads from the vif of note to the one that came or went. */
static bool is_linked(const struct follow *follow, const struct xnm_vif_note *note)
{
	const struct xnm_link_vif vif = {
		.domain = note->domain_name,
		.devid = note->devid,
		.network = note->network.name,
		.n = note->address.n,
		.addresses = note->address.list,
	};

	for (unsigned int i = 0; i < follow->policy->n_links; i++) {
		const struct xnm_link_end *ends = follow->policy->links[i].ends;

		if ((is_end(&ends[0], follow->moved) && xnm_link_end_has(&ends[1], &vif)) ||
		    (is_end(&ends[1], follow->moved) && xnm_link_end_has(&ends[0], &vif)))
			return true;
	}
	return false;
}

static int follow_one(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note note;
	const struct follow *follow = arg;

	if ((domid != follow->moved->domid || devid != follow->moved->devid) &&
	    xnm_vif_note_read(follow->dir, domid, devid, &note) == 0 && is_linked(follow, &note))
		(void)xnm_reapply(domid, devid);
	return 0;
}

/* Whether it is at the end of a link, for which its addresses must be known. */
static bool is_looked_for(const struct xnm_policy *policy, const struct xnm_vif_note *note)
{
	for (unsigned int i = 0; i < policy->n_links; i++) {
		if (is_end(&policy->links[i].ends[0], note) ||
		    is_end(&policy->links[i].ends[1], note))
			return !xnm_policy_sure_addresses(policy, note->domain_name, note->devid);
	}
	return false;
}

void xnm_follow_links(const struct xnm_policy *policy, const struct xnm_vif_note *note)
{
	static struct xnm_vif_note moved;
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct follow follow = { .dir = &dir, .policy = policy, .moved = &moved };

	if (!is_looked_for(policy, note))
		return;
	/* the plan that it is in is soon that of another vif */
	xnm_vif_note_copy(&moved, note);
	if (xnm_run_dir_open(&dir, xnm_run_dir_path(), false) == 0)
		(void)xnm_vif_note_each(&dir, follow_one, &follow);
	xnm_run_dir_close(&dir);
}
