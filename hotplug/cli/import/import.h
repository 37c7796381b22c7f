/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import.h - the two descriptions that `xnm import` reads, and the steps from them to a policy. */
#ifndef XNM_CLI_IMPORT_H
#define XNM_CLI_IMPORT_H

#include <stdio.h>

#include "policy/report.h"
#include "policy/schema.h"

struct import_element;

#define IMPORT_MAX_HOSTS    64
#define IMPORT_MAX_NICS	    1024
#define IMPORT_MAX_NODES    256 /* switches and routers */
#define IMPORT_MAX_CABLES   1024
#define IMPORT_MAX_ROUTES   1024
#define IMPORT_MAX_RULES    4096
#define IMPORT_MAX_BYTES    XNM_MAX_POLICY_BYTES /* of each description, and of the policy */
#define IMPORT_MAX_LINES    65536 /* of the policy */
#define IMPORT_VALUE_LEN    64 /* of most attributes */
#define IMPORT_ADDRESS_LEN  128
#define IMPORT_MAX_PREFIXES 2 /* of a site and of a vif: one of each family */

/* The descriptions; also struct xnm_origin.file of what is in them. */
enum import_file {
	IMPORT_REAL,
	IMPORT_VIRTUAL,
	IMPORT_N_FILES,
};

/* What each element begins with. */
struct import_head {
	struct xnm_origin origin;
	const struct import_element *element;
	unsigned int parent; /* which of the elements that may have it */
};

/* Values are text as the policy has it, "" where nothing was written; their parsers have seen them. */

struct import_real {
	struct import_head head;
};

struct import_host {
	struct import_head head;
	char name[XNM_NAME_LEN];
};

struct import_nic {
	struct import_head head; /* of a host */
	char name[IFNAMSIZ];
	char site[XNM_NAME_LEN]; /* whose bridge has it as a port */
	char over[IFNAMSIZ]; /* which other nic carries it */
};

struct import_placed {
	struct import_head head; /* of a host */
	char name[XNM_NAME_LEN];
};

struct import_node {
	struct import_head head;
	char name[XNM_NAME_LEN];
};

struct import_cable {
	struct import_head head;
	char from[XNM_NAME_LEN + IFNAMSIZ];
	char to[XNM_NAME_LEN + IFNAMSIZ];
	char bandwidth[IMPORT_VALUE_LEN];
};

struct import_virtual {
	struct import_head head;
	char profile[XNM_NAME_LEN];
};

struct import_profile {
	struct import_head head;
	char name[XNM_NAME_LEN];
	char description[XNM_DESCRIPTION_LEN];
};

struct import_acl {
	struct import_head head;
	char name[XNM_NAME_LEN];
	char otherwise[IMPORT_VALUE_LEN];
};

struct import_rule {
	struct import_head head; /* of an acl */
	char action[IMPORT_VALUE_LEN];
	char direction[IMPORT_VALUE_LEN];
	char protocol[IMPORT_VALUE_LEN];
	char peer[IMPORT_VALUE_LEN];
	char port[IMPORT_VALUE_LEN];
	char log[IMPORT_VALUE_LEN];
};

struct import_site {
	struct import_head head;
	char name[XNM_NAME_LEN];
	char prefix[IMPORT_ADDRESS_LEN];
	char bridge[IFNAMSIZ];
	char mtu[IMPORT_VALUE_LEN];
	char acl[XNM_NAME_LEN];
	/* import_join() finds these */
	unsigned int n_prefixes;
	struct xnm_cidr prefixes[IMPORT_MAX_PREFIXES];
};

/* One vif: a vm or a proxy in a site. */
struct import_member {
	struct import_head head; /* of a site */
	char name[XNM_NAME_LEN];
	char vif[IMPORT_VALUE_LEN];
	char address[IMPORT_ADDRESS_LEN];
	char bandwidth[IMPORT_VALUE_LEN];
	char acl[XNM_NAME_LEN];
	/* import_join() finds these */
	bool is_proxy;
	uint32_t devid;
	unsigned int host;
	unsigned int n_addresses;
	struct xnm_cidr addresses[IMPORT_MAX_PREFIXES]; /* with the lengths of the prefixes */
};

struct import_route {
	struct import_head head; /* of a site */
	char to[IMPORT_VALUE_LEN];
	char via[XNM_NAME_LEN];
	/* import_join() finds these */
	struct xnm_cidr prefix;
	unsigned int member;
};

struct import_link {
	struct import_head head;
	char from[XNM_NAME_LEN];
	char to[XNM_NAME_LEN];
	char profile[IMPORT_ADDRESS_LEN];
	char bandwidth[IMPORT_VALUE_LEN], latency[IMPORT_VALUE_LEN];
	char jitter[IMPORT_VALUE_LEN], loss[IMPORT_VALUE_LEN];
	char back_bandwidth[IMPORT_VALUE_LEN], back_latency[IMPORT_VALUE_LEN];
	char back_jitter[IMPORT_VALUE_LEN], back_loss[IMPORT_VALUE_LEN];
};

/* An end of a [link]: a vif, or all of a site. */
struct import_end {
	bool is_site;
	unsigned int index; /* of the member, or of the site */
};

/* One [link] of the policy; a link between sites is one for each pair of their proxies. */
struct import_pair {
	unsigned int link;
	struct import_end ends[2];
};

struct import {
	struct xnm_reporter rep;
	const char *files[IMPORT_N_FILES]; /* their names, for messages */
	unsigned int n_reals, n_hosts, n_nics, n_placed, n_nodes, n_cables;
	unsigned int n_virtuals, n_profiles, n_acls, n_rules, n_sites, n_members, n_routes, n_links;
	struct import_real reals[1];
	struct import_host hosts[IMPORT_MAX_HOSTS];
	struct import_nic nics[IMPORT_MAX_NICS];
	struct import_placed placed[XNM_MAX_VIF_SECTIONS];
	struct import_node nodes[IMPORT_MAX_NODES];
	struct import_cable cables[IMPORT_MAX_CABLES];
	struct import_virtual virtuals[1];
	struct import_profile profiles[XNM_MAX_PROFILES];
	struct import_acl acls[XNM_MAX_ACLS];
	struct import_rule rules[IMPORT_MAX_RULES];
	struct import_site sites[XNM_MAX_NETWORKS];
	struct import_member members[XNM_MAX_VIF_SECTIONS];
	struct import_route routes[IMPORT_MAX_ROUTES];
	struct import_link links[XNM_MAX_LINKS];
	/* import_join() finds these */
	unsigned int n_pairs;
	struct import_pair pairs[XNM_MAX_LINKS];
};

#define IMPORT_ALL_HOSTS IMPORT_MAX_HOSTS

/* The policy, and of each of its lines, from 1, what it was made of. */
struct import_text {
	size_t len;
	unsigned int n_lines;
	bool is_full;
	char bytes[IMPORT_MAX_BYTES];
	struct xnm_origin origins[IMPORT_MAX_LINES + 1];
};

/*
 * Begins anew. Every mistake goes to report, as those of a policy do, with the name of the
 * description that it is in. The names must outlive the import.
 */
void import_init(struct import *import, const char *const files[IMPORT_N_FILES],
		 xnm_policy_report report, void *arg);

/*
 * reader.c: reads one description. Returns 0, -EINVAL when there was any mistake, or -errno when the
 * stream cannot be read; all reported.
 */
int import_read(struct import *import, enum import_file file, FILE *stream);

/* elements.c: what the reader calls for the beginning of an element. The root of a description. */
const struct import_element *import_root(enum import_file file);

/* The element of that name in parent, or of NULL's the roots; NULL: reported, with the nearest. */
const struct import_element *import_element(struct import *import, struct xnm_origin origin,
					    const struct import_element *parent, const char *name);

/*
 * Adds one, with its attributes: names and values in turns, and NULL, as expat has them. What is
 * wrong with them is reported. Returns false, reported, if there is no room for it.
 */
bool import_add(struct import *import, struct xnm_origin origin,
		const struct import_element *element, const char *const *attributes);

const char *import_element_name(const struct import_element *element);

/*
 * join.c: finds what the names of both descriptions stand for, and what cannot be. Returns 0, or
 * -EINVAL, reported.
 */
int import_join(struct import *import);

/* real.c: its parts for the real network: names, cables, and what runs where. */
void import_join_real(struct import *import);

/* The slowest cable on the way of a site's packets out of a host, in bit/s; 0: not known. */
uint64_t import_carried(const struct import *import, unsigned int host, const char *site);

/* sites.c: for sites, their members, addresses and routes. */
void import_join_sites(struct import *import);

/* links.c: the pairs of ends of all links. */
void import_join_links(struct import *import);

/* pairs.c: what cannot be of them. */
void import_check_pairs(struct import *import);

/* find.c: the index of what has that name, or IMPORT_NONE. */
#define IMPORT_NONE (~0u)
unsigned int import_find_host(const struct import *import, const char *name);
unsigned int import_find_site(const struct import *import, const char *name);
/* The vif of that vm in a site. */
unsigned int import_find_in_site(const struct import *import, const char *name, unsigned int site);
/* The first vif of that vm from number i on. */
unsigned int import_next_vif(const struct import *import, const char *name, unsigned int i);

/* "; did you mean 'NAME'?" of the host, site or vm that may be meant, or "". Returns out. */
#define IMPORT_HINT_LEN 128
const char *import_hint_host(const struct import *import, const char *name,
			     char out[IMPORT_HINT_LEN]);
const char *import_hint_site(const struct import *import, const char *name,
			     char out[IMPORT_HINT_LEN]);
const char *import_hint_end(const struct import *import, const char *name,
			    char out[IMPORT_HINT_LEN]);

/* Reports a mistake at a place of a description. */
void import_mistake(struct import *import, struct xnm_origin origin, const char *fmt, ...)
	XNM_PRINTF(3, 4);

/* write.c: writes the policy, for one host or IMPORT_ALL_HOSTS. Pure. */
void import_write(const struct import *import, unsigned int host, struct import_text *out);

/* choose.c: what a host needs of it. */
bool import_needs_pair(const struct import *import, unsigned int host,
		       const struct import_pair *pair);
bool import_needs_member(const struct import *import, unsigned int host, unsigned int member);
bool import_needs_site(const struct import *import, unsigned int host, unsigned int site);
bool import_needs_acl(const struct import *import, unsigned int host, const char *acl);

/*
 * check.c: reads what was written as `xnm check` does, under each profile. Returns 0, or -EINVAL,
 * reported at the places of the descriptions that the lines were made of.
 */
int import_check(struct import *import, struct import_text *text);

#endif
