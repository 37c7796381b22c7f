/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drops.c - read what our nftables tables dropped, and add it up for one device. */
#include "hotplug/cli/status/status.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/nft.h"

struct counter_reader {
	struct xnm_counters *counters;
	int rc;
};

static void read_counter(void *arg, const uint8_t *key, uint64_t packets, uint64_t bytes)
{
	struct counter_reader *reader = arg;
	struct xnm_counters *counters = reader->counters;
	struct xnm_counter *list;
	char reason[IFNAMSIZ] = "";

	list = reallocarray(counters->list, counters->n + 1, sizeof(*list));
	if (!list) {
		reader->rc = -ENOMEM;
		return;
	}
	counters->list = list;
	list += counters->n++;
	*list = (struct xnm_counter){ .drop = { .packets = packets, .bytes = bytes } };
	memcpy(list->ifname, key, sizeof(list->ifname) - 1);
	/* root may have put anything there */
	memcpy(reason, key + IFNAMSIZ, sizeof(reason) - 1);
	(void)xnm_printable(reason, list->drop.reason, sizeof(list->drop.reason));
}

#define MAX_TRIES 5

int xnm_counters_read(struct xnm_counters *counters, struct xnm_nft *nft)
{
	static const enum xnm_set_id sets[] = { XNM_SET_BRIDGE_DROPS, XNM_SET_INET_DROPS };
	struct counter_reader reader = { .counters = counters };

	for (size_t i = 0; i < XNM_N_ELEMENTS(sets); i++) {
		unsigned int before = counters->n;
		int rc = -EAGAIN;

		/* something has changed while it was read */
		for (int try = 0; try < MAX_TRIES && rc == -EAGAIN; try++) {
			counters->n = before;
			rc = xnm_nft_each_element(nft, &xnm_sets[sets[i]], read_counter, &reader);
		}
		if (rc && rc != -ENOENT)
			return rc;
	}
	counters->known = reader.rc == 0;
	return reader.rc;
}

void xnm_counters_free(struct xnm_counters *counters)
{
	free(counters->list);
}

/* What the rules on forwarding and on this host's services drop, of all of a network together. */
static bool is_of_network(const char *reason)
{
	static const char *const reasons[] = { "forward",  "host", "isolated",	    "acl",
					       "loopback", "loop", "foreign-source" };

	for (size_t i = 0; i < XNM_N_ELEMENTS(reasons); i++) {
		if (strcmp(reason, reasons[i]) == 0)
			return true;
	}
	return false;
}

static void add(struct xnm_drops *drops, const struct xnm_drop *drop)
{
	struct xnm_drop sum = *drop;
	unsigned int i = 0;

	drops->packets += drop->packets;
	while (i < drops->n && strcmp(drops->list[i].reason, drop->reason) != 0)
		i++;
	if (i == XNM_MAX_DROPS)
		return;
	if (i == drops->n) {
		drops->n++;
	} else {
		sum.packets += drops->list[i].packets;
		sum.bytes += drops->list[i].bytes;
	}
	while (i > 0 && (drops->list[i - 1].packets < sum.packets ||
			 (drops->list[i - 1].packets == sum.packets &&
			  strcmp(drops->list[i - 1].reason, sum.reason) > 0))) {
		drops->list[i] = drops->list[i - 1];
		i--;
	}
	drops->list[i] = sum;
}

void xnm_drops_add(struct xnm_drops *drops, const struct xnm_counters *counters, const char *ifname,
		   bool of_network)
{
	drops->known = counters->known;
	if (!ifname[0])
		return;
	for (unsigned int i = 0; i < counters->n; i++) {
		const struct xnm_counter *counter = &counters->list[i];

		if (strcmp(counter->ifname, ifname) == 0 && counter->drop.packets &&
		    (!of_network || is_of_network(counter->drop.reason)))
			add(drops, &counter->drop);
	}
}
