/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules.c - read one rule of an [acl]. */
#include "policy/types/types.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "policy/policy.h"

#define RULE_LEN   256 /* lines of a policy are shorter */
#define MANY_PORTS "at most 4 ports or ranges are possible in one rule"

static_assert(XNM_MAX_RULE_PORTS == 4, "MANY_PORTS names the number");

/* The words of a rule that are still to be read; word is "" at the end. */
struct words {
	char text[RULE_LEN];
	char *rest;
	const char *word;
};

static void next_word(struct words *w)
{
	w->rest += strspn(w->rest, " \t");
	w->word = w->rest;
	w->rest += strcspn(w->rest, " \t");
	if (*w->rest != '\0')
		*w->rest++ = '\0';
}

/* Whether the word is the one asked for; if so, goes on to the next. */
static bool take(struct words *w, const char *word)
{
	if (strcmp(w->word, word) != 0)
		return false;
	next_word(w);
	return true;
}

static int take_action(struct words *w, struct xnm_acl_rule *rule, const char **reason)
{
	if (xnm_parse_action(w->word, &rule->action, sizeof(rule->action), reason)) {
		*reason = "the first word must be allow, drop or reject";
		return -EINVAL;
	}
	next_word(w);
	return 0;
}

static int take_direction(struct words *w, struct xnm_acl_rule *rule, const char **reason)
{
	rule->egress = strcmp(w->word, "egress") == 0;
	if (!rule->egress && strcmp(w->word, "ingress") != 0) {
		*reason = "the second word must be ingress, what comes to the guest, or egress, "
			  "what it sends";
		return -EINVAL;
	}
	next_word(w);
	return 0;
}

static void take_protocol(struct words *w, struct xnm_acl_rule *rule)
{
	static const struct {
		const char *name;
		uint8_t number;
	} protocols[] = {
		{ "any", 0 },
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP },
		{ "icmpv6", IPPROTO_ICMPV6 },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(protocols); i++) {
		if (take(w, protocols[i].name)) {
			rule->protocol = protocols[i].number;
			return;
		}
	}
}

static int take_peer(struct words *w, struct xnm_acl_rule *rule, const char **reason)
{
	if (xnm_parse_cidr(w->word, &rule->peer))
		return 0; /* not an address: left for the next step */
	if (xnm_cidr_has_host_bits(&rule->peer)) {
		*reason = "the address has bits behind its length; remove the length, or write "
			  "the subnet's first address";
		return -EINVAL;
	}
	if (rule->protocol == (rule->peer.family == AF_INET ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
		*reason = "icmp goes with IPv4 addresses, icmpv6 with IPv6 addresses";
		return -EINVAL;
	}
	rule->has_peer = true;
	next_word(w);
	return 0;
}

static int add_ports(struct xnm_acl_rule *rule, const char *text, const char **reason)
{
	struct xnm_port_range ports;

	if (xnm_parse_ports(text, &ports, sizeof(ports), reason)) {
		*reason = "port must be followed by numbers from 1 to 65535 or ranges, as in "
			  "80,8000-8010";
		return -EINVAL;
	}
	if (rule->n_ports == XNM_MAX_RULE_PORTS) {
		*reason = MANY_PORTS;
		return -EINVAL;
	}
	for (unsigned int i = 0; i < rule->n_ports; i++) {
		if (ports.first <= rule->ports[i].last && ports.last >= rule->ports[i].first) {
			*reason = "a port is given twice";
			return -EINVAL;
		}
	}
	rule->ports[rule->n_ports++] = ports;
	return 0;
}

/*
 * The ports of one word, with commas between them. Sets *more when it ends
 * with a comma, so that the next word must have more.
 */
static int add_port_word(struct xnm_acl_rule *rule, const char *word, bool *more,
			 const char **reason)
{
	char text[RULE_LEN];
	char *comma;

	(void)snprintf(text, sizeof(text), "%s", word);
	*more = false;
	for (char *p = text; p; p = comma) {
		comma = strchr(p, ',');
		if (comma)
			*comma++ = '\0';
		if (add_ports(rule, p, reason))
			return -EINVAL;
		if (comma && *comma == '\0') {
			*more = true;
			return 0;
		}
	}
	return 0;
}

static int take_ports(struct words *w, struct xnm_acl_rule *rule, const char **reason)
{
	bool more;

	if (!take(w, "port"))
		return 0;
	if (rule->protocol != IPPROTO_TCP && rule->protocol != IPPROTO_UDP) {
		*reason = "port needs the protocol tcp or udp";
		return -EINVAL;
	}
	do {
		if (add_port_word(rule, w->word, &more, reason))
			return -EINVAL;
		next_word(w);
	} while (more || (*w->word >= '0' && *w->word <= '9'));
	return 0;
}

int xnm_parse_rule(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_acl_rule rule = { 0 };
	struct words w;

	(void)size;
	(void)snprintf(w.text, sizeof(w.text), "%s", text);
	w.rest = w.text;
	next_word(&w);
	if (take_action(&w, &rule, reason) || take_direction(&w, &rule, reason))
		return -EINVAL;
	take_protocol(&w, &rule);
	if (take_peer(&w, &rule, reason) || take_ports(&w, &rule, reason))
		return -EINVAL;
	rule.log = take(&w, "log");
	if (*w.word != '\0')
		return -EINVAL;
	memcpy(out, &rule, sizeof(rule));
	return 0;
}
