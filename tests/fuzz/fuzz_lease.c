/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_lease.c - libFuzzer target: the file in which dnsmasq keeps its leases. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hotplug/parts/dnsmasq/lease.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int find(int fd, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	memset(out, 0xff, sizeof(*out));
	assert(lseek(fd, 0, SEEK_SET) == 0);
	return xnm_lease_find(fd, address, out);
}

static void check_duid(const struct xnm_duid *duid)
{
	assert(duid->len >= 1 && duid->len <= sizeof(duid->b));
}

/* What was found is so again behind lines that mean nothing, wherever they end. */
static void check_found(int fd, const struct xnm_cidr *address, const struct xnm_lease6 *lease,
			const uint8_t *data, size_t size)
{
	static char filler[5000];
	struct xnm_lease6 again;

	check_duid(&lease->server);
	check_duid(&lease->client);
	memset(filler, 'x', sizeof(filler));
	filler[sizeof(filler) - 1 - size % 3000] = '\n';
	filler[sizeof(filler) - 1] = '\n';
	assert(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	assert(write(fd, filler, sizeof(filler)) == sizeof(filler));
	assert(write(fd, data, size) == (ssize_t)size);
	assert(find(fd, address, &again) == 0);
	assert(memcmp(&again.server, &lease->server, 1 + lease->server.len) == 0);
	assert(memcmp(&again.client, &lease->client, 1 + lease->client.len) == 0);
	assert(again.iaid == lease->iaid && again.temporary == lease->temporary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xnm_lease6 lease;
	struct xnm_cidr address;
	int fd = memfd_create("leases", MFD_CLOEXEC), rc;

	assert(fd >= 0 && xnm_parse_cidr("fd30::10", &address) == 0);
	assert(write(fd, data, size) == (ssize_t)size);
	rc = find(fd, &address, &lease);
	assert(rc == 0 || rc == -ENOENT || rc == -EAGAIN);
	if (rc == 0)
		check_found(fd, &address, &lease, data, size);
	close(fd);
	return 0;
}
