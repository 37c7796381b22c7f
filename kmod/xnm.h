/* SPDX-License-Identifier: GPL-2.0-only */
/* xnm.h - the module as a whole: parameters, work, xenstore, devices, allocations. */
#ifndef XNM_H
#define XNM_H

#include <linux/types.h>

#include "abuse.h"

struct net_device;
struct xnm_peer;

/* main.c: the parameters */
extern unsigned int xnm_param_ring_pages;
extern unsigned int xnm_param_max_peers;
extern unsigned int xnm_param_idle_s;
extern unsigned int xnm_param_backlog_frames;

/* work.c */
int xnm_work_init(void);
void xnm_work_exit(void);
void xnm_work_kick(void);
void xnm_work_due(unsigned long at);
void xnm_work_pause(void (*last)(void));
void xnm_work_resume(void);
void xnm_work_stall(unsigned long delay);
void xnm_work_stall_now(void);
void xnm_work_reap(struct xnm_peer *peer);
void xnm_work_cancel(void);

/* control.c */
void xnm_control_run(void);
void xnm_control_table_changed(void);
int xnm_control_start(void);
void xnm_control_stop(void);
void xnm_control_freeze(void);
void xnm_control_thaw(bool restored);

/* store.c */
char *xnm_store_read(const char *dir, const char *node, unsigned int *len);
char **xnm_store_list(const char *dir, unsigned int *n);

/* port.c */
int xnm_port_init(void);
void xnm_port_exit(void);
struct net_device *xnm_port_dev(u16 devid);

/* object.c: what is allocated */
enum xnm_object {
	XNM_O_TABLE,
	XNM_O_ROUTE,
	XNM_O_PEER,
	XNM_O_CHAN,
	XNM_O_OWN,
	XNM_O_MAP,
	XNM_O_PAGE,
	XNM_O_PORT,
	XNM_O_COUNT
};

void *xnm_object_new(enum xnm_object kind, size_t size);
void xnm_object_free(enum xnm_object kind, void *object);
void *xnm_object_page_new(void);
void xnm_object_page_free(void *page);
void xnm_object_page_gone(void);
int xnm_object_count(enum xnm_object kind);
const char *xnm_object_name(enum xnm_object kind);
void xnm_object_exit(void);

/* stats.c */
void xnm_stats_init(void);
void xnm_stats_exit(void);

/* power.c */
int xnm_power_init(void);
void xnm_power_exit(void);

#endif
