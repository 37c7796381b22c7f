/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.c - find the ends of each [link], merge what it says of both ways, and check it. */
#include "policy/sections/links.h"

#include <string.h>

#include "policy/nearest.h"
#include "policy/sections/meet.h"
#include "policy/sections/resolve.h"
#include "policy/sections/tc_keys.h"
#include "policy/types/link.h"

/* By the words that xnm_parse_link() has taken. */
static void parse_ends(struct xnm_link_policy *link)
{
	char words[2][XNM_NAME_LEN] = { "", "" };
	const char *reason = NULL;

	(void)xnm_link_split(link->name, words[0], words[1]);
	for (unsigned int i = 0; i < 2; i++)
		(void)xnm_link_end_parse(&link->ends[i], words[i], &reason);
}

static void unknown_network(const struct xnm_resolver *r, const struct xnm_link_policy *link,
			    const char *name)
{
	struct xnm_nearest nearest = { .text = name };

	if (r->section_lost)
		return;
	for (unsigned int i = 0; i < r->policy->n_networks; i++)
		xnm_nearest_offer(&nearest, r->policy->networks[i].name);
	xnm_mistake_at(r->rep, link->origin, "[link %s]: there is no [network %s]%s%s%s",
		       link->name, name, nearest.best ? "; did you mean '" : "",
		       nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
}

/* Returns the network of an end, NULL if it is not known, or there is none. */
static const struct xnm_network *find_network(const struct xnm_resolver *r,
					      const struct xnm_link_policy *link,
					      struct xnm_link_end *end)
{
	const struct xnm_vif_policy *section = NULL;
	const struct xnm_network *network = NULL;

	if (end->kind == XNM_END_VIF)
		section = xnm_policy_sure_section(r->policy, end->domain, end->devid);
	if (section)
		end->section = 1 + (uint32_t)(section - r->policy->vifs);
	if (section)
		memcpy(end->network, section->network, sizeof(end->network));
	if (end->network[0])
		network = xnm_policy_network(r->policy, end->network);
	if (!network && end->kind == XNM_END_NETWORK)
		unknown_network(r, link, end->network);
	return network;
}

static bool is_isolated(const struct xnm_policy *policy, const struct xnm_link_end *end,
			const struct xnm_network *network)
{
	const struct xnm_vif_policy *section = xnm_link_end_section(policy, end);
	enum xnm_tristate isolated = section ? section->port.isolated : XNM_NO;

	return (isolated == XNM_UNSET ? network->port.isolated : isolated) == XNM_YES;
}

/* Whatever is said of a way that no packet takes has no effect. */
static void check_meeting(const struct xnm_resolver *r, const struct xnm_link_policy *link,
			  const struct xnm_network *const networks[2])
{
	const struct xnm_network *a = networks[0], *b = networks[1];

	if (!a || !b)
		return;
	if (!xnm_networks_may_meet(r->policy, a, b))
		xnm_mistake_at(
			r->rep, link->origin,
			"[link %s]: there is no way between [network %s] with forward=%s and "
			"[network %s] with forward=%s",
			link->name, a->name, xnm_forward_word(a->forward), b->name,
			xnm_forward_word(b->forward));
	else if (is_isolated(r->policy, &link->ends[0], a) &&
		 is_isolated(r->policy, &link->ends[1], b))
		xnm_mistake_at(r->rep, link->origin,
			       "[link %s]: both ends have isolated=yes, so that they do not reach "
			       "each other",
			       link->name);
}

static void override(uint32_t *value, uint32_t by)
{
	if (by)
		*value = by;
}

/* Losses are said as a share or as a model: what one way says of them takes the place of both. */
static void override_losses(struct xnm_line *line, const struct xnm_line *by)
{
	if (!by->loss_ppm && !by->gemodel.turn_bad_ppm)
		return;
	line->loss_ppm = by->loss_ppm;
	line->gemodel = by->gemodel;
}

static void merge(struct xnm_link_policy *link)
{
	const struct xnm_tc_policy *tc = &link->tc;

	for (unsigned int i = 0; i < XNM_N_WAYS; i++) {
		const struct xnm_line *one = &tc->lines[i];
		struct xnm_shaping *way = &link->ways[i];
		struct xnm_line *line = &way->line;

		way->rate_bit_s = tc->rates_bit_s[i] ? tc->rates_bit_s[i] : tc->rate_bit_s;
		if (way->rate_bit_s) {
			way->burst_bytes = tc->burst_bytes;
			way->queue_us = tc->queue_us;
			way->queue = tc->queue;
		}
		*line = link->line;
		override(&line->delay_us, link->rtt_us / 2);
		override(&line->delay_us, one->delay_us);
		override(&line->jitter_us, one->jitter_us);
		override(&line->duplicate_ppm, one->duplicate_ppm);
		override(&line->corrupt_ppm, one->corrupt_ppm);
		override(&line->reorder_ppm, one->reorder_ppm);
		override_losses(line, one);
		if (one->slot.min_us)
			line->slot = one->slot;
		if (one->seed)
			line->seed = one->seed;
	}
}

static void check_rtt(const struct xnm_resolver *r, const struct xnm_link_policy *link)
{
	static const enum xnm_key_id others[] = {
		XNM_KEY_LINK_DELAY,
		XNM_KEY_LINK_A_TO_B_DELAY,
		XNM_KEY_LINK_B_TO_A_DELAY,
	};
	struct xnm_origin origin = XNM_KEY_ORIGIN(link, LINK, RTT);

	if (link->rtt_us == 1)
		xnm_mistake_at(r->rep, origin, "rtt=1us: half of it is no time; write 2us or more");
	for (size_t i = 0; link->rtt_us && i < XNM_N_ELEMENTS(others); i++) {
		if (!xnm_key_is_set(link, others[i]))
			continue;
		xnm_mistake_at(r->rep, origin,
			       "rtt= contradicts %s=: it is a delay of half of it each way; remove "
			       "one of the two",
			       xnm_keys[others[i]].name);
		return;
	}
}

/* A key for one way, if it is written, else the one for both. */
static enum xnm_key_id either(const struct xnm_link_policy *link, enum xnm_key_id one,
			      enum xnm_key_id both)
{
	return xnm_key_is_set(link, one) ? one : both;
}

static void check_lines(const struct xnm_tc_keys *s, const struct xnm_link_policy *link)
{
	static const struct xnm_line_keys one[XNM_N_WAYS] = {
		[XNM_A_TO_B] = { XNM_KEY_LINK_A_TO_B_DELAY, XNM_KEY_LINK_A_TO_B_JITTER,
				 XNM_KEY_LINK_A_TO_B_REORDER, XNM_KEY_LINK_A_TO_B_LOSS,
				 XNM_KEY_LINK_A_TO_B_GEMODEL },
		[XNM_B_TO_A] = { XNM_KEY_LINK_B_TO_A_DELAY, XNM_KEY_LINK_B_TO_A_JITTER,
				 XNM_KEY_LINK_B_TO_A_REORDER, XNM_KEY_LINK_B_TO_A_LOSS,
				 XNM_KEY_LINK_B_TO_A_GEMODEL },
	};
	struct xnm_line_keys keys[XNM_N_WAYS];

	if (xnm_tc_keys_refused(s, XNM_KEY_LINK_RTT) || xnm_tc_keys_refused(s, XNM_KEY_LINK_DELAY))
		return;
	for (unsigned int i = 0; i < XNM_N_WAYS; i++) {
		keys[i].delay = either(link, one[i].delay, XNM_KEY_LINK_DELAY);
		keys[i].jitter = either(link, one[i].jitter, XNM_KEY_LINK_JITTER);
		keys[i].reorder = either(link, one[i].reorder, XNM_KEY_LINK_REORDER);
		keys[i].loss = either(link, one[i].loss, XNM_KEY_LINK_LOSS);
		keys[i].gemodel = either(link, one[i].gemodel, XNM_KEY_LINK_GEMODEL);
		/* what is wrong of both ways is said once */
		if (i == 0 || memcmp(&keys[i], &keys[0], sizeof(keys[0])) != 0)
			xnm_tc_keys_line(s, &link->ways[i].line, &keys[i]);
	}
}

/* Whether a key was written whose value was refused: what it should have said is not known. */
static bool any_refused(const struct xnm_tc_keys *s)
{
	for (unsigned int i = s->first_key; i < xnm_section_end(XNM_SECTION_LINK); i++) {
		if (xnm_tc_keys_refused(s, (enum xnm_key_id)i))
			return true;
	}
	return false;
}

static void check_both(const struct xnm_resolver *r, const struct xnm_link_policy *link)
{
	if (!xnm_link_end_equal(&link->ends[0], &link->ends[1]))
		return;
	if (link->ends[0].kind != XNM_END_NETWORK)
		xnm_mistake_at(r->rep, link->origin,
			       "[link %s]: both ends are the same; only a net:NETWORK may be both",
			       link->name);
	for (unsigned int i = XNM_KEY_LINK_A_TO_B_RATE; i < xnm_section_end(XNM_SECTION_LINK);
	     i++) {
		if (xnm_key_is_set(link, (enum xnm_key_id)i))
			xnm_mistake_at(r->rep, link->written.keys[i - XNM_FIRST_KEY_OF_LINK],
				       "%s= means nothing where both ends are the same",
				       xnm_keys[i].name);
	}
}

static void check_keys(const struct xnm_tc_keys *s, const struct xnm_link_policy *link)
{
	const struct xnm_tc_policy *tc = &link->tc;
	unsigned int before = s->r->rep->n_mistakes;

	xnm_tc_keys_rate(s, XNM_KEY_LINK_RATE, tc->rate_bit_s);
	xnm_tc_keys_rate(s, XNM_KEY_LINK_A_TO_B_RATE, tc->rates_bit_s[XNM_A_TO_B]);
	xnm_tc_keys_rate(s, XNM_KEY_LINK_B_TO_A_RATE, tc->rates_bit_s[XNM_B_TO_A]);
	xnm_tc_keys_burst(s, XNM_KEY_LINK_BURST, tc->burst_bytes, tc->queue);
	check_lines(s, link);
	if (s->r->rep->n_mistakes == before && !any_refused(s) &&
	    xnm_shaping_is_none(&link->ways[XNM_A_TO_B]) &&
	    xnm_shaping_is_none(&link->ways[XNM_B_TO_A]))
		xnm_mistake_at(
			s->r->rep, link->origin,
			"[link %s]: says nothing of its packets; add rate=, delay=, loss= or "
			"the like",
			link->name);
}

/* The largest packet that both ends can send; 1500 where that is not known. */
static uint32_t mtu_bytes(const struct xnm_policy *policy, const struct xnm_link_policy *link,
			  const struct xnm_network *const networks[2])
{
	uint32_t least = 0;

	for (unsigned int i = 0; i < 2; i++) {
		const struct xnm_vif_policy *section = xnm_link_end_section(policy, &link->ends[i]);
		uint32_t mtu = section ? section->mtu_bytes : 0;

		if (!mtu && networks[i])
			mtu = networks[i]->mtu_bytes;
		if (!mtu)
			mtu = XNM_DEFAULT_MTU;
		if (!least || mtu < least)
			least = mtu;
	}
	return least;
}

static void resolve_link(const struct xnm_resolver *r, struct xnm_link_policy *link)
{
	struct xnm_tc_keys s = {
		.r = r,
		.section = link,
		.written = &link->written,
		.origin = link->origin,
		.first_key = XNM_FIRST_KEY_OF_LINK,
	};
	const struct xnm_network *networks[2];

	parse_ends(link);
	for (unsigned int i = 0; i < 2; i++)
		networks[i] = find_network(r, link, &link->ends[i]);
	s.mtu_bytes = mtu_bytes(r->policy, link, networks);
	merge(link);
	check_both(r, link);
	check_meeting(r, link, networks);
	check_rtt(r, link);
	check_keys(&s, link);
}

void xnm_resolve_links(const struct xnm_resolver *r)
{
	for (unsigned int i = 0; i < r->policy->n_links; i++)
		resolve_link(r, &r->policy->links[i]);
	xnm_resolve_link_pairs(r);
}
