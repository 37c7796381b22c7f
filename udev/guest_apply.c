/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_apply.c - run the operations in their order, or only print them. */
#include "udev/guest_run.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter.h>

#include "hotplug/base/file.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"

static const char *resolv_conf(void)
{
	const char *path = getenv("XNM_GUEST_RESOLV_CONF");

	return path && path[0] ? path : GUEST_RESOLV_CONF;
}

static struct guest_setting *noted_setting(struct guest_host *host, const char *path)
{
	for (unsigned int i = 0; i < host->n_settings; i++) {
		if (strcmp(host->settings[i].path, path) == 0)
			return &host->settings[i];
	}
	return NULL;
}

/* The note first: if we are killed in between, the value before must be known. */
static int change_setting(struct guest_run *run, const struct guest_op *op, struct guest_host *host)
{
	struct guest_setting *setting = noted_setting(host, op->setting.path);
	int rc = 0;

	if (!setting->noted) {
		setting->noted = true;
		setting->was = setting->now;
		rc = guest_settings_write(&run->dir, host);
	}
	return rc ? rc : xnm_sysctl_set(setting->path, setting->ours);
}

static int restore_setting(struct guest_run *run, const struct guest_op *op,
			   struct guest_host *host)
{
	struct guest_setting *setting = noted_setting(host, op->setting.path);
	uint32_t now;
	int rc = xnm_sysctl_get(setting->path, &now);

	if (rc == 0 && now == setting->ours)
		rc = xnm_sysctl_set(setting->path, setting->was);
	/* the device no longer exists */
	if (rc && rc != -ENOENT)
		return rc;
	setting->noted = false;
	return guest_settings_write(&run->dir, host);
}

static int make_link(struct guest_run *run)
{
	char ours[256];
	int rc;

	(void)snprintf(ours, sizeof(ours), "%.200s/resolv.conf", run->dir.path);
	rc = guest_mark_set(&run->dir, "resolv-link", true);
	if (rc == 0 && symlink(ours, resolv_conf()))
		rc = -errno;
	/* Android has neither this file nor a writable folder for it */
	if (rc == -EROFS || rc == -EACCES || rc == -ENOENT || rc == -EEXIST) {
		xnm_log_debug("no link %s: %s", resolv_conf(), strerror(-rc));
		rc = guest_mark_set(&run->dir, "resolv-link", false);
	}
	return rc;
}

static int remove_link(struct guest_run *run)
{
	char target[256], ours[256];
	ssize_t len = readlink(resolv_conf(), target, sizeof(target) - 1);

	(void)snprintf(ours, sizeof(ours), "%.200s/resolv.conf", run->dir.path);
	/* another program may have replaced it */
	if (len > 0 && (size_t)len == strlen(ours) && memcmp(target, ours, (size_t)len) == 0 &&
	    unlink(resolv_conf()) && errno != ENOENT)
		return -errno;
	return guest_mark_set(&run->dir, "resolv-link", false);
}

/* Notes the digest by which changed rules are noticed. If we are killed before, the table is made
 * again. */
static int note_digest(struct guest_run *run)
{
	struct xnm_nft_table table;
	int rc = xnm_nft_read_table(run->nft, NFPROTO_INET, GUEST_TABLE_NAME, true, &table);

	return rc ? rc : guest_digest_write(&run->dir, table.digest);
}

static int change_table(struct guest_run *run, const struct guest_plan *plan, bool make)
{
	int rc;

	if (make) {
		rc = guest_mark_set(&run->dir, "shared", true);
		if (rc == 0)
			rc = guest_rules_make(run->nft, &plan->share);
		return rc ? rc : note_digest(run);
	}
	rc = guest_rules_remove(run->nft);
	return rc ? rc : guest_mark_set(&run->dir, "shared", false);
}

/* An interface may disappear at any time, and its sysctl with it. */
static int set_forwards(const struct guest_op *op)
{
	int rc = xnm_sysctl_conf_set(op->ip6 ? AF_INET6 : AF_INET, op->ifname, "forwarding",
				     op->value);

	return rc == -ENOENT ? 0 : rc;
}

/* Without this rule, the nftables rules still do the same as long as they exist. */
static int close_ip6(struct guest_run *run, const char *ifname)
{
	int rc = xnm_closed_add(run->rtnl, ifname);

	if (rc == -EOPNOTSUPP || rc == -EAFNOSUPPORT) {
		xnm_log_debug("no rule for IPv6 from %s: the kernel has no "
			      "CONFIG_IPV6_MULTIPLE_TABLES",
			      ifname);
		return 0;
	}
	return rc == -EEXIST ? 0 : rc;
}

static int gone_is_fine(int rc)
{
	return rc == -ESRCH || rc == -ENODEV || rc == -ENOENT ? 0 : rc;
}

static int run_op(struct guest_run *run, const struct guest_plan *plan, const struct guest_op *op,
		  struct guest_host *host)
{
	uint32_t metric = GUEST_METRIC + plan->devid;

	switch (op->kind) {
	case GUEST_NOTE:
	case GUEST_NOTE_DONE:
		return guest_note_write(&run->dir, plan->devid,
					&plan->note[op->kind == GUEST_NOTE_DONE]);
	case GUEST_NOTE_REMOVE:
		return guest_note_remove(&run->dir, plan->devid);
	case GUEST_MTU:
		return xnm_link_set_mtu(run->rtnl, plan->ifindex, op->value);
	case GUEST_UP:
	case GUEST_DOWN:
		return xnm_link_set_up(run->rtnl, plan->ifindex, op->kind == GUEST_UP);
	case GUEST_ADDRESS_ADD:
		return xnm_addr_add(run->rtnl, plan->ifindex, &op->addr);
	case GUEST_ADDRESS_DEL:
		return gone_is_fine(xnm_addr_del_alone(run->rtnl, plan->note[0].ifname,
						       plan->ifindex, &op->addr));
	case GUEST_GATEWAY_SET:
		return xnm_gateway_set(run->rtnl, plan->ifindex, &op->addr, metric, op->onlink);
	case GUEST_GATEWAY_DEL:
		return gone_is_fine(xnm_gateway_del(run->rtnl, plan->ifindex, &op->addr, metric));
	case GUEST_SETTING:
		return change_setting(run, op, host);
	case GUEST_SETTING_BACK:
		return restore_setting(run, op, host);
	case GUEST_SETTINGS_NOTE:
		return guest_settings_write(&run->dir, host);
	case GUEST_APART_NOTE:
		return guest_apart_write(&run->dir, host);
	case GUEST_FORWARDS:
		return set_forwards(op);
	case GUEST_CLOSE:
		return close_ip6(run, op->ifname);
	case GUEST_UNCLOSE:
		return gone_is_fine(xnm_closed_del(run->rtnl, op->ifname));
	case GUEST_TABLE:
	case GUEST_TABLE_REMOVE:
		return change_table(run, plan, op->kind == GUEST_TABLE);
	case GUEST_RESOLV:
		return xnm_file_replace(run->dir.run_fd, "resolv.conf", plan->resolv,
					strlen(plan->resolv));
	case GUEST_RESOLV_REMOVE:
		return xnm_file_remove(run->dir.run_fd, "resolv.conf");
	case GUEST_RESOLV_LINK:
		return make_link(run);
	case GUEST_RESOLV_UNLINK:
		return remove_link(run);
	}
	return -ENOSYS;
}

/* The error message of rtnetlink or nftables, or errno's. */
static const char *reason(const struct guest_run *run, const struct guest_op *op, int rc)
{
	const char *text = "";

	if (op->kind >= GUEST_MTU && op->kind <= GUEST_GATEWAY_DEL)
		text = xnm_rtnl_reason(run->rtnl);
	else if ((op->kind == GUEST_TABLE || op->kind == GUEST_TABLE_REMOVE) && run->nft)
		text = xnm_nft_reason(run->nft);
	return text[0] ? text : strerror(-rc);
}

int guest_apply(struct guest_run *run, const struct guest_plan *plan, struct guest_host *host)
{
	char text[256];
	int rc = 0;

	for (unsigned int i = 0; i < plan->n && rc == 0; i++) {
		const struct guest_op *op = &plan->op[i];

		guest_op_text(plan, op, text, sizeof(text));
		if (run->print) {
			puts(text);
			continue;
		}
		rc = run_op(run, plan, op, host);
		xnm_log_debug("%s: %s", text, rc ? strerror(-rc) : "done");
		if (rc)
			(void)xnm_fail(&run->err, rc, "cannot %s: %s", text, reason(run, op, rc));
	}
	return rc;
}
