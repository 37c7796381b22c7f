/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stable_mac.c - make a MAC address of a host's machine-id and a name. */
#include "hotplug/base/stable_mac.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/base/util.h"

#define MACHINE_ID_LEN 32 /* machine-id(5): hexadecimal digits */

/* FNV-1a */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * 1099511628211ull;
	while (*text++);
	return hash;
}

/* FNV-1a hardly spreads the last letters, in which names of networks often differ: MurmurHash3 */
static uint64_t spread(uint64_t hash)
{
	hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdull;
	hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ull;
	return hash ^ (hash >> 33);
}

void xnm_stable_mac(struct xnm_mac *mac, const char *host, const char *name)
{
	uint64_t hash = spread(hash_text(hash_text(14695981039346656037ull, host), name));

	for (unsigned int i = 0; i < XNM_MAC_LEN; i++)
		mac->b[i] = (uint8_t)(hash >> (8 * i));
	/* locally administered, and to one station: IEEE 802, 8.2 */
	mac->b[0] = (uint8_t)((mac->b[0] & 0xfcu) | 0x02u);
}

/* At the first boot of an image the file may be missing, empty, or say "uninitialized". */
static bool read_machine_id(const char *path, char out[XNM_HOST_TEXT_LEN])
{
	/* it may be a link to another place */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || read(fd, out, MACHINE_ID_LEN) != MACHINE_ID_LEN)
		return false;
	for (unsigned int i = 0; i < MACHINE_ID_LEN; i++) {
		if (!isxdigit((unsigned char)out[i]))
			return false;
	}
	out[MACHINE_ID_LEN] = '\0';
	return true;
}

void xnm_host_text(char out[XNM_HOST_TEXT_LEN])
{
	if (read_machine_id("/etc/machine-id", out) ||
	    read_machine_id("/var/lib/dbus/machine-id", out))
		return;
	memset(out, 0, XNM_HOST_TEXT_LEN);
	(void)gethostname(out, XNM_HOST_TEXT_LEN - 1);
}
