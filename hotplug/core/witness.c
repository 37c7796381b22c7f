/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness.c - whether a vif has gone, by the word of several who would know. */
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

/* Its own folder, as a list of all may be cut short, and it may have come since that was read. */
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
		(void)snprintf(why, XNM_WHY_LEN, "cannot look for its keys in xenstore: %s",
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

/* Under the vif's own name, or the one that is noted, unless that is another's by now. */
static int find_netdev(const struct xnm_ctx *ctx, const char *vif, uint32_t domid, uint32_t devid,
		       struct xnm_link *link)
{
	static struct xnm_vif_note state;
	int rc = xnm_link_get(ctx->rtnl, vif, link);

	if (rc != -ENODEV || xnm_vif_note_read(&ctx->dir, domid, devid, &state) || !state.ifname[0])
		return rc;
	rc = xnm_link_get(ctx->rtnl, state.ifname, link);
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
			       "/vif-%u-%u is there",
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
	/* what netback makes is of no kind */
	if (rc == 0 && link.kind[0] == '\0') {
		(void)snprintf(why, XNM_WHY_LEN, "xenstore has no keys of it, but %s is there",
			       link.name);
		return false;
	}
	/* another device under the name of a vif, which does not go with the keys: only what
	 * xenstore still knows tells whether it has forgotten everything */
	if (rc == 0 && !witness->knows_older(witness->arg, domid, devid)) {
		(void)snprintf(why, XNM_WHY_LEN,
			       "%s is there, and xenstore knows none of the vifs from before it "
			       "either: was xenstored started anew?",
			       link.name);
		return false;
	}
	return keys_have_gone(witness, domid, devid, why);
}

/* By its real name: there are no folders for others. */
static bool is_port(int ifindex)
{
	char name[IF_NAMESIZE], path[64];

	if (!if_indextoname((unsigned int)ifindex, name))
		return false;
	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/master", name);
	return access(path, F_OK) == 0;
}

/* Without rtnetlink: those who ask this have not all opened it, and it is asked seldom. */
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
