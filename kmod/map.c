// SPDX-License-Identifier: GPL-2.0-only
/* map.c - pages of a peer's that we may read: mapped, checked, unmapped. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/page.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/* of @n pages from @first on, unmap those that are mapped */
static void unmap_pages(struct xnm_map *map, u32 first, u32 n)
{
	struct gnttab_unmap_grant_ref *ops = kcalloc(n, sizeof(*ops), GFP_KERNEL | __GFP_NOFAIL);
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL | __GFP_NOFAIL);
	u32 i, count = 0;

	for (i = first; i < first + n; i++) {
		if (map->handle[i] == XNM_NO_HANDLE)
			continue;
		gnttab_set_unmap_op(&ops[count], (unsigned long)page_address(map->page[i]),
				    GNTMAP_host_map | GNTMAP_readonly, map->handle[i]);
		pages[count++] = map->page[i];
		map->handle[i] = XNM_NO_HANDLE;
	}
	if (count && gnttab_unmap_refs(ops, NULL, pages, count))
		pr_err_ratelimited("peer %u: pages cannot be unmapped\n", map->domid);
	kfree(pages);
	kfree(ops);
}

static int map_pages(struct xnm_map *map, u32 first, u32 n, const u32 *refs)
{
	struct gnttab_map_grant_ref *ops = kcalloc(n, sizeof(*ops), GFP_KERNEL);
	int rc, status = GNTST_okay;
	u32 i;

	if (!ops)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		/* one grant that does not exist, among others that do */
		u32 ref = xnm_abuse_fails() ? 1U << 30 : refs[i];

		gnttab_set_map_op(&ops[i], (unsigned long)page_address(map->page[first + i]),
				  GNTMAP_host_map | GNTMAP_readonly, ref, map->domid);
	}
	rc = gnttab_map_refs(ops, NULL, &map->page[first], n);
	for (i = 0; i < n; i++) {
		if (ops[i].status == GNTST_okay)
			map->handle[first + i] = ops[i].handle;
		else
			status = ops[i].status;
	}
	kfree(ops);
	if (!rc && status == GNTST_okay)
		return 0;
	if (status == GNTST_no_space)
		pr_info_once("Xen lets this guest map no pages (max_maptrack_frames)\n");
	unmap_pages(map, first, n);
	return status == GNTST_no_space ? -ENOSPC : -EIO;
}

/**
 * xnm_map_free - unmap a peer's pages
 * @map: the pages, which nobody reads any more, or NULL
 */
void xnm_map_free(struct xnm_map *map)
{
	if (!map || xnm_abuse_keep)
		return;
	unmap_pages(map, 0, 1 + map->pages);
	if (map->allocated)
		gnttab_free_pages(map->allocated, map->page);
	xnm_object_free(XNM_O_MAP, map);
}

/* check a private copy of the control page, and map the data pages that it names */
static int map_data(struct xnm_map *map, const struct xnm_peer *peer, struct xnm_ctrl *copy)
{
	int pages;

	memcpy(copy, page_address(map->page[0]), sizeof(*copy));
	pages = xnm_ctrl_check(copy, peer->domid, peer->own_domid, peer->inc, peer->own_inc);
	if (pages < 0)
		return pages;
	if (xnm_abuse_fails() || gnttab_alloc_pages(pages, &map->page[1]))
		return -ENOMEM;
	map->allocated = 1 + pages;
	map->pages = pages;
	return map_pages(map, 1, pages, copy->gref);
}

/**
 * xnm_map_new - map a peer's control page, check it, and map the data pages that it names
 * @peer: the peer
 * @gref: grant of the control page
 *
 * Return: the pages or an ERR_PTR; -EPROTO if the control page is not as it must be.
 */
struct xnm_map *xnm_map_new(const struct xnm_peer *peer, u32 gref)
{
	struct xnm_map *map = xnm_object_new(XNM_O_MAP, sizeof(*map));
	struct xnm_ctrl *copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	int rc = -ENOMEM;

	if (!map)
		goto out;
	/* first of all: what is not mapped must not be unmapped */
	memset(map->handle, 0xff, sizeof(map->handle));
	if (!copy)
		goto out;
	map->domid = peer->domid;
	if (xnm_abuse_fails() || gnttab_alloc_pages(1, map->page))
		goto out;
	map->allocated = 1;
	rc = map_pages(map, 0, 1, &gref);
	if (!rc)
		rc = map_data(map, peer, copy);
out:
	kfree(copy);
	if (!rc)
		return map;
	xnm_map_free(map);
	return ERR_PTR(rc);
}
