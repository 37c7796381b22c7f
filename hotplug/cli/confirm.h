/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confirm.h - ask the person at the terminal, and take silence for a no. */
#ifndef XNM_CONFIRM_H
#define XNM_CONFIRM_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP end no run, but count as a no, and nothing stops it: a
 * lost terminal must not leave what nobody has confirmed.
 */
void xnm_confirm_begin(void);

/*
 * Asks on stdout, and waits for Enter or y on stdin. Returns false on anything else: n, the end
 * of stdin, a signal since xnm_confirm_begin(), or no answer; *why then says which.
 */
bool xnm_confirm(unsigned int timeout_s, const char **why);

#endif
