/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.h - what a [link] of the policy says of the way between two ends. */
#ifndef XNM_POLICY_LINK_H
#define XNM_POLICY_LINK_H

#include <stdint.h>

#include "hotplug/base/value.h"
#include "policy/tc.h"
#include "policy/written.h"

#define XNM_MAX_LINKS 1024

/* What an end of a link can be; a later one is narrower and counts before an earlier one. */
enum xnm_end_kind {
	XNM_END_ANY,
	XNM_END_NETWORK,
	XNM_END_PREFIX,
	XNM_END_VIF,
};

struct xnm_link_end {
	enum xnm_end_kind kind;
	char domain[XNM_NAME_LEN]; /* of a vif */
	uint32_t devid;
	uint32_t section; /* of a vif: 1 + the index in xnm_policy.vifs that surely holds; else 0 */
	char network[XNM_NAME_LEN]; /* or that of the vif; "": only its event will know */
	struct xnm_cidr prefix; /* no bits behind prefix_len; a host may stand alone */
};

/* The two ways of a link, by the order of its ends. */
enum xnm_way {
	XNM_A_TO_B,
	XNM_B_TO_A,
	XNM_N_WAYS,
};

struct xnm_link_policy {
	char name[XNM_NAME_LEN]; /* "A B", with one blank */
	struct xnm_origin origin;
	/* as written: keys for both ways, and those for one, which replace them */
	uint32_t rtt_us;
	struct xnm_line line;
	struct xnm_tc_policy tc; /* rates_bit_s[] and lines[] by enum xnm_way */
	struct xnm_written written;
	/* loading finds these */
	struct xnm_link_end ends[2]; /* A and B */
	struct xnm_shaping ways[XNM_N_WAYS];
};

#endif
