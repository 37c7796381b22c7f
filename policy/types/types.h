/* SPDX-License-Identifier: GPL-2.0-or-later */
/* types.h - the parsers of values that types.c puts into one table. */
#ifndef XNM_TYPES_H
#define XNM_TYPES_H

#include <stddef.h>

/* All of them are the parse of a struct xnm_type_def (schema.h). */
typedef int xnm_value_parser(const char *text, void *out, size_t size, const char **reason);

/* types.c */
xnm_value_parser xnm_parse_name;

/* patterns.c */
xnm_value_parser xnm_parse_glob, xnm_parse_match, xnm_parse_uuid, xnm_parse_mac_key;
xnm_value_parser xnm_parse_devid;

/* addresses.c */
xnm_value_parser xnm_parse_address, xnm_parse_own_address, xnm_parse_subnet, xnm_parse_host;
xnm_value_parser xnm_parse_allowed4, xnm_parse_allowed6, xnm_parse_target;

/* ranges.c */
xnm_value_parser xnm_parse_range, xnm_parse_own;

/* dhcp.c */
xnm_value_parser xnm_parse_directory, xnm_parse_domain, xnm_parse_lease_time;

/* hosts.c */
xnm_value_parser xnm_parse_gateway, xnm_parse_dns;

/* ifnames.c */
xnm_value_parser xnm_parse_share_to;

/* services.c */
xnm_value_parser xnm_parse_ports, xnm_parse_protocol, xnm_parse_service;

/* quality.c */
xnm_value_parser xnm_parse_metric, xnm_parse_count, xnm_parse_time;
xnm_value_parser xnm_parse_percent, xnm_parse_percent1, xnm_parse_uplink_gateway;

/* tc.c */
xnm_value_parser xnm_parse_rate, xnm_parse_delay, xnm_parse_size, xnm_parse_probability;

/* line.c */
xnm_value_parser xnm_parse_gemodel, xnm_parse_slot, xnm_parse_seed;

/* link.c */
xnm_value_parser xnm_parse_link;

/* class.c */
xnm_value_parser xnm_parse_priority, xnm_parse_dscp, xnm_parse_pcp;

/* rules.c */
xnm_value_parser xnm_parse_action, xnm_parse_rule;

/* schedule.c */
xnm_value_parser xnm_parse_step;

/* words.c: a word of a fixed choice into an enum */
xnm_value_parser xnm_parse_on_unknown, xnm_parse_locking, xnm_parse_backend;
xnm_value_parser xnm_parse_forward, xnm_parse_masquerade, xnm_parse_server, xnm_parse_allow;
xnm_value_parser xnm_parse_start, xnm_parse_auto, xnm_parse_qdisc;

/* Copies text as it is, or returns -EINVAL when it is longer than size allows (types.c). */
int xnm_copy_text(const char *text, void *out, size_t size);

/* The place of text among n words, some of which may be NULL, or -EINVAL (words.c). */
int xnm_find_word(const char *text, const char *const words[], size_t n);

#endif
