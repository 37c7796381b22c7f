// SPDX-License-Identifier: GPL-2.0-only
/* store.c - read xenstore, and tell a node that is not there from one that cannot be read now. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/slab.h>
#include <xen/xenbus.h>

#include "xnm.h"

/*
 * A node is absent if it does not exist, or if we may not read it. All other errors say nothing of
 * the node: memory is short here or in xenstored, a quota is full, xenstored is being replaced.
 */
static bool is_absent(int rc)
{
	return rc == -ENOENT || rc == -EACCES;
}

/**
 * xnm_store_read - read a node
 * @dir: its folder
 * @node: its name, or ""
 * @len: where its length goes, or NULL
 *
 * Return: its text, for kfree(); NULL if it is not there; an ERR_PTR if that cannot be known now.
 */
char *xnm_store_read(const char *dir, const char *node, unsigned int *len)
{
	int rc = xnm_abuse_store();
	char *text = rc ? ERR_PTR(rc) : xenbus_read(XBT_NIL, dir, node, len);

	return IS_ERR(text) && is_absent(PTR_ERR(text)) ? NULL : text;
}

/**
 * xnm_store_list - read what is in a folder
 * @dir: the folder
 * @n: how many names there are
 *
 * Return: the names, for kfree(); NULL with *n == 0 if there is no such folder; an ERR_PTR if that
 * cannot be known now.
 */
char **xnm_store_list(const char *dir, unsigned int *n)
{
	int rc = xnm_abuse_store();
	char **names = rc ? ERR_PTR(rc) : xenbus_directory(XBT_NIL, dir, "", n);

	if (!IS_ERR(names))
		return names;
	*n = 0;
	return is_absent(PTR_ERR(names)) ? NULL : names;
}
