/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.c - compute the classes of an uplink: rates, bursts, and the queue in each. */
#include "hotplug/parts/classes/tree.h"

#include <string.h>

#include "hotplug/base/rate.h"

#define QUEUE_US    50000u
#define MIN_PACKETS 16u
#define MAX_PACKETS 100000u
/* Of a class without a guarantee: the kernel wants one. All of them together are next to nothing. */
#define NO_GUARANTEE_BIT_S 1000u
#define QUANTUM_PART	   10u
#define QUANTUM_MAX	   60000u
#define FIRST_QUEUE	   0x1000u /* its major; each class has some of its own */

/* Queues of different kinds have different handles: one takes the place of another in one step. */
enum queue_place {
	PLACE_FQ_CODEL,
	PLACE_PFIFO,
	PLACE_CAKE,
	N_PLACES = 4,
};

static uint32_t frame_of(uint32_t mtu_bytes)
{
	return xnm_at_most((uint64_t)mtu_bytes + XNM_ETHERNET_BYTES, XNM_MAX_BYTES);
}

void classes_htb(struct xnm_qdisc *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = XNM_QDISC_HTB;
	out->handle = XNM_TC_HANDLE(XNM_CLASSES_MAJOR);
	out->parent = XNM_TC_ROOT;
	out->default_class = XNM_CLASS_ID(XNM_CLASS_REST) & 0xFFFF;
	xnm_qdisc_round(out);
}

void classes_root(struct xnm_tc_class *out, const struct xnm_uplink *uplink, uint32_t mtu_bytes)
{
	memset(out, 0, sizeof(*out));
	out->classid = XNM_CLASS_ROOT;
	out->parent = XNM_TC_HANDLE(XNM_CLASSES_MAJOR);
	out->rate_bit_s = out->ceil_bit_s = uplink->rate_bit_s;
	out->burst_bytes = out->cburst_bytes =
		xnm_rate_burst(uplink->rate_bit_s, frame_of(mtu_bytes));
	xnm_tc_class_round(out);
}

/* What is borrowed goes to classes of the same priority in parts of this size. */
static uint32_t quantum_of(uint64_t rate_bit_s, uint32_t frame)
{
	uint64_t bytes = rate_bit_s / 8 / QUANTUM_PART;

	return bytes < frame ? frame : xnm_at_most(bytes, QUANTUM_MAX);
}

static void fill_class(struct xnm_tc_class *out, const struct xnm_class_policy *policy,
		       const struct xnm_uplink *uplink, uint32_t frame)
{
	memset(out, 0, sizeof(*out));
	out->classid = XNM_CLASS_ID(policy->number);
	out->parent = XNM_CLASS_ROOT;
	out->rate_bit_s = policy->guarantee_bit_s ? policy->guarantee_bit_s : NO_GUARANTEE_BIT_S;
	out->ceil_bit_s = policy->rate_bit_s && policy->rate_bit_s < uplink->rate_bit_s
				  ? policy->rate_bit_s
				  : uplink->rate_bit_s;
	if (out->rate_bit_s > out->ceil_bit_s)
		out->rate_bit_s = out->ceil_bit_s;
	out->burst_bytes =
		policy->burst_bytes ? policy->burst_bytes : xnm_rate_burst(out->rate_bit_s, frame);
	out->cburst_bytes =
		policy->burst_bytes ? policy->burst_bytes : xnm_rate_burst(out->ceil_bit_s, frame);
	out->priority = policy->priority;
	out->quantum_bytes = quantum_of(out->rate_bit_s, frame);
	xnm_tc_class_round(out);
}

static void make_queue(struct xnm_qdisc *out, enum xnm_qdisc_kind kind, enum queue_place place,
		       uint32_t number, uint32_t packets)
{
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->handle = XNM_TC_HANDLE(FIRST_QUEUE + number * N_PLACES + (unsigned int)place);
	out->parent = XNM_CLASS_ID(number);
	out->limit_packets = packets;
	xnm_qdisc_round(out);
}

static void fill_queue(struct xnm_class_branch *out, const struct xnm_class_policy *policy,
		       uint32_t frame)
{
	uint32_t packets =
		xnm_at_most(xnm_rate_bytes(out->class.ceil_bit_s, QUEUE_US) / frame, MAX_PACKETS);

	if (packets < MIN_PACKETS)
		packets = MIN_PACKETS;
	memset(&out->stand_in, 0, sizeof(out->stand_in));
	if (policy->queue == XNM_QUEUE_PFIFO)
		make_queue(&out->queue, XNM_QDISC_PFIFO, PLACE_PFIFO, policy->number, packets);
	else if (policy->queue == XNM_QUEUE_CAKE)
		make_queue(&out->queue, XNM_QDISC_CAKE, PLACE_CAKE, policy->number, 0);
	else
		make_queue(&out->queue, XNM_QDISC_FQ_CODEL, PLACE_FQ_CODEL, policy->number, 0);
	if (policy->queue == XNM_QUEUE_DEFAULT)
		make_queue(&out->stand_in, XNM_QDISC_PFIFO, PLACE_PFIFO, policy->number, packets);
}

/* The rest, of which the policy says nothing: what is guaranteed to nobody else. */
static const struct xnm_class_policy *rest_of(const struct xnm_policy *policy,
					      const struct xnm_uplink *uplink,
					      struct xnm_class_policy *out)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < policy->n_classes; i++)
		sum += policy->classes[i].guarantee_bit_s;
	memset(out, 0, sizeof(*out));
	(void)snprintf(out->name, sizeof(out->name), "%s", XNM_DEFAULT_CLASS);
	out->guarantee_bit_s = sum < uplink->rate_bit_s ? uplink->rate_bit_s - sum : 0;
	out->priority = XNM_LAST_PRIORITY;
	out->number = XNM_CLASS_REST;
	return out;
}

const char *classes_branch(struct xnm_class_branch *out, const struct xnm_policy *policy,
			   const struct xnm_uplink *uplink, uint32_t mtu_bytes, unsigned int i)
{
	uint32_t frame = frame_of(mtu_bytes);
	const struct xnm_class_policy *class;
	static struct xnm_class_policy rest;

	if (i < policy->n_classes)
		class = &policy->classes[i];
	else if (i == policy->n_classes && !xnm_policy_class(policy, XNM_DEFAULT_CLASS))
		class = rest_of(policy, uplink, &rest);
	else
		return NULL;
	fill_class(&out->class, class, uplink, frame);
	fill_queue(out, class, frame);
	return class->name;
}
