// SPDX-License-Identifier: GPL-2.0-only
/* own.c - pages that a peer may read, and pages of a peer's that we may read. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/page.h>

#include "xnm.h"

#define NO_HANDLE (~0U)

/* one page is one grant */
static_assert(PAGE_SIZE == XEN_PAGE_SIZE, "xnm_fastpath needs a kernel with pages of 4 KiB");

/* sets that were taken back, but which the peer had still mapped */
static LIST_HEAD(buried);
static unsigned int held;

/* true when nothing is left to take back; a page that the peer still reads must not be reused */
static bool own_take_back(struct xnm_own *own)
{
	u32 i, left = 0;

	for (i = 0; i <= own->pages; i++) {
		if (!own->page[i])
			continue;
		if (own->ref[i] != XNM_NONE && !gnttab_try_end_foreign_access(own->ref[i])) {
			left++;
			continue;
		}
		xnm_page_free(own->page[i]);
		own->page[i] = NULL;
	}
	own->left = left;
	return !left;
}

/**
 * xnm_own_bury - take pages back, now or as soon as the peer has let go of them
 * @own: the pages, or NULL; not the caller's any more
 */
void xnm_own_bury(struct xnm_own *own)
{
	if (!own)
		return;
	if (own_take_back(own)) {
		xnm_object_free(XNM_O_OWN, own);
		return;
	}
	list_add(&own->list, &buried);
	WRITE_ONCE(held, held + 1);
}

/**
 * xnm_own_held - how many sets peers still hold
 *
 * From any context.
 */
unsigned int xnm_own_held(void)
{
	return READ_ONCE(held);
}

/**
 * xnm_own_sweep - try again to take back what is left
 *
 * Return: how many sets are still held by peers.
 */
unsigned int xnm_own_sweep(void)
{
	struct xnm_own *own, *next;
	unsigned int left = 0;

	list_for_each_entry_safe(own, next, &buried, list) {
		if (!own_take_back(own)) {
			left++;
			continue;
		}
		list_del(&own->list);
		xnm_object_free(XNM_O_OWN, own);
	}
	WRITE_ONCE(held, left);
	return left;
}

/**
 * xnm_own_buried - sets that one domain still holds
 * @domid: the domain
 */
unsigned int xnm_own_buried(u16 domid)
{
	const struct xnm_own *own;
	unsigned int n = 0;

	list_for_each_entry(own, &buried, list)
		n += own->domid == domid;
	return n;
}

/**
 * xnm_own_abandon - leave what is still held to the kernel, which goes on trying without us
 */
void xnm_own_abandon(void)
{
	struct xnm_own *own, *next;
	u32 i;

	list_for_each_entry_safe(own, next, &buried, list) {
		for (i = 0; i <= own->pages; i++) {
			struct page *page;

			if (!own->page[i])
				continue;
			page = virt_to_page(own->page[i]);
			gnttab_end_foreign_access(own->ref[i], page);
			xnm_page_gone();
		}
		list_del(&own->list);
		xnm_object_free(XNM_O_OWN, own);
	}
}

static int own_grant(struct xnm_own *own, u32 i)
{
	int ref;

	own->page[i] = xnm_page_new();
	if (!own->page[i])
		return -ENOMEM;
	ref = xnm_abuse_fails()
		      ? -ENOSPC
		      : gnttab_grant_foreign_access(own->domid, virt_to_gfn(own->page[i]), 1);
	if (ref < 0)
		return ref;
	own->ref[i] = ref;
	return 0;
}

/**
 * xnm_own_new - make the pages that a peer may read: a control page, filled in, and data pages
 * @peer: the peer
 *
 * Return: the pages or an ERR_PTR.
 */
struct xnm_own *xnm_own_new(const struct xnm_peer *peer)
{
	struct xnm_own *own = xnm_object_new(XNM_O_OWN, sizeof(*own));
	struct xnm_ctrl *ctrl;
	int rc = 0;
	u32 i;

	if (!own)
		return ERR_PTR(-ENOMEM);
	own->domid = peer->domid;
	own->pages = xnm_ring_pages;
	memset(own->ref, 0xff, sizeof(own->ref));
	for (i = 0; i <= own->pages && !rc; i++)
		rc = own_grant(own, i);
	if (rc) {
		xnm_own_bury(own);
		return ERR_PTR(rc);
	}
	ctrl = own->page[0];
	ctrl->magic = XNM_MAGIC;
	ctrl->version = XNM_VERSION;
	ctrl->data_pages = own->pages;
	ctrl->max_record = XNM_FRAME_MAX;
	ctrl->own_domid = peer->own_domid;
	ctrl->peer_domid = peer->domid;
	ctrl->own_inc[0] = (u32)peer->own_inc;
	ctrl->own_inc[1] = (u32)(peer->own_inc >> 32);
	ctrl->peer_inc[0] = (u32)peer->inc;
	ctrl->peer_inc[1] = (u32)(peer->inc >> 32);
	for (i = 0; i < own->pages; i++)
		ctrl->gref[i] = own->ref[1 + i];
	own->ctrl = ctrl;
	xnm_abuse_ctrl(ctrl);
	return own;
}

/* unmap what is mapped of @n pages from @first on */
static void unmap_pages(struct xnm_map *map, u32 first, u32 n)
{
	struct gnttab_unmap_grant_ref *ops = kcalloc(n, sizeof(*ops), GFP_KERNEL | __GFP_NOFAIL);
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL | __GFP_NOFAIL);
	u32 i, count = 0;

	for (i = first; i < first + n; i++) {
		if (map->handle[i] == NO_HANDLE)
			continue;
		gnttab_set_unmap_op(&ops[count], (unsigned long)page_address(map->page[i]),
				    GNTMAP_host_map | GNTMAP_readonly, map->handle[i]);
		pages[count++] = map->page[i];
		map->handle[i] = NO_HANDLE;
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
 * @map: the pages, or NULL; nobody reads them any more
 */
void xnm_map_free(struct xnm_map *map)
{
	if (!map || xnm_abuse_keep)
		return;
	unmap_pages(map, 0, 1 + map->pages);
	if (map->mapped)
		gnttab_free_pages(map->mapped, map->page);
	xnm_object_free(XNM_O_MAP, map);
}

/* the control page's grants, fetched once into private memory */
static int map_data(struct xnm_map *map, const struct xnm_peer *peer, struct xnm_ctrl *copy)
{
	int pages;

	memcpy(copy, page_address(map->page[0]), sizeof(*copy));
	pages = xnm_ctrl_check(copy, peer->domid, peer->own_domid, peer->inc, peer->own_inc);
	if (pages < 0)
		return pages;
	if (xnm_abuse_fails() || gnttab_alloc_pages(pages, &map->page[1]))
		return -ENOMEM;
	map->mapped = 1 + pages;
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

	if (!map || !copy)
		goto out;
	map->domid = peer->domid;
	memset(map->handle, 0xff, sizeof(map->handle));
	if (xnm_abuse_fails() || gnttab_alloc_pages(1, map->page))
		goto out;
	map->mapped = 1;
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
