/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.c - find the device of each [uplink], fill in its defaults and check what it says. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/traffic.h"

#define METRIC_STEP 100 /* between uplinks without metric= */

/* A port has no addresses of its own: its bridge is the uplink. */
static void check_port(const struct xnm_resolver *r, const struct xnm_uplink *uplink,
		       const struct xnm_network *network)
{
	char device[XNM_DEVICE_TEXT_LEN];

	if (xnm_network_has_interface(network, uplink->interface))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, INTERFACE),
			       "interface=%s: is a port of the bridge of [network %s]; name the "
			       "bridge, interface=%s",
			       xnm_policy_device(r->policy, uplink->interface, device),
			       network->name, network->bridge);
}

static void fill_quality(struct xnm_quality *quality)
{
	const struct {
		uint32_t *value, otherwise;
	} defaults[] = {
		{ &quality->interval_ms, 10000 },
		{ &quality->timeout_ms, 2000 },
		{ &quality->count, 3 },
		{ &quality->down, 3 },
		{ &quality->up, 3 },
		{ &quality->failure_loss_percent, 40 },
		{ &quality->failure_latency_ms, 1000 },
		{ &quality->recovery_latency_ms, 500 },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(defaults); i++) {
		if (*defaults[i].value == 0)
			*defaults[i].value = defaults[i].otherwise;
	}
	if (!quality->has_recovery_loss)
		quality->recovery_loss_percent = 10;
}

/* If one probe could count as bad and as good, the uplink would go up and down for ever. */
static void check_quality(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	const struct xnm_quality *quality = &uplink->quality;

	if (quality->recovery_loss_percent >= quality->failure_loss_percent)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, RECOVERY_LOSS),
			       "[uplink %s]: recovery-loss=%u%% must be less than "
			       "failure-loss=%u%%",
			       uplink->name, quality->recovery_loss_percent,
			       quality->failure_loss_percent);
	if (quality->recovery_latency_ms >= quality->failure_latency_ms)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, RECOVERY_LATENCY),
			       "[uplink %s]: recovery-latency=%ums must be less than "
			       "failure-latency=%ums",
			       uplink->name, quality->recovery_latency_ms,
			       quality->failure_latency_ms);
	if (uplink->n_track && !xnm_uplink_has_gateway(uplink))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, TRACK),
			       "track= of [uplink %s] needs gateway=: there is no route to move",
			       uplink->name);
}

/*
 * How the metrics of two uplinks collide; the kernel takes one route per metric.
 * NULL: they do not.
 */
static const char *meet(const struct xnm_uplink *uplink, const struct xnm_uplink *other)
{
	if (other->metric == uplink->metric)
		return "has it already";
	if (other->n_track && other->metric + XNM_METRIC_OF_DOWN == uplink->metric)
		return "has it while it is down, choose another";
	if (uplink->n_track && uplink->metric + XNM_METRIC_OF_DOWN == other->metric)
		return "has what this one has while it is down, choose another";
	return NULL;
}

static void check_metric(const struct xnm_resolver *r, const struct xnm_uplink *uplink)
{
	char where[160];

	for (const struct xnm_uplink *other = r->policy->uplinks; other < uplink; other++) {
		const char *when = meet(uplink, other);

		if (!when || !xnm_uplink_has_gateway(other) || !xnm_uplink_has_gateway(uplink))
			continue;
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(uplink, UPLINK, METRIC),
			       "metric=%u: [uplink %s] %s, %s", uplink->metric, other->name, when,
			       xnm_policy_origin(r->policy, other->origin, where, sizeof(where)));
		return;
	}
}

void xnm_resolve_uplinks(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;

	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		struct xnm_uplink *uplink = &policy->uplinks[i];

		if (!uplink->interface[0] && !uplink->guest[0] &&
		    !XNM_KEY_REFUSED(r, uplink, UPLINK, INTERFACE) &&
		    !XNM_KEY_REFUSED(r, uplink, UPLINK, GUEST))
			xnm_mistake_at(r->rep, uplink->origin,
				       "[uplink %s] needs interface= or guest=", uplink->name);
		memcpy(uplink->device, uplink->interface, sizeof(uplink->device));
		if (!uplink->metric)
			uplink->metric = METRIC_STEP * (i + 1);
		fill_quality(&uplink->quality);
		if (uplink->guest[0])
			xnm_resolve_uplink_guest(r, uplink);
		for (unsigned int j = 0; j < policy->n_networks; j++)
			check_port(r, uplink, &policy->networks[j]);
		check_quality(r, uplink);
		check_metric(r, uplink);
	}
	for (unsigned int i = 0; i < policy->n_networks; i++)
		xnm_check_circles(r, &policy->networks[i]);
}
