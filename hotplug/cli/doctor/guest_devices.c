/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_devices.c - the devices by which guests are reached: bridges of networks, and vifs without one. */
#include "hotplug/cli/doctor/finding.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/network/network.h"

#include <errno.h>
#include <string.h>

#include "hotplug/parts/filter/filter.h"

#define ROUTED_VIFS \
	"vif+" /* how iptables and firewalld write all devices whose names begin with vif */

static struct xnm_guest_device *find_device(struct xnm_doctor *doctor, const char *name)
{
	for (unsigned int i = 0; i < doctor->n_devices; i++) {
		if (strcmp(doctor->devices[i].name, name) == 0)
			return &doctor->devices[i];
	}
	return NULL;
}

static struct xnm_guest_device *add_device(struct xnm_doctor *doctor, const char *name,
					   bool is_bridge)
{
	struct xnm_guest_device *devices =
		reallocarray(doctor->devices, doctor->n_devices + 1, sizeof(*devices));

	if (!devices)
		return NULL;
	doctor->devices = devices;
	devices += doctor->n_devices++;
	*devices = (struct xnm_guest_device){ .is_bridge = is_bridge };
	(void)snprintf(devices->name, sizeof(devices->name), "%s", name);
	return devices;
}

/* A network forwards if the sysctls that it needs include forwarding. */
void xnm_doctor_forwards(const struct xnm_network *network, const struct xnm_policy *policy,
			 bool *ip4, bool *ip6)
{
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(settings, network, network->bridge, false, policy);

	*ip4 = *ip6 = false;
	for (unsigned int i = 0; i < n; i++) {
		*ip4 |= strcmp(settings[i].path, "ipv4/ip_forward") == 0;
		*ip6 |= strcmp(settings[i].path, "ipv6/conf/all/forwarding") == 0;
	}
}

static void fill_device(struct xnm_guest_device *device, const struct xnm_network *network,
			const struct xnm_policy *policy)
{
	bool ip4, ip6;

	xnm_doctor_forwards(network, policy, &ip4, &ip6);
	device->forwards4 |= ip4;
	device->forwards6 |= ip6;
	device->has_addresses |= network->n_addresses > 0 || !device->is_bridge;
}

static int add_network(struct xnm_doctor *doctor, const struct xnm_network *network)
{
	bool is_bridge = network->backend == XNM_BACKEND_BRIDGE;
	const char *name = is_bridge ? network->bridge : ROUTED_VIFS;
	struct xnm_guest_device *device = find_device(doctor, name);

	if (!device)
		device = add_device(doctor, name, is_bridge);
	if (!device)
		return -ENOMEM;
	fill_device(device, network, doctor->policy);
	return 0;
}

static int add_vif(struct xnm_doctor *doctor, const struct xnm_vif_note *state)
{
	const char *name = state->routed.is_routed ? state->device.ifname : state->bridge.name;
	const struct xnm_network *network = NULL;
	struct xnm_guest_device *device;

	if (!name[0])
		return 0;
	device = find_device(doctor, name);
	if (!device)
		device = add_device(doctor, name, !state->routed.is_routed);
	if (!device)
		return -ENOMEM;
	device->has_guests = true;
	device->is_covered = state->routed.is_routed && strncmp(name, "vif", 3) == 0 &&
			     find_device(doctor, ROUTED_VIFS);
	if (doctor->policy && state->network.name[0])
		network = xnm_policy_network(doctor->policy, state->network.name);
	if (network)
		fill_device(device, network, doctor->policy);
	return 0;
}

int xnm_doctor_read_devices(struct xnm_doctor *doctor)
{
	int rc = 0;

	for (unsigned int i = 0; doctor->policy && rc == 0 && i < doctor->policy->n_networks; i++)
		rc = add_network(doctor, &doctor->policy->networks[i]);
	for (unsigned int i = 0; rc == 0 && i < doctor->status.n; i++) {
		if (doctor->status.rows[i].has_note)
			rc = add_vif(doctor, doctor->status.rows[i].state);
	}
	return rc;
}
