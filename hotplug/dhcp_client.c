/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_client.c - start and end the system's own DHCP client, which calls us when it has an address. */
#include "hotplug/dhcp_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/util.h"

#define STOP_STEP_MS	20
#define STOP_AGAIN_MS	200
#define STOP_TIMEOUT_MS 1000

#define MAX_OPEN_FILES 64 /* more than we ever have */
#define MAX_ARGUMENTS  24
#define PATH_LEN       256

enum client { CLIENT_UDHCPC, CLIENT_DHCLIENT, CLIENT_DHCPCD, N_CLIENTS };

static const char *const client_names[N_CLIENTS] = {
	[CLIENT_UDHCPC] = "udhcpc",
	[CLIENT_DHCLIENT] = "dhclient",
	[CLIENT_DHCPCD] = "dhcpcd",
};

/* What a start needs; all text that arguments point to. */
struct start {
	char program[PATH_LEN], hook[PATH_LEN], pid_file[PATH_LEN], lease_file[PATH_LEN];
	char run_dir[PATH_LEN], config[PATH_LEN]; /* NAME=VALUE */
	char metric[12];
	const char *argv[MAX_ARGUMENTS];
	unsigned int argc;
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

/* A name of this very program, by which it knows that the client calls it. */
static int make_hook(const struct xnm_run_dir *dir, char hook[PATH_LEN])
{
	char self[PATH_LEN], now[PATH_LEN];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		return -errno;
	self[len] = '\0';
	if (snprintf(hook, PATH_LEN, "%s/" XNM_DHCP_HOOK, xnm_run_dir_path()) >= PATH_LEN)
		return -ENAMETOOLONG;
	len = readlinkat(dir->run_fd, XNM_DHCP_HOOK, now, sizeof(now) - 1);
	if (len >= 0) {
		now[len] = '\0';
		if (strcmp(now, self) == 0)
			return 0;
	}
	(void)unlinkat(dir->run_fd, "." XNM_DHCP_HOOK, 0);
	if (symlinkat(self, dir->run_fd, "." XNM_DHCP_HOOK) ||
	    renameat(dir->run_fd, "." XNM_DHCP_HOOK, dir->run_fd, XNM_DHCP_HOOK))
		return -errno;
	return 0;
}

static void add(struct start *start, const char *argument)
{
	if (start->argc + 1 < MAX_ARGUMENTS)
		start->argv[start->argc++] = argument;
}

/* These two hand nothing of their own environment on. */
static void add_environment(struct start *start)
{
	if (start->run_dir[0]) {
		add(start, "-e");
		add(start, start->run_dir);
	}
	if (start->config[0]) {
		add(start, "-e");
		add(start, start->config);
	}
}

/* In the foreground, as we leave it running; nothing but our hook sets anything, nor resolv.conf. */
static void fill_arguments(struct start *start, int client, const char *device)
{
	add(start, client_names[client]);
	switch (client) {
	case CLIENT_UDHCPC:
		add(start, "-f");
		add(start, "-R");
		add(start, "-s");
		add(start, start->hook);
		add(start, "-p");
		add(start, start->pid_file);
		add(start, "-i");
		break;
	case CLIENT_DHCLIENT:
		add(start, "-4");
		add(start, "-d");
		add(start, "-sf");
		add(start, start->hook);
		add(start, "-pf");
		add(start, start->pid_file);
		add(start, "-lf");
		add(start, start->lease_file);
		add_environment(start);
		break;
	default:
		add(start, "-4");
		add(start, "-B");
		add(start, "-G");
		add(start, "-c");
		add(start, start->hook);
		add(start, "-m");
		add(start, start->metric);
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

/* Of another process: field 22 of its stat, in ticks since the boot. */
static uint64_t started_at(uint32_t pid)
{
	_cleanup_close_ int fd = -1;
	char path[32], text[512];
	const char *p;
	ssize_t len;

	(void)snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return 0;
	text[len] = '\0';
	/* its name, in brackets, may have blanks and brackets itself */
	p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p + 1, ' ');
		/* one that has ended and was not waited for yet */
		if (p && field == 2 && p[1] == 'Z')
			return 0;
	}
	return p ? strtoull(p + 1, NULL, 10) : 0;
}

/* In the child: nothing of ours is left open, and the terminal is not its. */
__attribute__((noreturn)) static void become(const struct start *start)
{
	const char *environment[4] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin" };
	int null = open("/dev/null", O_RDWR), n = 1;
	/* execve() changes nothing there, but does not say so */
	union {
		const char *const *from;
		char *const *to;
	} arguments = { .from = start->argv }, variables = { .from = environment };

	if (start->run_dir[0])
		environment[n++] = start->run_dir;
	if (start->config[0])
		environment[n++] = start->config;
	for (int fd = 0; fd < 3; fd++)
		(void)dup2(null, fd);
	for (int fd = 3; fd < MAX_OPEN_FILES; fd++)
		(void)close(fd);
	(void)setsid();
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	execve(start->program, arguments.to, variables.to);
	_exit(127);
}

int xnm_dhcp_start(const struct xnm_run_dir *dir, const char *device, uint32_t metric,
		   uint32_t *pid, uint64_t *started)
{
	static struct start start;
	int client, rc;
	pid_t child;

	memset(&start, 0, sizeof(start));
	client = find_client(start.program);
	if (client < 0)
		return client;
	rc = make_hook(dir, start.hook);
	if (rc)
		return rc;
	(void)snprintf(start.pid_file, PATH_LEN, "%.200s/dhcp-%.15s.pid", xnm_run_dir_path(),
		       device);
	(void)snprintf(start.lease_file, PATH_LEN, "%.200s/dhcp-%.15s.lease", xnm_run_dir_path(),
		       device);
	(void)snprintf(start.metric, sizeof(start.metric), "%u", metric);
	fill_environment(start.run_dir, "XNM_RUN_DIR");
	fill_environment(start.config, "XNM_CONFIG");
	fill_arguments(&start, client, device);
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0)
		become(&start);
	*pid = (uint32_t)child;
	*started = started_at(*pid);
	return 0;
}

bool xnm_dhcp_is_installed(void)
{
	char path[PATH_LEN];

	return find_client(path) >= 0;
}

bool xnm_dhcp_runs(uint32_t pid, uint64_t started)
{
	return pid && started && started_at(pid) == started;
}

bool xnm_dhcp_is_hook(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	return slash && strcmp(slash + 1, XNM_DHCP_HOOK) == 0;
}

/* Its helpers, too: it leads a group of its own. */
static void signal_client(uint32_t pid, int sig)
{
	if (kill(-(pid_t)pid, sig))
		(void)kill((pid_t)pid, sig);
}

/* dhcpcd misses a signal that comes while it starts or reads its lease: it gets another one. */
void xnm_dhcp_stop(uint32_t pid, uint64_t started)
{
	for (unsigned int waited_ms = 0; xnm_dhcp_runs(pid, started); waited_ms += STOP_STEP_MS) {
		if (waited_ms >= STOP_TIMEOUT_MS) {
			signal_client(pid, SIGKILL);
			return;
		}
		if (waited_ms % STOP_AGAIN_MS == 0)
			signal_client(pid, SIGTERM);
		(void)poll(NULL, 0, STOP_STEP_MS);
	}
}
