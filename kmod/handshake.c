// SPDX-License-Identifier: GPL-2.0-only
/* handshake.c - the one xenstore node per direction and pair that guests write themselves. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>

#include "xnm.h"

/*
 * /local/domain/OWN/xnm/chan/PEER, which dom0 makes, the owner writes and the peer reads:
 *
 *   1 STATE CTRL-GREF PORT OWN-INC PEER-INC FEATURES SERIAL
 *
 * One string, so that one write changes all of it and makes one watch event. States are "closed"
 * (the module is there), "want", "offer" and "conn". An empty node means that there is no module.
 * A "conn" repeats the serial of the offer that it accepts, as does the "closed" of a client that
 * cannot; wants and offers count their own, so that an old one is never taken for a new one.
 */
#define HELLO_MAX 160

static int hello_parse(const char *text, struct xnm_hello *hello)
{
	unsigned int version;
	char more;
	int n;

	n = sscanf(text, "%u %7s %u %u %llx %llx %x %u%c", &version, hello->state, &hello->gref,
		   &hello->port, &hello->inc, &hello->peer_inc, &hello->features, &hello->serial,
		   &more);
	return n == 8 && version == 1 ? 0 : -EPROTO;
}

/**
 * xnm_hello_read - read what a peer has written for us
 * @peer: the peer
 * @hello: where it goes
 *
 * Return: 0, -ENOENT if there is nothing that concerns this registration of both guests, -EPROTO
 * if it cannot be understood, -EAGAIN if it cannot be read now.
 */
int xnm_hello_read(const struct xnm_peer *peer, struct xnm_hello *hello)
{
	unsigned int len;
	char *text;
	int rc = -EPROTO;

	memset(hello, 0, sizeof(*hello));
	text = xnm_store_read(peer->watch_path, "", &len);
	if (IS_ERR(text))
		return -EAGAIN;
	if (!text || len == 0)
		rc = -ENOENT;
	else if (len < HELLO_MAX && strlen(text) == len)
		rc = hello_parse(text, hello);
	kfree(text);
	if (!rc && (hello->inc != peer->inc || hello->peer_inc != peer->own_inc))
		rc = -ENOENT;
	return rc;
}

static void hello_node(const struct xnm_peer *peer, char *node, size_t size)
{
	snprintf(node, size, "chan/%u", peer->domid);
}

/**
 * xnm_hello_write - tell a peer our state
 * @peer: the peer
 * @state: "closed", "want", "offer" or "conn"
 * @gref: grant of our control page, or 0
 * @port: our event channel, or 0
 * @serial: see above
 *
 * Return: 0 or -errno; dom0 may not have made the node.
 */
int xnm_hello_write(const struct xnm_peer *peer, const char *state, u32 gref, u32 port, u32 serial)
{
	char node[24], text[HELLO_MAX];

	if (xnm_abuse_mute && (gref || port))
		return 0;
	hello_node(peer, node, sizeof(node));
	snprintf(text, sizeof(text), "1 %s %u %u %016llx %016llx 0 %u", state, gref, port,
		 peer->own_inc, peer->inc, serial);
	return xenbus_write(XBT_NIL, "xnm", node, text);
}

/**
 * xnm_hello_clear - say that the module goes
 * @peer: the peer
 */
int xnm_hello_clear(const struct xnm_peer *peer)
{
	char node[24];

	hello_node(peer, node, sizeof(node));
	return xenbus_write(XBT_NIL, "xnm", node, "");
}
