/* SPDX-License-Identifier: GPL-2.0-only */
/* abuse.h - what tests/abuse*.c change in the module; only a build for the tests has them. */
#ifndef XNM_ABUSE_H
#define XNM_ABUSE_H

#include <linux/types.h>

struct dentry;
struct xnm_chan;
struct xnm_ctrl;
struct xnm_route;

#ifdef XNM_ABUSE
extern bool xnm_abuse_deaf, xnm_abuse_keep, xnm_abuse_mute, xnm_abuse_patient;
void xnm_abuse_init(struct dentry *dir);
void xnm_abuse_exit(void);
void xnm_abuse_ctrl(struct xnm_ctrl *ctrl);
bool xnm_abuse_fails(void);
int xnm_abuse_store(void);

/* tests/abuse_frames.c, for tests/abuse.c */
int xnm_abuse_frames(struct xnm_chan *chan, const struct xnm_route *route, const char *attack,
		     u32 arg, u8 *frame);
#else
#define xnm_abuse_deaf	  false
#define xnm_abuse_keep	  false
#define xnm_abuse_mute	  false
#define xnm_abuse_patient false
static inline void xnm_abuse_init(struct dentry *dir)
{
}

static inline void xnm_abuse_exit(void)
{
}

static inline void xnm_abuse_ctrl(struct xnm_ctrl *ctrl)
{
}

static inline bool xnm_abuse_fails(void)
{
	return false;
}

static inline int xnm_abuse_store(void)
{
	return 0;
}
#endif

#endif
