/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry.c - give the addresses of one device to another one. */
#include "hotplug/kernel/carry_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/rtnl_batch.h"

/*
 * Theory of operation
 *
 * An address may be on two devices, so the new one gets those that work before
 * anything else is done, with the kernel's own routes for them behind those of
 * the old device, which win. Then one request makes the card a port and turns
 * all routes over to the new device (carry_switch.c). At last the old device
 * loses the addresses. Whoever is killed between these three leaves a host that
 * is reached as before, or by the new device: each packet comes in and goes out
 * by the device whose routes win, so that rp_filter and the neighbour tables
 * see nothing of it.
 */

unsigned int carry_address_order(const struct xnm_carry *carry, unsigned int i)
{
	unsigned int n4 = 0;

	/*
	 * IPv4 addresses in the kernel's order, so that the same ones are primary; IPv6
	 * addresses in the reverse order, as the kernel lists the newest first and prefers
	 * it where nothing else decides
	 */
	while (n4 < carry->n_addresses && carry->cidrs[n4].family == AF_INET)
		n4++;
	return i < n4 ? i : n4 + carry->n_addresses - 1 - i;
}

/*
 * Adds one message, or two: an IPv6 address in use is added with IFA_F_NODAD, and a second
 * message takes that flag away again.
 */
static void add_address(struct rtnl_batch *batch, const struct xnm_carry *carry, unsigned int i,
			const struct carry_end *end)
{
	const struct xnm_carried *address = &carry->addresses[i];
	bool quick = carry->cidrs[i].family == AF_INET6 && carry_address_works(carry, address);
	struct nl_msg *msg;

	for (int pass = 0; pass < 1 + quick; pass++) {
		msg = carry_address_msg(carry, address, end, RTM_NEWADDR,
					pass ? NLM_F_REPLACE : NLM_F_CREATE | NLM_F_EXCL,
					quick && pass == 0);
		(void)rtnl_batch_add(batch, msg);
		nlmsg_free(msg);
	}
}

static bool is_failure(void *arg, unsigned int i, int rc)
{
	(void)arg;
	(void)i;
	return rc && rc != -EEXIST;
}

/* Adds the addresses that are in use and not there yet; with all: every one. */
static int put_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			 const struct carry_end *end, bool all)
{
	struct rtnl_batch *batch = rtnl_batch_begin();
	int rc;

	for (unsigned int i = 0; i < carry->n_addresses; i++) {
		unsigned int k = carry_address_order(carry, i);

		if (all || (!carry->addresses[k].existed &&
			    carry_address_works(carry, &carry->addresses[k])))
			add_address(batch, carry, k, end);
	}
	rc = rtnl_batch_send(rtnl, batch, is_failure, NULL);
	for (unsigned int i = 0; rc == 0 && i < batch->n; i++)
		rc = is_failure(NULL, i, batch->rc[i]) ? batch->rc[i] : 0;
	return rc;
}

int xnm_carry_put_addresses(struct xnm_rtnl *rtnl, struct xnm_carry *carry, const char *ifname,
			    int ifindex)
{
	static struct xnm_cidr there[2 * XNM_MAX_CARRIED_ADDRESSES];
	const struct carry_end end = { ifname, ifindex };
	char reason[192];
	unsigned int n;
	int rc;

	rc = xnm_addr_list(rtnl, ifindex, AF_UNSPEC, there, XNM_N_ELEMENTS(there), &n);
	if (rc && rc != -E2BIG)
		return rc;
	for (unsigned int i = 0; i < carry->n_addresses; i++)
		carry->addresses[i].existed = xnm_cidr_is_among(there, n, &carry->cidrs[i]);
	rc = put_addresses(rtnl, carry, &end, false);
	if (rc == 0)
		return 0;
	(void)snprintf(reason, sizeof(reason), "%s", xnm_rtnl_reason(rtnl));
	(void)xnm_carry_take_addresses(rtnl, carry, ifname, ifindex, true);
	return rtnl_fail(rtnl, rc, reason);
}

void xnm_carry_restore(struct xnm_rtnl *rtnl, const struct xnm_carry *carry)
{
	const struct carry_end end = { carry->ifname, carry->ifindex };

	(void)put_addresses(rtnl, carry, &end, true);
}

int xnm_carry_take_addresses(struct xnm_rtnl *rtnl, const struct xnm_carry *carry,
			     const char *ifname, int ifindex, bool only_new)
{
	const struct carry_end end = { ifname, ifindex };
	int first = 0;

	/*
	 * from the end: the kernel deletes an IPv4 address together with the secondary
	 * ones behind it
	 */
	for (unsigned int i = carry->n_addresses; i-- > 0;) {
		_cleanup_nlmsg_ struct nl_msg *msg = NULL;
		int rc;

		if (only_new ? carry->addresses[i].existed
			     : xnm_cidr_is_link_local(&carry->cidrs[i]))
			continue;
		msg = carry_address_msg(carry, &carry->addresses[i], &end, RTM_DELADDR, 0, false);
		rc = msg ? rtnl_change(rtnl, msg, 0) : rtnl_fail(rtnl, -ENOMEM, "out of memory");
		if (rc && rc != -EADDRNOTAVAIL && rc != -ENODEV && first == 0)
			first = rc;
	}
	return first;
}
