/* SPDX-License-Identifier: GPL-2.0-or-later */
/* class.c - read the priority of a [class], and the marks of packets: DSCP and 802.1p. */
#include "policy/types/types.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "policy/traffic.h"

#define DSCP_MAX 63
#define PCP_MAX	 7

int xnm_parse_priority(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, 0, XNM_LAST_PRIORITY, out) ? -EINVAL : 0;
}

/* RFC 2474, 2597, 3246, 5865 and 8622, in small letters, as nft(8) and tc(8) have them. */
static const struct {
	const char *name;
	uint32_t value;
} words[] = {
	{ "cs0", 0 },	{ "le", 1 },	{ "cs1", 8 },	{ "af11", 10 }, { "af12", 12 },
	{ "af13", 14 }, { "cs2", 16 },	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 },
	{ "cs3", 24 },	{ "af31", 26 }, { "af32", 28 }, { "af33", 30 }, { "cs4", 32 },
	{ "af41", 34 }, { "af42", 36 }, { "af43", 38 }, { "cs5", 40 },	{ "va", 44 },
	{ "ef", 46 },	{ "cs6", 48 },	{ "cs7", 56 },
};

const char *xnm_dscp_text(uint32_t dscp, char out[XNM_DSCP_TEXT_LEN])
{
	(void)snprintf(out, XNM_DSCP_TEXT_LEN, "%u", dscp & DSCP_MAX);
	for (size_t i = 0; i < XNM_N_ELEMENTS(words); i++) {
		if (words[i].value == dscp)
			(void)snprintf(out, XNM_DSCP_TEXT_LEN, "%s", words[i].name);
	}
	return out;
}

int xnm_parse_dscp(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	for (size_t i = 0; i < XNM_N_ELEMENTS(words); i++) {
		if (strcmp(text, words[i].name) == 0) {
			*(uint32_t *)out = words[i].value;
			return 0;
		}
	}
	return xnm_parse_u32(text, 0, DSCP_MAX, out) ? -EINVAL : 0;
}

int xnm_parse_pcp(const char *text, void *out, size_t size, const char **reason)
{
	(void)size;
	(void)reason;
	return xnm_parse_u32(text, 0, PCP_MAX, out) ? -EINVAL : 0;
}
