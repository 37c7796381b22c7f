/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.c - find the device that the guest's bridge= names, and its altnames. */
#include "hotplug/core/facts.h"
#include "hotplug/parts/bridge/read.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/ifname.h"
#include "hotplug/base/util.h"
#include "hotplug/core/want.h"
#include "hotplug/kernel/rtnl.h"

static bool is_long_name(const char *text)
{
	size_t len = strlen(text);

	return len >= IFNAMSIZ && len < XNM_ALTNAME_LEN && !strpbrk(text, "/: \t");
}

static int failed(int rc, const char *name, const char *reason, struct xnm_err *err)
{
	char shown[96];

	return xnm_fail(err, rc, "cannot look up bridge='%s' in the kernel: %s",
			xnm_printable(name, shown, sizeof(shown)), reason);
}

/* If there is no such device, out stays empty. */
static int find(int fd, struct xnm_rtnl *rtnl, const char *name, char out[IFNAMSIZ],
		struct xnm_err *err)
{
	static struct xnm_link_names names;
	int rc;

	out[0] = '\0';
	if (is_long_name(name)) {
		rc = xnm_link_names(rtnl, name, &names);
		if (rc == 0)
			(void)snprintf(out, IFNAMSIZ, "%.*s", IFNAMSIZ - 1, names.list[0]);
		return rc && rc != -ENODEV ? failed(rc, name, xnm_rtnl_reason(rtnl), err) : 0;
	}
	rc = xnm_ifname_real(fd, name, out);
	return rc && rc != -ENODEV ? failed(rc, name, strerror(-rc), err) : 0;
}

/* match-bridge= may match any of the names, each with the VLAN suffix of the guest's bridge=. */
static int list_names(struct xnm_guest *guest, struct xnm_rtnl *rtnl, const char *device,
		      const char *suffix, struct xnm_err *err)
{
	static struct xnm_link_names names;
	int rc = xnm_link_names(rtnl, device, &names);

	if (rc)
		return rc == -ENODEV ? 0 : failed(rc, device, xnm_rtnl_reason(rtnl), err);
	if (names.more)
		return xnm_fail(
			err, -E2BIG,
			"bridge %s has more than %d names, too many to compare with match-bridge= "
			"of the policy: delete some with 'ip link property del'",
			device, XNM_MAX_LINK_NAMES);
	guest->n_bridge_names = names.n;
	for (unsigned int i = 0; i < names.n; i++)
		(void)snprintf(guest->bridge_names[i], sizeof(guest->bridge_names[i]), "%s%s",
			       names.list[i], suffix);
	return 0;
}

int xnm_facts_names(struct xnm_guest *guest, struct xnm_rtnl *rtnl, bool all, struct xnm_err *err)
{
	_cleanup_close_ int fd = xnm_ifname_open();
	struct xnm_bridge_name name;
	struct xnm_err unread = { "" };
	int rc;

	guest->device[0] = guest->base_device[0] = '\0';
	guest->n_bridge_names = 0;
	if (fd < 0)
		return failed(fd, guest->bridge, strerror(-fd), err);
	rc = find(fd, rtnl, guest->bridge, guest->device, err);
	if (rc == 0 && guest->device[0] == '\0' && strpbrk(guest->bridge, ".:") &&
	    xnm_bridge_name_parse(&name, guest->bridge, &unread) == 0 && name.has_suffix)
		rc = find(fd, rtnl, name.base, guest->base_device, err);
	if (rc || !all)
		return rc;
	if (guest->device[0])
		return list_names(guest, rtnl, guest->device, "", err);
	if (guest->base_device[0])
		return list_names(guest, rtnl, guest->base_device,
				  guest->bridge + strlen(name.base), err);
	return 0;
}
