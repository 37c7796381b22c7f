/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - which addresses a vif gets, and whether they belong to its network. */
#include "hotplug/parts/address/stages.h"
#include "hotplug/parts/address/want.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/subnets.h"

/* Another closed network's subnet that has the address, or NULL. */
static const struct xnm_network *other_owner(const struct xnm_want *want,
					     const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < want->policy->n_networks; i++) {
		const struct xnm_network *network = &want->policy->networks[i];

		if (network == want->network || network->backend == XNM_BACKEND_ROUTE ||
		    !xnm_network_is_closed(network))
			continue;
		for (unsigned int k = 0; k < network->n_addresses; k++) {
			const struct xnm_cidr *subnet = &network->addresses[k];

			if (!xnm_cidr_is_link_local(subnet) && xnm_cidr_overlap(address, subnet))
				return network;
		}
	}
	return NULL;
}

/* Answers to an address of another network's subnet would be lost, or go to another guest. */
static int check_addresses(const struct xnm_want *want, struct xnm_err *err)
{
	const struct xnm_network *network = want->network, *other;
	char text[XNM_CIDR_TEXT_LEN], where[160];

	if (!want->attach || !network || !xnm_network_is_closed(network))
		return 0;
	(void)xnm_policy_origin(want->policy, network->origin, where, sizeof(where));
	for (unsigned int i = 0; i < want->address.n; i++) {
		xnm_format_cidr(&want->address.list[i], text);
		if (xnm_network_is_all(network, &want->address.list[i]))
			return xnm_fail(err, -EINVAL,
					"address %s of the guest is a whole subnet of [network %s] "
					"(%s): write the guest's own address in ip= of its vif "
					"line",
					text, network->name, where);
		if (network->forward != XNM_FORWARD_ROUTE &&
		    xnm_network_lacks(network, &want->address.list[i]))
			return xnm_fail(
				err, -EINVAL,
				"address %s of the guest is in no subnet of [network %s] (%s): "
				"correct ip= in the guest's vif line, or address= there",
				text, network->name, where);
		other = other_owner(want, &want->address.list[i]);
		if (other)
			return xnm_fail(
				err, -EINVAL,
				"address %s of the guest is in a subnet of [network %s], but it "
				"joins [network %s] (%s): correct ip= in the guest's vif line",
				text, other->name, network->name, where);
	}
	return 0;
}

static int add_eui64(struct xnm_want *want, const struct xnm_mac *mac, struct xnm_err *err)
{
	const struct xnm_network *network = want->network;

	for (unsigned int i = 0; network && i < network->n_addresses; i++) {
		if (!xnm_is_eui64_subnet(&network->addresses[i]))
			continue;
		if (want->address.n == XNM_MAX_ADDRESSES)
			return xnm_fail(
				err, -E2BIG,
				"[vif %s] has too many addresses beside address=eui64: %d fit",
				want->section->match, XNM_MAX_ADDRESSES);
		xnm_eui64(&want->address.list[want->address.n++], &network->addresses[i], mac);
	}
	return 0;
}

static int want_pool(struct xnm_want *want, const struct xnm_own_addresses *own,
		     struct xnm_err *err)
{
	const struct xnm_pool *pool = xnm_policy_pool(want->policy, own->pool);

	if (!pool)
		return xnm_fail(err, -EINVAL, "pool %s is not in the policy", own->pool);
	if (!want->network || strcmp(want->network->name, pool->network) != 0)
		return xnm_fail(err, -EINVAL,
				"address=auto %s gives addresses of [network %s], but the guest "
				"joins %s: correct bridge= in its vif line, or add network=%s to "
				"[vif %s]",
				pool->name, pool->network,
				want->network ? want->network->name : want->bridge.name,
				pool->network, want->section->match);
	if (want->address.n + XNM_N_ELEMENTS(((struct xnm_pool_facts *)0)->list) >
	    XNM_MAX_ADDRESSES)
		return xnm_fail(err, -E2BIG,
				"[vif %s] has too many addresses beside address=auto %s: %d fit",
				want->section->match, pool->name, XNM_MAX_ADDRESSES);
	want->address.pool = pool;
	return 0;
}

static int want_addresses(struct xnm_want *want, const struct xnm_guest *guest, struct xnm_err *err)
{
	const struct xnm_own_addresses *own = want->section ? &want->section->own : NULL;
	bool ours = own && xnm_own_is_set(own);
	int rc = 0;

	want->address.n = ours ? own->n : guest->n_addresses;
	memcpy(want->address.list, ours ? own->list : guest->addresses, sizeof(want->address.list));
	if (ours && own->eui64)
		rc = add_eui64(want, &guest->mac, err);
	if (rc == 0 && ours && own->pool[0] && want->attach)
		rc = want_pool(want, own, err);
	want->address.n_fixed = want->address.n;
	return rc;
}

void xnm_want_pool(struct xnm_want *want, const struct xnm_pool_facts *facts)
{
	want->address.n = want->address.n_fixed;
	for (unsigned int i = 0; i < facts->n; i++)
		want->address.list[want->address.n++] = facts->list[i];
}

int address_want(struct xnm_want *want, const struct xnm_event *event,
		 const struct xnm_guest *guest, struct xnm_err *err)
{
	int rc = want_addresses(want, guest, err);

	(void)event;
	return rc ? rc : check_addresses(want, err);
}
