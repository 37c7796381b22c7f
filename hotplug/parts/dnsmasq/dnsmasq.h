/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq.h - dnsmasq's reservation for a vif: one line in a file per vif. */
#ifndef XNM_DHCP_H
#define XNM_DHCP_H

#include "hotplug/base/value.h"
#include "hotplug/notes/vif.h"
#include "policy/policy.h"

struct xnm_event;
struct xnm_guest;
struct xnm_op_type;
struct xnm_want;

#define XNM_DHCP_LINE_LEN 192

struct xnm_dnsmasq_want {
	char dir[XNM_DHCP_DIR_LEN]; /* folder for the vif's reservation; "": none */
};

struct xnm_dnsmasq_facts {
	char line[XNM_DHCP_LINE_LEN]; /* the vif's dnsmasq reservation now; "": none */
};

struct xnm_dnsmasq_plan {
	char line[XNM_DHCP_LINE_LEN];
	char old_dir[XNM_DHCP_DIR_LEN];
	char network[XNM_NAME_LEN]; /* the network whose dnsmasq gave the leases to release */
};

#define XNM_DNS_LABEL_LEN 64

/*
 * The name of a guest as one DNS label: "web1", "web1-2" for its third vif,
 * "vif7-0" where the domain's name is not known. Never one that dnsmasq would
 * take for something else in a reservation.
 */
void xnm_dns_label(char out[XNM_DNS_LABEL_LEN], const char *domain_name, uint32_t domid,
		   uint32_t devid);

/* How dnsmasq writes a lease time: "3600", "infinite". */
void xnm_lease_text(char out[16], const struct xnm_network *network);

/*
 * The reservation for a vif, "00:16:3e:00:00:01,10.0.0.5,[fd00::5],web1,3600";
 * "" when none of its addresses is in a subnet of the network. At most one
 * address of each family: dnsmasq gives no more.
 */
void xnm_dhcp_line(char out[XNM_DHCP_LINE_LEN], const struct xnm_event *event,
		   const struct xnm_guest *guest, const struct xnm_want *want);

/* The folder of a network's reservations: absolute, or below the run directory. */
void xnm_dhcp_dir(char out[XNM_DHCP_DIR_LEN], const struct xnm_network *network);

/* parts/dnsmasq/files.c: hosts_dir is a folder of xnm_dhcp_dir(). Leaves line "" if there is none. */
void xnm_dhcp_read(const struct xnm_run_dir *dir, const char *hosts_dir,
		   const struct xnm_owner *vif, char line[XNM_DHCP_LINE_LEN]);
/* Also removes files of vifs that no longer exist: they may have the MAC address with other
 * addresses. */
int xnm_dhcp_write(const struct xnm_run_dir *dir, const char *hosts_dir,
		   const struct xnm_owner *vif, const char *line);
int xnm_dhcp_remove(const struct xnm_run_dir *dir, const char *hosts_dir,
		    const struct xnm_owner *vif);

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->note.dnsmasq.dir, plan->dnsmasq.line: the vif's reservation */
extern const struct xnm_op_type xnm_op_dnsmasq_reserve;
extern const struct xnm_op_type xnm_op_dnsmasq_unreserve; /* plan->dnsmasq.old_dir */
/* dev: a bridge; addr: send a DHCP release for it */
extern const struct xnm_op_type xnm_op_dnsmasq_release_lease;

#endif
