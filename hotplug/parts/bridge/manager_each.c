/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manager_each.c - find all interfaces of a policy that other programs manage, for `xnm check` and `xnm doctor`. */
#include "hotplug/parts/bridge/manager.h"

#include <string.h>

#include "hotplug/core/facts.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"

/* Of an existing interface, by all that can be read. */
static bool look(struct xnm_rtnl *rtnl, const struct xnm_network *network,
		 const struct xnm_link *link, struct xnm_manager *out)
{
	/* big */
	static struct xnm_carry carry;
	const struct xnm_card card = { .root = "",
				       .name = link->name,
				       .bridge = network->bridge,
				       .ifindex = link->ifindex,
				       .mac = link->mac };

	xnm_manager_find(&card, out);
	if (out->kind == XNM_MANAGER_NONE &&
	    xnm_carry_read(rtnl, link->name, link->ifindex, &carry) == 0)
		xnm_manager_find_lease(&carry, out);
	return out->kind != XNM_MANAGER_NONE;
}

/* In a bridge of another program, that program has attached the interface and leaves it there. */
static bool is_in_foreign_bridge(struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
				 const struct xnm_network *network, const struct xnm_link *link)
{
	struct xnm_bridge_note note;
	struct xnm_link master;

	return link->master && xnm_link_get_by_index(rtnl, link->master, &master) == 0 &&
	       strcmp(master.name, network->bridge) == 0 &&
	       xnm_bridge_note_read(dir, network->bridge, &note) != 0;
}

void xnm_manager_each(const struct xnm_policy *policy,
		      void (*fn)(void *arg, const struct xnm_network *network, const char *text),
		      void *arg)
{
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct xnm_rtnl *rtnl = NULL;

	if (policy->n_networks == 0 || xnm_rtnl_open(&rtnl))
		return;
	(void)xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		for (unsigned int k = 0; k < network->n_interfaces; k++) {
			struct xnm_manager manager;
			struct xnm_link link;
			char text[320];
			int len;

			if (xnm_link_get(rtnl, network->interfaces[k], &link) ||
			    is_in_foreign_bridge(rtnl, &dir, network, &link) ||
			    !look(rtnl, network, &link, &manager))
				continue;
			len = snprintf(text, sizeof(text),
				       "interfaces=%s of network %s: ", network->interfaces[k],
				       network->name);
			xnm_manager_say(&manager, link.name, network->bridge, text + len,
					sizeof(text) - (size_t)len);
			fn(arg, network, text);
		}
	}
	xnm_run_dir_close(&dir);
	xnm_rtnl_close(rtnl);
}
