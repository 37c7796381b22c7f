/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_read_host.c - read what all vifs have in common: sysctls, the table, the name servers. */
#include "udev/guest_run.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/netfilter.h>

#include "hotplug/base/file.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/sysctl.h"

/* Finds or adds a sysctl in the list. */
static struct guest_setting *find_setting(struct guest_host *host, const char *path)
{
	for (unsigned int i = 0; i < host->n_settings; i++) {
		if (strcmp(host->settings[i].path, path) == 0)
			return &host->settings[i];
	}
	if (host->n_settings == GUEST_MAX_SETTINGS)
		return NULL;
	memset(&host->settings[host->n_settings], 0, sizeof(host->settings[0]));
	xnm_copy(host->settings[host->n_settings].path, sizeof(host->settings[0].path), path);
	return &host->settings[host->n_settings++];
}

static int read_setting(struct guest_host *host, const char *path, uint32_t ours)
{
	struct guest_setting *setting;
	uint32_t now;

	if (xnm_sysctl_get(path, &now))
		return 0;
	setting = find_setting(host, path);
	if (!setting)
		return -E2BIG;
	setting->now = now;
	setting->ours = ours;
	return 0;
}

/* A host that forwards ignores router advertisements unless accept_ra is 2
 * (linux/Documentation/networking/ip-sysctl.rst): the guest's own uplink must stay. */
static int read_listeners(struct guest_host *host)
{
	DIR *dir = opendir("/proc/sys/net/ipv6/conf");
	char path[64];
	uint32_t now;
	int rc = 0;

	if (!dir)
		return 0;
	for (const struct dirent *entry = readdir(dir); entry && rc == 0; entry = readdir(dir)) {
		if (!xnm_ifname_ok(entry->d_name) || strcmp(entry->d_name, "lo") == 0 ||
		    guest_is_shared(host, entry->d_name))
			continue;
		(void)snprintf(path, sizeof(path), "ipv6/conf/%.15s/accept_ra", entry->d_name);
		if (xnm_sysctl_get(path, &now) == 0 && now == 1)
			rc = read_setting(host, path, 2);
	}
	closedir(dir);
	return rc;
}

/* If one of them cannot be read, it is an error: forwarding without the others, or rules without
 * forwarding, would be wrong. */
static int read_settings(struct guest_run *run, struct guest_host *host)
{
	int rc = read_setting(host, guest_forwarding[0], 1);

	if (rc == 0)
		rc = read_listeners(host);
	if (rc == 0)
		rc = read_setting(host, guest_forwarding[1], 1);
	return rc ? xnm_fail(&run->err, rc,
			     "cannot share: more than %d settings of the kernel would have to be "
			     "changed, as this guest has so many interfaces",
			     GUEST_MAX_SETTINGS)
		  : 0;
}

/*
 * Noted sysctls that are no longer wanted. Those of a device that no longer exists are gone with
 * it; containers come and go all day.
 */
static void read_noted(struct guest_host *host)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < host->n_settings; i++) {
		struct guest_setting *setting = &host->settings[i];

		setting->ours = strstr(setting->path, "accept_ra") ? 2 : 1;
		if (xnm_sysctl_get(setting->path, &setting->now) == 0)
			host->settings[n++] = *setting;
	}
	host->settings_gone = n < host->n_settings;
	host->n_settings = n;
}

static int read_table(struct guest_run *run, struct guest_host *host)
{
	struct xnm_nft_table table;
	int rc = run->nft ? 0 : xnm_nft_open(&run->nft);

	if (rc == 0)
		rc = xnm_nft_read_table(run->nft, NFPROTO_INET, GUEST_TABLE_NAME, true, &table);
	if (rc)
		return xnm_fail(&run->err, rc,
				"cannot share: %s; the kernel needs CONFIG_NF_TABLES_INET",
				strerror(-rc));
	host->table_known = true;
	host->table_exists = table.exists;
	host->table_rules = table.n_rules;
	host->table_is_off = table.is_off;
	host->table_digest = table.digest;
	host->noted_digest = guest_digest_read(&run->dir);
	memcpy(host->table_comment, table.comment, sizeof(host->table_comment));
	return 0;
}

static void read_resolv(struct guest_run *run, struct guest_host *host)
{
	const char *path = getenv("XNM_GUEST_RESOLV_CONF");
	char target[256], ours[256];
	ssize_t len;

	if (xnm_file_read(run->dir.run_fd, "resolv.conf", host->resolv, sizeof(host->resolv)))
		host->resolv[0] = '\0';
	host->made_link = guest_mark_is(&run->dir, "resolv-link");
	len = readlink(path && path[0] ? path : GUEST_RESOLV_CONF, target, sizeof(target) - 1);
	if (len < 0) {
		host->link = errno == ENOENT ? GUEST_RESOLV_ABSENT : GUEST_RESOLV_OTHER;
		return;
	}
	target[len] = '\0';
	(void)snprintf(ours, sizeof(ours), "%.200s/resolv.conf", run->dir.path);
	host->link = strcmp(target, ours) == 0 ? GUEST_RESOLV_OURS : GUEST_RESOLV_OTHER;
}

int guest_read_host(struct guest_run *run, struct guest_host *host)
{
	bool shares = guest_mark_is(&run->dir, "shared");
	int rc;

	host->n_settings = 0;
	rc = guest_settings_read(&run->dir, host);
	if (rc)
		return xnm_fail(&run->err, rc, "cannot read what settings were: %s/settings: %s",
				run->dir.path, strerror(-rc));
	read_noted(host);
	for (unsigned int i = 0; i < host->n_notes; i++)
		shares |= host->notes[i]->share[0];
	read_resolv(run, host);
	host->table_known = false;
	if (!shares)
		return 0;
	rc = read_settings(run, host);
	if (rc == 0)
		rc = guest_read_apart(run, host);
	return rc ? rc : read_table(run, host);
}
