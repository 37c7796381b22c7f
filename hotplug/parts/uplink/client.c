/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client.c - start and stop the system's own DHCP client, which runs xnm-vif when it has a lease. */
#include "hotplug/parts/uplink/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/base/start.h"
#include "hotplug/base/util.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/uplink/start.h"

#define STOP_STEP_MS	20
#define STOP_AGAIN_MS	200
#define STOP_TIMEOUT_MS 1000
#define AT_ONCE_MS	200 /* a client that cannot work at all exits within this time */

#define MAX_OPEN_FILES 64 /* more than we ever have */

/* A process's start time: field 22 of /proc/PID/stat, in ticks since the boot. */
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
	/* the name in parentheses may contain blanks and parentheses */
	p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p + 1, ' ');
		/* a zombie */
		if (p && field == 2 && p[1] == 'Z')
			return 0;
	}
	return p ? strtoull(p + 1, NULL, 10) : 0;
}

/* The pipes between parent and child while the client is started. */
struct talk {
	int go[2]; /* parent to child, one byte: it is noted, and may run */
	int failed[2]; /* child to parent: errno of a failure; end of file: it runs */
};

__attribute__((noreturn)) static void give_up(int fd, int error)
{
	ssize_t sent = write(fd, &error, sizeof(error));

	_exit(sent == (ssize_t)sizeof(error) ? 127 : 126);
}

/* Closes all descriptors except the pipe for errors. */
static void close_files(int failed)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		(void)dup2(null, fd);
	for (int fd = 3; fd < MAX_OPEN_FILES; fd++) {
		if (fd != failed)
			(void)close(fd);
	}
}

/* In the child. If the parent is killed before it has noted the child, the child exits. */
__attribute__((noreturn)) static void become(const struct xnm_dhcp_program *program,
					     const struct talk *talk)
{
	const char *environment[5] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin" };
	int n = 1, failed = fcntl(talk->failed[1], F_DUPFD_CLOEXEC, 3), rc;
	char byte;
	/* execve() does not change the strings, but its prototype does not say so */
	union {
		const char *const *from;
		char *const *to;
	} arguments = { .from = program->argv }, variables = { .from = environment };

	(void)setsid();
	(void)close(talk->go[1]);
	if (read(talk->go[0], &byte, 1) != 1)
		_exit(127);
	environment[n++] = program->uplink;
	if (program->run_dir[0])
		environment[n++] = program->run_dir;
	if (program->config[0])
		environment[n++] = program->config;
	close_files(failed);
	xnm_start_signals_default();
	rc = xnm_sandbox_client();
	if (rc)
		give_up(failed, -rc);
	execve(program->program, arguments.to, variables.to);
	give_up(failed, errno);
}

/* Whether the client runs and stays alive for a moment: a later failure could not be reported. */
static int wait_at_once(const struct xnm_dhcp_program *program, const char *device,
			struct talk *talk, pid_t child, struct xnm_err *err)
{
	int error = 0, status = 0;

	/* closed by exec */
	if (read(talk->failed[0], &error, sizeof(error)) == (ssize_t)sizeof(error)) {
		(void)waitpid(child, NULL, 0);
		return xnm_fail(err, -error, "cannot start a DHCP client on %s: %s: %s", device,
				program->program, strerror(error));
	}
	for (unsigned int waited_ms = 0; waited_ms < AT_ONCE_MS; waited_ms += STOP_STEP_MS) {
		if (waitpid(child, &status, WNOHANG) == child)
			return xnm_fail(err, -ECHILD,
					"the DHCP client on %s ended at once, with %s %d: the "
					"system's log has what %s said",
					device, WIFSIGNALED(status) ? "signal" : "exit status",
					WIFSIGNALED(status) ? WTERMSIG(status)
							    : WEXITSTATUS(status),
					program->program);
		(void)poll(NULL, 0, STOP_STEP_MS);
	}
	return 0;
}

static void close_talk(struct talk *talk)
{
	int *fds[] = { &talk->go[0], &talk->go[1], &talk->failed[0], &talk->failed[1] };

	for (size_t i = 0; i < XNM_N_ELEMENTS(fds); i++) {
		if (*fds[i] >= 0)
			(void)close(*fds[i]);
		*fds[i] = -1;
	}
}

static int run_client(const struct xnm_run_dir *dir, const struct xnm_dhcp_program *program,
		      struct talk *talk, struct xnm_uplink_note *note, struct xnm_err *err)
{
	pid_t child = fork();
	int rc;

	if (child < 0)
		return -errno;
	if (child == 0)
		become(program, talk);
	(void)close(talk->go[0]);
	(void)close(talk->failed[1]);
	talk->go[0] = talk->failed[1] = -1;
	note->dhcp_pid = (uint32_t)child;
	note->dhcp_started = started_at(note->dhcp_pid);
	rc = xnm_uplink_note_write(dir, note);
	if (rc == 0 && write(talk->go[1], "", 1) != 1)
		rc = -errno;
	if (rc) {
		(void)close(talk->go[1]);
		talk->go[1] = -1;
		(void)waitpid(child, NULL, 0);
		return rc;
	}
	rc = wait_at_once(program, note->device, talk, child, err);
	if (rc) {
		note->dhcp_pid = 0;
		(void)xnm_uplink_note_write(dir, note);
	}
	return rc;
}

int xnm_dhcp_start(const struct xnm_run_dir *dir, struct xnm_uplink_note *note, struct xnm_err *err)
{
	static struct xnm_dhcp_program program;
	struct talk talk = { { -1, -1 }, { -1, -1 } };
	int rc = xnm_dhcp_program(&program, dir, note->name, note->device, err);

	if (rc == 0 && (pipe2(talk.go, O_CLOEXEC) || pipe2(talk.failed, O_CLOEXEC)))
		rc = -errno;
	if (rc == 0)
		rc = run_client(dir, &program, &talk, note, err);
	close_talk(&talk);
	return rc;
}

bool xnm_dhcp_runs(uint32_t pid, uint64_t started)
{
	return pid && started && started_at(pid) == started;
}

/* Signals its helpers, too: it leads a process group of its own. */
static void signal_client(uint32_t pid, int sig)
{
	if (kill(-(pid_t)pid, sig))
		(void)kill((pid_t)pid, sig);
}

/* dhcpcd loses a signal that arrives while it starts or reads its lease: repeat it. */
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
