/* SPDX-License-Identifier: GPL-2.0-or-later */
/* launch.c - start a program as libxl starts a hotplug script, measure it, and kill it at a chosen microsecond. */

/*
 * A shell that forks adds a millisecond of its own and its memory spoils the
 * child's peak; vfork from a small program does neither.
 *
 * The program gets /dev/null as stdin and our stderr as stdout, like
 * libxl__exec gives it. The figures cover the program and all its children
 * that it waited for, as wait4(2) counts them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COPIES 4096
#define MAX_WORDS  256
#define NSEC	   1000000000LL

static const char usage[] =
	"usage: launch [OPTION]... PROGRAM [ARGUMENT]...\n"
	"  -e NAME=VALUE  set an environment variable\n"
	"  -a NAME        what the program sees as argv[0]\n"
	"  -n COUNT       run it COUNT times, one after the other\n"
	"  -p COUNT       run COUNT copies at once (each of the -n times)\n"
	"  -i FIRST       number the copies from FIRST, and put a copy's number in place of\n"
	"                 every '%' of its arguments and -e values\n"
	"  -k USEC        kill it USEC microseconds after its start\n"
	"  -t SECONDS     kill it after SECONDS\n"
	"  -o FILE        write 'NUMBER STATUS WALL_US CPU_US MAXRSS_KIB' per copy, then the same\n"
	"                 for each batch of -p, with 'all' in place of the number\n"
	"or:    launch -s SOCKET: take syslog messages there and forget them, until killed\n"
	"The exit status is the program's (128 + signal), or 1 if any of several copies failed.\n";

struct options {
	const char *argv0;
	char *env[MAX_WORDS];
	size_t n_env;
	unsigned int times, copies, first;
	bool numbered;
	long long limit_ns; /* 0: none */
	FILE *figures;
};

struct copy {
	pid_t pid; /* 0: not running */
	unsigned int number;
	long long start_ns;
};

static struct copy copies[MAX_COPIES];
static int null_fd;
static sigset_t old_mask;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
	exit(126);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static long long usec(const struct timeval *tv)
{
	return tv->tv_sec * 1000000LL + tv->tv_usec;
}

/* A copy of text with number in place of every '%'. */
static char *numbered(const char *text, unsigned int number)
{
	char *out = NULL;
	size_t size;
	FILE *stream = open_memstream(&out, &size);

	if (!stream)
		die("memory");
	for (; *text; text++) {
		if (*text == '%')
			fprintf(stream, "%u", number);
		else
			fputc(*text, stream);
	}
	fclose(stream);
	return out;
}

/* The -e variable with the name of text, "NAME=...", or NULL. */
static char **find_env(struct options *opt, const char *text)
{
	size_t name_len = strcspn(text, "=") + 1;

	for (size_t i = 0; i < opt->n_env; i++) {
		if (strncmp(text, opt->env[i], name_len) == 0)
			return &opt->env[i];
	}
	return NULL;
}

/* Notes a -e variable; a later one of the same name wins, as with setenv(3). */
static void add_env(struct options *opt, char *text)
{
	char **old = find_env(opt, text);

	if (old)
		*old = text;
	else if (opt->n_env < MAX_WORDS)
		opt->env[opt->n_env++] = text;
}

/* Our environment with the -e variables in place of those of the same name. */
static char **make_env(struct options *opt, unsigned int number)
{
	static char *env[4096];
	size_t n = 0;

	for (size_t i = 0; i < opt->n_env; i++)
		env[n++] = opt->numbered ? numbered(opt->env[i], number) : opt->env[i];
	for (char **e = environ; *e && n < 4095; e++) {
		if (!find_env(opt, *e))
			env[n++] = *e;
	}
	env[n] = NULL;
	return env;
}

static void start(struct copy *copy, struct options *opt, char **words)
{
	char *argv[MAX_WORDS + 1];
	char **env = make_env(opt, copy->number);
	size_t n = 0;

	for (; n < MAX_WORDS && words[n]; n++)
		argv[n] = opt->numbered ? numbered(words[n], copy->number) : words[n];
	argv[n] = NULL;
	if (opt->argv0)
		argv[0] = (char *)opt->argv0;

	copy->start_ns = now_ns();
	copy->pid = vfork();
	if (copy->pid == 0) {
		dup2(null_fd, STDIN_FILENO);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		signal(SIGPIPE, SIG_DFL);
		prctl(PR_SET_TIMERSLACK, 50000, 0, 0, 0);
		sigprocmask(SIG_SETMASK, &old_mask, NULL);
		execve(words[0], argv, env);
		_exit(127);
	}
	if (copy->pid < 0)
		die("vfork");
}

/* Waits for a child until deadline_ns (0: for ever). Returns its pid, or 0 at the deadline. */
static pid_t wait_child(long long deadline_ns, int *status, struct rusage *ru)
{
	sigset_t child;
	pid_t pid;

	if (deadline_ns == 0)
		return wait4(-1, status, 0, ru);

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		long long left = deadline_ns - now_ns();
		struct timespec ts;

		pid = wait4(-1, status, WNOHANG, ru);
		if (pid != 0 || left <= 0)
			return pid;
		ts.tv_sec = left / NSEC;
		ts.tv_nsec = left % NSEC;
		sigtimedwait(&child, NULL, &ts);
	}
}

/* Starts opt->copies copies and sees them end. Returns the last status that is not 0. */
static int run_batch(struct options *opt, char **words, unsigned int first)
{
	long long begin = now_ns(), deadline = 0, cpu_sum = 0, rss_max = 0;
	unsigned int alive = opt->copies;
	int worst = 0;

	for (unsigned int i = 0; i < opt->copies; i++) {
		copies[i].number = first + i;
		start(&copies[i], opt, words);
	}
	if (opt->limit_ns)
		deadline = copies[0].start_ns + opt->limit_ns;

	while (alive > 0) {
		struct copy *copy = NULL;
		struct rusage ru;
		long long wall, cpu;
		int status, rc;
		pid_t pid;

		pid = wait_child(deadline, &status, &ru);
		if (pid < 0)
			die("wait4");
		if (pid == 0) {
			for (unsigned int i = 0; i < opt->copies; i++) {
				if (copies[i].pid)
					kill(copies[i].pid, SIGKILL);
			}
			deadline = 0;
			continue;
		}
		for (unsigned int i = 0; i < opt->copies && !copy; i++) {
			if (copies[i].pid == pid)
				copy = &copies[i];
		}
		if (!copy)
			continue;
		wall = now_ns() - copy->start_ns;
		copy->pid = 0;
		alive--;

		rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		if (rc)
			worst = rc;
		cpu = usec(&ru.ru_utime) + usec(&ru.ru_stime);
		cpu_sum += cpu;
		if (ru.ru_maxrss > rss_max)
			rss_max = ru.ru_maxrss;
		if (opt->figures)
			fprintf(opt->figures, "%u %d %lld %lld %ld\n", copy->number, rc,
				wall / 1000, cpu, ru.ru_maxrss);
	}
	if (opt->figures && opt->copies > 1)
		fprintf(opt->figures, "all %d %lld %lld %lld\n", worst, (now_ns() - begin) / 1000,
			cpu_sum, rss_max);
	return worst;
}

/* On a real host somebody reads /dev/log; without it a program that logs takes another way. */
static int sink(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char message[4096];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die(path);
	while (recv(fd, message, sizeof(message), 0) >= 0)
		;
	die(path);
}

static unsigned int number(const char *text, unsigned int max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || value > max) {
		fprintf(stderr, "launch: '%s' is not a number up to %u\n", text, max);
		exit(126);
	}
	return (unsigned int)value;
}

int main(int argc, char **argv)
{
	struct options opt = { .times = 1, .copies = 1 };
	sigset_t child;
	int c, worst = 0;

	/* '+': the program's own options are not ours */
	while ((c = getopt(argc, argv, "+e:a:n:p:i:k:t:o:s:")) != -1) {
		switch (c) {
		case 'e':
			add_env(&opt, optarg);
			break;
		case 'a':
			opt.argv0 = optarg;
			break;
		case 'n':
			opt.times = number(optarg, 1000000);
			break;
		case 'p':
			opt.copies = number(optarg, MAX_COPIES);
			break;
		case 'i':
			opt.first = number(optarg, 1000000);
			opt.numbered = true;
			break;
		case 'k':
			/* 0 would mean no limit */
			opt.limit_ns = number(optarg, 1000000000) * 1000LL + 1;
			break;
		case 't':
			opt.limit_ns = number(optarg, 100000) * NSEC + 1;
			break;
		case 'o':
			opt.figures = strcmp(optarg, "-") == 0 ? stdout : fopen(optarg, "we");
			if (!opt.figures)
				die(optarg);
			break;
		case 's':
			return sink(optarg);
		default:
			fputs(usage, stderr);
			return 126;
		}
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return 126;
	}
	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null_fd < 0)
		die("/dev/null");

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &old_mask);
	/* the default slack of 50 us is a tenth of what we time */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);

	for (unsigned int i = 0; i < opt.times; i++) {
		int rc = run_batch(&opt, argv + optind, opt.first + i * opt.copies);

		if (rc)
			worst = rc;
	}
	if (opt.figures && fclose(opt.figures))
		die("figures");
	return opt.times == 1 && opt.copies == 1 ? worst : worst != 0;
}
