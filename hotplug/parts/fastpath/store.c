/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - read the fast path's lists of peers from xenstore: those of one domain, and its entries in others'. */
#include <errno.h>
#include <string.h>

#include "hotplug/base/event.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/fastpath/fastpath.h"
#include "hotplug/xen/store.h"

#define PATH_LEN (XNM_FP_HOME_LEN + XNM_FP_NODE_LEN)

struct reader {
	struct xnm_fp_view *view;
	struct xnm_store *store;
	const struct xnm_fp_intent *intent;
	bool registered; /* some vif of the domain is to be published */
	int rc;
};

/* Reads one node. A value that xnm cannot have written is read as "?", which equals none of ours.
 * Returns whether the node exists. */
static bool read_node(struct reader *reader, const char *dir, const char *node, char *out,
		      size_t out_size)
{
	int rc = xnm_store_read(reader->store, dir, node, out, out_size);

	if (rc == -EINVAL || rc == -E2BIG) {
		(void)snprintf(out, out_size, "?");
		return true;
	}
	if (rc)
		out[0] = '\0';
	if (rc && rc != -ENOENT && reader->rc == 0)
		reader->rc = rc;
	return rc == 0;
}

static void list_nodes(struct reader *reader, const char *dir,
		       void (*fn)(void *arg, const char *name), void *arg)
{
	int rc = xnm_store_list(reader->store, dir, fn, arg);

	if (rc && rc != -ENOENT && reader->rc == 0)
		reader->rc = rc;
}

static void peer_path(char out[PATH_LEN], uint32_t reader, const char *node)
{
	char home[XNM_FP_HOME_LEN];

	xnm_fp_home(reader, home);
	(void)snprintf(out, PATH_LEN, "%s/%s", home, node);
}

/* ------------------------------------------------------------ the vifs of a folder */

struct entries {
	struct reader *reader;
	const char *dir; /* the vifs are its nodes, or with key, nodes of its folders */
	const char *key;
	unsigned int n;
	struct xnm_fp_entry *list;
};

static void read_entry(void *arg, const char *name)
{
	struct entries *entries = arg;
	struct xnm_fp_entry *entry = &entries->list[entries->n];
	char dir[PATH_LEN + 8];
	bool there;

	if (entries->n == XNM_FP_MAX_VIFS || xnm_parse_u32(name, 0, XNM_DEVID_MAX, &entry->devid))
		return;
	(void)snprintf(dir, sizeof(dir), "%s%s%s", entries->dir, entries->key ? "/" : "",
		       entries->key ? name : "");
	there = read_node(entries->reader, dir, entries->key ? entries->key : name, entry->text,
			  sizeof(entry->text));
	entries->n += there;
}

static unsigned int read_entries(struct reader *reader, const char *dir, const char *key,
				 struct xnm_fp_entry *list)
{
	struct entries entries = { .reader = reader, .dir = dir, .key = key, .list = list };

	list_nodes(reader, dir, read_entry, &entries);
	return entries.n;
}

/* ------------------------------------------------------------ one of another */

struct search {
	uint32_t domid;
	unsigned int n;
	bool found;
};

static void search_domain(void *arg, const char *name)
{
	struct search *search = arg;
	uint32_t domid;

	search->n++;
	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &domid) == 0 && domid == search->domid)
		search->found = true;
}

static void read_side(struct reader *reader, struct xnm_fp_side *side, uint32_t domid,
		      uint32_t peer)
{
	char node[XNM_FP_NODE_LEN], dir[PATH_LEN], vifs[PATH_LEN + 8];

	if (!side->listed)
		return;
	(void)snprintf(node, sizeof(node), XNM_FP_NODE_PEER, peer);
	peer_path(dir, domid, node);
	(void)read_node(reader, dir, XNM_FP_NODE_INC, side->inc, sizeof(side->inc));
	(void)read_node(reader, dir, XNM_FP_NODE_ROLE, side->role, sizeof(side->role));
	(void)snprintf(vifs, sizeof(vifs), "%s/" XNM_FP_NODE_VIFS, dir);
	side->n = read_entries(reader, vifs, NULL, side->vifs);
}

/* Whether its vifs may be listed: each published one has its own node. */
static void read_published(struct reader *reader, uint32_t domid)
{
	struct xnm_fp_view *view = reader->view;
	char dir[PATH_LEN], node[XNM_FP_NODE_LEN], text[XNM_FP_TEXT_LEN];

	for (unsigned int i = 0; i < view->n_vifs; i++) {
		struct xnm_fp_vif *vif = &view->vifs[i];

		if (vif->id.domid != domid)
			continue;
		(void)snprintf(node, sizeof(node), XNM_FP_NODE_VIF, vif->id.devid);
		peer_path(dir, domid, node);
		vif->published = read_node(reader, dir, XNM_FP_NODE_FASTPATH, text, sizeof(text));
	}
}

static struct xnm_fp_peer *find_peer(struct xnm_fp_view *view, uint32_t domid)
{
	for (unsigned int i = 0; i < view->n_peers; i++) {
		if (view->peers[i].domid == domid)
			return &view->peers[i];
	}
	return NULL;
}

static struct xnm_fp_peer *add_peer(struct xnm_fp_view *view, uint32_t domid)
{
	struct xnm_fp_peer *peer = &view->peers[view->n_peers];

	if (view->n_peers == XNM_FP_MAX_PEERS * 2)
		return NULL;
	view->n_peers++;
	peer->domid = domid;
	peer->inc[0] = '\0';
	peer->here.listed = peer->here.has_chan = peer->there.listed = peer->there.has_chan = false;
	peer->here.inc[0] = peer->there.inc[0] = peer->here.role[0] = peer->there.role[0] = '\0';
	peer->here.n = peer->there.n = 0;
	return peer;
}

static bool is_registered(struct reader *reader, uint32_t domid, char inc[XNM_FP_INC_LEN])
{
	char home[XNM_FP_HOME_LEN];

	xnm_fp_home(domid, home);
	return read_node(reader, home, XNM_FP_NODE_INC, inc, XNM_FP_INC_LEN) && xnm_fp_inc_ok(inc);
}

/* A domain with vifs in the same networks: a peer if this domain is listed there, or may be. */
static void look_at(struct reader *reader, uint32_t domid)
{
	struct search in_peers = { .domid = reader->view->domid };
	struct search in_chans = { .domid = reader->view->domid };
	struct xnm_fp_peer *peer = find_peer(reader->view, domid);
	char inc[XNM_FP_INC_LEN], dir[PATH_LEN];
	bool registered = is_registered(reader, domid, inc);

	if (!registered && !peer)
		return;
	if (registered && reader->registered)
		read_published(reader, domid);
	peer_path(dir, domid, XNM_FP_NODE_PEERS);
	list_nodes(reader, dir, search_domain, &in_peers);
	if (!peer && !in_peers.found && (!reader->registered || in_peers.n >= XNM_FP_MAX_PEERS))
		return;
	if (!peer)
		peer = add_peer(reader->view, domid);
	if (!peer)
		return;
	if (registered)
		memcpy(peer->inc, inc, sizeof(peer->inc));
	peer->there.listed = in_peers.found;
	if (!in_peers.found && !peer->here.listed && !peer->here.has_chan)
		return;
	/* not the node itself, which its guest may write at any time */
	peer_path(dir, domid, XNM_FP_NODE_CHANS);
	list_nodes(reader, dir, search_domain, &in_chans);
	peer->there.has_chan = in_chans.found;
	/* a tree that will be removed need not be read */
	if (!reader->registered)
		return;
	read_side(reader, &peer->here, reader->view->domid, domid);
	read_side(reader, &peer->there, domid, reader->view->domid);
}

static void note_listed(void *arg, const char *name)
{
	struct reader *reader = arg;
	struct xnm_fp_peer *peer;
	uint32_t domid;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &domid))
		return;
	peer = add_peer(reader->view, domid);
	if (peer)
		peer->here.listed = true;
}

static void note_chan(void *arg, const char *name)
{
	struct reader *reader = arg;
	struct xnm_fp_peer *peer;
	uint32_t domid;

	if (xnm_parse_u32(name, 0, XNM_DOMID_MAX, &domid))
		return;
	peer = find_peer(reader->view, domid);
	if (!peer)
		peer = add_peer(reader->view, domid);
	if (peer)
		peer->here.has_chan = true;
}

/* ------------------------------------------------------------ the domain itself */

static void read_own(struct reader *reader)
{
	struct xnm_fp_view *view = reader->view;
	const struct xnm_fp_intent *intent = reader->intent;
	char home[XNM_FP_HOME_LEN], dir[PATH_LEN];

	xnm_fp_home(view->domid, home);
	(void)read_node(reader, home, XNM_FP_NODE_VERSION, view->version, sizeof(view->version));
	(void)read_node(reader, home, XNM_FP_NODE_INC, view->inc, sizeof(view->inc));
	peer_path(dir, view->domid, XNM_FP_NODE_VIFS);
	view->n_own = read_entries(reader, dir, XNM_FP_NODE_FASTPATH, view->own);
	for (unsigned int i = 0; i < view->n_vifs; i++) {
		struct xnm_fp_vif *vif = &view->vifs[i];

		if (vif->id.domid != view->domid)
			continue;
		for (unsigned int k = 0; k < view->n_own; k++)
			vif->published |= view->own[k].devid == vif->id.devid &&
					  !(intent->has_vif && vif->id.devid == intent->id.devid);
		reader->registered |= vif->published;
	}
	peer_path(dir, view->domid, XNM_FP_NODE_PEERS);
	list_nodes(reader, dir, note_listed, reader);
	peer_path(dir, view->domid, XNM_FP_NODE_CHANS);
	list_nodes(reader, dir, note_chan, reader);
}

int xnm_fp_read(struct xnm_fp_view *view, struct xnm_store *store, const struct xnm_run_dir *dir,
		const struct xnm_fp_intent *intent)
{
	struct reader reader = { .view = view, .store = store, .intent = intent };
	unsigned int n_listed;

	view->n_own = view->n_peers = 0;
	reader.rc = xnm_fp_read_notes(view, dir, intent);
	if (reader.rc == 0)
		read_own(&reader);
	n_listed = reader.rc == 0 ? view->n_peers : 0;
	for (unsigned int i = 0; i < n_listed && reader.rc == 0; i++)
		look_at(&reader, view->peers[i].domid);
	for (unsigned int i = 0; i < view->n_vifs && reader.rc == 0; i++) {
		uint32_t domid = view->vifs[i].id.domid;

		if (domid != view->domid && (i == 0 || view->vifs[i - 1].id.domid != domid) &&
		    !find_peer(view, domid))
			look_at(&reader, domid);
	}
	return reader.rc;
}
