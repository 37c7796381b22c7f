/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.c - read and write the note on an uplink: its routes, vif, DHCP client and health. */
#include "hotplug/parts/uplink/uplink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "hotplug/base/event.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"

#define FOLDER "uplink"

void xnm_uplink_note_clear(struct xnm_uplink_note *note, const char *name)
{
	memset(note, 0, sizeof(*note));
	xnm_copy(note->name, sizeof(note->name), name);
}

bool xnm_same_default(const struct xnm_default *a, const struct xnm_default *b)
{
	return a->metric == b->metric && xnm_cidr_equal(&a->gateway, &b->gateway);
}

bool xnm_uplink_note_equal(const struct xnm_uplink_note *a, const struct xnm_uplink_note *b)
{
	if (strcmp(a->device, b->device) != 0 || a->has_owner != b->has_owner ||
	    a->owner.domid != b->owner.domid || a->owner.devid != b->owner.devid ||
	    a->n_routes != b->n_routes || a->n_left != b->n_left ||
	    strcmp(a->left_device, b->left_device) != 0)
		return false;
	for (unsigned int i = 0; i < a->n_routes; i++) {
		if (!xnm_same_default(&a->routes[i], &b->routes[i]))
			return false;
	}
	for (unsigned int i = 0; i < a->n_left; i++) {
		if (!xnm_same_default(&a->left[i], &b->left[i]))
			return false;
	}
	return true;
}

static bool parse_u64(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

/* "192.0.2.1 100" */
static bool read_route(struct xnm_default *list, unsigned int *n, const char *value)
{
	struct xnm_default route = { .protocol = XNM_RTPROT, .has_gateway = true };
	char gateway[XNM_CIDR_TEXT_LEN];
	const char *blank = strchr(value, ' ');

	if (!blank || (size_t)(blank - value) >= sizeof(gateway) || *n == XNM_MAX_WAY_ROUTES)
		return false;
	memcpy(gateway, value, (size_t)(blank - value));
	gateway[blank - value] = '\0';
	if (xnm_parse_cidr(gateway, &route.gateway) ||
	    xnm_parse_u32(blank + 1, 0, UINT32_MAX, &route.metric))
		return false;
	list[(*n)++] = route;
	return true;
}

static bool read_health(struct xnm_health *health, const char *key, const char *value)
{
	health->known = true;
	if (strcmp(key, "state") == 0)
		health->down = strcmp(value, "down") == 0;
	else if (strcmp(key, "bad") == 0)
		return xnm_parse_u32(value, 0, UINT32_MAX, &health->bad) == 0;
	else if (strcmp(key, "good") == 0)
		return xnm_parse_u32(value, 0, UINT32_MAX, &health->good) == 0;
	else if (strcmp(key, "loss-percent") == 0)
		return xnm_parse_u32(value, 0, 100, &health->loss_percent) == 0;
	else if (strcmp(key, "latency-us") == 0)
		return xnm_parse_u32(value, 0, UINT32_MAX, &health->latency_us) == 0;
	else if (strcmp(key, "probed-ms") == 0)
		return parse_u64(value, &health->probed_ms);
	return true;
}

static bool read_key(void *arg, const char *key, const char *value)
{
	struct xnm_uplink_note *note = arg;

	if (strcmp(key, "device") == 0) {
		xnm_copy(note->device, sizeof(note->device), value);
		return xnm_ifname_ok(value);
	}
	if (strcmp(key, "vif") == 0) {
		note->has_owner = true;
		return xnm_vif_id_parse(value, &note->owner.domid, &note->owner.devid) == 0;
	}
	if (strcmp(key, "route") == 0)
		return read_route(note->routes, &note->n_routes, value);
	if (strcmp(key, "left-device") == 0) {
		xnm_copy(note->left_device, sizeof(note->left_device), value);
		return xnm_ifname_ok(value);
	}
	if (strcmp(key, "left-route") == 0)
		return read_route(note->left, &note->n_left, value);
	if (strcmp(key, "dhcp-pid") == 0)
		return xnm_parse_u32(value, 1, INT32_MAX, &note->dhcp_pid) == 0;
	if (strcmp(key, "dhcp-started") == 0)
		return parse_u64(value, &note->dhcp_started);
	if (strcmp(key, "leased") == 0)
		return xnm_parse_cidr(value, &note->leased) == 0;
	if (strcmp(key, "router") == 0)
		return xnm_parse_cidr(value, &note->router) == 0;
	/* keys of a newer xnm are ignored */
	return read_health(&note->health, key, value);
}

int xnm_uplink_note_read(const struct xnm_run_dir *dir, const char *name,
			 struct xnm_uplink_note *note)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, false);
	char text[XNM_UPLINK_TEXT_MAX];
	int rc;

	xnm_uplink_note_clear(note, name);
	if (fd < 0)
		return fd;
	rc = xnm_file_read(fd, name, text, sizeof(text));
	if (rc == 0 && !xnm_file_lines(text, "[uplink]", read_key, note)) {
		xnm_uplink_note_clear(note, name);
		rc = -EINVAL;
	}
	return rc;
}

static void write_host(FILE *out, const char *key, const struct xnm_cidr *cidr)
{
	char text[XNM_CIDR_TEXT_LEN];

	if (cidr->family == 0)
		return;
	xnm_format_cidr(cidr, text);
	fprintf(out, "%s=%s\n", key, text);
}

static void write_routes(FILE *out, const char *key, const struct xnm_default *list, unsigned int n)
{
	char gateway[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < n; i++) {
		xnm_format_cidr(&list[i].gateway, gateway);
		fprintf(out, "%s=%s %u\n", key, gateway, list[i].metric);
	}
}

int xnm_uplink_note_write(const struct xnm_run_dir *dir, const struct xnm_uplink_note *note)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, true);
	const struct xnm_health *health = &note->health;
	char text[XNM_UPLINK_TEXT_MAX];
	FILE *out;
	long len;

	if (fd < 0)
		return fd;
	out = fmemopen(text, sizeof(text), "w");
	if (!out)
		return -errno;
	fprintf(out, "[uplink]\ndevice=%s\n", note->device);
	if (note->has_owner)
		fprintf(out, "vif=%u.%u\n", note->owner.domid, note->owner.devid);
	write_routes(out, "route", note->routes, note->n_routes);
	if (note->n_left)
		fprintf(out, "left-device=%s\n", note->left_device);
	write_routes(out, "left-route", note->left, note->n_left);
	if (note->dhcp_pid)
		fprintf(out, "dhcp-pid=%u\ndhcp-started=%" PRIu64 "\n", note->dhcp_pid,
			note->dhcp_started);
	write_host(out, "leased", &note->leased);
	write_host(out, "router", &note->router);
	if (health->known)
		fprintf(out,
			"state=%s\nbad=%u\ngood=%u\nloss-percent=%u\nlatency-us=%u\n"
			"probed-ms=%" PRIu64 "\n",
			health->down ? "down" : "up", health->bad, health->good,
			health->loss_percent, health->latency_us, health->probed_ms);
	len = ftell(out);
	if (fclose(out) || len <= 0)
		return -ENOSPC;
	return xnm_file_replace(fd, note->name, text, (size_t)len);
}

int xnm_uplink_note_remove(const struct xnm_run_dir *dir, const char *name)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, false);

	return fd < 0 ? (fd == -ENOENT ? 0 : fd) : xnm_file_remove(fd, name);
}

int xnm_uplink_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *name),
			 void *arg)
{
	_cleanup_close_ int fd = xnm_run_dir_folder(dir, FOLDER, false);

	return fd < 0 ? (fd == -ENOENT ? 0 : fd) : xnm_file_each(fd, fn, arg);
}
