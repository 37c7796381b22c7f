/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_device.c - find the network device of a vif, and the vif of a device, in sysfs. */
#include "udev/guest_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NET_FOLDER "/sys/class/net"
#define NODE_LEN   64

/* Reads a small file without its last newline. Returns 0 or -errno. */
static int read_file(const char *ifname, const char *name, char *out, size_t out_size)
{
	_cleanup_close_ int fd = -1;
	char path[128];
	ssize_t len;

	(void)snprintf(path, sizeof(path), NET_FOLDER "/%.15s/%s", ifname, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, out, out_size - 1);
	if (len < 0)
		return -errno;
	if (len > 0 && out[len - 1] == '\n')
		len--;
	out[len] = '\0';
	return 0;
}

/* netfront's own: drivers/xen/xenbus/xenbus_probe.c, nodename_show() */
static int read_node(const char *ifname, uint32_t *devid)
{
	char node[NODE_LEN];

	if (read_file(ifname, "device/nodename", node, sizeof(node)) ||
	    strncmp(node, "device/vif/", strlen("device/vif/")) != 0)
		return -ENODEV;
	return xnm_parse_u32(node + strlen("device/vif/"), 0, UINT16_MAX, devid);
}

/* Whether it is no virtual device: a bridge or a VLAN often has the MAC of the device below it. */
static bool is_alone(const char *ifname)
{
	char path[128];
	bool alone = true;
	DIR *dir;

	(void)snprintf(path, sizeof(path), NET_FOLDER "/%.15s", ifname);
	dir = opendir(path);
	if (!dir)
		return false;
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (strncmp(entry->d_name, "lower_", 6) == 0 ||
		    strcmp(entry->d_name, "bridge") == 0)
			alone = false;
	}
	closedir(dir);
	return alone;
}

static bool has_mac(const char *ifname, const struct xnm_mac *mac)
{
	struct xnm_mac found;
	char text[32];

	return read_file(ifname, "address", text, sizeof(text)) == 0 &&
	       xnm_parse_mac(text, &found) == 0 && xnm_mac_equal(&found, mac);
}

int guest_find_device(uint32_t devid, const struct xnm_mac *mac, char ifname[IFNAMSIZ])
{
	static const struct xnm_mac none;
	char by_mac[IFNAMSIZ] = "";
	unsigned int n_by_mac = 0;
	uint32_t found;
	DIR *dir = opendir(NET_FOLDER);

	if (!dir)
		return -errno;
	ifname[0] = '\0';
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (!xnm_ifname_ok(entry->d_name))
			continue;
		if (read_node(entry->d_name, &found) == 0) {
			if (found == devid)
				(void)snprintf(ifname, IFNAMSIZ, "%.15s", entry->d_name);
		} else if (!xnm_mac_equal(mac, &none) && has_mac(entry->d_name, mac) &&
			   is_alone(entry->d_name)) {
			(void)snprintf(by_mac, IFNAMSIZ, "%.15s", entry->d_name);
			n_by_mac++;
		}
	}
	closedir(dir);
	/* two devices have this address: it is unknown which one is the vif's */
	if (ifname[0] == '\0' && n_by_mac == 1)
		memcpy(ifname, by_mac, IFNAMSIZ);
	return ifname[0] ? 0 : -ENODEV;
}

struct search {
	struct guest_run *run;
	const char *ifname;
	uint32_t devid;
};

static int compare_mac(void *arg, uint32_t devid)
{
	struct search *search = arg;
	struct guest_told told = { 0 };
	char ifname[IFNAMSIZ];

	/* errors are reported when the vif itself is read */
	if (guest_read_told(search->run, devid, &told)) {
		search->run->err.text[0] = '\0';
		return 0;
	}
	if (guest_find_device(devid, &told.mac, ifname) || strcmp(ifname, search->ifname) != 0)
		return 0;
	search->devid = devid;
	return 1;
}

int guest_devid_of(struct guest_run *run, const char *ifname, uint32_t *devid)
{
	struct search search = { .run = run, .ifname = ifname };
	int rc;

	if (read_node(ifname, devid) == 0)
		return 0;
	rc = guest_each_vif(run, compare_mac, &search);
	*devid = search.devid;
	if (rc > 0)
		return 0;
	return xnm_fail(&run->err, rc ? rc : -ENODEV, "%s does not exist, or is not a vif of Xen",
			ifname);
}
