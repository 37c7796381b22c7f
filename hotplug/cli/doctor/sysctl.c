/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl.c - tell of a file below /proc/sys/net that has another value than guests need. */
#include "hotplug/cli/doctor/finding.h"

#include <string.h>

/* The name for sysctl(8): with dots, or with slashes if a device in it has a dot in its own name. */
static const char *spell(const char *path, char *out, size_t out_size)
{
	bool slashes = strchr(path, '.') != NULL;

	(void)snprintf(out, out_size, "net%c%s", slashes ? '/' : '.', path);
	for (char *p = out; *p && !slashes; p++) {
		if (*p == '/')
			*p = '.';
	}
	return out;
}

void xnm_doctor_find_sysctl(struct xnm_doctor *doctor, const char *path, uint32_t is,
			    uint32_t wanted, const char *why)
{
	char name[96];

	(void)spell(path, name, sizeof(name));
	xnm_doctor_find(doctor, "%s is %u%s: sysctl -w %s=%u", name, is, why, name, wanted);
}

void xnm_doctor_find_sysctl_once(struct xnm_doctor *doctor, const char *path, uint32_t is,
				 uint32_t wanted, const char *why)
{
	for (unsigned int i = 0; i < doctor->n_told; i++) {
		if (strcmp(doctor->told[i], path) == 0)
			return;
	}
	if (doctor->n_told < XNM_MAX_TOLD)
		(void)snprintf(doctor->told[doctor->n_told++], sizeof(doctor->told[0]), "%s", path);
	xnm_doctor_find_sysctl(doctor, path, is, wanted, why);
}

const char *xnm_doctor_uplink_device(const struct xnm_doctor *doctor,
				     const struct xnm_network *network, unsigned int i)
{
	const struct xnm_uplink *uplink = xnm_policy_uplink(doctor->policy, network->uplinks[i]);

	return uplink ? uplink->device : "";
}
