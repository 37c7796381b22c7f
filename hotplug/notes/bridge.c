/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - what xnm noted of each bridge that it made, and of the network cards in it. */
#include "hotplug/notes/bridge.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "hotplug/base/event.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"

#define NOTE_TEXT_MAX 2048

int xnm_bridge_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *bridge),
			 void *arg)
{
	return xnm_file_each(dir->bridge_fd, fn, arg);
}

/* "card=5 00:16:3e:12:34:56" */
static int write_card(char *text, size_t size, const struct xnm_card_id *card)
{
	char mac[XNM_MAC_TEXT_LEN];

	xnm_format_mac(&card->mac, mac);
	return snprintf(text, size, "card=%d %s\n", card->ifindex, mac);
}

static void read_card(const char *value, struct xnm_card_id *card)
{
	const char *mac = strchr(value, ' ');
	char number[12];
	uint32_t ifindex;

	/* a card whose note cannot be read is looked for by its name */
	if (!mac || mac - value >= (int)sizeof(number))
		return;
	memcpy(number, value, (size_t)(mac - value));
	number[mac - value] = '\0';
	if (xnm_parse_u32(number, 1, INT_MAX, &ifindex) == 0 &&
	    xnm_parse_mac(mac + 1, &card->mac) == 0)
		card->ifindex = (int)ifindex;
}

int xnm_bridge_note_write(const struct xnm_run_dir *dir, const char *bridge,
			  const struct xnm_bridge_note *note)
{
	char text[NOTE_TEXT_MAX], address[XNM_CIDR_TEXT_LEN];
	int len = snprintf(text, sizeof(text), "[bridge]\nnetwork=%s\nkeep=%s\n", note->network,
			   note->keep ? "yes" : "no");

	if (note->mtu_bytes)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "mtu=%u\n",
				note->mtu_bytes);
	for (unsigned int i = 0; i < note->n_interfaces; i++) {
		len += snprintf(text + len, sizeof(text) - (size_t)len, "interface=%s\n",
				note->interfaces[i]);
		if (note->altnames[i][0])
			len += snprintf(text + len, sizeof(text) - (size_t)len, "altname=%s\n",
					note->altnames[i]);
		if (note->cards[i].ifindex)
			len += write_card(text + len, sizeof(text) - (size_t)len, &note->cards[i]);
	}
	if (note->carries[0])
		len += snprintf(text + len, sizeof(text) - (size_t)len, "carries=%s\n",
				note->carries);
	for (unsigned int i = 0; i < note->n_own; i++) {
		xnm_format_cidr(&note->own[i], address);
		len += snprintf(text + len, sizeof(text) - (size_t)len, "own=%s\n", address);
	}
	return xnm_file_replace(dir->bridge_fd, bridge, text, (size_t)len);
}

static bool read_bridge_key(void *arg, const char *key, const char *value)
{
	struct xnm_bridge_note *note = arg;

	if (strcmp(key, "network") == 0)
		xnm_copy(note->network, sizeof(note->network), value);
	else if (strcmp(key, "keep") == 0)
		return xnm_parse_bool(value, &note->keep) == 0;
	else if (strcmp(key, "mtu") == 0)
		/* an MTU that cannot be read is set again */
		(void)xnm_parse_u32(value, 1, UINT16_MAX, &note->mtu_bytes);
	else if (strcmp(key, "interface") == 0 && note->n_interfaces < XNM_MAX_INTERFACES)
		xnm_copy(note->interfaces[note->n_interfaces++], IFNAMSIZ, value);
	else if (strcmp(key, "altname") == 0 && note->n_interfaces)
		xnm_copy(note->altnames[note->n_interfaces - 1], IFNAMSIZ, value);
	else if (strcmp(key, "card") == 0 && note->n_interfaces)
		read_card(value, &note->cards[note->n_interfaces - 1]);
	else if (strcmp(key, "carries") == 0)
		xnm_copy(note->carries, sizeof(note->carries), value);
	else if (strcmp(key, "own") == 0 && note->n_own < XNM_MAX_ADDRESSES &&
		 xnm_parse_cidr(value, &note->own[note->n_own]) == 0)
		note->n_own++;
	return true;
}

int xnm_bridge_note_read(const struct xnm_run_dir *dir, const char *bridge,
			 struct xnm_bridge_note *note)
{
	char text[NOTE_TEXT_MAX];
	int rc;

	/* a bridge with a damaged note is not deleted */
	*note = (struct xnm_bridge_note){ .keep = true };
	if (!xnm_ifname_ok(bridge))
		return -ENOENT;
	rc = xnm_file_read(dir->bridge_fd, bridge, text, sizeof(text));
	if (rc)
		return rc;
	if (!xnm_file_lines(text, "[bridge]", read_bridge_key, note))
		note->keep = true;
	return 0;
}

bool xnm_bridge_owns(const struct xnm_bridge_note *note, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < note->n_own; i++) {
		if (xnm_cidr_equal(&note->own[i], address))
			return true;
	}
	return false;
}

bool xnm_made_bridge(const struct xnm_run_dir *dir, const char *bridge)
{
	struct xnm_bridge_note note;

	return bridge[0] && xnm_bridge_note_read(dir, bridge, &note) == 0 && !note.keep;
}

int xnm_bridge_note_remove(const struct xnm_run_dir *dir, const char *bridge)
{
	return xnm_file_remove(dir->bridge_fd, bridge);
}
