// SPDX-License-Identifier: GPL-2.0-only
/* own.c - pages of ours that a peer may read: made, granted, taken back. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <xen/page.h>

#include "chan.h"
#include "peer.h"
#include "xnm.h"

/* one page is one grant */
static_assert(PAGE_SIZE == XEN_PAGE_SIZE, "xnm_fastpath needs a kernel with pages of 4 KiB");

/* sets that we are done with, but of which the peer has still mapped some pages */
static LIST_HEAD(held);
static unsigned int n_held;

/* true when nothing is left to take back; a page that the peer has mapped must not be reused */
static bool own_take_back(struct xnm_own *own)
{
	bool all = true;
	u32 i;

	for (i = 0; i <= own->pages; i++) {
		if (!own->page[i])
			continue;
		if (own->ref[i] != XNM_NO_REF && !gnttab_try_end_foreign_access(own->ref[i])) {
			all = false;
			continue;
		}
		xnm_object_page_free(own->page[i]);
		own->page[i] = NULL;
	}
	return all;
}

/**
 * xnm_own_release - take pages back, now or as soon as the peer has unmapped them
 * @own: the pages, or NULL; not the caller's any more
 */
void xnm_own_release(struct xnm_own *own)
{
	if (!own)
		return;
	if (own_take_back(own)) {
		xnm_object_free(XNM_O_OWN, own);
		return;
	}
	list_add(&own->list, &held);
	WRITE_ONCE(n_held, n_held + 1);
}

/**
 * xnm_own_held - how many sets of pages peers still hold
 *
 * From any context.
 */
unsigned int xnm_own_held(void)
{
	return READ_ONCE(n_held);
}

/**
 * xnm_own_sweep - try again to take back what peers still hold
 *
 * Return: how many sets are still held by peers.
 */
unsigned int xnm_own_sweep(void)
{
	struct xnm_own *own, *next;
	unsigned int left = 0;

	list_for_each_entry_safe(own, next, &held, list) {
		if (!own_take_back(own)) {
			left++;
			continue;
		}
		list_del(&own->list);
		xnm_object_free(XNM_O_OWN, own);
	}
	WRITE_ONCE(n_held, left);
	return left;
}

/**
 * xnm_own_held_by - how many sets of pages one domain still holds
 * @domid: the domain
 */
unsigned int xnm_own_held_by(u16 domid)
{
	const struct xnm_own *own;
	unsigned int n = 0;

	list_for_each_entry(own, &held, list)
		n += own->domid == domid;
	return n;
}

/**
 * xnm_own_abandon - leave what peers still hold to the kernel, which goes on trying without us
 */
void xnm_own_abandon(void)
{
	struct xnm_own *own, *next;
	u32 i;

	list_for_each_entry_safe(own, next, &held, list) {
		for (i = 0; i <= own->pages; i++) {
			struct page *page;

			if (!own->page[i])
				continue;
			page = virt_to_page(own->page[i]);
			gnttab_end_foreign_access(own->ref[i], page);
			xnm_object_page_gone();
		}
		list_del(&own->list);
		xnm_object_free(XNM_O_OWN, own);
	}
}

static int own_grant(struct xnm_own *own, u32 i)
{
	int ref;

	own->page[i] = xnm_object_page_new();
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

static void fill_ctrl(struct xnm_own *own, const struct xnm_peer *peer)
{
	struct xnm_ctrl *ctrl = own->page[0];
	u32 i;

	ctrl->magic = XNM_RING_MAGIC;
	ctrl->version = XNM_RING_VERSION;
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
	int rc = 0;
	u32 i;

	if (!own)
		return ERR_PTR(-ENOMEM);
	own->domid = peer->domid;
	own->pages = xnm_param_ring_pages;
	memset(own->ref, 0xff, sizeof(own->ref));
	for (i = 0; i <= own->pages && !rc; i++)
		rc = own_grant(own, i);
	if (rc) {
		xnm_own_release(own);
		return ERR_PTR(rc);
	}
	fill_ctrl(own, peer);
	xnm_abuse_ctrl(own->ctrl);
	return own;
}
