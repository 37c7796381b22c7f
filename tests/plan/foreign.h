/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.h - the model's chains of others, and our rules in them. */
#ifndef XNM_TESTS_FOREIGN_H
#define XNM_TESTS_FOREIGN_H

#include <stdio.h>
#include <string.h>

#include "hotplug/core/plan_parts.h"
#include "hotplug/kernel/nft_foreign.h"

#define FOREIGN_DEVICES 4
#define FOREIGN_MEMBERS 4

/* Rules for one device. */
struct foreign_device {
	char dev[IFNAMSIZ];
	unsigned int n_members;
	struct xnm_owner members[FOREIGN_MEMBERS];
	struct {
		char chain[XNM_CHAIN_LEN]; /* where they are, and are noted to be */
		unsigned int rules; /* enum xnm_through */
	} ip[XNM_N_IP];
};

struct foreign {
	char chain[XNM_N_IP][XNM_CHAIN_LEN]; /* that drops what nobody accepts; "": none */
	bool hears_bridges; /* br_netfilter is there */
	unsigned int n_devices;
	struct foreign_device devices[FOREIGN_DEVICES];
};

/* The device, which is made if there is nothing about it. */
static inline struct foreign_device *foreign_device(struct foreign *foreign, const char *dev)
{
	struct foreign_device *device = foreign->devices;

	for (unsigned int i = 0; i < foreign->n_devices; i++, device++) {
		if (strcmp(device->dev, dev) == 0)
			return device;
	}
	/* there are as many as there are vifs */
	foreign->n_devices++;
	memset(device, 0, sizeof(*device));
	(void)snprintf(device->dev, sizeof(device->dev), "%s", dev);
	return device;
}

static inline unsigned int find_user(const struct foreign_device *device, uint32_t domid,
				     uint32_t devid)
{
	unsigned int i = 0;

	while (i < device->n_members &&
	       (device->members[i].domid != domid || device->members[i].devid != devid))
		i++;
	return i;
}

/* What xnm_facts_through() would read. */
static inline void look_through(struct xnm_facts *facts, struct foreign *foreign,
				const struct xnm_event *event, const struct xnm_want *want)
{
	const char *name = xnm_through_device(want, facts);
	bool found = facts->state.through[xnm_event_is_tap(event)][0] != '\0';
	struct foreign_device *device;

	memset(&facts->through, 0, sizeof(facts->through));
	facts->through.known = true;
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		if (want->attach && !want->routed)
			facts->through.ip[ip].hears_bridges = foreign->hears_bridges;
		if (!xnm_through_rules(want, facts, ip) || !foreign->chain[ip][0])
			continue;
		memcpy(facts->through.ip[ip].chain, foreign->chain[ip], XNM_CHAIN_LEN);
		found = true;
	}
	if (!found || !name[0])
		return;
	device = foreign_device(foreign, name);
	facts->through.is_member =
		find_user(device, event->domid, event->devid) < device->n_members;
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		memcpy(facts->through.ip[ip].noted, device->ip[ip].chain, XNM_CHAIN_LEN);
		if (strcmp(device->ip[ip].chain, facts->through.ip[ip].chain) == 0)
			facts->through.ip[ip].rules = device->ip[ip].rules;
	}
}

static inline void carry_out_through(struct foreign *foreign, const struct xnm_plan *plan,
				     const struct xnm_op *op)
{
	struct foreign_device *device = foreign_device(foreign, op->dev);
	const struct xnm_owner self = { plan->domid, plan->devid };
	unsigned int i = find_user(device, plan->domid, plan->devid), ip = op->u.through.ip;

	if (kind_of(op) == KIND_xnm_op_foreign_rules) {
		device->ip[ip].rules = op->u.through.rules;
		(void)snprintf(device->ip[ip].chain, XNM_CHAIN_LEN, "%s",
			       op->u.through.rules ? op->u.through.chain : "");
		return;
	}
	if (kind_of(op) == KIND_xnm_op_foreign_join && i == device->n_members)
		device->members[device->n_members++] = self;
	if (kind_of(op) == KIND_xnm_op_foreign_leave && i < device->n_members)
		device->members[i] = device->members[--device->n_members];
	if (device->n_members == 0)
		memset(device->ip, 0, sizeof(device->ip));
}

/* Nothing is let through that nobody needs. Returns the number of mistakes, which it prints. */
static inline unsigned int check_foreign(const struct foreign *foreign)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < foreign->n_devices; i++) {
		const struct foreign_device *device = &foreign->devices[i];

		for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
			if (!device->ip[ip].rules || device->n_members)
				continue;
			printf("broken: chain %s still lets %s through\n", device->ip[ip].chain,
			       device->dev);
			n++;
		}
	}
	return n;
}

#endif
