/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_vlan.c - libFuzzer target: the vlan= and bridge= of a guest's configuration. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "hotplug/base/value.h"
#include "hotplug/base/vlan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_members(const struct xnm_vlans *vlans)
{
	assert(!xnm_vlans_empty(vlans));
	assert(!xnm_vlan_test(vlans->member, 0) && !xnm_vlan_test(vlans->member, 4095));
	for (unsigned int vid = 0; vid < 4096; vid++)
		assert(xnm_vlan_test(vlans->member, vid) || !xnm_vlan_test(vlans->untagged, vid));
	if (vlans->pvid)
		assert(xnm_vlan_test(vlans->untagged, vlans->pvid));
}

/* What was understood can be written down, and reading that gives the same. */
static void check_round_trip(const struct xnm_vlans *vlans)
{
	static char text[4096 * 6];
	const char *reason = NULL;
	struct xnm_vlans again;
	char small[16];

	(void)xnm_vlans_format(vlans, text, sizeof(text));
	(void)xnm_vlans_format(vlans, small, sizeof(small));
	assert(strlen(small) < sizeof(small));
	if (vlans->pvid) {
		assert(xnm_vlans_parse(text, &again, &reason) == 0);
		assert(xnm_vlans_equal(vlans, &again));
	}
}

static void check_parse(const char *text)
{
	const char *reason = NULL;
	struct xnm_vlans vlans;

	if (xnm_vlans_parse(text, &vlans, &reason)) {
		assert(reason && *reason);
		return;
	}
	assert(vlans.pvid);
	check_members(&vlans);
	check_round_trip(&vlans);
}

static void check_bridge(const char *text)
{
	const char *reason = NULL;
	struct xnm_vlans vlans;
	char bridge[IFNAMSIZ];
	int rc = xnm_vlans_parse_bridge(text, bridge, &vlans, &reason);

	if (rc == -EINVAL)
		assert(reason && *reason);
	if (rc)
		return;
	assert(xnm_ifname_ok(bridge));
	assert(strncmp(text, bridge, strlen(bridge)) == 0);
	check_members(&vlans);
	check_round_trip(&vlans);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[512];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_parse(text);
	check_bridge(text);
	return 0;
}
