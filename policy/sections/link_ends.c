/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link_ends.c - tell which vifs are at the end of a link, and which of two links is narrower. */
#include "policy/sections/links.h"

#include <string.h>

#include "hotplug/base/cidr.h"

static bool is_within(const struct xnm_cidr *address, const struct xnm_cidr *prefix)
{
	return address->prefix_len >= prefix->prefix_len && xnm_cidr_within(address, prefix);
}

bool xnm_link_end_has(const struct xnm_link_end *end, const struct xnm_link_vif *vif)
{
	switch (end->kind) {
	case XNM_END_ANY:
		return true;
	case XNM_END_NETWORK:
		return strcmp(end->network, vif->network) == 0;
	case XNM_END_PREFIX:
		for (unsigned int i = 0; i < vif->n; i++) {
			if (is_within(&vif->addresses[i], &end->prefix))
				return true;
		}
		return false;
	case XNM_END_VIF:
		return end->devid == vif->devid && strcmp(end->domain, vif->domain) == 0;
	}
	return false;
}

/* How narrow an end is; among prefixes, the longer one is. */
static int narrowness(const struct xnm_link_end *end)
{
	return (int)end->kind * 256 + (end->kind == XNM_END_PREFIX ? end->prefix.prefix_len : 0);
}

int xnm_link_narrower(const struct xnm_link_policy *link)
{
	return narrowness(&link->ends[1]) - narrowness(&link->ends[0]);
}

bool xnm_link_tc_is_at(const struct xnm_link_policy *link, unsigned int mine,
		       enum xnm_direction direction)
{
	int narrower = xnm_link_narrower(link);

	if (narrower == 0)
		return direction == XNM_INBOUND;
	return (narrower < 0) == (mine == 0);
}

bool xnm_policy_link_needs_host(const struct xnm_policy *policy, const struct xnm_link_vif *vif)
{
	for (unsigned int i = 0; i < policy->n_links; i++) {
		const struct xnm_link_end *ends = policy->links[i].ends;
		int narrower = xnm_link_narrower(&policy->links[i]);

		if ((narrower <= 0 && xnm_link_end_has(&ends[0], vif)) ||
		    (narrower >= 0 && xnm_link_end_has(&ends[1], vif)))
			return true;
	}
	return false;
}

int xnm_link_compare(const struct xnm_link_policy *a, const struct xnm_link_policy *b)
{
	int a0 = narrowness(&a->ends[0]), a1 = narrowness(&a->ends[1]);
	int b0 = narrowness(&b->ends[0]), b1 = narrowness(&b->ends[1]);
	int narrow_a = a0 > a1 ? a0 : a1, narrow_b = b0 > b1 ? b0 : b1;

	return narrow_a != narrow_b ? narrow_b - narrow_a : b0 + b1 - a0 - a1;
}

bool xnm_link_end_equal(const struct xnm_link_end *a, const struct xnm_link_end *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case XNM_END_ANY:
		return true;
	case XNM_END_NETWORK:
		return strcmp(a->network, b->network) == 0;
	case XNM_END_PREFIX:
		return xnm_cidr_equal(&a->prefix, &b->prefix);
	case XNM_END_VIF:
		return a->devid == b->devid && strcmp(a->domain, b->domain) == 0;
	}
	return false;
}

const char *xnm_link_end_text(const struct xnm_link_end *end, char out[XNM_LINK_END_TEXT_LEN])
{
	switch (end->kind) {
	case XNM_END_ANY:
		(void)snprintf(out, XNM_LINK_END_TEXT_LEN, "any");
		break;
	case XNM_END_NETWORK:
		(void)snprintf(out, XNM_LINK_END_TEXT_LEN, "net:%s", end->network);
		break;
	case XNM_END_PREFIX:
		xnm_format_cidr(&end->prefix, out);
		break;
	case XNM_END_VIF:
		(void)snprintf(out, XNM_LINK_END_TEXT_LEN, "%s/%u", end->domain, end->devid);
		break;
	}
	return out;
}

static bool has_subnet_in(const struct xnm_network *network, const struct xnm_cidr *prefix)
{
	for (unsigned int i = 0; network && i < network->n_addresses; i++) {
		if (xnm_cidr_overlap(&network->addresses[i], prefix))
			return true;
	}
	return false;
}

/* narrow is the narrower one, or as narrow as the other. */
static bool is_in(const struct xnm_policy *policy, const struct xnm_link_end *narrow,
		  const struct xnm_link_end *wide)
{
	struct xnm_link_vif vif = { .domain = narrow->domain,
				    .devid = narrow->devid,
				    .network = narrow->network };
	const struct xnm_vif_policy *section = xnm_link_end_section(policy, narrow);

	if (wide->kind == XNM_END_ANY)
		return true;
	if (narrow->kind == XNM_END_VIF) {
		vif.n = section ? section->own.n : 0;
		vif.addresses = section ? section->own.list : NULL;
		return xnm_link_end_has(wide, &vif);
	}
	if (narrow->kind == XNM_END_PREFIX && wide->kind == XNM_END_PREFIX)
		return xnm_cidr_overlap(&narrow->prefix, &wide->prefix);
	if (narrow->kind == XNM_END_PREFIX)
		return has_subnet_in(xnm_policy_network(policy, wide->network), &narrow->prefix);
	return xnm_link_end_equal(narrow, wide);
}

bool xnm_link_ends_overlap(const struct xnm_policy *policy, const struct xnm_link_end *a,
			   const struct xnm_link_end *b)
{
	return a->kind >= b->kind ? is_in(policy, a, b) : is_in(policy, b, a);
}
