/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake.h - a kernel and a xenstore that write down what they are asked, for tests of what carries plans out. */
#ifndef XNM_TESTS_FAKE_H
#define XNM_TESTS_FAKE_H

#include "hotplug/base/util.h"
#include "hotplug/core/elements/apart.h"
#include "hotplug/kernel/conntrack.h"
#include "hotplug/kernel/tc.h"

/* Its functions come instead of the real ones: the linker takes from an archive what it misses. */
struct fake {
	char calls[4096]; /* a line for each */
	const char *failing; /* the beginning of the call that fails */
	int failing_rc;
	unsigned int n_failures; /* how often it still fails; the calls behind that succeed */
	int ports; /* of the bridge */
	unsigned int n_ipv4; /* addresses that the device has left */
	int list_rc; /* what listing xenstore says */
	uint32_t setting; /* what every setting of the kernel is */
	struct xnm_host_links links; /* none, unless a test has some */
	const char *forwards_alone; /* the interface whose own setting is 1 */
	unsigned int n_connections;
	struct xnm_connection connections[4];
	uint32_t generation; /* of nftables */
	struct xnm_qdisc root; /* of every device; handle 0: the kernel's own */
	const char *kind; /* of every device */
	unsigned int n_priorities; /* of every VLAN */
	struct xnm_vlan_priority priorities[4];
};

extern struct fake fake;

/* Nothing has been asked, and nothing fails. */
void fake_clear(void);

/* Writes it down. Returns 0, or what it is to fail with. */
int fake_call(const char *fmt, ...) XNM_PRINTF(1, 2);

/* The next call that begins so fails. */
void will_fail(const char *what, int rc);

/* Its text until the next one: enough to tell addresses apart. */
const char *fake_text_of(const struct xnm_cidr *addr);

#endif
