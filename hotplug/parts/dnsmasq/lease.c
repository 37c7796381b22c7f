/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.c - find an address in dnsmasq's lease file. */
#include "hotplug/parts/dnsmasq/lease.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/state_dir.h"

/*
 *   1735689600 00:16:3e:00:00:01 10.0.0.5 web1 *           first those of DHCPv4
 *   duid 00:01:00:01:2e:...                                then the server itself
 *   1735689600 4266459137 fd00::5 web1 00:01:00:01:2d:...  and those of DHCPv6
 *
 * The longest line has a name of 255 bytes and an identifier of as many.
 */
#define LINE_LEN 2048
#define N_FIELDS 5

/* All together 127 ms: a dnsmasq that is interrupted may take long to write the file anew. One that
 * has no lease and never had one of DHCPv6 leaves it empty. */
#define MAX_PAUSE_MS 64

int xnm_lease_path(char out[XNM_LEASE_PATH_LEN], const char *network)
{
	int len = snprintf(out, XNM_LEASE_PATH_LEN, "%s/dhcp/%s.leases", xnm_state_dir_path(),
			   network);

	return len < 0 || len >= XNM_LEASE_PATH_LEN ? -ENAMETOOLONG : 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "00:01:..." */
static bool parse_duid(const char *text, struct xnm_duid *out)
{
	out->len = 0;
	for (unsigned int n = 0; n < XNM_DUID_MAX; text += 3) {
		int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0)
			return false;
		out->b[n++] = (uint8_t)(high << 4 | low);
		if (text[2] == '\0')
			out->len = (uint8_t)n;
		if (text[2] != ':')
			return out->len;
	}
	return false;
}

static bool parse_iaid(const char *text, struct xnm_lease6 *out)
{
	out->temporary = text[0] == 'T';
	return xnm_parse_u32(text + out->temporary, 0, UINT32_MAX, &out->iaid) == 0;
}

static bool is_address(const char *text, const struct xnm_cidr *address)
{
	uint8_t addr[sizeof(address->addr)];

	return inet_pton(address->family, text, addr) == 1 &&
	       memcmp(addr, address->addr, address->family == AF_INET ? 4 : sizeof(addr)) == 0;
}

/* Returns how many there are, N_FIELDS + 1 for more than that. */
static unsigned int split(char *line, char *fields[N_FIELDS])
{
	char *save = NULL;
	unsigned int n = 0;

	for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (n == N_FIELDS)
			return n + 1;
		fields[n++] = word;
	}
	return n;
}

/* Returns whether out is complete now. */
static bool read_line(char *line, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	char *fields[N_FIELDS];
	unsigned int n = split(line, fields);

	if (n == 2 && strcmp(fields[0], "duid") == 0)
		(void)parse_duid(fields[1], &out->server);
	if (n != N_FIELDS || fields[0][strspn(fields[0], "0123456789")] ||
	    !is_address(fields[2], address))
		return false;
	return address->family == AF_INET || (out->server.len && parse_iaid(fields[1], out) &&
					      parse_duid(fields[4], &out->client));
}

struct lines {
	char text[LINE_LEN];
	size_t len;
	bool cut; /* the rest of an overlong line is skipped */
};

/* Reads complete lines, and keeps an incomplete last one. */
static bool read_lines(struct lines *lines, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	char *line = lines->text, *last = lines->text + lines->len, *end;

	for (; (end = memchr(line, '\n', (size_t)(last - line))); line = end + 1) {
		bool cut = lines->cut;

		lines->cut = false;
		*end = '\0';
		if (!cut && strlen(line) == (size_t)(end - line) && read_line(line, address, out))
			return true;
	}
	lines->len = (size_t)(last - line);
	memmove(lines->text, line, lines->len);
	if (lines->len == sizeof(lines->text)) {
		lines->cut = true;
		lines->len = 0;
	}
	return false;
}

int xnm_lease_find(int fd, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	struct lines lines = { .len = 0 };
	bool empty = true;
	ssize_t len;

	memset(out, 0, sizeof(*out));
	while ((len = read(fd, lines.text + lines.len, sizeof(lines.text) - lines.len)) > 0) {
		empty = false;
		lines.len += (size_t)len;
		if (read_lines(&lines, address, out))
			return 0;
	}
	if (len < 0)
		return -errno;
	return empty || lines.len || lines.cut ? -EAGAIN : -ENOENT;
}

static bool has_changed(int fd, const struct stat *before)
{
	struct stat now;

	return fstat(fd, &now) || now.st_size != before->st_size ||
	       now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

static int find_in_file(const char *path, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	rc = xnm_lease_find(fd, address, out);
	/* when an earlier lease ends, the line may move to a part of the file that was read
	 * already */
	return rc == -ENOENT && has_changed(fd, &st) ? -EAGAIN : rc;
}

int xnm_lease_look(const char *network, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	char path[XNM_LEASE_PATH_LEN];
	int rc = xnm_lease_path(path, network);

	return rc ? rc : find_in_file(path, address, out);
}

int xnm_lease_read(const char *network, const struct xnm_cidr *address, struct xnm_lease6 *out)
{
	int rc = xnm_lease_look(network, address, out);

	for (int pause_ms = 1; rc == -EAGAIN && pause_ms <= MAX_PAUSE_MS; pause_ms *= 2) {
		(void)poll(NULL, 0, pause_ms);
		rc = xnm_lease_look(network, address, out);
	}
	return rc;
}
