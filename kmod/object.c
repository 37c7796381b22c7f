// SPDX-License-Identifier: GPL-2.0-only
/* object.c - allocate and free, counted by kind, so that a leak is seen. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/slab.h>

#include "xnm.h"

static atomic_t counts[XNM_O_COUNT];

static const char *const names[XNM_O_COUNT] = {
	[XNM_O_TABLE] = "tables",	[XNM_O_ROUTE] = "routes", [XNM_O_PEER] = "peers",
	[XNM_O_CHAN] = "channels",	[XNM_O_OWN] = "granted",  [XNM_O_MAP] = "mapped",
	[XNM_O_PAGE] = "granted-pages", [XNM_O_PORT] = "vifs",
};

/**
 * xnm_object_new - allocate a zeroed object
 * @kind: what it is
 * @size: its size
 *
 * Return: the object, for xnm_object_free(), or NULL.
 */
void *xnm_object_new(enum xnm_object kind, size_t size)
{
	void *object = xnm_abuse_fails() ? NULL : kzalloc(size, GFP_KERNEL);

	if (object)
		atomic_inc(&counts[kind]);
	return object;
}

/**
 * xnm_object_free - free an object
 * @kind: what it is
 * @object: the object, or NULL
 */
void xnm_object_free(enum xnm_object kind, void *object)
{
	if (object)
		atomic_dec(&counts[kind]);
	kfree(object);
}

/**
 * xnm_object_page_new - allocate a zeroed page that a peer is to read
 *
 * Return: the page, for xnm_object_page_free() or xnm_object_page_gone(), or NULL.
 */
void *xnm_object_page_new(void)
{
	void *page = xnm_abuse_fails() ? NULL : (void *)get_zeroed_page(GFP_KERNEL | __GFP_NOWARN);

	if (page)
		atomic_inc(&counts[XNM_O_PAGE]);
	return page;
}

/**
 * xnm_object_page_free - free a page that no peer reads any more
 * @page: the page
 */
void xnm_object_page_free(void *page)
{
	xnm_object_page_gone();
	free_page((unsigned long)page);
}

/**
 * xnm_object_page_gone - a page is no longer ours: somebody else frees it
 */
void xnm_object_page_gone(void)
{
	atomic_dec(&counts[XNM_O_PAGE]);
}

/**
 * xnm_object_count - how many objects of a kind there are
 * @kind: the kind
 */
int xnm_object_count(enum xnm_object kind)
{
	return atomic_read(&counts[kind]);
}

/**
 * xnm_object_name - a kind in one word, in the plural
 * @kind: the kind
 */
const char *xnm_object_name(enum xnm_object kind)
{
	return names[kind];
}

/**
 * xnm_object_exit - at the end of the module: log what was never freed
 */
void xnm_object_exit(void)
{
	unsigned int i;

	for (i = 0; i < XNM_O_COUNT; i++)
		if (xnm_object_count(i))
			pr_err("%s: %d were never freed\n", names[i], xnm_object_count(i));
}
