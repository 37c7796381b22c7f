/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.c - which devices our rules in chains of others let through, noted like networks. */
#include "hotplug/notes/foreign.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"

/* No network of the policy is called so (xnm_parse_name()), and no device has a ':'. */
void xnm_foreign_network(char out[XNM_NAME_LEN], const char *dev)
{
	(void)snprintf(out, XNM_NAME_LEN, ":%.15s", dev);
}

const char *xnm_foreign_dev(const char *network)
{
	return network[0] == ':' ? network + 1 : NULL;
}

int xnm_foreign_note_write(const struct xnm_run_dir *dir, const char *dev,
			   const struct xnm_foreign_note *note)
{
	char name[XNM_NAME_LEN], text[256];
	int len = snprintf(text, sizeof(text), "[network]\nbridge=%s\n", note->routed ? "" : dev);

	if (!xnm_ifname_ok(dev))
		return -EINVAL;
	for (unsigned int i = 0; i < XNM_N_IP; i++) {
		if (note->chain[i][0])
			len += snprintf(text + len, sizeof(text) - (size_t)len,
					"accept=%s filter %s\n", xnm_ip_names[i], note->chain[i]);
	}
	xnm_foreign_network(name, dev);
	return xnm_file_replace(dir->network_fd, name, text, (size_t)len);
}

static bool read_key(void *arg, const char *key, const char *value)
{
	struct xnm_foreign_note *note = arg;

	if (strcmp(key, "bridge") == 0)
		note->routed = value[0] == '\0';
	for (unsigned int i = 0; strcmp(key, "accept") == 0 && i < XNM_N_IP; i++) {
		char before[16];
		int len = snprintf(before, sizeof(before), "%s filter ", xnm_ip_names[i]);

		if (strncmp(value, before, (size_t)len) == 0)
			xnm_copy(note->chain[i], sizeof(note->chain[i]), value + len);
	}
	return true;
}

int xnm_foreign_note_read(const struct xnm_run_dir *dir, const char *dev,
			  struct xnm_foreign_note *note)
{
	char name[XNM_NAME_LEN], text[256];
	int rc;

	*note = (struct xnm_foreign_note){ .routed = false };
	if (!xnm_ifname_ok(dev))
		return -ENOENT;
	xnm_foreign_network(name, dev);
	rc = xnm_file_read(dir->network_fd, name, text, sizeof(text));
	if (rc == 0)
		(void)xnm_file_lines(text, "[network]", read_key, note);
	return rc;
}
