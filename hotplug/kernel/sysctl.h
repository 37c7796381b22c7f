/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl.h - verbs toward /proc/sys/net. */
#ifndef XNM_SYSCTL_H
#define XNM_SYSCTL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Switches IPv6 off on one device, which also removes its IPv6 addresses. A
 * kernel without IPv6, and a device that has gone, have nothing to switch off.
 * Returns 0 or -errno.
 */
int xnm_sysctl_disable_ipv6(const char *ifname);

/*
 * One whole number below /proc/sys/net: path is "ipv4/ip_forward", with '/'
 * between its parts, as a device's name may hold dots. It has no part that is
 * empty, "." or "..".
 *
 * Both return 0 or -errno: -ENOENT when the kernel has no such setting, also
 * when it has no IPv6 or the device has gone; -EINVAL for a bad path, and for a
 * setting that is no number or a negative one; -ERANGE beyond 32 bits.
 */
int xnm_sysctl_get(const char *path, uint32_t *value);

/* Writes the value, if it is another now. -EINVAL: the kernel refuses it. */
int xnm_sysctl_set(const char *path, uint32_t value);

/*
 * The setting of one device: ipv4/conf/<ifname>/<name> or its IPv6 twin.
 * Returns as above; -EINVAL also for a name that no device can have, and
 * -EAFNOSUPPORT for a family other than AF_INET and AF_INET6. "all" and
 * "default" can be read, but not set: they would change other devices.
 */
int xnm_sysctl_conf_get(int family, const char *ifname, const char *name, uint32_t *value);
int xnm_sysctl_conf_set(int family, const char *ifname, const char *name, uint32_t value);

/* A sysctl that a network needs while it has guests. */
struct xnm_setting {
	char path[64]; /* below /proc/sys/net */
	uint32_t value;
	bool from_one; /* only if the value is 1 now */
	bool at_most; /* only if the value is greater now */
	bool of_bridge; /* it is of the network's bridge, which may have to be made first */
};

/* Whether a sysctl with the value now needs no change. */
static inline bool xnm_setting_holds(const struct xnm_setting *setting, uint32_t now)
{
	return now == setting->value || (setting->from_one && now != 1) ||
	       (setting->at_most && now < setting->value);
}

#endif
