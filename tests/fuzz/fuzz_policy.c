/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_policy.c - libFuzzer target: policy files, as root might write them on a bad day. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "policy/load.h"

/*
 * A line "%%" in the input begins the next file; a line "%%%" one of
 * override.d. Whatever they say, the load must end, every message must be one
 * printable line in the range of its file, and a policy that loads must hold
 * what the rest of xnm relies on.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct xnm_policy policy;

static void check_message(void *arg, const char *file, unsigned int line, const char *text)
{
	const size_t *size = arg;

	assert(*file != '\0' && *text != '\0');
	assert(line <= *size + 1);
	for (const char *p = text; *p != '\0'; p++)
		assert((*p >= ' ' && *p <= '~') || *p == '\t');
}

static void check_network(const struct xnm_network *network)
{
	assert(network->name[0] != '\0' && xnm_ifname_ok(network->bridge));
	assert(!xnm_ifname_is_vif(network->bridge));
	assert(network->origin.line > 0);
	assert(network->n_interfaces <= XNM_MAX_INTERFACES);
	assert(network->n_addresses <= XNM_MAX_ADDRESSES);
	assert(network->has_vlan == !xnm_vlans_empty(&network->vlan));
	assert(xnm_policy_network(&policy, network->name) == network);
	assert(xnm_policy_network_by_bridge(&policy, network->bridge) == network);
}

static void check_vif(const struct xnm_vif_policy *vif)
{
	assert(vif->match[0] != '\0' && vif->origin.line > 0);
	assert(vif->matches <= policy.n_matches);
	assert(vif->n_addresses <= XNM_MAX_ADDRESSES);
	assert(vif->has_vlan == !xnm_vlans_empty(&vif->vlan));
	assert(vif->network[0] == '\0' || xnm_policy_network(&policy, vif->network));
}

static void check_policy(void)
{
	struct xnm_vif_identity id = {
		.domain_name = "web1",
		.uuid = "9b6a4c1e-0d2f-4a37-8c55-1f0e2d3c4b5a",
		.mac = { { 0x00, 0x16, 0x3e, 0x00, 0x00, 0x01 } },
		.bridge = "xenbr0",
		.vif = "vif1.0",
	};

	assert(policy.global.version == 1);
	for (unsigned int i = 0; i < policy.n_networks; i++)
		check_network(&policy.networks[i]);
	for (unsigned int i = 0; i < policy.n_vifs; i++)
		check_vif(&policy.vifs[i]);
	(void)xnm_policy_match(&policy, &id);
	if (!xnm_policy_needs_name(&policy) && !xnm_policy_needs_uuid(&policy)) {
		const struct xnm_vif_policy *vif = xnm_policy_match(&policy, &id);

		id.domain_name[0] = id.uuid[0] = '\0';
		assert(xnm_policy_match(&policy, &id) == vif);
	}
}

/* The end of the file that begins at data: before a separator, or all there is. */
static size_t file_len(const char *data, size_t size)
{
	for (size_t i = 0; i + 4 <= size; i++) {
		if (memcmp(data + i, "\n%%", 3) == 0)
			return i + 1;
	}
	return size;
}

static void load_all(struct xnm_loader *loader, const char *data, size_t size)
{
	char name[16];
	size_t len;

	for (unsigned int i = 0; size > 0; i++, data += len, size -= len) {
		FILE *stream;

		if (i > 0) {
			loader->is_override |= size > 2 && data[2] == '%';
			len = size < 3 ? size : 3;
			data += len;
			size -= len;
		}
		len = file_len(data, size);
		if (len == 0)
			break;
		stream = fmemopen((char *)(uintptr_t)data, len, "r");
		assert(stream);
		(void)snprintf(name, sizeof(name), "%u", i);
		(void)xnm_loader_read(loader, stream, name);
		fclose(stream);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct xnm_loader loader;

	xnm_loader_init(&loader, &policy, check_message, &size);
	load_all(&loader, (const char *)data, size);
	if (xnm_loader_finish(&loader) == 0) {
		check_policy();
		(void)xnm_policy_check(&policy, check_message, &size);
	}
	return 0;
}
