/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.c - say which default route is in the place of one that was to be made. */
#include <net/if.h>
#include <stdio.h>

#include "hotplug/base/cidr.h"
#include "hotplug/parts/uplink/rival.h"

const char *apply_default_rival(const struct xnm_default *rival)
{
	char gateway[XNM_CIDR_TEXT_LEN] = "", device[IFNAMSIZ] = "";
	static char text[192];

	if (rival->has_gateway)
		xnm_cidr_format_host(&rival->gateway, gateway);
	if (rival->ifindex)
		(void)if_indextoname((unsigned int)rival->ifindex, device);
	(void)snprintf(text, sizeof(text),
		       "there is another default route with this metric%s%s%s%s: give the uplink "
		       "another metric=",
		       gateway[0] ? ", via " : "", gateway, device[0] ? " dev " : "", device);
	return text;
}
