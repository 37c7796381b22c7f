/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ended.c - keep the next packet of an ended connection from being taken for a new one. */
#include "hotplug/parts/conntrack/ended.h"
#include "hotplug/parts/conntrack/stages.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/nft.h"
#include "hotplug/core/release.h"
#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/parts/conntrack/apply.h"

/*
 * conntrack takes any packet of an unknown connection for its first one: of UDP always, of TCP with
 * nf_conntrack_tcp_loose, which guests need that migrate from another host. So an ended connection
 * would go on as soon as the end that may begin one sends a packet, even if only an answer to an
 * earlier one. Therefore ended connections are kept in a set: of TCP until an idle end has given it
 * up, too, unless it begins anew; of UDP until all packets under way have arrived.
 */
#define TCP_SECONDS 432000 /* nf_conntrack_tcp_timeout_established */
#define UDP_SECONDS 30 /* nf_conntrack_udp_timeout */

static const enum xnm_set_id sets[] = { XNM_SET_ENDED4, XNM_SET_ENDED6 };

static void add_direction(struct xnm_elements *list, uint8_t family, const struct xnm_tuple *tuple)
{
	struct xnm_element element = { .set = (uint8_t)sets[family == AF_INET6] };
	struct xnm_cidr cidr = { .family = family };

	xnm_key_protocol(&element, 0, tuple->protocol);
	memcpy(cidr.addr, tuple->src, sizeof(cidr.addr));
	xnm_key_address(&element, 1, &cidr, false);
	xnm_key_ports(&element, 2, tuple->sport, tuple->sport);
	memcpy(cidr.addr, tuple->dst, sizeof(cidr.addr));
	xnm_key_address(&element, 3, &cidr, false);
	xnm_key_ports(&element, 4, tuple->dport, tuple->dport);
	xnm_data_seconds(&element, tuple->protocol == IPPROTO_TCP ? TCP_SECONDS : UDP_SECONDS);
	if (!list->full)
		*xnm_elements_add(list, sets[family == AF_INET6]) = element;
}

void apply_ended_add(struct xnm_elements *list, const struct xnm_connection *connection)
{
	uint8_t protocol = connection->orig.protocol;

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return;
	/* for UDP the rules decide again, by who sends first */
	if (protocol == IPPROTO_TCP)
		add_direction(list, connection->family, &connection->orig);
	add_direction(list, connection->family, &connection->reply);
}

static int send_list(struct xnm_ctx *ctx, const struct xnm_elements *list,
		     void (*put)(struct xnm_nft *nft, const struct xnm_element *element))
{
	xnm_nft_begin(ctx->nft, 0);
	for (unsigned int i = 0; i < list->n; i++)
		put(ctx->nft, &list->list[i]);
	return apply_commit(ctx);
}

int apply_ended_send(struct xnm_ctx *ctx, const struct xnm_elements *list)
{
	int rc = list->n ? apply_open_nft(ctx) : 0;

	return rc || list->n == 0 ? rc : send_list(ctx, list, xnm_nft_add_element);
}

struct reading {
	struct xnm_elements *list;
	enum xnm_set_id set;
	/* only connections with one of these addresses; none: all */
	const struct xnm_cidr *only;
	unsigned int n;
};

static bool is_wanted(const struct reading *reading, const uint8_t *key)
{
	uint8_t family = reading->set == XNM_SET_ENDED4 ? AF_INET : AF_INET6;
	unsigned int len = family == AF_INET ? 4 : 16;

	for (unsigned int i = 0; i < reading->n; i++) {
		struct xnm_element range = { .set = family == AF_INET ? XNM_SET_SUBNETS4
								      : XNM_SET_SUBNETS6 };

		if (reading->only[i].family != family)
			continue;
		xnm_key_address(&range, 0, &reading->only[i],
				xnm_cidr_is_prefix(&reading->only[i]));
		/* protocol, source, port, destination, port */
		for (unsigned int at = 4; at <= len + 8; at += len + 4) {
			if (memcmp(key + at, range.key, len) >= 0 &&
			    memcmp(key + at, range.end, len) <= 0)
				return true;
		}
	}
	return reading->n == 0;
}

static void read_one(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes)
{
	const struct reading *reading = arg;
	struct xnm_element *element;

	(void)packets;
	(void)bytes;
	if (reading->list->full || !is_wanted(reading, key))
		return;
	element = xnm_elements_add(reading->list, reading->set);
	memcpy(element->key, key, sizeof(element->key));
	memcpy(element->end, key, sizeof(element->end));
	xnm_data_seconds(element, key[0] == IPPROTO_TCP ? TCP_SECONDS : UDP_SECONDS);
}

#define MAX_TRIES 50 /* tries, as others may change the list while it is read */

static int read_sets(struct xnm_ctx *ctx, struct reading *reading)
{
	int rc = 0;

	reading->list->n = 0;
	reading->list->full = false;
	for (unsigned int i = 0; rc == 0 && i < 2; i++) {
		unsigned int before = reading->list->n;

		reading->set = sets[i];
		rc = -EAGAIN;
		for (int k = 0; rc == -EAGAIN && k < MAX_TRIES; k++) {
			reading->list->n = before;
			rc = xnm_nft_each_element(ctx->nft, &xnm_sets[sets[i]], read_one, reading);
		}
		/* a missing or older table has none */
		if (rc == -ENOENT)
			rc = 0;
	}
	return rc;
}

static int ended_read(struct xnm_ctx *ctx, struct xnm_elements *list)
{
	struct reading reading = { .list = list };

	return read_sets(ctx, &reading);
}

/* Deletes the elements that a dump finds; again if there are more than fit in a list. */
static int delete_found(struct xnm_ctx *ctx, struct reading *reading)
{
	static struct xnm_elements list;
	int rc = apply_open_nft(ctx);

	reading->list = &list;
	do {
		if (rc == 0)
			rc = read_sets(ctx, reading);
		if (rc == 0 && list.n)
			rc = send_list(ctx, &list, xnm_nft_del_element);
	} while (rc == 0 && list.full);
	return rc;
}

int apply_forget(struct xnm_ctx *ctx, const struct xnm_cidr *list, unsigned int n)
{
	struct reading reading = { .only = list, .n = n };
	int rc = xnm_conntrack_purge(list, n, NULL);
	int ended = n ? delete_found(ctx, &reading) : 0;

	return rc ? rc : ended;
}

static void ended_clear(struct xnm_ctx *ctx)
{
	struct reading reading = { .n = 0 };

	(void)delete_found(ctx, &reading);
}

int conntrack_released(struct xnm_ctx *ctx, const char *network,
		       const struct xnm_network_note *note)
{
	if (ctx->nft && xnm_has_lost_all_networks(&ctx->dir, network))
		ended_clear(ctx);
	/* connections of its port forwards, as its note is gone */
	return apply_purge(ctx, NULL, note->elements.list, note->elements.n);
}

int conntrack_rebuild(struct xnm_ctx *ctx, struct xnm_elements *kept)
{
	return ended_read(ctx, kept);
}
