/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_read.c - read what dom0 says about a vif, and what its device has. */
#include "udev/guest_run.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/guestinfo.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/xen/store.h"
#include "kmod/xnm_uapi.h"

#define PATH_LEN   256
#define WAIT_TRIES 50
#define WAIT_EVERY (100 * 1000 * 1000) /* nanoseconds */

static void vif_path(const struct guest_run *run, const char *folder, uint32_t devid,
		     char out[PATH_LEN])
{
	(void)snprintf(out, PATH_LEN, "%s%s%s/%u", run->domain, run->domain[0] ? "/" : "", folder,
		       devid);
}

static void note_key(void *arg, const char *name)
{
	unsigned int *present = arg;

	for (unsigned int i = 0; i < XNM_N_TOLD; i++) {
		if (strcmp(name, xnm_told_names[i]) == 0)
			*present |= 1u << i;
	}
}

static int read_key(struct guest_run *run, const char *path, const char *key,
		    struct guest_told *told)
{
	char value[XNM_TOLD_LEN];
	int rc = xnm_store_read(run->store, path, key, value, sizeof(value));

	if (rc == -EINVAL || rc == -E2BIG)
		return xnm_fail(&run->err, -EINVAL, "%s %s", key,
				rc == -EINVAL ? "has characters that are not printable"
					      : "is too long");
	if (rc)
		return xnm_fail(&run->err, rc, "cannot read %s: %s", key, strerror(-rc));
	return guest_told_key(told, key, value, &run->err);
}

/* In a transaction, so that all keys are of the same moment. */
int guest_read_told(struct guest_run *run, uint32_t devid, struct guest_told *told)
{
	unsigned int present = 0;
	char path[PATH_LEN];
	int rc;

	memset(told, 0, sizeof(*told));
	vif_path(run, XNM_FP_HOME "/" XNM_FP_NODE_VIFS, devid, path);
	rc = xnm_store_begin(run->store);
	if (rc)
		return xnm_fail(&run->err, rc, "cannot read xenstore: %s", strerror(-rc));
	rc = xnm_store_list(run->store, path, note_key, &present);
	/* missing, in a folder that we may not read */
	if (rc == -ENOENT || rc == -EACCES)
		rc = 0;
	else if (rc)
		(void)xnm_fail(&run->err, rc, "cannot read %s: %s", path, strerror(-rc));
	for (unsigned int i = 0; i < XNM_N_TOLD && rc == 0; i++) {
		if (present & (1u << i))
			rc = read_key(run, path, xnm_told_names[i], told);
	}
	(void)xnm_store_end(run->store, false);
	return rc;
}

static int link_error(struct guest_run *run, int rc, const char *ifname)
{
	return xnm_fail(&run->err, rc, "cannot read the state of %s: %s", ifname,
			xnm_rtnl_reason(run->rtnl));
}

/* Addresses beyond the array count as missing and are set again, which is harmless. */
static int enough(int rc)
{
	return rc == -E2BIG ? 0 : rc;
}

static bool is_noted(const struct guest_note *note, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < note->n_addresses; i++) {
		if (xnm_cidr_equal(&note->addresses[i], address))
			return true;
	}
	return false;
}

/* With a smaller MTU the kernel disables IPv6 on the interface, and deletes all addresses and
 * routes, also other programs'. */
static int check_mtu(struct guest_run *run, const struct guest_vif *vif)
{
	char text[XNM_CIDR_TEXT_LEN];

	if (!vif->told.mtu_bytes || vif->told.mtu_bytes >= XNM_MTU_IPV6)
		return 0;
	for (unsigned int i = 0; i < vif->n_addresses; i++) {
		const struct xnm_cidr *address = &vif->addresses[i];

		/* our own addresses will be deleted, as guest_told_check() has made sure */
		if (address->family != AF_INET6 || xnm_cidr_is_link_local(address) ||
		    is_noted(&vif->note, address))
			continue;
		xnm_format_cidr(address, text);
		return xnm_fail(&run->err, -EINVAL,
				"mtu='%u' is too small for IPv6, which %s has: %s",
				vif->told.mtu_bytes, vif->ifname, text);
	}
	return 0;
}

static int read_device(struct guest_run *run, struct guest_vif *vif)
{
	struct xnm_link link;
	int rc = xnm_link_get(run->rtnl, vif->ifname, &link);

	/* it has just disappeared */
	if (rc == -ENODEV)
		return 0;
	if (rc)
		return link_error(run, rc, vif->ifname);
	if (vif->told.present)
		rc = guest_told_check(&vif->told, &link.mac, vif->ifname, &run->err);
	if (rc)
		return rc;
	vif->ifindex = link.ifindex;
	vif->up = link.up;
	vif->mtu_bytes = link.mtu_bytes;
	rc = enough(xnm_addr_list(run->rtnl, vif->ifindex, AF_UNSPEC, vif->addresses,
				  GUEST_MAX_LISTED, &vif->n_addresses));
	if (rc == 0 && check_mtu(run, vif))
		return -EINVAL;
	if (rc == 0)
		rc = enough(xnm_gateway_list(run->rtnl, vif->ifindex, GUEST_METRIC + vif->devid,
					     vif->gateways, XNM_N_ELEMENTS(vif->gateways),
					     &vif->n_gateways));
	return rc ? link_error(run, rc, vif->ifname) : 0;
}

static int no_device(struct guest_run *run, const struct guest_vif *vif)
{
	char mac[XNM_MAC_TEXT_LEN];

	xnm_format_mac(&vif->told.mac, mac);
	return xnm_fail(&run->err, -ENODEV, "no interface has the address %s", mac);
}

int guest_read_vif(struct guest_run *run, struct guest_vif *vif)
{
	int rc = guest_read_told(run, vif->devid, &vif->told);

	vif->ifindex = 0;
	if (rc)
		return rc;
	if (guest_find_device(vif->devid, &vif->told.mac, vif->ifname)) {
		/* the device may be gone; or dom0 gives another MAC address, or none */
		if (vif->note.ifname[0] == '\0')
			return vif->told.present ? no_device(run, vif) : 0;
		memcpy(vif->ifname, vif->note.ifname, IFNAMSIZ);
	}
	return read_device(run, vif);
}

int guest_too_many(struct guest_run *run)
{
	return xnm_fail(&run->err, -E2BIG,
			"this guest has more than %d interfaces of Xen: detach some",
			GUEST_MAX_VIFS);
}

struct each {
	int (*fn)(void *arg, uint32_t devid);
	void *arg;
	unsigned int n;
	uint32_t devids[GUEST_MAX_VIFS + 1]; /* the last one is written when there is no room */
};

static void collect(void *arg, const char *name)
{
	struct each *each = arg;

	if (each->n <= GUEST_MAX_VIFS &&
	    xnm_parse_u32(name, 0, UINT16_MAX, &each->devids[each->n]) == 0)
		each->n++;
}

int guest_each_vif(struct guest_run *run, int (*fn)(void *arg, uint32_t devid), void *arg)
{
	struct each each = { .fn = fn, .arg = arg };
	char path[PATH_LEN];
	int rc;

	(void)snprintf(path, sizeof(path), "%s%sdevice/vif", run->domain,
		       run->domain[0] ? "/" : "");
	rc = xnm_store_list(run->store, path, collect, &each);
	if (rc && rc != -ENOENT)
		return xnm_fail(&run->err, rc, "cannot read %s: %s", path, strerror(-rc));
	rc = each.n > GUEST_MAX_VIFS ? guest_too_many(run) : 0;
	for (unsigned int i = 0; i < each.n && rc == 0; i++)
		rc = fn(arg, each.devids[i]);
	return rc;
}

void guest_wait_for_backend(struct guest_run *run, uint32_t devid)
{
	const struct timespec pause = { .tv_nsec = WAIT_EVERY };
	char path[PATH_LEN], backend[PATH_LEN], status[32];

	vif_path(run, "device/vif", devid, path);
	if (xnm_store_read(run->store, path, "backend", backend, sizeof(backend)))
		return;
	for (int i = 0; i < WAIT_TRIES; i++) {
		/* dom0 writes the vif's folder before it writes this */
		if (xnm_store_read(run->store, backend, "hotplug-status", status, sizeof(status)) ||
		    status[0])
			return;
		(void)nanosleep(&pause, NULL);
	}
}
