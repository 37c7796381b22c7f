/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.c - run the operations on the notes on a vif, and with them those on its MAC address. */
#include <errno.h>
#include <string.h>

#include "hotplug/core/rival.h"
#include "hotplug/notes/mac.h"
#include "hotplug/notes/vif.h"

static void release_mac(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	if (plan->address.old_mac_scope[0])
		xnm_mac_note_release(&ctx->dir, plan->address.old_mac_scope,
				     &plan->address.noted_mac, &self, &plan->address.mac_heir);
}

/* After the vif's note, as a claim without a note counts as nobody's, and before the vif is
 * attached: of two vifs that start at the same time only one may have the MAC address. */
static int claim_mac(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	const struct xnm_vif_note *state = &plan->note;
	struct xnm_owner owner;
	int rc = xnm_mac_note_claim(&ctx->dir, state->address.mac_scope, &state->address.mac, &self,
				    &plan->address.leave, &owner);

	if (rc == -EEXIST && apply_has_gone(ctx, &owner)) {
		const struct xnm_owners gone = { 1, { owner } };

		rc = xnm_mac_note_claim(&ctx->dir, state->address.mac_scope, &state->address.mac,
					&self, &gone, &owner);
	}
	return rc == -EEXIST ? apply_was_slower(ctx, &owner, "mac=") : rc;
}

static void write_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "write state of vif %u.%u", plan->domid, plan->devid);
}

static int write_state(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_vif_note *state = &plan->note;
	int rc = xnm_vif_note_write(&ctx->dir, state);

	(void)op;
	if (rc == 0 && plan->address.claims_mac)
		rc = claim_mac(ctx, plan);
	if (rc == 0 && (strcmp(plan->address.old_mac_scope, state->address.mac_scope) != 0 ||
			!xnm_mac_equal(&plan->address.noted_mac, &state->address.mac)))
		release_mac(ctx, plan);
	return rc;
}

const struct xnm_op_type xnm_op_vif_note_write = {
	.text = write_text,
	.run = write_state,
};

static void remove_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "remove state of vif %u.%u", plan->domid, plan->devid);
}

static int remove_state(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_vif_note_remove(&ctx->dir, plan->domid, plan->devid);

	(void)op;
	if (rc == 0)
		release_mac(ctx, plan);
	return rc;
}

const struct xnm_op_type xnm_op_vif_note_remove = {
	.text = remove_text,
	.run = remove_state,
};
