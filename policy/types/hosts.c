/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hosts.c - read the gateways and the name servers that guests are told of. */
#include "policy/types/types.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/policy.h"

#define MANY_HOSTS "is one too many: at most 3 are possible"

static_assert(XNM_MAX_TOLD_HOSTS == 3, "MANY_HOSTS names the number");

static int add_host(struct xnm_told_hosts *hosts, const char *text, const char **reason)
{
	struct xnm_cidr host;

	if (xnm_parse_host(text, &host, sizeof(host), reason))
		return -EINVAL;
	for (unsigned int i = 0; i < hosts->n; i++) {
		if (xnm_cidr_same_host(&hosts->list[i], &host)) {
			*reason = "is given twice";
			return -EINVAL;
		}
	}
	if (hosts->n == XNM_MAX_TOLD_HOSTS) {
		*reason = MANY_HOSTS;
		return -EINVAL;
	}
	hosts->list[hosts->n++] = host;
	return 0;
}

int xnm_parse_dns(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_told_hosts *hosts = out;
	int rc = 0;

	(void)size;
	if (strcmp(text, "none") == 0)
		memset(hosts, 0, sizeof(*hosts)); /* also what earlier files have said */
	else if (strcmp(text, "self") == 0)
		hosts->self = true;
	else
		rc = add_host(hosts, text, reason);
	if (rc == 0)
		hosts->set = true;
	return rc;
}

int xnm_parse_gateway(const char *text, void *out, size_t size, const char **reason)
{
	struct xnm_told_hosts *hosts = out;
	int rc = xnm_parse_dns(text, out, size, reason);

	if (rc)
		return rc;
	if ((hosts->self && hosts->n) ||
	    (hosts->n == 2 && hosts->list[0].family == hosts->list[1].family) || hosts->n > 2) {
		*reason = "only one gateway of each family is possible, and none beside self";
		return -EINVAL;
	}
	return 0;
}
