// SPDX-License-Identifier: GPL-2.0-only
/* hello.c - the one xenstore node per direction and pair that guests write themselves. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>

#include "abuse.h"
#include "peer.h"
#include "xnm.h"

static int hello_parse(const char *text, struct xnm_hello *hello)
{
	unsigned int version;
	char more;
	int n;

	n = sscanf(text, XNM_FP_HELLO_SCAN, &version, hello->state, &hello->gref, &hello->port,
		   &hello->inc, &hello->peer_inc, &hello->features, &hello->serial, &more);
	return n == XNM_FP_N_FIELDS && version == XNM_FP_VERSION ? 0 : -EPROTO;
}

/**
 * xnm_hello_says - whether a peer is in a state
 * @hello: what it has written
 * @state: XNM_FP_STATE_*
 */
bool xnm_hello_says(const struct xnm_hello *hello, const char *state)
{
	return !strcmp(hello->state, state);
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
	else if (len < XNM_FP_HELLO_LEN && strlen(text) == len)
		rc = hello_parse(text, hello);
	kfree(text);
	if (!rc && (hello->inc != peer->inc || hello->peer_inc != peer->own_inc))
		rc = -ENOENT;
	return rc;
}

static void hello_node(const struct xnm_peer *peer, char *node, size_t size)
{
	snprintf(node, size, XNM_FP_NODE_CHAN, peer->domid);
}

/**
 * xnm_hello_write - tell a peer our state
 * @peer: the peer
 * @state: XNM_FP_STATE_*
 * @gref: grant of our control page, or 0
 * @port: our event channel, or 0
 * @serial: see xnm_uapi.h
 *
 * Return: 0 or -errno; dom0 may not have made the node.
 */
int xnm_hello_write(const struct xnm_peer *peer, const char *state, u32 gref, u32 port, u32 serial)
{
	char node[XNM_FP_NODE_LEN], text[XNM_FP_HELLO_LEN];

	if (xnm_abuse_mute && (gref || port))
		return 0;
	hello_node(peer, node, sizeof(node));
	snprintf(text, sizeof(text), XNM_FP_HELLO_FORMAT, XNM_FP_VERSION, state, gref, port,
		 peer->own_inc, peer->inc, 0, serial);
	return xenbus_write(XBT_NIL, XNM_FP_HOME, node, text);
}

/**
 * xnm_hello_clear - say that the module goes
 * @peer: the peer
 */
int xnm_hello_clear(const struct xnm_peer *peer)
{
	char node[XNM_FP_NODE_LEN];

	hello_node(peer, node, sizeof(node));
	return xenbus_write(XBT_NIL, XNM_FP_HOME, node, "");
}
