/* SPDX-License-Identifier: GPL-2.0-or-later */
/* says.c - which line of the policy decided something of a vif. */
#include <string.h>

#include "hotplug/core/want.h"
#include "policy/override.h"

/* A key is where it was written, which may be another file than that of its section's first line. */
static bool is_written(const struct xnm_written *written, unsigned int key)
{
	return written->keys[key].line != 0;
}

/* Where the vif's section says it, or else its network's; a line 0: neither does. */
static struct xnm_origin origin_of(const struct xnm_want *want, enum xnm_key_id vif_key,
				   enum xnm_key_id network_key)
{
	unsigned int key = vif_key - XNM_FIRST_KEY_OF_VIF;

	if (want->section && is_written(&want->section->written, key))
		return want->section->written.keys[key];
	key = network_key - XNM_FIRST_KEY_OF_NETWORK;
	if (want->network && is_written(&want->network->written, key))
		return want->network->written.keys[key];
	return (struct xnm_origin){ 0 };
}

static void add_place(const struct xnm_want *want, struct xnm_origin origin, char out[XNM_SAYS_LEN])
{
	bool is_set =
		want->policy->overridden.present && origin.file == want->policy->overridden.file;
	char place[160];
	size_t len = strlen(out);

	if (origin.line == 0)
		return;
	if (is_set)
		(void)snprintf(place, sizeof(place), "xnm set");
	else
		(void)xnm_policy_origin(want->policy, origin, place, sizeof(place));
	if (!strstr(out, place))
		(void)snprintf(out + len, XNM_SAYS_LEN - len, "%s%s", len ? ", " : "", place);
}

void xnm_want_says(const struct xnm_want *want, enum xnm_key_id vif_key,
		   enum xnm_key_id network_key, char out[XNM_SAYS_LEN])
{
	add_place(want, origin_of(want, vif_key, network_key), out);
}
