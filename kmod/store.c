// SPDX-License-Identifier: GPL-2.0-only
/* store.c - read xenstore, and tell what is not there from what could not be read this time. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/slab.h>

#include "xnm.h"

/*
 * Nothing is there for us if there is no such node, or if we may not read it. All else, as memory
 * that is short here or in xenstored, a full quota, or a xenstored that is just being replaced,
 * says nothing of the node.
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
