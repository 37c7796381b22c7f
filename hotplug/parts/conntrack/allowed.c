/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowed.c - whether our rules would accept a connection as new: their chains once more, in C. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/parts/conntrack/allowed_parts.h"
#include "policy/policy.h"

#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "hotplug/kernel/nft_sets.h"

/* The first packet, as it comes to the chains: its destination translated, its source not yet. */
struct packet {
	const struct xnm_noted *noted;
	uint8_t family, protocol, icmp_type;
	uint8_t src[16], dst[16];
	uint16_t dport;
	bool forwarded; /* ct status dnat */
	const char *from, *to; /* "": unknown, but not a network of ours */
};

static const struct xnm_element *begin_of(const struct xnm_noted *noted, enum xnm_set_id set)
{
	return noted->list + noted->first[set];
}

static unsigned int count_of(const struct xnm_noted *noted, enum xnm_set_id set)
{
	return noted->first[set + 1] - noted->first[set];
}

/* Whether key's fields are all within the element's. */
bool allowed_has_key(const struct xnm_element *element, const struct xnm_element *key)
{
	const uint8_t *fields = xnm_sets[key->set].key;
	unsigned int at = 0;

	for (unsigned int i = 0; i < XNM_MAX_FIELDS && fields[i]; i++) {
		unsigned int len = xnm_datatype_size(fields[i]);

		if (memcmp(key->key + at, element->key + at, len) < 0 ||
		    memcmp(key->key + at, element->end + at, len) > 0)
			return false;
		at += (len + 3) & ~3u;
	}
	return true;
}

static const struct xnm_element *look(const struct xnm_element *list, unsigned int n,
				      const struct xnm_element *key)
{
	unsigned int low = 0;

	/* only those without ranges can be halved */
	while (!(xnm_sets[key->set].flags & XNM_SET_INTERVAL) && n > 0) {
		unsigned int half = n / 2;
		int order = memcmp(list[low + half].key, key->key, sizeof(key->key));

		if (order == 0)
			return &list[low + half];
		if (order < 0)
			low += half + 1;
		n = order < 0 ? n - half - 1 : half;
	}
	for (unsigned int i = 0; i < n; i++) {
		if (allowed_has_key(&list[i], key))
			return &list[i];
	}
	return NULL;
}

const struct xnm_element *allowed_find(const struct xnm_noted *noted, const struct xnm_element *key)
{
	enum xnm_set_id set = (enum xnm_set_id)key->set;

	return look(begin_of(noted, set), count_of(noted, set), key);
}

static const struct xnm_element *find_named(const struct xnm_noted *noted, enum xnm_set_id set,
					    const char *dev)
{
	struct xnm_element key = { .set = (uint8_t)set };

	xnm_key_ifname(&key, 0, dev);
	return dev[0] ? allowed_find(noted, &key) : NULL;
}

static bool is_named(const struct packet *packet, enum xnm_set_id set, const char *dev)
{
	return find_named(packet->noted, set, dev) != NULL;
}

static const struct xnm_element *find_address(const struct packet *packet, enum xnm_set_id set4,
					      enum xnm_set_id set6, const char *dev,
					      const uint8_t *addr)
{
	struct xnm_element key = { .set = (uint8_t)(packet->family == AF_INET ? set4 : set6) };
	struct xnm_cidr cidr = { .family = packet->family };

	memcpy(cidr.addr, addr, sizeof(cidr.addr));
	if (dev)
		xnm_key_ifname(&key, 0, dev);
	xnm_key_address(&key, dev ? 1 : 0, &cidr, false);
	return allowed_find(packet->noted, &key);
}

/* ---------------------------------------------------------- access lists */

static bool is_peer(const struct xnm_cidr *peer, uint8_t family, const uint8_t *addr)
{
	unsigned int whole = peer->prefix_len / 8, bits = peer->prefix_len % 8;

	return peer->family == family && memcmp(peer->addr, addr, whole) == 0 &&
	       (bits == 0 || ((peer->addr[whole] ^ addr[whole]) & (0xff00 >> bits) & 0xff) == 0);
}

static bool rule_matches(const struct xnm_acl_rule *rule, const struct packet *packet)
{
	bool in_ports = rule->n_ports == 0;

	if (rule->has_peer &&
	    !is_peer(&rule->peer, packet->family, rule->egress ? packet->dst : packet->src))
		return false;
	if (rule->protocol && rule->protocol != packet->protocol)
		return false;
	for (unsigned int i = 0; i < rule->n_ports; i++)
		in_ports |= packet->dport >= rule->ports[i].first &&
			    packet->dport <= rule->ports[i].last;
	return in_ports;
}

static bool list_lets(const struct xnm_acl *acl, bool egress, const struct packet *packet)
{
	for (unsigned int i = 0; i < acl->n_rules; i++) {
		const struct xnm_acl_rule *rule = &acl->rules[i];

		if (rule->egress == egress && rule_matches(rule, packet))
			return rule->action == XNM_ACL_ALLOW;
	}
	return acl->default_action == XNM_ACL_ALLOW;
}

/* Follows a verdict map to an access list, if the policy still has that list. */
static bool acl_lets(const struct packet *packet, const struct xnm_element *element)
{
	const struct xnm_policy *policy = packet->noted->policy;
	char chain[XNM_ACL_CHAIN_LEN];

	for (unsigned int i = 0; element && i < 2 * policy->n_acls; i++) {
		xnm_acl_chain(policy->acls[i / 2].name, i % 2, chain);
		if (strcmp(chain, (const char *)element->data) == 0)
			return list_lets(&policy->acls[i / 2], i % 2, packet);
	}
	return true;
}

static bool acls_from_let(const struct packet *packet)
{
	return acl_lets(packet, find_named(packet->noted, XNM_SET_ACL_FROM, packet->from)) &&
	       acl_lets(packet, find_address(packet, XNM_SET_ACL_FROM4, XNM_SET_ACL_FROM6, NULL,
					     packet->src));
}

static bool acls_to_let(const struct packet *packet)
{
	return acl_lets(packet, find_named(packet->noted, XNM_SET_ACL_TO, packet->to)) &&
	       acl_lets(packet,
			find_address(packet, XNM_SET_ACL_TO4, XNM_SET_ACL_TO6, NULL, packet->dst));
}

/* ---------------------------------------------------------------- chains */

/* A path between two devices; if one is unknown, any path counts. */
static bool has_way(const struct packet *packet, enum xnm_set_id set)
{
	const struct xnm_element *list = begin_of(packet->noted, set);
	unsigned int n = count_of(packet->noted, set);

	for (unsigned int i = 0; i < n; i++) {
		if ((!packet->from[0] ||
		     strncmp((const char *)list[i].key, packet->from, IFNAMSIZ) == 0) &&
		    (!packet->to[0] ||
		     strncmp((const char *)list[i].key + IFNAMSIZ, packet->to, IFNAMSIZ) == 0))
			return true;
	}
	return false;
}

static bool are_isolated(const struct packet *packet)
{
	return find_address(packet, XNM_SET_ISOLATED4, XNM_SET_ISOLATED6, packet->from,
			    packet->src) &&
	       find_address(packet, XNM_SET_ISOLATED4, XNM_SET_ISOLATED6, packet->to, packet->dst);
}

static bool guests_let(const struct packet *packet)
{
	bool from = is_named(packet, XNM_SET_INSIDE, packet->from);
	bool to = is_named(packet, XNM_SET_INSIDE, packet->to);

	if (!from && !to)
		return true;
	if (!acls_from_let(packet) || !acls_to_let(packet))
		return false;
	if (packet->forwarded && to)
		return true;
	if (are_isolated(packet))
		return false;
	if (has_way(packet, XNM_SET_PATHS))
		return true;
	if (has_way(packet, XNM_SET_DETOURS) &&
	    !find_address(packet, XNM_SET_SUBNETS4, XNM_SET_SUBNETS6, NULL, packet->dst))
		return true;
	return (is_named(packet, XNM_SET_EXITS, packet->from) && !to) ||
	       (!from && is_named(packet, XNM_SET_ENTRIES, packet->to)) ||
	       (is_named(packet, XNM_SET_ROUTED, packet->from) &&
		is_named(packet, XNM_SET_ROUTED, packet->to));
}

/* ICMPv6 and IGMP messages that IPv6 and multicast need. */
static bool is_neighbours(const struct packet *packet)
{
	if (packet->protocol == IPPROTO_IGMP)
		return true;
	return packet->protocol == IPPROTO_ICMPV6 && packet->icmp_type >= 131 &&
	       packet->icmp_type != 134 && (packet->icmp_type <= 136 || packet->icmp_type == 143);
}

static bool is_ping(const struct packet *packet)
{
	return (packet->protocol == IPPROTO_ICMP && packet->icmp_type == 8) ||
	       (packet->protocol == IPPROTO_ICMPV6 && packet->icmp_type == 128);
}

static bool host_lets(const struct packet *packet)
{
	struct xnm_element service = { .set = XNM_SET_SERVICES };

	if (!is_named(packet, XNM_SET_CLOSED, packet->from) || is_neighbours(packet))
		return true;
	if (!acls_from_let(packet))
		return false;
	xnm_key_ifname(&service, 0, packet->from);
	xnm_key_protocol(&service, 1, packet->protocol);
	xnm_key_ports(&service, 2, packet->dport, packet->dport);
	return allowed_find(packet->noted, &service) ||
	       (is_ping(packet) && is_named(packet, XNM_SET_PINGABLE, packet->from));
}

bool xnm_is_allowed(const struct xnm_noted *noted, const struct xnm_connection *connection,
		    const struct xnm_end *from, const struct xnm_end *to)
{
	struct packet packet = {
		.noted = noted,
		.family = connection->family,
		.protocol = connection->orig.protocol,
		.icmp_type = connection->orig.icmp_type,
		.dport = connection->reply.sport,
		.forwarded = connection->status & IPS_DST_NAT,
	};

	/* this host may begin any connection */
	if (from->host)
		return true;
	memcpy(packet.src, connection->orig.src, sizeof(packet.src));
	memcpy(packet.dst, connection->reply.src, sizeof(packet.dst));
	for (unsigned int i = 0; i < (from->n ? from->n : 1); i++) {
		packet.from = from->n ? from->dev[i] : "";
		packet.to = "";
		if (to->host && host_lets(&packet))
			return true;
		for (unsigned int k = 0; !to->host && k < (to->n ? to->n : 1); k++) {
			packet.to = to->n ? to->dev[k] : "";
			if (guests_let(&packet))
				return true;
		}
	}
	return false;
}
