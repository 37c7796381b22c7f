/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.c - read and check what guests are told: their gateway, their name servers, that they share. */
#include "policy/sections/resolve.h"
#include "policy/types/types.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"

#define MANY_HOSTS "is one too many: at most 3 are possible"

static_assert(XNM_MAX_TOLD_HOSTS == 3, "MANY_HOSTS names the number");

static int add_host(struct xnm_told_hosts *hosts, const char *text, const char **reason)
{
	struct xnm_cidr host;

	if (xnm_parse_host(text, &host, sizeof(host), reason))
		return -EINVAL;
	for (unsigned int i = 0; i < hosts->n; i++) {
		if (xnm_cidr_same_host(&hosts->list[i], &host)) {
			*reason = "is there twice";
			return -EINVAL;
		}
	}
	if (hosts->n == XNM_MAX_TOLD_HOSTS) {
		*reason = MANY_HOSTS;
		return -EINVAL;
	}
	hosts->list[hosts->n++] = host;
	return 0;
}

int xnm_parse_dns(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_told_hosts *hosts = out;
	int rc = 0;

	(void)size;
	if (strcmp(text, "none") == 0)
		memset(hosts, 0, sizeof(*hosts)); /* also what earlier files have said */
	else if (strcmp(text, "self") == 0)
		hosts->self = true;
	else
		rc = add_host(hosts, text, reason);
	if (rc == 0)
		hosts->set = true;
	return rc;
}

int xnm_parse_gateway(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_told_hosts *hosts = out;
	int rc = xnm_parse_dns(text, out, size, reason);

	if (rc)
		return rc;
	if ((hosts->self && hosts->n) ||
	    (hosts->n == 2 && hosts->list[0].family == hosts->list[1].family) || hosts->n > 2) {
		*reason = "only one gateway of each family is possible, and none beside self";
		return -EINVAL;
	}
	return 0;
}

static bool has_family(const struct xnm_network *network, uint8_t family)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == family)
			return true;
	}
	return false;
}

/* A network without address= leads to one that others describe: there is nothing to compare. */
static void check_hosts(const struct xnm_resolver *r, const struct xnm_network *network,
			const struct xnm_told_hosts *hosts, struct xnm_origin origin,
			const char *key)
{
	bool gateway = hosts == &network->gateway;
	char text[XNM_CIDR_TEXT_LEN];

	if (!network->n_addresses) {
		if (hosts->self && !XNM_KEY_REFUSED(r, network, NETWORK, ADDRESS))
			xnm_mistake_at(r->rep, origin, "%s=self needs address=, this host's own",
				       key);
		return;
	}
	for (unsigned int i = 0; i < hosts->n; i++) {
		const struct xnm_cidr *host = &hosts->list[i];

		xnm_cidr_format_host(host, text);
		if (!has_family(network, host->family))
			xnm_mistake_at(
				r->rep, origin,
				"%s=%s: [network %s] has no %s address; add one to address=", key,
				text, network->name, host->family == AF_INET ? "IPv4" : "IPv6");
		else if (gateway && network->backend != XNM_BACKEND_ROUTE &&
			 xnm_network_lacks(network, host))
			xnm_mistake_at(r->rep, origin, "%s=%s: is in no subnet of [network %s]",
				       key, text, network->name);
	}
}

void xnm_resolve_told(const struct xnm_resolver *r, struct xnm_network *network)
{
	if (network->gateway.set)
		check_hosts(r, network, &network->gateway,
			    XNM_KEY_ORIGIN(network, NETWORK, GATEWAY), "gateway");
	else if (!XNM_KEY_REFUSED(r, network, NETWORK, GATEWAY))
		network->gateway.self = network->forward == XNM_FORWARD_NAT ||
					network->forward == XNM_FORWARD_ROUTE;
	if (network->dns.set)
		check_hosts(r, network, &network->dns, XNM_KEY_ORIGIN(network, NETWORK, DNS),
			    "dns");
}

static bool allows_any(const struct xnm_cidr *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (list[i].prefix_len == 0)
			return true;
	}
	return false;
}

bool xnm_vif_cannot_share(const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	enum xnm_locking_mode mode = vif->locking_mode;

	if (mode == XNM_LOCK_UNSET && network)
		mode = network->locking_mode;
	return (mode == XNM_LOCK_UNSET || mode == XNM_LOCK_LOCKED) &&
	       !allows_any(vif->ipv4_allowed, vif->n_ipv4_allowed) &&
	       !allows_any(vif->ipv6_allowed, vif->n_ipv6_allowed);
}

void xnm_resolve_share_to(const struct xnm_resolver *r, const struct xnm_vif_policy *vif)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(vif, VIF, SHARE_TO);

	if (vif->n_share_to && vif->share != XNM_YES && !XNM_KEY_REFUSED(r, vif, VIF, SHARE))
		xnm_mistake_at(r->rep, origin, "share-to=: [vif %s] shares nothing; add share=yes",
			       vif->match);
	for (unsigned int i = 0; i < vif->n_share_to; i++) {
		for (unsigned int k = 0; k < i; k++) {
			if (strcmp(vif->share_to[i], vif->share_to[k]) == 0)
				xnm_mistake_at(r->rep, origin, "share-to=%s: is there twice",
					       vif->share_to[i]);
		}
	}
}

void xnm_resolve_share(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       const struct xnm_network *network)
{
	if (vif->share != XNM_YES || !xnm_vif_cannot_share(vif, network) ||
	    XNM_KEY_REFUSED(r, vif, VIF, LOCKING_MODE) ||
	    XNM_KEY_REFUSED(r, vif, VIF, IPV4_ALLOWED) ||
	    XNM_KEY_REFUSED(r, vif, VIF, IPV6_ALLOWED))
		return;
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, SHARE),
		       "share=yes: [vif %s] is locked, so it cannot send what comes from outside; "
		       "add locking-mode=unlocked, or ipv4-allowed=any",
		       vif->match);
}
