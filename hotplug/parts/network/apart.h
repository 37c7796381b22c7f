/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.h - keep the host's interfaces from forwarding to each other while xnm has switched forwarding on. */
#ifndef XNM_NETWORK_APART_H
#define XNM_NETWORK_APART_H

#include "hotplug/core/apply.h"

/*
 * apart_apply.c. begin: called before the sysctl at path is switched on, if it is one of
 * forwarding; returns 0 or -errno. end: called after it was restored. The caller of both holds the
 * lock of the settings.
 */
int apply_apart_begin(struct xnm_ctx *ctx, const char *path);
void apply_apart_end(struct xnm_ctx *ctx, const char *path);
/*
 * The greatest ifindex of the host's devices when xnm switches the forwarding sysctl at path on; 0
 * for other sysctls, and where it cannot be found out.
 */
int apply_apart_newest(struct xnm_ctx *ctx, const char *path);
/*
 * Whether a device of another program came after newest and is up, such as Docker's or libvirt's
 * bridge, a container's veth or a VPN: who has made it found this host forwarding, and may count on
 * that. Fills its name.
 */
bool apply_apart_has_user(struct xnm_ctx *ctx, const char *path, int newest, char user[IFNAMSIZ]);
/* Whether it was xnm that switched forwarding on in a family. */
bool apply_apart_is_ours(const struct xnm_ctx *ctx, unsigned int ip);
/* Whether anything has to change; and changes it, under the same lock as begin. */
bool apply_apart_is_due(struct xnm_ctx *ctx, unsigned int ip);
int apply_apart_settle(struct xnm_ctx *ctx, unsigned int ip, bool begins);

/* apart_look.c: updates the rules for interfaces that came or went. often: where there are many
 * vifs, not at each event. */
void apply_apart_look(struct xnm_ctx *ctx, bool often);

#endif
