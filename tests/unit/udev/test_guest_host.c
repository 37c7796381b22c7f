/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guest_host.c - what xnm-guest does for all vifs together: forwarding, rules, name servers. */
#include "udev/guest_plan.c"
#include "udev/guest_plan_host.c"
#include "udev/guest_print.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct guest_host host;
static struct guest_plan plan;
static struct guest_note notes[2];
static struct xnm_err err;

static struct xnm_cidr cidr(const char *text)
{
	struct xnm_cidr out;

	assert_int_equal(xnm_parse_cidr(text, &out), 0);
	return out;
}

/* Behind the end of each list is always something else: a plan must not depend on it. */
static void litter(void)
{
	static struct guest_note left = { .ifname = "left0", .share = { true, true } };
	static unsigned int n;
	const struct guest_setting setting = { .path = "ipv4/left", .ours = ++n, .noted = true };

	for (unsigned int i = 0; i < 2; i++) {
		struct guest_apart *apart = &host.apart[i];
		struct guest_links *links[] = { &apart->ways, &apart->apart,   &apart->old,
						&apart->own,  &apart->old_own, &apart->closed_now };

		for (unsigned int k = 0; k < XNM_N_ELEMENTS(links); k++) {
			struct guest_link *link = &links[k]->list[links[k]->n];

			(void)snprintf(link->name, sizeof(link->name), "left%u", n);
			link->ifindex = (int)n;
		}
		/* both are patterns for wlan0 */
		(void)snprintf(notes[i].share_to[notes[i].n_share_to], IFNAMSIZ, "%s",
			       n % 2 ? "w*" : "wl*");
	}
	host.settings[host.n_settings] = setting;
	host.notes[host.n_notes] = &left;
}

static void assert_plan(const char *wanted)
{
	char text[2048] = "", line[256];
	size_t len = 0;

	litter();
	assert_int_equal(guest_plan_host(&plan, &host, &err), 0);
	for (unsigned int i = 0; i < plan.n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n",
					guest_op_text(&plan, &plan.op[i], line, sizeof(line)));
	assert_string_equal(text, wanted);
}

static void add_setting(const char *path, uint32_t now, uint32_t ours)
{
	struct guest_setting *setting = &host.settings[host.n_settings++];

	memset(setting, 0, sizeof(*setting));
	(void)snprintf(setting->path, sizeof(setting->path), "%s", path);
	setting->now = now;
	setting->ours = ours;
}

/* eth0 shares IPv4, eth1 nothing. */
static int begin(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	memset(notes, 0, sizeof(notes));
	memset(&err, 0, sizeof(err));
	memcpy(notes[0].ifname, "eth0", 5);
	memcpy(notes[1].ifname, "eth1", 5);
	notes[0].share[0] = true;
	host.notes[host.n_notes++] = &notes[0];
	host.notes[host.n_notes++] = &notes[1];
	host.table_known = true;
	add_setting("ipv4/ip_forward", 0, 1);
	add_setting("ipv6/conf/wlan0/accept_ra", 1, 2);
	add_setting("ipv6/conf/all/forwarding", 0, 1);
	host.link = GUEST_RESOLV_OTHER;
	return 0;
}

static void add_link(struct guest_links *links, const char *name, int ifindex, bool is_bridge)
{
	struct guest_link *link = &links->list[links->n++];

	memset(link, 0, sizeof(*link));
	(void)snprintf(link->name, sizeof(link->name), "%s", name);
	link->ifindex = ifindex;
	link->is_bridge = is_bridge;
}

static void remove_link(struct guest_links *links, const char *name)
{
	for (unsigned int i = 0; i < links->n; i++) {
		if (strcmp(links->list[i].name, name) == 0) {
			links->list[i] = links->list[--links->n];
			return;
		}
	}
	fail_msg("there is no %s", name);
}

static void set_flag(const char *ifname, uint32_t value)
{
	struct guest_links *apart = &host.apart[0].apart;

	for (unsigned int i = 0; i < apart->n; i++) {
		if (strcmp(apart->list[i].name, ifname) == 0)
			apart->list[i].forwards = value;
	}
}

static void carry_out_apart(const struct guest_op *op)
{
	struct guest_apart *apart = host.apart;

	if (op->kind == GUEST_APART_NOTE) {
		for (unsigned int ip = 0; ip < 2; ip++) {
			apart[ip].old = apart[ip].apart;
			apart[ip].old_own = apart[ip].own;
		}
	}
	if (op->kind == GUEST_SETTING && strcmp(op->setting.path, guest_forwarding[0]) == 0) {
		apart[0].begins = false;
		for (unsigned int i = 0; i < apart[0].apart.n; i++)
			apart[0].apart.list[i].forwards = true;
	}
	if (op->kind == GUEST_FORWARDS && !op->ip6)
		set_flag(op->ifname, op->value);
	if (op->kind == GUEST_CLOSE)
		add_link(&apart[1].closed_now, op->ifname, 0, false);
	if (op->kind == GUEST_UNCLOSE)
		remove_link(&apart[1].closed_now, op->ifname);
}

/* As the kernel would. */
static void carry_out(void)
{
	for (unsigned int i = 0; i < plan.n; i++) {
		const struct guest_op *op = &plan.op[i];

		for (unsigned int k = 0; k < host.n_settings; k++) {
			struct guest_setting *setting = &host.settings[k];

			if (strcmp(op->setting.path, setting->path) != 0)
				continue;
			setting->noted = op->kind == GUEST_SETTING;
			setting->was = setting->noted ? setting->now : setting->was;
			setting->now = setting->noted ? setting->ours : setting->was;
		}
		if (op->kind == GUEST_TABLE || op->kind == GUEST_TABLE_REMOVE)
			host.table_exists = op->kind == GUEST_TABLE;
		if (op->kind == GUEST_TABLE) {
			memcpy(host.table_comment, plan.share.comment, sizeof(host.table_comment));
			host.table_rules = guest_share_rules(&plan.share);
		}
		carry_out_apart(op);
		if (op->kind == GUEST_RESOLV)
			memcpy(host.resolv, plan.resolv, sizeof(host.resolv));
		if (op->kind == GUEST_RESOLV_REMOVE)
			host.resolv[0] = '\0';
		if (op->kind == GUEST_RESOLV_LINK || op->kind == GUEST_RESOLV_UNLINK) {
			host.made_link = op->kind == GUEST_RESOLV_LINK;
			host.link = host.made_link ? GUEST_RESOLV_OURS : GUEST_RESOLV_ABSENT;
		}
	}
	assert_plan("");
}

static void test_share(void **state)
{
	(void)state;
	assert_plan("share this guest's uplink with eth0\n"
		    "set ipv4/ip_forward=1\n");
	carry_out();
	notes[0].share[0] = false;
	assert_plan("set ipv4/ip_forward=0, as it was\n"
		    "stop sharing this guest's uplink\n");
	carry_out();
}

/* Those that listen to routers first: they would stop. */
static void test_share_ipv6(void **state)
{
	(void)state;
	notes[0].share[1] = true;
	assert_plan("share this guest's uplink with eth0\n"
		    "set ipv4/ip_forward=1\n"
		    "set ipv6/conf/wlan0/accept_ra=2\n"
		    "set ipv6/conf/all/forwarding=1\n");
	carry_out();
	notes[0].share[1] = false;
	assert_plan("set ipv6/conf/wlan0/accept_ra=1, as it was\n"
		    "set ipv6/conf/all/forwarding=0, as it was\n");
	carry_out();
}

static void test_share_two(void **state)
{
	(void)state;
	assert_plan("share this guest's uplink with eth0\n"
		    "set ipv4/ip_forward=1\n");
	carry_out();
	notes[1].share[0] = true;
	assert_plan("share this guest's uplink with eth0 eth1\n");
	carry_out();
	memcpy(notes[1].ifname, "net1", 5);
	assert_plan("share this guest's uplink with eth0 net1\n");
	carry_out();
	notes[0].share[0] = false;
	assert_plan("share this guest's uplink with net1\n");
	carry_out();
}

/* What was so before we came stays so. */
static void test_forwarded_before(void **state)
{
	(void)state;
	host.settings[0].now = 1;
	assert_plan("share this guest's uplink with eth0\n");
	carry_out();
	notes[0].share[0] = false;
	assert_plan("stop sharing this guest's uplink\n");
}

static void test_rules_lost(void **state)
{
	(void)state;
	assert_plan("share this guest's uplink with eth0\n"
		    "set ipv4/ip_forward=1\n");
	carry_out();
	host.table_rules--;
	assert_plan("share this guest's uplink with eth0\n");
	carry_out();
	host.table_comment[0] = 'x';
	assert_int_equal(guest_plan_host(&plan, &host, &err), -EEXIST);
	assert_non_null(strstr(err.text, "somebody else's"));
	/* and stays so */
	notes[0].share[0] = false;
	assert_plan("set ipv4/ip_forward=0, as it was\n");
}

/* A LAN and a bridge beside the way out; by one interface the guest forwarded already. */
static void test_apart(void **state)
{
	(void)state;
	notes[0].share[1] = true;
	for (unsigned int ip = 0; ip < 2; ip++) {
		host.apart[ip].is_ours = host.apart[ip].begins = true;
		add_link(&host.apart[ip].ways, "wlan0", 3, false);
		add_link(&host.apart[ip].apart, "eth0", 2, false);
		add_link(&host.apart[ip].apart, "wlan0", 3, false);
		add_link(&host.apart[ip].apart, "br0", 4, true);
	}
	add_link(&host.apart[0].own, "tun0", 5, false);
	assert_plan("record which interfaces must not forward to each other\n"
		    "share this guest's uplink with eth0\n"
		    "add a rule that rejects IPv6 from br0\n"
		    "set ipv4/ip_forward=1\n"
		    "set ipv6/conf/wlan0/accept_ra=2\n"
		    "set ipv6/conf/all/forwarding=1\n"
		    "set ipv4/conf/br0/forwarding=0\n");
	/* of the vif 7 and a way out of each family; of each family that it is apart 2, a bridge 3 */
	assert_int_equal(guest_share_rules(&plan.share), 7 + 2 + 2 * (2 + 3));
	carry_out();
	/* the way out is another one */
	(void)snprintf(host.apart[0].ways.list[0].name, IFNAMSIZ, "br0");
	assert_plan("share this guest's uplink with eth0\n"
		    "set ipv4/conf/wlan0/forwarding=0\n"
		    "set ipv4/conf/br0/forwarding=1\n");
	carry_out();
	notes[0].share[0] = notes[0].share[1] = false;
	for (unsigned int ip = 0; ip < 2; ip++) {
		host.apart[ip].is_ours = false;
		host.apart[ip].apart.n = host.apart[ip].own.n = host.apart[ip].ways.n = 0;
	}
	assert_plan("set ipv4/ip_forward=0, as it was\n"
		    "set ipv4/conf/tun0/forwarding=1\n"
		    "set ipv6/conf/wlan0/accept_ra=1, as it was\n"
		    "set ipv6/conf/all/forwarding=0, as it was\n"
		    "delete the rule that rejects IPv6 from br0\n"
		    "stop sharing this guest's uplink\n"
		    "record which interfaces must not forward to each other\n");
	carry_out();
}

/* One vif by what its list names, the other where the default route leads. */
static void test_share_to(void **state)
{
	(void)state;
	notes[1].share[0] = true;
	notes[0].n_share_to = 2;
	memcpy(notes[0].share_to[0], "wwan*", 6);
	memcpy(notes[0].share_to[1], "lan0", 5);
	host.apart[0].is_ours = host.apart[0].begins = true;
	add_link(&host.apart[0].ways, "wlan0", 3, false);
	add_link(&host.apart[0].ways, "wwan1", 4, false);
	add_link(&host.apart[0].ways, "wwan2", 5, false);
	host.apart[0].ways.list[1].only_told = host.apart[0].ways.list[2].only_told = true;
	assert_plan("share this guest's uplink with eth0 eth1\n"
		    "set ipv4/ip_forward=1\n");
	assert_int_equal(guest_share_rules(&plan.share), 2 * 7 + 2 + 1);
	assert_false(guest_shares_by(&notes[0], &host.apart[0].ways.list[0]));
	assert_true(guest_shares_by(&notes[0], &host.apart[0].ways.list[1]));
	assert_true(guest_shares_by(&notes[1], &host.apart[0].ways.list[0]));
	assert_false(guest_shares_by(&notes[1], &host.apart[0].ways.list[1]));
	carry_out();
	/* another list is another table, even where it makes as many rules */
	memcpy(notes[0].share_to[0], "wwa*", 5);
	assert_plan("share this guest's uplink with eth0 eth1\n");
	carry_out();
	/* somebody has changed a rule, or switched all of them off */
	host.table_digest++;
	assert_plan("share this guest's uplink with eth0 eth1\n");
	host.noted_digest = host.table_digest;
	host.table_is_off = true;
	assert_plan("share this guest's uplink with eth0 eth1\n");
	host.table_is_off = false;
	carry_out();
}

/* The switch of all is one of each, too: what is no way out must be closed again. */
static void test_switched_off(void **state)
{
	(void)state;
	host.apart[0].is_ours = host.apart[0].begins = true;
	add_link(&host.apart[0].ways, "wlan0", 3, false);
	add_link(&host.apart[0].apart, "wlan0", 3, false);
	add_link(&host.apart[0].apart, "lan0", 4, false);
	assert_plan("record which interfaces must not forward to each other\n"
		    "share this guest's uplink with eth0\n"
		    "set ipv4/ip_forward=1\n"
		    "set ipv4/conf/lan0/forwarding=0\n");
	carry_out();
	host.settings[0].now = 0;
	set_flag("wlan0", 0);
	assert_plan("set ipv4/ip_forward=1\nset ipv4/conf/lan0/forwarding=0\n");
	carry_out();
}

/* A way out and a LAN, of each family. */
static void share_beside_lan(void)
{
	notes[0].share[1] = true;
	for (unsigned int ip = 0; ip < 2; ip++) {
		host.apart[ip].is_ours = host.apart[ip].begins = true;
		add_link(&host.apart[ip].ways, "wlan0", 3, false);
		add_link(&host.apart[ip].apart, "wlan0", 3, false);
		add_link(&host.apart[ip].apart, "lan0", 4, false);
	}
}

/* As many interfaces as before, but others. */
static void test_apart_changed(void **state)
{
	(void)state;
	share_beside_lan();
	assert_plan("record which interfaces must not forward to each other\n"
		    "share this guest's uplink with eth0\n"
		    "add a rule that rejects IPv6 from lan0\n"
		    "set ipv4/ip_forward=1\n"
		    "set ipv6/conf/wlan0/accept_ra=2\n"
		    "set ipv6/conf/all/forwarding=1\n"
		    "set ipv4/conf/lan0/forwarding=0\n");
	assert_false(plan.share.exists);
	carry_out();
	assert_true(plan.share.exists);
	/* another device with that name */
	host.apart[0].apart.list[1].ifindex = 7;
	assert_plan("record which interfaces must not forward to each other\n");
	carry_out();
	/* another name of that device */
	(void)snprintf(host.apart[0].apart.list[1].name, IFNAMSIZ, "dmz0");
	assert_plan("record which interfaces must not forward to each other\n"
		    "share this guest's uplink with eth0\n");
	carry_out();
	/* another way out, for IPv6 alone */
	(void)snprintf(host.apart[1].ways.list[0].name, IFNAMSIZ, "lan0");
	assert_plan("share this guest's uplink with eth0\n"
		    "add a rule that rejects IPv6 from wlan0\n"
		    "delete the rule that rejects IPv6 from lan0\n");
	carry_out();
}

/* IPv6 comes later, and with it no switch of each interface for IPv4. */
static void test_ipv6_later(void **state)
{
	(void)state;
	share_beside_lan();
	notes[0].share[1] = false;
	assert_plan("record which interfaces must not forward to each other\n"
		    "share this guest's uplink with eth0\n"
		    "add a rule that rejects IPv6 from lan0\n"
		    "set ipv4/ip_forward=1\n"
		    "set ipv4/conf/lan0/forwarding=0\n");
	carry_out();
	notes[0].share[1] = true;
	assert_plan("share this guest's uplink with eth0\n"
		    "set ipv6/conf/wlan0/accept_ra=2\n"
		    "set ipv6/conf/all/forwarding=1\n");
	carry_out();
}

/* Only an interface that is alone has nothing to be kept apart from, in its own family. */
static void test_apart_rules(void **state)
{
	(void)state;
	share_beside_lan();
	assert_int_equal(guest_plan_host(&plan, &host, &err), 0);
	assert_int_equal(guest_share_apart(&plan.share, 0), 2);
	assert_int_equal(guest_share_rules(&plan.share), 7 + 2 + 2 * (2 + 2));
	host.apart[0].apart.n = 1;
	assert_int_equal(guest_plan_host(&plan, &host, &err), 0);
	assert_int_equal(guest_share_apart(&plan.share, 0), 1);
	assert_int_equal(guest_share_rules(&plan.share), 7 + 2 + 2 + 2);
}

/* By one interface the guest forwarded IPv6 already. */
static void test_own_ipv6(void **state)
{
	(void)state;
	notes[0].share[1] = true;
	host.apart[1].is_ours = host.apart[1].begins = true;
	add_link(&host.apart[1].own, "tun0", 5, false);
	assert_plan("record which interfaces must not forward to each other\n"
		    "share this guest's uplink with eth0\n"
		    "set ipv4/ip_forward=1\n"
		    "set ipv6/conf/wlan0/accept_ra=2\n"
		    "set ipv6/conf/all/forwarding=1\n");
	carry_out();
	notes[0].share[1] = false;
	host.apart[1].is_ours = false;
	host.apart[1].own.n = 0;
	assert_plan("set ipv6/conf/wlan0/accept_ra=1, as it was\n"
		    "set ipv6/conf/all/forwarding=0, as it was\n"
		    "set ipv6/conf/tun0/forwarding=1\n"
		    "record which interfaces must not forward to each other\n");
	carry_out();
}

static void test_not_read(void **state)
{
	(void)state;
	host.table_known = false;
	host.settings_gone = true;
	assert_plan("remove notes on sysctls that no longer exist\n"
		    "set ipv4/ip_forward=1\n");
}

static void test_links_end(void **state)
{
	static const struct guest_links links = { .n = 1, .list = { { "one" }, { "two" } } };

	(void)state;
	assert_true(guest_links_have(&links, "one"));
	assert_false(guest_links_have(&links, "two"));
}

/* 23 bytes of comment, 9 name servers of 51, and one more that just fits, or does not. */
static void test_resolv_full(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		struct guest_note *note = &notes[i / GUEST_MAX_DNS];
		char text[XNM_CIDR_TEXT_LEN];

		(void)snprintf(text, sizeof(text), "2001:1db8:1111:2222:3333:4444:5555:600%u", i);
		note->dns[note->n_dns++] = cidr(text);
	}
	notes[1].dns[3] = cidr("2001:db8:111:2::9");
	assert_int_equal(guest_plan_host(&plan, &host, &err), 0);
	assert_int_equal(strlen(plan.resolv), GUEST_RESOLV_LEN - 1);
	notes[1].dns[3] = cidr("2001:db8:1111:2::9");
	assert_int_equal(guest_plan_host(&plan, &host, &err), 0);
	assert_int_equal(strlen(plan.resolv), GUEST_RESOLV_LEN - 30);
}

static void test_resolv(void **state)
{
	(void)state;
	notes[0].share[0] = false;
	notes[0].n_dns = 2;
	notes[0].dns[0] = cidr("9.9.9.9");
	notes[0].dns[1] = cidr("2620:fe::fe");
	notes[1].n_dns = 2;
	notes[1].dns[0] = cidr("9.9.9.9");
	notes[1].dns[1] = cidr("1.1.1.1");
	assert_plan("write resolv.conf with name servers 9.9.9.9 2620:fe::fe 1.1.1.1\n");
	carry_out();
	assert_string_equal(host.resolv, "# made by xnm-guest(8)\nnameserver 9.9.9.9\n"
					 "nameserver 2620:fe::fe\nnameserver 1.1.1.1\n");
	host.link = GUEST_RESOLV_ABSENT;
	assert_plan("make the symlink /etc/resolv.conf\n");
	carry_out();
	notes[0].n_dns = 0;
	assert_plan("write resolv.conf with name servers 9.9.9.9 1.1.1.1\n");
	carry_out();
	notes[1].n_dns = 0;
	assert_plan("remove the symlink /etc/resolv.conf\n"
		    "remove resolv.conf\n");
	carry_out();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_share, begin),
		cmocka_unit_test_setup(test_share_ipv6, begin),
		cmocka_unit_test_setup(test_share_two, begin),
		cmocka_unit_test_setup(test_forwarded_before, begin),
		cmocka_unit_test_setup(test_rules_lost, begin),
		cmocka_unit_test_setup(test_apart, begin),
		cmocka_unit_test_setup(test_share_to, begin),
		cmocka_unit_test_setup(test_switched_off, begin),
		cmocka_unit_test_setup(test_apart_changed, begin),
		cmocka_unit_test_setup(test_ipv6_later, begin),
		cmocka_unit_test_setup(test_apart_rules, begin),
		cmocka_unit_test_setup(test_own_ipv6, begin),
		cmocka_unit_test_setup(test_not_read, begin),
		cmocka_unit_test_setup(test_links_end, begin),
		cmocka_unit_test_setup(test_resolv, begin),
		cmocka_unit_test_setup(test_resolv_full, begin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
