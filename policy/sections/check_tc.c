/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_tc.c - look for keys of shaping without effect, and for what shaping keeps from working. */
#include "policy/sections/check.h"

#include "policy/schema.h"

/* What says how packets wait for a rate says nothing without one. */
static void check_queue(struct xnm_reporter *rep, const void *section,
			const struct xnm_written *written, const enum xnm_key_id keys[3],
			unsigned int first_key)
{
	for (unsigned int i = 0; i < 3; i++) {
		if (xnm_key_is_set(section, keys[i]))
			xnm_warning_at(rep, written->keys[(unsigned int)keys[i] - first_key],
				       "%s= has no effect without rate=", xnm_keys[keys[i]].name);
	}
}

static bool has_rate(const struct xnm_tc_policy *tc)
{
	return tc->rate_bit_s || tc->rates_bit_s[0] || tc->rates_bit_s[1];
}

static void warn_seed(struct xnm_reporter *rep, const struct xnm_written *written,
		      enum xnm_key_id key, unsigned int first_key)
{
	xnm_warning_at(rep, written->keys[(unsigned int)key - first_key],
		       "%s= has no effect: nothing there is random but slots, which take no seed",
		       xnm_keys[key].name);
}

static void check_vif_seeds(struct xnm_reporter *rep, const struct xnm_vif_policy *vif)
{
	static const enum xnm_key_id keys[XNM_N_DIRECTIONS] = {
		[XNM_INBOUND] = XNM_KEY_VIF_SEED,
		[XNM_OUTBOUND] = XNM_KEY_VIF_OUTBOUND_SEED,
	};

	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++) {
		const struct xnm_line *line = &vif->tc.lines[i];

		if (line->seed && !xnm_line_is_random(line))
			warn_seed(rep, &vif->written, keys[i], XNM_FIRST_KEY_OF_VIF);
	}
}

static void check_link_seeds(struct xnm_reporter *rep, const struct xnm_link_policy *link)
{
	static const enum xnm_key_id keys[XNM_N_WAYS] = {
		[XNM_A_TO_B] = XNM_KEY_LINK_A_TO_B_SEED,
		[XNM_B_TO_A] = XNM_KEY_LINK_B_TO_A_SEED,
	};
	bool is_random = false;

	for (unsigned int i = 0; i < XNM_N_WAYS; i++) {
		const struct xnm_line *line = &link->ways[i].line;

		if (xnm_line_is_random(line))
			is_random = true;
		else if (xnm_key_is_set(link, keys[i]))
			warn_seed(rep, &link->written, keys[i], XNM_FIRST_KEY_OF_LINK);
	}
	if (link->line.seed && !is_random)
		warn_seed(rep, &link->written, XNM_KEY_LINK_SEED, XNM_FIRST_KEY_OF_LINK);
}

static void check_vif(struct xnm_reporter *rep, const struct xnm_vif_policy *vif)
{
	static const enum xnm_key_id keys[] = {
		XNM_KEY_VIF_BURST,
		XNM_KEY_VIF_QUEUE,
		XNM_KEY_VIF_QDISC,
	};

	if (!has_rate(&vif->tc))
		check_queue(rep, vif, &vif->written, keys, XNM_FIRST_KEY_OF_VIF);
	check_vif_seeds(rep, vif);
	if (vif->fastpath == XNM_YES && !xnm_tc_policy_is_none(&vif->tc))
		xnm_warning_at(rep, XNM_KEY_ORIGIN(vif, VIF, FASTPATH),
			       "fastpath=yes has no effect: this host must see the packets of [vif "
			       "%s] to limit or delay them",
			       vif->match);
}

static void check_link(struct xnm_reporter *rep, const struct xnm_link_policy *link)
{
	static const enum xnm_key_id keys[] = {
		XNM_KEY_LINK_BURST,
		XNM_KEY_LINK_QUEUE,
		XNM_KEY_LINK_QDISC,
	};

	if (!has_rate(&link->tc))
		check_queue(rep, link, &link->written, keys, XNM_FIRST_KEY_OF_LINK);
	check_link_seeds(rep, link);
}

void xnm_check_tc(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++)
		check_vif(rep, &policy->vifs[i]);
	for (unsigned int i = 0; i < policy->n_links; i++)
		check_link(rep, &policy->links[i]);
}
