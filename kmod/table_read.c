// SPDX-License-Identifier: GPL-2.0-only
/* table_read.c - read from xenstore whom dom0 lets us talk to. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/xenbus.h>

#include "peer.h"
#include "table.h"
#include "xnm.h"

/*
 * The functions that read a part of the table return 0; -ENOENT if dom0 has not written it, or if
 * it cannot be understood; and another error if it cannot be read now, and is to be read again.
 */

/* exactly 16 digits: whoever compares them as text finds the same as we */
static int inc_read(const char *dir, u64 *inc)
{
	char *text = xnm_store_read(dir, XNM_FP_NODE_INC, NULL);
	int rc = -ENOENT;

	if (IS_ERR(text))
		return PTR_ERR(text);
	if (text && strlen(text) == XNM_FP_INC_LEN - 1 && !kstrtou64(text, 16, inc))
		rc = 0;
	kfree(text);
	return rc;
}

static int own_vif_read(const char *name, struct xnm_ident *id)
{
	char dir[XNM_FP_HOME_LEN];
	char *text;
	int rc;

	if (kstrtou16(name, 10, &id->devid))
		return -ENOENT;
	snprintf(dir, sizeof(dir), XNM_FP_HOME "/" XNM_FP_NODE_VIF, id->devid);
	text = xnm_store_read(dir, XNM_FP_NODE_FASTPATH, NULL);
	if (IS_ERR(text))
		return PTR_ERR(text);
	/* a vif that uses netfront only may have other nodes, for xnm-guest */
	if (!text)
		return -ENOENT;
	rc = xnm_ident_parse(text, id);
	kfree(text);
	if (!rc)
		return 0;
	pr_info_ratelimited("vif %.8s is not published completely\n", name);
	return -ENOENT;
}

static int own_vifs_read(struct xnm_table *table)
{
	unsigned int i, n;
	char **names = xnm_store_list(XNM_FP_HOME "/" XNM_FP_NODE_VIFS, &n);
	int rc = 0;

	if (IS_ERR(names))
		return PTR_ERR(names);
	for (i = 0; i < n && table->n_own < XNM_FP_MAX_VIFS; i++) {
		struct xnm_ident *id = &table->own[table->n_own];

		memset(id, 0, sizeof(*id));
		rc = own_vif_read(names[i], id);
		if (!rc)
			table->n_own++;
		else if (rc != -ENOENT)
			break;
		rc = 0;
	}
	kfree(names);
	return rc;
}

static int peer_vif_read(struct xnm_table *table, struct xnm_peer *peer, const char *dir,
			 const char *name)
{
	struct xnm_ident id = {};
	char *text = xnm_store_read(dir, name, NULL);
	int rc = 0;

	if (IS_ERR(text))
		return PTR_ERR(text);
	if (text && !kstrtou16(name, 10, &id.devid) && !xnm_ident_parse(text, &id))
		rc = xnm_table_add(table, peer, &id);
	else
		pr_info_ratelimited("peer %u: vif %.8s is not published completely\n", peer->domid,
				    name);
	kfree(text);
	return rc;
}

static int peer_vifs_read(struct xnm_table *table, struct xnm_peer *peer)
{
	unsigned int i, n;
	char **names;
	char dir[XNM_FP_HOME_LEN];
	int rc = 0;

	snprintf(dir, sizeof(dir), XNM_FP_HOME "/" XNM_FP_NODE_PEER_VIFS, peer->domid);
	names = xnm_store_list(dir, &n);
	if (IS_ERR(names))
		return PTR_ERR(names);
	for (i = 0; i < min_t(unsigned int, n, XNM_FP_MAX_VIFS) && !rc; i++)
		rc = peer_vif_read(table, peer, dir, names[i]);
	kfree(names);
	return rc;
}

static int role_read(const char *dir, bool *server)
{
	char *role = xnm_store_read(dir, XNM_FP_NODE_ROLE, NULL);
	int rc = -ENOENT;

	if (IS_ERR(role))
		return PTR_ERR(role);
	*server = role && !strcmp(role, XNM_FP_ROLE_SERVER);
	if (*server || (role && !strcmp(role, XNM_FP_ROLE_CLIENT)))
		rc = 0;
	kfree(role);
	return rc;
}

static int peer_read(struct xnm_table *table, const char *name)
{
	struct xnm_peer *peer;
	char dir[XNM_FP_HOME_LEN];
	bool server;
	u16 domid;
	u64 inc;
	int rc;

	if (kstrtou16(name, 10, &domid) || domid >= DOMID_FIRST_RESERVED || domid == table->domid)
		return 0;
	snprintf(dir, sizeof(dir), XNM_FP_HOME "/" XNM_FP_NODE_PEER, domid);
	rc = role_read(dir, &server);
	if (!rc)
		rc = inc_read(dir, &inc);
	if (rc == -ENOENT) {
		pr_info_ratelimited("peer %u is not published completely\n", domid);
		return 0;
	}
	if (rc)
		return rc;
	peer = xnm_peer_get(domid, inc, server, table);
	if (!peer)
		return -ENOMEM;
	peer->listed = true;
	return peer_vifs_read(table, peer);
}

static int peers_read(struct xnm_table *table)
{
	unsigned int i, n;
	char **names = xnm_store_list(XNM_FP_HOME "/" XNM_FP_NODE_PEERS, &n);
	int rc = 0;

	if (IS_ERR(names))
		return PTR_ERR(names);
	if (n > XNM_FP_MAX_PEERS)
		pr_info_ratelimited("%u peers are listed, the first %u of them count\n", n,
				    XNM_FP_MAX_PEERS);
	for (i = 0; i < min_t(unsigned int, n, XNM_FP_MAX_PEERS) && !rc; i++)
		rc = peer_read(table, names[i]);
	kfree(names);
	return rc;
}

static int table_fill(struct xnm_table *table)
{
	char *version = xnm_store_read(XNM_FP_HOME, XNM_FP_NODE_VERSION, NULL);
	int rc = -ENOENT;

	if (IS_ERR(version))
		return PTR_ERR(version);
	if (version && !strcmp(version, XNM_FP_VERSION_TEXT))
		rc = inc_read(XNM_FP_HOME, &table->inc);
	kfree(version);
	if (!rc)
		rc = own_vifs_read(table);
	if (!rc)
		rc = peers_read(table);
	/* a guest without a table may talk to nobody: an empty table */
	return rc == -ENOENT ? 0 : rc;
}

/* fill the table; -EAGAIN if gen changed meanwhile, as then dom0 was writing */
static int table_fill_whole(struct xnm_table *table)
{
	char *before = xnm_store_read(XNM_FP_HOME, XNM_FP_NODE_GEN, NULL), *after;
	int rc;

	if (IS_ERR(before))
		return PTR_ERR(before);
	rc = table_fill(table);
	after = rc ? NULL : xnm_store_read(XNM_FP_HOME, XNM_FP_NODE_GEN, NULL);
	if (IS_ERR(after)) {
		rc = PTR_ERR(after);
		after = NULL;
	}
	if (!rc && strcmp(before ?: "", after ?: ""))
		rc = -EAGAIN;
	kfree(before);
	kfree(after);
	return rc;
}

/**
 * xnm_table_read - read the table; marks the peers in it as listed
 *
 * Return: the table, or an ERR_PTR if it cannot be read now: -EAGAIN if dom0 is changing it.
 */
struct xnm_table *xnm_table_read(void)
{
	struct xnm_table *table = xnm_object_new(XNM_O_TABLE, sizeof(*table));
	unsigned int domid;
	int rc;

	if (!table)
		return ERR_PTR(-ENOMEM);
	rc = xenbus_scanf(XBT_NIL, "domid", "", "%u", &domid);
	if (rc != 1 || domid >= DOMID_FIRST_RESERVED) {
		xnm_table_free(table);
		return ERR_PTR(-EAGAIN);
	}
	table->domid = domid;
	rc = table_fill_whole(table);
	table->read_at = jiffies;
	if (rc) {
		xnm_table_free(table);
		return ERR_PTR(rc);
	}
	return table;
}
