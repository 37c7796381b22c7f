/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log.h - the one error text of an event, and lines for the person and for syslog. */
#ifndef XNM_LOG_H
#define XNM_LOG_H

#include <stdbool.h>

#include "hotplug/base/util.h"

/* What went wrong, in one sentence by the function that knows the names. Zero-initialise. */
struct xnm_err {
	char text[320];
};

/*
 * Notes the message unless an earlier one is there already: what failed first
 * is the cause, what follows is not. Returns rc, so that a caller can write
 * `return xnm_fail(err, -ENODEV, "...")`.
 */
int xnm_fail(struct xnm_err *err, int rc, const char *fmt, ...) XNM_PRINTF(3, 4);

/*
 * Where lines go: errors and warnings always to stderr, which libxl hands to
 * the person who ran xl, and to syslog; information to syslog only; debug
 * lines nowhere. XNM_LOG=stderr sends all of them to stderr alone.
 */
void xnm_log_init(const char *program);

void xnm_log_error(const char *fmt, ...) XNM_PRINTF(1, 2);
void xnm_log_warning(const char *fmt, ...) XNM_PRINTF(1, 2);
void xnm_log_info(const char *fmt, ...) XNM_PRINTF(1, 2);
void xnm_log_debug(const char *fmt, ...) XNM_PRINTF(1, 2);

#endif
