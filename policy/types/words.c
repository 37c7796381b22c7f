/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.c - read values that are one of a few words. */
#include "policy/types/types.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "policy/policy.h"

int xnm_find_word(const char *text, const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (words[i] && strcmp(text, words[i]) == 0)
			return (int)i;
	}
	return -EINVAL;
}

/* Defines a parser that puts the place of a word into an enum. */
#define WORD_PARSER(name, type, words)                                          \
	int name(const char *text, void *out, size_t size, const char **reason) \
	{                                                                       \
		int i = xnm_find_word(text, words, XNM_N_ELEMENTS(words));      \
                                                                                \
		(void)size;                                                     \
		(void)reason;                                                   \
		if (i >= 0)                                                     \
			*(enum type *)out = (enum type)i;                       \
		return i < 0 ? i : 0;                                           \
	}

static const char *const on_unknown_words[] = {
	[XNM_UNKNOWN_ACCEPT] = "accept",
	[XNM_UNKNOWN_DEFAULT_NETWORK] = "default-network",
	[XNM_UNKNOWN_DISABLE] = "disable",
	[XNM_UNKNOWN_REJECT] = "reject",
};

static const char *const locking_words[] = {
	[XNM_LOCK_UNLOCKED] = "unlocked",
	[XNM_LOCK_LOCKED] = "locked",
	[XNM_LOCK_DISABLED] = "disabled",
};

static const char *const backend_words[] = {
	[XNM_BACKEND_BRIDGE] = "bridge",
	[XNM_BACKEND_ROUTE] = "route",
};

static const char *const forward_words[] = {
	[XNM_FORWARD_NONE] = "none", [XNM_FORWARD_NAT] = "nat",	      [XNM_FORWARD_ROUTE] = "route",
	[XNM_FORWARD_OPEN] = "open", [XNM_FORWARD_BRIDGE] = "bridge",
};

static const char *const masquerade_words[] = {
	[XNM_MASQ_NO] = "no",
	[XNM_MASQ_IPV4] = "ipv4",
	[XNM_MASQ_IPV6] = "ipv6",
	[XNM_MASQ_BOTH] = "both",
};

static const char *const start_words[] = {
	[XNM_START_GUEST] = "guest",
	[XNM_START_BOOT] = "boot",
};

static const char *const auto_words[] = {
	[XNM_UNSET] = "auto",
	[XNM_NO] = "no",
	[XNM_YES] = "yes",
};

static const char *const action_words[] = {
	[XNM_ACL_DROP] = "drop",
	[XNM_ACL_ALLOW] = "allow",
	[XNM_ACL_REJECT] = "reject",
};

static const char *const server_words[] = {
	[XNM_SERVER_NO] = "no",
	[XNM_SERVER_DNSMASQ] = "dnsmasq",
};

static const char *const qdisc_words[] = {
	[XNM_QUEUE_FQ_CODEL] = "fq_codel",
	[XNM_QUEUE_PFIFO] = "pfifo",
	[XNM_QUEUE_CAKE] = "cake",
};

WORD_PARSER(xnm_parse_on_unknown, xnm_on_unknown, on_unknown_words)
WORD_PARSER(xnm_parse_locking, xnm_locking_mode, locking_words)
WORD_PARSER(xnm_parse_backend, xnm_backend, backend_words)
WORD_PARSER(xnm_parse_forward, xnm_forward_mode, forward_words)
WORD_PARSER(xnm_parse_masquerade, xnm_masquerade, masquerade_words)
WORD_PARSER(xnm_parse_start, xnm_start, start_words)
WORD_PARSER(xnm_parse_auto, xnm_tristate, auto_words)
WORD_PARSER(xnm_parse_server, xnm_server, server_words)
WORD_PARSER(xnm_parse_qdisc, xnm_queue_kind, qdisc_words)
WORD_PARSER(xnm_parse_action, xnm_acl_action, action_words)

const char *xnm_forward_word(enum xnm_forward_mode mode)
{
	return forward_words[mode] ? forward_words[mode] : "";
}

const char *xnm_masquerade_word(enum xnm_masquerade masquerade)
{
	return masquerade_words[masquerade] ? masquerade_words[masquerade] : "";
}

int xnm_parse_allow(const char *text, void *out, size_t size, const char **reason)
{
	uint16_t *allow = out;

	(void)size;
	(void)reason;
	if (strcmp(text, "dhcp-server") == 0)
		*allow |= XNM_ALLOW_DHCP_SERVER;
	else if (strcmp(text, "router") == 0)
		*allow |= XNM_ALLOW_ROUTER;
	else
		return -EINVAL;
	return 0;
}
