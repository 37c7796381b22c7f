/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program.c - find a DHCP client, and the arguments by which it does nothing but run our hook. */
#include "hotplug/parts/uplink/start.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"

#define PATH_LEN XNM_DHCP_PATH_LEN

enum client { CLIENT_UDHCPC, CLIENT_DHCLIENT, CLIENT_DHCPCD, N_CLIENTS };

static const char *const client_names[N_CLIENTS] = {
	[CLIENT_UDHCPC] = "udhcpc",
	[CLIENT_DHCLIENT] = "dhclient",
	[CLIENT_DHCPCD] = "dhcpcd",
};

static int find_client(char path[PATH_LEN])
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin",
					       "/usr/local/sbin" };

	for (int client = 0; client < N_CLIENTS; client++) {
		for (size_t i = 0; i < XNM_N_ELEMENTS(folders); i++) {
			(void)snprintf(path, PATH_LEN, "%s/%s", folders[i], client_names[client]);
			if (access(path, X_OK) == 0)
				return client;
		}
	}
	return -ENOENT;
}

const char *xnm_dhcp_client_name(void)
{
	char path[PATH_LEN];
	int client = find_client(path);

	return client < 0 ? NULL : client_names[client];
}

/*
 * The path of xnm-vif, beside this program: always the same path, so that clients which run already
 * have the same hook.
 */
static int find_vif_program(char path[PATH_LEN], struct xnm_err *err)
{
	char self[PATH_LEN], real[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (len < 0)
		return xnm_fail(err, -errno, "cannot find out where xnm-vif is: /proc/self/exe: %s",
				strerror(errno));
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (!slash || snprintf(slash + 1, (size_t)(self + sizeof(self) - slash - 1), "xnm-vif") >=
			      self + sizeof(self) - slash - 1)
		return xnm_fail(err, -ENAMETOOLONG, "cannot find out where xnm-vif is: '%s'", self);
	if (access(self, X_OK) || !realpath(self, real) || strlen(real) >= PATH_LEN)
		return xnm_fail(err, -ENOEXEC,
				"there is no %s, which DHCP clients call: install xnm-vif beside "
				"xnm and xnm-udev",
				self);
	memcpy(path, real, strlen(real) + 1);
	return 0;
}

/* Links xnm-vif to the name by which it knows that it runs as the hook. */
static int make_hook(const struct xnm_run_dir *dir, char hook[PATH_LEN], struct xnm_err *err)
{
	char program[PATH_LEN], now[PATH_LEN];
	ssize_t len;
	int rc = find_vif_program(program, err);

	if (rc)
		return rc;
	if (snprintf(hook, PATH_LEN, "%s/" XNM_DHCP_HOOK, xnm_run_dir_path()) >= PATH_LEN)
		return -ENAMETOOLONG;
	len = readlinkat(dir->run_fd, XNM_DHCP_HOOK, now, sizeof(now) - 1);
	if (len >= 0) {
		now[len] = '\0';
		if (strcmp(now, program) == 0)
			return 0;
	}
	(void)unlinkat(dir->run_fd, "." XNM_DHCP_HOOK, 0);
	if (symlinkat(program, dir->run_fd, "." XNM_DHCP_HOOK) ||
	    renameat(dir->run_fd, "." XNM_DHCP_HOOK, dir->run_fd, XNM_DHCP_HOOK))
		return xnm_fail(err, -errno, "cannot make %s: %s", hook, strerror(errno));
	return 0;
}

static bool listens(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", path);
	return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
}

/*
 * If a dhcpcd runs already, a new one passes its arguments to it and exits; the running one acts by
 * its own configuration (main() in dhcpcd.c).
 */
static int check_dhcpcd(const char *uplink, const char *device, struct xnm_err *err)
{
	char paths[3][64];

	(void)snprintf(paths[0], sizeof(paths[0]), "/run/dhcpcd/%.15s-4.sock", device);
	(void)snprintf(paths[1], sizeof(paths[1]), "/run/dhcpcd/%.15s.sock", device);
	(void)snprintf(paths[2], sizeof(paths[2]), "/run/dhcpcd/sock");
	for (size_t i = 0; i < XNM_N_ELEMENTS(paths); i++) {
		if (listens(paths[i]))
			return xnm_fail(
				err, -EBUSY,
				"cannot start a DHCP client for uplink %s: a dhcpcd runs already "
				"(%s) and would apply its own configuration to %s: install udhcpc",
				uplink, paths[i], device);
	}
	return 0;
}

static void add(struct xnm_dhcp_program *start, const char *argument)
{
	if (start->argc + 1 < XNM_DHCP_ARGUMENTS)
		start->argv[start->argc++] = argument;
}

static void add_two(struct xnm_dhcp_program *start, const char *option, const char *value)
{
	add(start, option);
	add(start, value);
}

/* dhclient and dhcpcd do not pass their environment to their scripts. */
static void add_environment(struct xnm_dhcp_program *start)
{
	add_two(start, "-e", start->uplink);
	if (start->run_dir[0])
		add_two(start, "-e", start->run_dir);
	if (start->config[0])
		add_two(start, "-e", start->config);
}

/*
 * In the foreground, as we put it into the background ourselves. The host's own configuration for
 * clients is not read, and only our hook configures anything: udhcpc and dhclient configure only by
 * their script, dhcpcd with --noconfigure since 9.0; an older one exits with an error.
 */
static void fill_arguments(struct xnm_dhcp_program *start, int client, const char *device)
{
	add(start, client_names[client]);
	switch (client) {
	case CLIENT_UDHCPC:
		add(start, "-f");
		add(start, "-S");
		add(start, "-R");
		add_two(start, "-s", start->hook);
		add_two(start, "-p", start->pid_file);
		add(start, "-i");
		break;
	case CLIENT_DHCLIENT:
		add(start, "-4");
		add(start, "-d");
		add_two(start, "-cf", "/dev/null");
		add_two(start, "-sf", start->hook);
		add_two(start, "-pf", start->pid_file);
		add_two(start, "-lf", start->lease_file);
		add_environment(start);
		break;
	default:
		add(start, "-4");
		add(start, "-B");
		add_two(start, "-f", "/dev/null");
		add(start, "--noconfigure");
		add(start, "--noipv4ll");
		add_two(start, "-c", start->hook);
		add_two(start, "-o", "subnet_mask,routers");
		add_environment(start);
		break;
	}
	add(start, device);
}

static void fill_environment(char *out, const char *name)
{
	const char *value = getenv(name);

	out[0] = '\0';
	if (value && snprintf(out, PATH_LEN, "%s=%s", name, value) >= PATH_LEN)
		out[0] = '\0';
}

int xnm_dhcp_program(struct xnm_dhcp_program *out, const struct xnm_run_dir *dir,
		     const char *uplink, const char *device, struct xnm_err *err)
{
	int client, rc;

	memset(out, 0, sizeof(*out));
	client = find_client(out->program);
	if (client < 0)
		return client;
	rc = client == CLIENT_DHCPCD ? check_dhcpcd(uplink, device, err) : 0;
	if (rc == 0)
		rc = make_hook(dir, out->hook, err);
	if (rc)
		return rc;
	/* named after the uplink: two uplinks may be on one bridge */
	(void)snprintf(out->pid_file, PATH_LEN, "%.180s/dhcp-%.63s.pid", xnm_run_dir_path(),
		       uplink);
	(void)snprintf(out->lease_file, PATH_LEN, "%.180s/dhcp-%.63s.lease", xnm_run_dir_path(),
		       uplink);
	(void)snprintf(out->uplink, sizeof(out->uplink), XNM_DHCP_UPLINK "=%.63s", uplink);
	fill_environment(out->run_dir, "XNM_RUN_DIR");
	fill_environment(out->config, "XNM_CONFIG");
	fill_arguments(out, client, device);
	return 0;
}
