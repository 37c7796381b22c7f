/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - decide the elements of one vif: its addresses, port forwards and access list. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/want.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/traffic.h"

struct filter {
	struct xnm_elements *out;
	const struct xnm_want *want;
	const char *ifname;
};

static struct xnm_element *add_named(struct xnm_elements *out, enum xnm_set_id set,
				     const char *ifname)
{
	struct xnm_element *element = xnm_elements_add(out, set);

	xnm_key_ifname(element, 0, ifname);
	return element;
}

static void add_acl(struct filter *filter, const struct xnm_cidr *address, const char *acl)
{
	bool ip6 = address->family == AF_INET6;
	char chain[XNM_ACL_CHAIN_LEN];

	for (int egress = 0; egress < 2; egress++) {
		enum xnm_set_id from = ip6 ? XNM_SET_ACL_FROM6 : XNM_SET_ACL_FROM4;
		enum xnm_set_id to = ip6 ? XNM_SET_ACL_TO6 : XNM_SET_ACL_TO4;
		struct xnm_element *element = xnm_elements_add(filter->out, egress ? from : to);

		xnm_key_address(element, 0, address, false);
		xnm_acl_chain(acl, egress, chain);
		xnm_data_chain(element, chain);
	}
}

/* An acl is applied by the guest's addresses: it needs some, and must be locked to them. */
static int add_acls(struct filter *filter, struct xnm_err *err)
{
	const struct xnm_want *want = filter->want;
	const struct xnm_vif_policy *section = want->section;
	const char *lacks = NULL;
	char where[160];

	if (!section || section->n_acls == 0)
		return 0;
	if (!want->network || !xnm_network_is_closed(want->network))
		lacks = "a network with forward=none, nat or route";
	else if (!want->filter.locked)
		lacks = "locking-mode=locked; otherwise the guest evades it with another address";
	else if (want->address.n == 0)
		lacks = "to know the guest's addresses: give it some with address= or in its ip=";
	for (unsigned int i = 0; !lacks && i < want->address.n; i++) {
		if (xnm_cidr_is_prefix(&want->address.list[i]))
			lacks = "single addresses, and one of the guest's is a whole subnet";
		else
			add_acl(filter, &want->address.list[i], section->acls[0]);
	}
	if (!lacks && want->filter.n_allowed)
		lacks = "single addresses, and not ipv4-allowed= or ipv6-allowed=";
	return lacks ? xnm_fail(err, -EINVAL, "%s: acl=%s needs %s",
				xnm_policy_origin(want->policy, section->origin, where,
						  sizeof(where)),
				section->acls[0], lacks)
		     : 0;
}

static bool leads_here(const struct xnm_forward *forward, const struct filter *filter,
		       const struct xnm_guest *guest)
{
	return !forward->target_is_address &&
	       strcmp(forward->network, filter->want->network->name) == 0 &&
	       strcmp(forward->target_domain, guest->domain_name) == 0 &&
	       (!forward->has_target_devid || forward->target_devid == filter->want->devid);
}

/* The guest's own address of a family, or NULL. */
static const struct xnm_cidr *own_address(const struct xnm_want *want, uint8_t family)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		if (want->address.list[i].family == family &&
		    !xnm_cidr_is_prefix(&want->address.list[i]))
			return &want->address.list[i];
	}
	return NULL;
}

static bool listens_in(const struct xnm_forward *forward, uint8_t family)
{
	for (unsigned int i = 0; i < forward->n_listen; i++) {
		if (forward->listen[i].family == family)
			return true;
	}
	return forward->n_listen == 0;
}

static int add_forward(struct filter *filter, const struct xnm_forward *forward,
		       const struct xnm_policy *policy, struct xnm_err *err)
{
	const struct xnm_cidr *ip4 = own_address(filter->want, AF_INET);
	const struct xnm_cidr *ip6 = own_address(filter->want, AF_INET6);
	char where[160];

	if (!listens_in(forward, AF_INET))
		ip4 = NULL;
	if (!listens_in(forward, AF_INET6))
		ip6 = NULL;
	if (!ip4 && !ip6)
		return xnm_fail(err, -EINVAL,
				"%s: [forward %s] leads to this guest, which has no address for "
				"it: give it one with address= in a [vif] section or ip= in its "
				"vif line",
				xnm_policy_origin(policy, forward->origin, where, sizeof(where)),
				forward->name);
	if (ip4)
		xnm_filter_forward(filter->out, forward, ip4);
	if (ip6)
		xnm_filter_forward(filter->out, forward, ip6);
	return 0;
}

static int add_forwards(struct filter *filter, const struct xnm_guest *guest,
			const struct xnm_policy *policy, struct xnm_err *err)
{
	int rc = 0;

	if (!filter->want->network || guest->domain_name[0] == '\0')
		return 0;
	for (unsigned int i = 0; rc == 0 && i < policy->n_forwards; i++) {
		if (leads_here(&policy->forwards[i], filter, guest))
			rc = add_forward(filter, &policy->forwards[i], policy, err);
	}
	return rc;
}

/* A routed vif has by itself the elements that a network's bridge has for all of its vifs. */
static void add_routed(struct filter *filter, const struct xnm_policy *policy)
{
	const struct xnm_want *want = filter->want;

	xnm_filter_inside(filter->out, want->network, filter->ifname, policy);
	if (xnm_network_needs_localnet(want->network, policy))
		add_named(filter->out, XNM_SET_LOCALNET, filter->ifname);
	if (!xnm_network_is_closed(want->network))
		return;
	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];
		struct xnm_element *element;

		if (xnm_cidr_is_covered(want->address.list, want->address.n, i))
			continue;
		element = xnm_elements_add(
			filter->out, address->family == AF_INET ? XNM_SET_LOCAL4 : XNM_SET_LOCAL6);
		xnm_key_address(element, 0, address, xnm_cidr_is_prefix(address));
		xnm_key_address(element, 1, address, xnm_cidr_is_prefix(address));
		element = xnm_elements_add(filter->out, address->family == AF_INET
								? XNM_SET_SUBNETS4
								: XNM_SET_SUBNETS6);
		xnm_key_address(element, 0, address, xnm_cidr_is_prefix(address));
	}
}

/* Packets from a guest with share=yes are not sent back to it. */
static void add_loops(struct filter *filter)
{
	const struct xnm_want *want = filter->want;

	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];
		struct xnm_element *element;

		if (xnm_cidr_is_prefix(address))
			continue;
		element = xnm_elements_add(
			filter->out, address->family == AF_INET ? XNM_SET_LOOPS4 : XNM_SET_LOOPS6);
		xnm_key_ifname(element, 0,
			       want->backend == XNM_BACKEND_ROUTE ? filter->ifname
								  : want->bridge.name);
		xnm_key_address(element, 1, address, false);
	}
}

int xnm_filter_vif(struct xnm_elements *out, const struct xnm_want *want,
		   const struct xnm_guest *guest, const char *ifname,
		   const struct xnm_policy *policy, struct xnm_err *err)
{
	struct filter filter = { .out = out, .want = want, .ifname = ifname };
	int rc;

	out->n = 0;
	out->full = false;
	if (!want->attach)
		return 0;
	if (want->filter.locked)
		xnm_filter_guard(out, want, &guest->mac, ifname);
	xnm_filter_owned(out, want, &guest->mac);
	xnm_filter_vif_sources(out, want, &guest->mac, ifname, policy);
	xnm_filter_isolation(out, want, &guest->mac, ifname);
	xnm_filter_marks(out, want, ifname);
	xnm_filter_class(out, want, &guest->mac, ifname);
	if (want->backend == XNM_BACKEND_ROUTE)
		add_routed(&filter, policy);
	if (want->uplink.n_shares)
		add_loops(&filter);
	rc = add_acls(&filter, err);
	if (rc == 0)
		rc = add_forwards(&filter, guest, policy, err);
	if (rc == 0 && out->full)
		rc = xnm_fail(err, -E2BIG, "%s has too many addresses and port forwards", ifname);
	return rc;
}
