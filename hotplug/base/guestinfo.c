/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.c - the names of the nodes in which a guest reads what its vif is. */
#include "hotplug/base/guestinfo.h"

const char *const xnm_told_names[XNM_N_TOLD] = {
	[XNM_TOLD_MAC] = "mac",		[XNM_TOLD_NET] = "net",		  [XNM_TOLD_IP] = "ip",
	[XNM_TOLD_GATEWAY] = "gateway", [XNM_TOLD_DNS] = "dns",		  [XNM_TOLD_MTU] = "mtu",
	[XNM_TOLD_SHARE] = "share",	[XNM_TOLD_SHARE_TO] = "share-to",
};
