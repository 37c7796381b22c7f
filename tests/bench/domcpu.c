/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domcpu.c - the processor time that Xen's domains use in a while, without using any of it meanwhile. */

/*
 * usage: domcpu MILLISECONDS DOMID...     prints the milliseconds of each
 *
 * xl says it in tenths of a second, and costs dom0 more than what is to be measured.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xenctrl.h>

#define DOMAINS 8

static uint64_t used_ns(xc_interface *xc, unsigned long domid)
{
	xc_dominfo_t info;

	if (xc_domain_getinfo(xc, (uint32_t)domid, 1, &info) != 1 || info.domid != domid) {
		fprintf(stderr, "domcpu: there is no domain %lu\n", domid);
		exit(1);
	}
	return info.cpu_time;
}

int main(int argc, char **argv)
{
	xc_interface *xc = xc_interface_open(NULL, NULL, 0);
	uint64_t before[DOMAINS];
	unsigned long ms = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
	int n = argc - 2;

	if (!ms || n > DOMAINS) {
		fprintf(stderr, "usage: domcpu MILLISECONDS DOMID...\n");
		return 2;
	}
	if (!xc) {
		fprintf(stderr, "domcpu: no Xen: %s\n", strerror(errno));
		return 1;
	}
	for (int i = 0; i < n; i++)
		before[i] = used_ns(xc, strtoul(argv[i + 2], NULL, 10));
	nanosleep(&t, NULL);
	for (int i = 0; i < n; i++) {
		uint64_t ns = used_ns(xc, strtoul(argv[i + 2], NULL, 10)) - before[i];

		printf("%s%.1f", i ? " " : "", (double)ns / 1e6);
	}
	printf("\n");
	xc_interface_close(xc);
	return 0;
}
