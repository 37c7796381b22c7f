/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness.c - whether a vif no longer exists, by xenstore, the bus of xen-backend and its network device. */
#include "hotplug/core/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hotplug/base/event.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/vif.h"
#include "hotplug/xen/store.h"

#define KERNEL_DEVICES "/sys/bus/xen-backend/devices"

static void count_key(void *arg, const char *name)
{
	(void)name;
	++*(unsigned int *)arg;
}

/* Reads the vif's own folder: a list of all vifs may be incomplete, or older than the vif. */
static bool keys_have_gone(const struct xnm_witness *witness, uint32_t domid, uint32_t devid,
			   char why[XNM_WHY_LEN])
{
	char path[XNM_PATH_MAX];
	unsigned int n = 0;
	int rc;

	(void)snprintf(path, sizeof(path), "%.200s/%u/%u", witness->backend_dir, domid, devid);
	rc = xnm_store_list(witness->ctx->store, path, count_key, &n);
	if (rc == -ENOENT || (rc == 0 && n == 0))
		return true;
	if (rc)
		(void)snprintf(why, XNM_WHY_LEN, "cannot read its keys in xenstore: %s",
			       strerror(-rc));
	else
		(void)snprintf(why, XNM_WHY_LEN, "xenstore has its keys");
	return false;
}

bool xnm_kernel_has_vif(uint32_t domid, uint32_t devid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), KERNEL_DEVICES "/vif-%u-%u", domid, devid);
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* Finds the device by netback's name, or by the noted one, unless another vif has that by now. */
static int find_netdev(const struct xnm_ctx *ctx, const char *vif, uint32_t domid, uint32_t devid,
		       struct xnm_link *link)
{
	static struct xnm_vif_note state;
	int rc = xnm_link_get(ctx->rtnl, vif, link);

	if (rc != -ENODEV || xnm_vif_note_read(&ctx->dir, domid, devid, &state) ||
	    !state.device.ifname[0])
		return rc;
	rc = xnm_link_get(ctx->rtnl, state.device.ifname, link);
	return rc == 0 && link->altname[0] && strcmp(link->altname, vif) != 0 ? -ENODEV : rc;
}

bool xnm_vif_has_gone(const struct xnm_witness *witness, uint32_t domid, uint32_t devid,
		      char why[XNM_WHY_LEN])
{
	struct xnm_event event;
	struct xnm_link link;
	int rc;

	if (xnm_kernel_has_vif(domid, devid)) {
		(void)snprintf(why, XNM_WHY_LEN,
			       "xenstore has no keys of it, but " KERNEL_DEVICES
			       "/vif-%u-%u exists",
			       domid, devid);
		return false;
	}
	xnm_event_init(&event, XNM_VERB_OFFLINE, domid, devid);
	rc = find_netdev(witness->ctx, event.vif, domid, devid, &link);
	if (rc && rc != -ENODEV) {
		(void)snprintf(why, XNM_WHY_LEN, "cannot read the state of %s: %s", event.vif,
			       xnm_rtnl_reason(witness->ctx->rtnl));
		return false;
	}
	/* netback's devices have no kind */
	if (rc == 0 && link.kind[0] == '\0') {
		(void)snprintf(why, XNM_WHY_LEN, "xenstore has no keys of it, but %s exists",
			       link.name);
		return false;
	}
	/* a device of another kind with a vif's name does not disappear with the keys: whether
	 * xenstore has lost everything is told only by older vifs that it still has */
	if (rc == 0 && !witness->knows_older(witness->arg, domid, devid)) {
		(void)snprintf(why, XNM_WHY_LEN,
			       "%s exists, and xenstore has no keys of older vifs either: was "
			       "xenstored restarted?",
			       link.name);
		return false;
	}
	return keys_have_gone(witness, domid, devid, why);
}

/* By the device's name: sysfs has no folders for altnames. */
static bool is_port(int ifindex)
{
	char name[IF_NAMESIZE], path[64];

	if (!if_indextoname((unsigned int)ifindex, name))
		return false;
	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/master", name);
	return access(path, F_OK) == 0;
}

/* Without rtnetlink: not all callers have it open, and this is rarely called. */
bool xnm_device_is_used(const char *name)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request))
		return fd < 0 || errno != ENODEV;
	if (request.ifr_flags & IFF_UP)
		return true;
	return ioctl(fd, SIOCGIFINDEX, &request) == 0 && is_port(request.ifr_ifindex);
}

bool xnm_vif_is_used(uint32_t domid, uint32_t devid)
{
	struct xnm_event event;

	xnm_event_init(&event, XNM_VERB_OFFLINE, domid, devid);
	return xnm_device_is_used(event.vif) || xnm_device_is_used(event.tap);
}
