/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.c - replace alternative names of devices in a policy by the kernel's own. */
#include <errno.h>
#include <string.h>

#include "hotplug/base/ifname.h"
#include "hotplug/base/util.h"
#include "policy/sections/resolve.h"

/*
 * A device may have alternative names (ip link property), and the kernel takes
 * them wherever it takes a name. But packets come with the device's own name,
 * by which nftables knows them, and so do notes, settings and comparisons. So
 * the policy is put right before anything is compared or made from it.
 */

struct names {
	const struct xnm_resolver *r;
	int fd;
};

const char *xnm_policy_device(const struct xnm_policy *policy, const char *name,
			      char out[XNM_DEVICE_TEXT_LEN])
{
	for (unsigned int i = 0; i < policy->n_altnames; i++) {
		const struct xnm_altname *altname = &policy->altnames[i];

		if (strcmp(altname->device, name) != 0)
			continue;
		(void)snprintf(out, XNM_DEVICE_TEXT_LEN, "%s (altname of %s)", altname->name, name);
		return out;
	}
	(void)snprintf(out, XNM_DEVICE_TEXT_LEN, "%s", name);
	return out;
}

/* For messages, which name the device alone when there are more than fit. */
static void note_altname(struct xnm_policy *policy, const char *name, const char *device)
{
	struct xnm_altname *altname = &policy->altnames[policy->n_altnames];

	if (policy->n_altnames == XNM_N_ELEMENTS(policy->altnames))
		return;
	policy->n_altnames++;
	(void)snprintf(altname->name, sizeof(altname->name), "%s", name);
	(void)snprintf(altname->device, sizeof(altname->device), "%s", device);
}

static void put_right(const struct names *names, struct xnm_origin origin, const char *key,
		      char name[IFNAMSIZ])
{
	struct xnm_reporter *rep = names->r->rep;
	char real[IFNAMSIZ];
	int rc = name[0] ? xnm_ifname_real(names->fd, name, real) : -ENODEV;

	if (rc == -ENODEV || (rc == 0 && strcmp(real, name) == 0))
		return;
	if (rc) {
		xnm_mistake_at(rep, origin, "%s=%s: cannot ask the kernel what device it is: %s",
			       key, name, strerror(-rc));
		return;
	}
	xnm_warning_at(rep, origin,
		       "%s=%s is an alternative name of %s and may be given to another device; "
		       "name the device itself",
		       key, name, real);
	note_altname(names->r->policy, name, real);
	memcpy(name, real, IFNAMSIZ);
}

/* One device may be named twice, by two of its names. */
static void drop_doubles(struct xnm_network *network)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		bool known = false;

		for (unsigned int k = 0; k < n; k++)
			known |= strcmp(network->interfaces[k], network->interfaces[i]) == 0;
		if (known)
			continue;
		if (n != i)
			memcpy(network->interfaces[n], network->interfaces[i], IFNAMSIZ);
		n++;
	}
	network->n_interfaces = n;
}

void xnm_resolve_names(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;
	struct names names = { r, -1 };

	if (!policy->of_this_host || policy->n_networks + policy->n_uplinks == 0)
		return;
	names.fd = xnm_ifname_open();
	if (names.fd < 0) {
		xnm_mistake_in(r->rep, policy->files[0], 0,
			       "cannot ask the kernel for the names of devices: %s",
			       strerror(-names.fd));
		return;
	}
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		struct xnm_network *network = &policy->networks[i];

		put_right(&names, XNM_KEY_ORIGIN(network, NETWORK, BRIDGE), "bridge",
			  network->bridge);
		for (unsigned int k = 0; k < network->n_interfaces; k++)
			put_right(&names, XNM_KEY_ORIGIN(network, NETWORK, INTERFACES),
				  "interfaces", network->interfaces[k]);
		drop_doubles(network);
	}
	for (unsigned int i = 0; i < policy->n_uplinks; i++)
		put_right(&names, XNM_KEY_ORIGIN(&policy->uplinks[i], UPLINK, INTERFACE),
			  "interface", policy->uplinks[i].interface);
	(void)close(names.fd);
}
