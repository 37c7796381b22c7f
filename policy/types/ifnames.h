/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifnames.h - whether an interface of a guest is one of those by which it shares. */
#ifndef XNM_IFNAMES_H
#define XNM_IFNAMES_H

#include <stdbool.h>

/* pattern as share-to= has it: a name, or what it begins with and an asterisk. */
bool xnm_shares_to(const char *pattern, const char *ifname);

#endif
