/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - decide where the reservation of a vif goes. */
#include "hotplug/parts/dnsmasq/stages.h"

int dnsmasq_want(struct xnm_want *want, const struct xnm_event *event,
		 const struct xnm_guest *guest, struct xnm_err *err)
{
	(void)event;
	(void)guest;
	(void)err;
	if (want->attach && want->network && want->network->dhcp == XNM_SERVER_DNSMASQ)
		xnm_dhcp_dir(want->dnsmasq.dir, want->network);
	return 0;
}
