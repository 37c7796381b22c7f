/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_policy.c - libFuzzer target: policy files, as root might write them on a bad day. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "policy/loader.h"
#include "policy/sections/links.h"
#include "policy/types/schedule.h"

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

static void check_names(const char names[][XNM_NAME_LEN], unsigned int n)
{
	assert(n <= XNM_MAX_ACL_NAMES);
	for (unsigned int i = 0; i < n; i++)
		assert(xnm_policy_acl(&policy, names[i]));
}

static void check_bridge(const struct xnm_network *network)
{
	if (network->backend == XNM_BACKEND_ROUTE) {
		assert(network->bridge[0] == '\0' && network->n_interfaces == 0);
		return;
	}
	assert(xnm_ifname_ok(network->bridge) && !xnm_ifname_is_vif(network->bridge));
	assert(xnm_policy_network_by_bridge(&policy, network->bridge) == network);
}

static void check_services(const struct xnm_host_services *services)
{
	assert(services->n <= XNM_MAX_SERVICES);
	for (unsigned int i = 0; i < services->n; i++) {
		const struct xnm_service *a = &services->list[i];

		assert(a->ports.first > 0 && a->ports.first <= a->ports.last);
		for (unsigned int j = 0; j < i; j++) {
			const struct xnm_service *b = &services->list[j];

			assert(a->protocol != b->protocol || a->ports.last < b->ports.first ||
			       a->ports.first > b->ports.last);
		}
	}
}

static void check_uplink(const struct xnm_uplink *uplink)
{
	assert(uplink->interface[0] != '\0' || uplink->guest[0] != '\0');
	assert(uplink->rate_bit_s <= XNM_RATE_MAX_BIT_S);
}

static void check_ways(const struct xnm_network *network)
{
	assert(network->forward != XNM_FORWARD_UNSET && network->masquerade != XNM_MASQ_UNSET);
	assert(network->forward != XNM_FORWARD_NAT || network->n_addresses > 0);
	assert(network->n_snat == 0 || network->n_uplinks > 0);
	for (unsigned int i = 0; i < network->n_uplinks; i++)
		check_uplink(xnm_policy_uplink(&policy, network->uplinks[i]));
}

static void check_network(const struct xnm_network *network)
{
	assert(network->name[0] != '\0');
	check_bridge(network);
	check_services(&network->host_services);
	check_names(network->acls, network->n_acls);
	check_ways(network);
	assert(network->origin.line > 0);
	assert(network->n_interfaces <= XNM_MAX_INTERFACES);
	assert(network->n_addresses <= XNM_MAX_ADDRESSES);
	assert(network->has_vlan == !xnm_vlans_empty(&network->vlan));
	assert(xnm_policy_network(&policy, network->name) == network);
}

static void check_line(const struct xnm_line *line)
{
	assert(line->delay_us <= XNM_DELAY_MAX_US);
	assert(!line->jitter_us || line->jitter_us < line->delay_us);
	assert(!line->reorder_ppm || line->delay_us);
	assert(line->loss_ppm <= 1000000 && line->duplicate_ppm <= 1000000);
	assert(line->corrupt_ppm <= 1000000 && line->reorder_ppm <= 1000000);
}

static void check_shaping(const struct xnm_shaping *shaping)
{
	assert(shaping->rate_bit_s <= XNM_RATE_MAX_BIT_S);
	assert(shaping->burst_bytes <= XNM_BURST_MAX_BYTES);
	assert(!shaping->burst_bytes || shaping->queue != XNM_QUEUE_CAKE);
	assert(shaping->rate_bit_s || !shaping->burst_bytes);
	assert(shaping->queue_us <= XNM_DELAY_MAX_US);
	check_line(&shaping->line);
}

static void check_end(const struct xnm_link_end *end)
{
	assert(end->kind != XNM_END_NETWORK || xnm_policy_network(&policy, end->network));
	assert(end->section <= policy.n_vifs);
	assert((end->kind == XNM_END_VIF) == (end->domain[0] != '\0'));
	assert((end->kind == XNM_END_PREFIX) == (end->prefix.family != 0));
}

static void check_link(const struct xnm_link_policy *link)
{
	assert(link->name[0] != '\0' && link->origin.line > 0);
	check_end(&link->ends[0]);
	check_end(&link->ends[1]);
	check_shaping(&link->ways[XNM_A_TO_B]);
	check_shaping(&link->ways[XNM_B_TO_A]);
	assert(link->ends[0].kind == XNM_END_NETWORK ||
	       !xnm_link_end_equal(&link->ends[0], &link->ends[1]));
	assert(!xnm_shaping_is_none(&link->ways[XNM_A_TO_B]) ||
	       !xnm_shaping_is_none(&link->ways[XNM_B_TO_A]));
}

static void check_class(const struct xnm_class_policy *class)
{
	assert(class->name[0] != '\0' && class->priority <= XNM_LAST_PRIORITY && class->dscp < 64 &&
	       class->pcp < 8);
	assert(!class->rate_bit_s || class->guarantee_bit_s <= class->rate_bit_s);
	for (unsigned int i = 0; i < policy.n_uplinks; i++)
		assert(!policy.uplinks[i].rate_bit_s ||
		       class->guarantee_bit_s <= policy.uplinks[i].rate_bit_s);
}

static void check_step(const struct xnm_step *step, const struct xnm_step *before)
{
	char word[XNM_STEP_TEXT_LEN];

	assert(step->origin.line > 0);
	assert(!before || step->at_ms >= before->at_ms);
	assert(xnm_step_word(step, 1, word) == (step->action != XNM_STEP_END));
	assert(step->action != XNM_STEP_PROFILE || xnm_policy_profile(&policy, word));
}

static void check_schedule(const struct xnm_schedule *schedule)
{
	assert(schedule->name[0] != '\0' && schedule->n_steps <= XNM_MAX_STEPS);
	for (unsigned int i = 0; i < schedule->n_steps; i++) {
		const struct xnm_step *step = &schedule->steps[i];

		check_step(step, i ? step - 1 : NULL);
		assert(step->action != XNM_STEP_END || i + 1 == schedule->n_steps);
	}
}

static void check_own(const struct xnm_own_addresses *own)
{
	assert(own->n <= XNM_MAX_ADDRESSES && !own->expects_pool);
	assert(own->pool[0] == '\0' || xnm_policy_pool(&policy, own->pool));
}

static void check_vif(const struct xnm_vif_policy *vif)
{
	struct xnm_shaping shaping[XNM_N_DIRECTIONS];

	assert(vif->match[0] != '\0' && vif->origin.line > 0);
	assert(vif->matches <= policy.n_matches);
	check_own(&vif->own);
	assert(vif->has_vlan == !xnm_vlans_empty(&vif->vlan));
	assert(vif->network[0] == '\0' || xnm_policy_network(&policy, vif->network));
	assert(vif->n_ipv4_allowed <= XNM_MAX_ADDRESSES &&
	       vif->n_ipv6_allowed <= XNM_MAX_ADDRESSES);
	check_names(vif->acls, vif->n_acls);
	xnm_policy_shaping(&vif->tc, shaping);
	check_shaping(&shaping[XNM_INBOUND]);
	check_shaping(&shaping[XNM_OUTBOUND]);
	assert(vif->class_name[0] == '\0' || strcmp(vif->class_name, XNM_DEFAULT_CLASS) == 0 ||
	       xnm_policy_class(&policy, vif->class_name));
}

static void check_forward(const struct xnm_forward *forward)
{
	assert(forward->name[0] != '\0' && xnm_policy_network(&policy, forward->network));
	assert(forward->target_is_address == (forward->target_domain[0] == '\0'));
	assert(forward->protocols != 0 && forward->n_ports > 0);
	assert(forward->n_listen <= XNM_MAX_LISTEN && forward->n_ports <= XNM_MAX_PORTS);
	assert(forward->n_target_ports == forward->n_ports);
	for (unsigned int i = 0; i < forward->n_ports; i++)
		assert(forward->ports[i].last - forward->ports[i].first ==
		       forward->target_ports[i].last - forward->target_ports[i].first);
}

static void check_acl(const struct xnm_acl *acl)
{
	assert(acl->name[0] != '\0' && acl->n_rules <= XNM_MAX_ACL_RULES);
	for (unsigned int i = 0; i < acl->n_rules; i++) {
		const struct xnm_acl_rule *rule = &acl->rules[i];

		assert(rule->origin.line > 0 && rule->n_ports <= XNM_MAX_RULE_PORTS);
		assert(rule->n_ports == 0 || rule->protocol == IPPROTO_TCP ||
		       rule->protocol == IPPROTO_UDP);
	}
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
	for (unsigned int i = 0; i < policy.n_links; i++)
		check_link(&policy.links[i]);
	for (unsigned int i = 0; i < policy.n_classes; i++)
		check_class(&policy.classes[i]);
	for (unsigned int i = 0; i < policy.n_schedules; i++)
		check_schedule(&policy.schedules[i]);
	for (unsigned int i = 0; i < policy.n_vifs; i++)
		check_vif(&policy.vifs[i]);
	for (unsigned int i = 0; i < policy.n_forwards; i++)
		check_forward(&policy.forwards[i]);
	for (unsigned int i = 0; i < policy.n_acls; i++)
		check_acl(&policy.acls[i]);
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
	if (xnm_loader_finish(&loader, 0) == 0) {
		check_policy();
		(void)xnm_policy_check(&policy, check_message, &size);
	}
	return 0;
}
