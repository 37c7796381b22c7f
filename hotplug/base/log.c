/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log.c - the one error text of an event, and lines for the person and for syslog. */
#include "hotplug/base/log.h"

#include <stdarg.h>
#include <string.h>
#include <syslog.h>

static const char *log_program = "xnm";
static bool log_stderr_only;

int xnm_fail(struct xnm_err *err, int rc, const char *fmt, ...)
{
	va_list args;

	if (err->text[0] != '\0')
		return rc;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return rc;
}

void xnm_log_init(const char *program)
{
	const char *where = getenv("XNM_LOG");

	log_program = program;
	log_stderr_only = where && strcmp(where, "stderr") == 0;
	if (!log_stderr_only)
		openlog(program, LOG_PID, LOG_DAEMON);
}

static void XNM_PRINTF(3, 0) log_line(int priority, bool to_stderr, const char *fmt, va_list args)
{
	char line[512];

	vsnprintf(line, sizeof(line), fmt, args);
	/* one write: lines of parallel events must not mix */
	if (to_stderr)
		fprintf(stderr, "%s: %s%s\n", log_program,
			priority == LOG_WARNING ? "warning: " : "", line);
	if (!log_stderr_only)
		syslog(priority, "%s", line);
}

#define LOG_FUNCTION(name, priority, to_stderr)           \
	void name(const char *fmt, ...)                   \
	{                                                 \
		va_list args;                             \
                                                          \
		va_start(args, fmt);                      \
		log_line(priority, to_stderr, fmt, args); \
		va_end(args);                             \
	}

LOG_FUNCTION(xnm_log_error, LOG_ERR, true)
LOG_FUNCTION(xnm_log_warning, LOG_WARNING, true)
LOG_FUNCTION(xnm_log_info, LOG_INFO, log_stderr_only)

void xnm_log_debug(const char *fmt, ...)
{
	va_list args;

	if (!log_stderr_only)
		return;
	va_start(args, fmt);
	log_line(LOG_DEBUG, true, fmt, args);
	va_end(args);
}
