/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowed_forward.c - the port forward that has translated a connection, or would. */
#include "hotplug/parts/conntrack/allowed_parts.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>

static void forward_key(struct xnm_element *key, uint8_t family, const struct xnm_tuple *tuple,
			bool range)
{
	struct xnm_cidr cidr = { .family = family };
	enum xnm_set_id moved = family == AF_INET ? XNM_SET_FORWARDS4 : XNM_SET_FORWARDS6;
	enum xnm_set_id same = family == AF_INET ? XNM_SET_RANGES4 : XNM_SET_RANGES6;

	memset(key, 0, sizeof(*key));
	key->set = (uint8_t)(range ? same : moved);
	memcpy(cidr.addr, tuple->dst, sizeof(cidr.addr));
	xnm_key_address(key, 0, &cidr, false);
	xnm_key_protocol(key, 1, tuple->protocol);
	xnm_key_ports(key, 2, tuple->dport, tuple->dport);
}

/* The target of a port forward's element. */
static void read_target(const struct xnm_element *element, const struct xnm_tuple *tuple,
			uint8_t addr[16], uint16_t *port)
{
	bool ip4 = element->set == XNM_SET_FORWARDS4 || element->set == XNM_SET_RANGES4;
	bool moved = element->set == XNM_SET_FORWARDS4 || element->set == XNM_SET_FORWARDS6;
	size_t len = ip4 ? 4 : 16;
	uint16_t be;

	memset(addr, 0, 16);
	memcpy(addr, element->data, len);
	memcpy(&be, element->data + len, sizeof(be));
	*port = moved ? ntohs(be) : tuple->dport;
}

static bool leads_there(const struct xnm_element *element, const struct xnm_connection *connection)
{
	size_t len = connection->family == AF_INET ? 4 : 16;
	uint8_t addr[16];
	uint16_t port;

	read_target(element, &connection->orig, addr, &port);
	return memcmp(addr, connection->reply.src, len) == 0 && port == connection->reply.sport;
}

/* The port forward among elements for the connection's destination, or NULL. */
static const struct xnm_element *find_forward(const struct xnm_element *list, unsigned int n,
					      const struct xnm_connection *connection)
{
	struct xnm_element keys[2];

	forward_key(&keys[0], connection->family, &connection->orig, false);
	forward_key(&keys[1], connection->family, &connection->orig, true);
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int k = 0; k < 2; k++) {
			if (list[i].set == keys[k].set && allowed_has_key(&list[i], &keys[k]))
				return &list[i];
		}
	}
	return NULL;
}

bool xnm_is_forwarded_by(const struct xnm_element *list, unsigned int n,
			 const struct xnm_connection *connection)
{
	const struct xnm_element *forward = NULL;

	if (connection->status & IPS_DST_NAT)
		forward = find_forward(list, n, connection);
	return forward && leads_there(forward, connection);
}

bool xnm_leads_elsewhere(const struct xnm_element *list, unsigned int n,
			 const struct xnm_connection *connection)
{
	const struct xnm_element *forward = NULL;

	if ((connection->orig.protocol == IPPROTO_TCP ||
	     connection->orig.protocol == IPPROTO_UDP) &&
	    (connection->family == AF_INET || connection->family == AF_INET6))
		forward = find_forward(list, n, connection);
	return forward && !leads_there(forward, connection);
}

bool xnm_noted_forwards(const struct xnm_noted *noted, const struct xnm_connection *connection)
{
	return xnm_is_forwarded_by(noted->list, noted->n, connection);
}

bool xnm_noted_forward_of(const struct xnm_noted *noted, uint8_t family,
			  const struct xnm_tuple *tuple, uint8_t addr[16], uint16_t *port)
{
	struct xnm_element key;

	for (int range = 0; range < 2; range++) {
		const struct xnm_element *element;

		forward_key(&key, family, tuple, range);
		element = allowed_find(noted, &key);
		if (!element)
			continue;
		read_target(element, tuple, addr, port);
		return true;
	}
	return false;
}
