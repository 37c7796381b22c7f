/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.c - decide which interfaces of the host must not forward to each other. */
#include "hotplug/core/elements/apart.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/util.h"

const char *const xnm_apart_notes[XNM_N_IP] = { "+ipv4", "+ipv6" };
const char *const xnm_forwarding_paths[XNM_N_IP] = { "ipv4/ip_forward",
						     "ipv6/conf/all/forwarding" };

static enum xnm_set_id apart_set(unsigned int ip)
{
	return ip ? XNM_SET_APART6 : XNM_SET_APART4;
}

struct decision {
	const struct xnm_host_links *links;
	const struct xnm_elements *old;
	unsigned int ip;
	bool leads_out[XNM_MAX_HOST_LINKS]; /* to a card, or to an interface in the old list */
};

/* Compares by ifindex: its name may have changed, or be another device's by now. */
static bool was_apart(const struct decision *decision, const struct xnm_host_link *link)
{
	const struct xnm_elements *old = decision->old;

	for (unsigned int i = 0; i < old->n; i++) {
		if (old->list[i].set == apart_set(decision->ip) &&
		    xnm_element_ifindex(&old->list[i]) == link->ifindex)
			return true;
	}
	return false;
}

/* Whether its lower device, or one of its ports, leads outside. */
static bool has_part_that_leads_out(const struct decision *decision,
				    const struct xnm_host_link *link)
{
	const struct xnm_host_links *links = decision->links;
	bool upper = link->role == XNM_LINK_UPPER;

	for (unsigned int i = 0; i < links->n; i++) {
		const struct xnm_host_link *other = &links->list[i];

		if (decision->leads_out[i] &&
		    (upper ? other->ifindex == link->lower : other->master == link->ifindex))
			return true;
	}
	return false;
}

/* Finds stacked devices, such as a VLAN on a bridge with a bond of cards: repeated from the bottom
 * up until nothing changes. */
static void find_out(struct decision *decision)
{
	const struct xnm_host_links *links = decision->links;
	bool found = true;

	for (unsigned int i = 0; i < links->n; i++)
		decision->leads_out[i] = links->list[i].role == XNM_LINK_CARD ||
					 was_apart(decision, &links->list[i]);
	while (found) {
		found = false;
		for (unsigned int i = 0; i < links->n; i++) {
			const struct xnm_host_link *link = &links->list[i];

			if (decision->leads_out[i] ||
			    (link->role != XNM_LINK_UPPER && link->role != XNM_LINK_BRIDGE))
				continue;
			decision->leads_out[i] = has_part_that_leads_out(decision, link);
			found |= decision->leads_out[i];
		}
	}
}

static bool is_port(const struct xnm_host_links *links, const struct xnm_host_link *link)
{
	for (unsigned int i = 0; i < links->n && link->master; i++) {
		if (links->list[i].ifindex == link->master)
			return links->list[i].role == XNM_LINK_BRIDGE;
	}
	return false;
}

/* Whether the interface must not forward. A bridge port does not route; but a card may be detached
 * later. */
static bool is_apart(const struct decision *decision, unsigned int i, bool all)
{
	const struct xnm_host_link *link = &decision->links->list[i];

	return !link->forwards[decision->ip] &&
	       (decision->leads_out[i] ||
		(all && !link->is_inside && !is_port(decision->links, link)));
}

int xnm_filter_apart(struct xnm_elements *out, const struct xnm_host_links *links, unsigned int ip,
		     const struct xnm_elements *old, bool all)
{
	static struct decision decision;

	decision.links = links;
	decision.old = old;
	decision.ip = ip;
	find_out(&decision);
	out->n = 0;
	out->full = false;
	for (unsigned int i = 0; i < links->n; i++) {
		const struct xnm_host_link *link = &links->list[i];
		struct xnm_element *element;

		if (!is_apart(&decision, i, all))
			continue;
		element = xnm_elements_add(out, apart_set(ip));
		xnm_key_ifname(element, 0, link->name);
		xnm_data_ifindex(element, link->ifindex);
		if (link->role != XNM_LINK_BRIDGE)
			continue;
		element =
			xnm_elements_add(out, ip ? XNM_SET_APART_BRIDGES6 : XNM_SET_APART_BRIDGES4);
		xnm_key_ifname(element, 0, link->name);
		xnm_key_ifname(element, 1, link->name);
		xnm_data_ifindex(element, link->ifindex);
	}
	return out->full ? -E2BIG : 0;
}
