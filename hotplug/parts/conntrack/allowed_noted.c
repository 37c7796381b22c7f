/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowed_noted.c - collect all noted elements, and which device leads to which address. */
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/conntrack/allowed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/nft_sets.h"
#include "hotplug/parts/filter/filter.h"

/* Appends to a growing array. NULL: out of memory. */
static void *one_more(struct xnm_noted *noted, void **array, unsigned int *n, unsigned int *max,
		      size_t size)
{
	unsigned int more = *max ? 2 * *max : 64;
	void *grown;

	if (*n == *max) {
		grown = reallocarray(*array, more, size);
		if (!grown) {
			noted->failed = true;
			return NULL;
		}
		*array = grown;
		*max = more;
	}
	return (uint8_t *)*array + size * (*n)++;
}

static struct xnm_place *add_place(struct xnm_noted *noted, uint8_t family, const char *dev,
				   bool is_subnet)
{
	struct xnm_place *place = one_more(noted, (void **)&noted->places, &noted->n_places,
					   &noted->max_places, sizeof(*place));

	if (!place)
		return NULL;
	memset(place, 0, sizeof(*place));
	place->family = family;
	place->is_subnet = is_subnet;
	(void)snprintf(place->dev, sizeof(place->dev), "%s", dev);
	return place;
}

static void add_cidr(struct xnm_noted *noted, const struct xnm_cidr *cidr, bool prefix,
		     const char *dev)
{
	struct xnm_place *place = add_place(noted, cidr->family, dev, false);
	/* any set with such a key will do: it knows how a prefix becomes a range */
	struct xnm_element range = { .set = cidr->family == AF_INET ? XNM_SET_SUBNETS4
								    : XNM_SET_SUBNETS6 };

	if (!place)
		return;
	xnm_key_address(&range, 0, cidr, prefix);
	memcpy(place->first, range.key, sizeof(place->first));
	memcpy(place->last, range.end, sizeof(place->last));
}

static bool is_in(enum xnm_set_id id, enum xnm_set_id bridge_set)
{
	return id == bridge_set || id == bridge_set + (XNM_SET_INET_DROPS - XNM_SET_BRIDGE_DROPS);
}

static void add_open(struct xnm_noted *noted, const char *dev, uint8_t family)
{
	struct xnm_open_bridge *open = one_more(noted, (void **)&noted->open, &noted->n_open,
						&noted->max_open, sizeof(*open));

	if (!open)
		return;
	open->family = family;
	(void)snprintf(open->dev, sizeof(open->dev), "%s", dev);
}

/* The addresses that a locked vif may send from: its own, and those that ipv4-allowed= and
 * ipv6-allowed= add. */
static void add_guarded(struct xnm_noted *noted, const struct xnm_element *element, const char *dev)
{
	enum xnm_set_id set = (enum xnm_set_id)element->set;
	bool ip4 = is_in(set, XNM_SET_BRIDGE_ADDRESSES4) || is_in(set, XNM_SET_BRIDGE_PREFIXES4) ||
		   is_in(set, XNM_SET_BRIDGE_OWN_PREFIXES4);
	bool ip6 = is_in(set, XNM_SET_BRIDGE_ADDRESSES6) || is_in(set, XNM_SET_BRIDGE_PREFIXES6) ||
		   is_in(set, XNM_SET_BRIDGE_OWN_PREFIXES6);
	struct xnm_place *place;

	if (is_in(set, XNM_SET_BRIDGE_ANY4))
		add_open(noted, dev, AF_INET);
	if (is_in(set, XNM_SET_BRIDGE_ANY6))
		add_open(noted, dev, AF_INET6);
	if (!ip4 && !ip6)
		return;
	place = add_place(noted, ip4 ? AF_INET : AF_INET6, dev, false);
	if (!place)
		return;
	memcpy(place->first, element->key + IFNAMSIZ, ip4 ? 4 : 16);
	memcpy(place->last, element->end + IFNAMSIZ, ip4 ? 4 : 16);
}

static void add_element(struct xnm_noted *noted, const struct xnm_element *element)
{
	struct xnm_element *added;

	if (xnm_element_table(element) != XNM_TABLE_INET)
		return;
	added = one_more(noted, (void **)&noted->list, &noted->n, &noted->max, sizeof(*added));
	if (added)
		*added = *element;
}

/* RFC 4291, appendix A: the link-local address made from its MAC address, locked or not */
static void add_link_local(struct xnm_noted *noted, const struct xnm_mac *mac, const char *dev)
{
	struct xnm_cidr address = { .family = AF_INET6, .prefix_len = 128 };

	address.addr[0] = 0xfe;
	address.addr[1] = 0x80;
	memcpy(address.addr + 8, mac->b, 3);
	address.addr[8] ^= 0x02;
	address.addr[11] = 0xff;
	address.addr[12] = 0xfe;
	memcpy(address.addr + 13, mac->b + 3, 3);
	add_cidr(noted, &address, false, dev);
}

static void add_device(struct xnm_noted *noted, const struct xnm_vif_note *state, unsigned int i)
{
	const struct xnm_elements *elements = &state->filter.elements[i];
	const char *dev = state->routed.is_routed ? (i ? state->device.tap : state->device.ifname)
						  : state->bridge.name;
	bool guarded = false;

	if ((i ? state->device.tap : state->device.ifname)[0] == '\0')
		return;
	for (unsigned int k = 0; k < elements->n; k++) {
		add_element(noted, &elements->list[k]);
		add_guarded(noted, &elements->list[k], dev);
		guarded |= is_in((enum xnm_set_id)elements->list[k].set, XNM_SET_BRIDGE_GUARD);
	}
	if (dev[0] == '\0')
		return;
	for (unsigned int k = 0; k < state->address.n; k++)
		add_cidr(noted, &state->address.list[k],
			 xnm_cidr_is_prefix(&state->address.list[k]), dev);
	add_link_local(noted, &state->address.mac, dev);
	if (!guarded) {
		add_open(noted, dev, AF_INET);
		add_open(noted, dev, AF_INET6);
	}
}

void xnm_noted_add_vif(struct xnm_noted *noted, const struct xnm_vif_note *state)
{
	add_device(noted, state, 0);
	add_device(noted, state, 1);
}

void xnm_noted_add_network(struct xnm_noted *noted, const struct xnm_network_note *note)
{
	for (unsigned int i = 0; i < note->elements.n; i++) {
		const struct xnm_element *element = &note->elements.list[i];
		bool ip4 = element->set == XNM_SET_LOCAL4;
		struct xnm_place *place;

		add_element(noted, element);
		if ((!ip4 && element->set != XNM_SET_LOCAL6) || note->bridge[0] == '\0')
			continue;
		place = add_place(noted, ip4 ? AF_INET : AF_INET6, note->bridge, true);
		if (!place)
			return;
		memcpy(place->first, element->key, ip4 ? 4 : 16);
		memcpy(place->last, element->end, ip4 ? 4 : 16);
	}
}

static int by_set_and_key(const void *a, const void *b)
{
	const struct xnm_element *x = a, *y = b;

	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	return memcmp(x->key, y->key, sizeof(x->key));
}

void xnm_noted_sort(struct xnm_noted *noted)
{
	unsigned int i = 0;

	if (noted->n)
		qsort(noted->list, noted->n, sizeof(*noted->list), by_set_and_key);
	for (unsigned int set = 0; set <= XNM_N_SETS; set++) {
		while (i < noted->n && noted->list[i].set < set)
			i++;
		noted->first[set] = i;
	}
}

void xnm_noted_free(struct xnm_noted *noted)
{
	free(noted->list);
	free(noted->places);
	free(noted->open);
	memset(noted, 0, sizeof(*noted));
}

void xnm_end_add(struct xnm_end *end, const char *dev)
{
	for (unsigned int i = 0; i < end->n; i++) {
		if (strcmp(end->dev[i], dev) == 0)
			return;
	}
	if (end->n < XNM_MAX_DEVS)
		(void)snprintf(end->dev[end->n++], IFNAMSIZ, "%s", dev);
}

static bool place_has(const struct xnm_place *place, uint8_t family, const uint8_t *addr)
{
	size_t len = family == AF_INET ? 4 : 16;

	return place->family == family && memcmp(addr, place->first, len) >= 0 &&
	       memcmp(addr, place->last, len) <= 0;
}

void xnm_noted_find(const struct xnm_noted *noted, uint8_t family, const uint8_t *addr,
		    struct xnm_end *end)
{
	/* a vif that has the address is more specific than the subnet */
	for (int subnets = 0; subnets < 2 && end->n == 0; subnets++) {
		for (unsigned int i = 0; i < noted->n_places; i++) {
			if (noted->places[i].is_subnet == subnets &&
			    place_has(&noted->places[i], family, addr))
				xnm_end_add(end, noted->places[i].dev);
		}
	}
}

bool xnm_noted_nobody_has(const struct xnm_noted *noted, uint8_t family, const uint8_t *addr,
			  const char *dev)
{
	for (unsigned int i = 0; i < noted->n_open; i++) {
		if (noted->open[i].family == family && strcmp(noted->open[i].dev, dev) == 0)
			return false;
	}
	for (unsigned int i = 0; i < noted->n_places; i++) {
		const struct xnm_place *place = &noted->places[i];

		if (!place->is_subnet && strcmp(place->dev, dev) == 0 &&
		    place_has(place, family, addr))
			return false;
	}
	return true;
}
