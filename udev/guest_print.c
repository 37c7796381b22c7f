/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_print.c - the text of each operation. */
#include "udev/guest_plan.h"

#include <string.h>

#include "hotplug/base/cidr.h"

static void address_text(const struct guest_plan *plan, const struct guest_op *op, char *out,
			 size_t out_size)
{
	bool adds = op->kind == GUEST_ADDRESS_ADD;
	char address[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(&op->addr, address);
	(void)snprintf(out, out_size, "%s address %s %s %s", adds ? "add" : "remove", address,
		       adds ? "to" : "from", plan->ifname);
}

static void gateway_text(const struct guest_plan *plan, const struct guest_op *op, char *out,
			 size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN];

	xnm_cidr_format_host(&op->addr, address);
	(void)snprintf(out, out_size, "%s %s dev %s%s",
		       op->kind == GUEST_GATEWAY_SET ? "set default route via"
						     : "delete default route via",
		       address, plan->ifname, op->onlink ? " onlink" : "");
}

static void share_text(const struct guest_share *share, char *out, size_t out_size)
{
	int len = snprintf(out, out_size, "share this guest's uplink with");

	for (unsigned int i = 0; i < share->n && len > 0 && (size_t)len < out_size; i++)
		len += snprintf(out + len, out_size - (size_t)len, " %s", share->ifnames[i]);
}

/* One line for the name servers. */
static void resolv_text(const char *resolv, char *out, size_t out_size)
{
	int len = snprintf(out, out_size, "write resolv.conf with name servers");

	for (const char *p = resolv;
	     (p = strstr(p, "nameserver ")) && len > 0 && (size_t)len < out_size;) {
		p += strlen("nameserver ");
		len += snprintf(out + len, out_size - (size_t)len, " %.*s", (int)strcspn(p, "\n"),
				p);
	}
}

const char *guest_op_text(const struct guest_plan *plan, const struct guest_op *op, char *out,
			  size_t out_size)
{
	switch (op->kind) {
	case GUEST_NOTE:
		(void)snprintf(out, out_size, "record what will be set on %s", plan->ifname);
		break;
	case GUEST_NOTE_DONE:
		(void)snprintf(out, out_size, "record what is set on %s", plan->ifname);
		break;
	case GUEST_NOTE_REMOVE:
		(void)snprintf(out, out_size, "remove the note on vif %u", plan->devid);
		break;
	case GUEST_MTU:
		(void)snprintf(out, out_size, "set MTU of %s to %u", plan->ifname, op->value);
		break;
	case GUEST_UP:
	case GUEST_DOWN:
		(void)snprintf(out, out_size, "set %s %s", plan->ifname,
			       op->kind == GUEST_UP ? "up" : "down");
		break;
	case GUEST_ADDRESS_ADD:
	case GUEST_ADDRESS_DEL:
		address_text(plan, op, out, out_size);
		break;
	case GUEST_GATEWAY_SET:
	case GUEST_GATEWAY_DEL:
		gateway_text(plan, op, out, out_size);
		break;
	case GUEST_SETTING:
		(void)snprintf(out, out_size, "set %s=%u", op->setting.path, op->setting.ours);
		break;
	case GUEST_SETTING_BACK:
		(void)snprintf(out, out_size, "set %s=%u, as it was", op->setting.path,
			       op->setting.was);
		break;
	case GUEST_SETTINGS_NOTE:
		(void)snprintf(out, out_size, "remove notes on sysctls that no longer exist");
		break;
	case GUEST_APART_NOTE:
		(void)snprintf(out, out_size,
			       "record which interfaces must not forward to each other");
		break;
	case GUEST_FORWARDS:
		(void)snprintf(out, out_size, "set ipv%c/conf/%s/forwarding=%u",
			       op->ip6 ? '6' : '4', op->ifname, op->value);
		break;
	case GUEST_CLOSE:
	case GUEST_UNCLOSE:
		(void)snprintf(out, out_size, "%s IPv6 from %s",
			       op->kind == GUEST_CLOSE ? "add a rule that rejects"
						       : "delete the rule that rejects",
			       op->ifname);
		break;
	case GUEST_TABLE:
		share_text(&plan->share, out, out_size);
		break;
	case GUEST_TABLE_REMOVE:
		(void)snprintf(out, out_size, "stop sharing this guest's uplink");
		break;
	case GUEST_RESOLV:
		resolv_text(plan->resolv, out, out_size);
		break;
	case GUEST_RESOLV_REMOVE:
		(void)snprintf(out, out_size, "remove resolv.conf");
		break;
	case GUEST_RESOLV_LINK:
	case GUEST_RESOLV_UNLINK:
		(void)snprintf(out, out_size, "%s the symlink " GUEST_RESOLV_CONF,
			       op->kind == GUEST_RESOLV_LINK ? "make" : "remove");
		break;
	}
	return out;
}
