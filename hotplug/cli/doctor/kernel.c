/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.c - what this kernel was built without. */
#include "hotplug/cli/doctor/finding.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static const char *const options[] = {
	"NF_TABLES", "NF_TABLES_BRIDGE", "NF_TABLES_INET",  "NFT_CT",  "NFT_NAT",
	"NFT_MASQ",  "NFT_FIB_INET",	 "NFT_REJECT_INET", "NFT_LOG", "NF_CT_NETLINK",
};

/* Whether a line is CONFIG_<option>=y or =m. */
static bool sets_option(const char *line, const char *option)
{
	size_t len = strlen(option);

	if (strncmp(line, "CONFIG_", 7) != 0 || strncmp(line + 7, option, len) != 0)
		return false;
	line += 7 + len;
	return line[0] == '=' && (line[1] == 'y' || line[1] == 'm');
}

/* Returns how many lines there were. */
static unsigned int read_config(FILE *stream, bool found[XNM_N_ELEMENTS(options)])
{
	unsigned int n = 0;
	char line[256];

	while (fgets(line, sizeof(line), stream)) {
		n++;
		for (size_t i = 0; i < XNM_N_ELEMENTS(options); i++)
			found[i] |= sets_option(line, options[i]);
	}
	return n;
}

/* Reads a compressed file through gzip(1). */
static unsigned int read_compressed(char *path, bool found[XNM_N_ELEMENTS(options)])
{
	char program[] = "gzip", option[] = "-dc";
	char *argv[] = { program, option, path, NULL };
	posix_spawn_file_actions_t actions;
	unsigned int n = 0;
	FILE *stream = NULL;
	pid_t pid = 0;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return 0;
	if (posix_spawn_file_actions_init(&actions) == 0) {
		(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
		(void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
						       O_WRONLY, 0);
		if (posix_spawnp(&pid, program, &actions, NULL, argv, environ))
			pid = 0;
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)close(fds[1]);
	if (pid)
		stream = fdopen(fds[0], "r");
	if (stream) {
		n = read_config(stream, found);
		(void)fclose(stream);
	} else {
		(void)close(fds[0]);
	}
	if (pid)
		(void)waitpid(pid, NULL, 0);
	return n;
}

static unsigned int read_any_config(bool found[XNM_N_ELEMENTS(options)])
{
	char compressed[] = "/proc/config.gz", path[128];
	struct utsname name;
	unsigned int n = 0;
	FILE *stream = NULL;

	if (uname(&name) == 0) {
		(void)snprintf(path, sizeof(path), "/boot/config-%s", name.release);
		stream = fopen(path, "re");
	}
	if (stream) {
		n = read_config(stream, found);
		(void)fclose(stream);
	}
	/* only kernels with CONFIG_IKCONFIG_PROC have it */
	if (n == 0 && access(compressed, R_OK) == 0)
		n = read_compressed(compressed, found);
	return n;
}

static void check_kernel(struct xnm_doctor *doctor)
{
	bool found[XNM_N_ELEMENTS(options)] = { false };
	char missing[256] = "";
	size_t len = 0;

	if (read_any_config(found) == 0)
		return;
	for (size_t i = 0; i < XNM_N_ELEMENTS(options); i++) {
		if (!found[i])
			len += (size_t)snprintf(missing + len, sizeof(missing) - len, "%sCONFIG_%s",
						len ? ", " : "", options[i]);
	}
	if (missing[0])
		xnm_doctor_find(doctor,
				"this kernel was built without %s, so vifs cannot be locked: boot "
				"another kernel, or write locking-mode=unlocked into the policy",
				missing);
}

const struct xnm_doctor_check xnm_doctor_kernel = {
	.name = "kernel",
	.what = "options that this kernel was built without",
	.run = check_kernel,
};
