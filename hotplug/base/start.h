/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start.h - make a program independent of what its caller has left it: the first line of each main(). */
#ifndef XNM_START_H
#define XNM_START_H

#include <stdbool.h>

/*
 * Whether descriptors above 2 are closed. libxl before 4.17 leaks pipe ends to what it runs, and
 * nobody passes a descriptor to a program that an event starts. A person may pass one to xnm:
 * `xnm check <(...)`.
 */
enum xnm_start_fds { XNM_START_KEEP_FDS, XNM_START_CLOSE_FDS };

/*
 * Sets what a process inherits, and names the program in its log lines:
 *
 * - descriptors 0 to 2 are open. Else the next socket would be number 2 and get log text, which
 *   xenstored or the kernel would read as a message.
 * - umask 022: monitoring reads the notes.
 * - no signal is blocked; SIGALRM and SIGCHLD have their default action, as a blocked or ignored one
 *   would make a deadline or waitpid(2) fail; SIGPIPE and SIGXFSZ are ignored, so that a write
 *   returns an error instead of ending the program half-way. What nohup(1) and shells ignore stays.
 * - soft limits on files, memory, stack, time and file size are raised: as far as the hard ones
 *   allow, or beyond with CAP_SYS_RESOURCE.
 * - options may follow arguments, as POSIXLY_CORRECT is removed. Its locale is C, as no program here
 *   calls setlocale(3).
 *
 * Cannot fail: what cannot be had stays as it is.
 */
void xnm_start(const char *program, enum xnm_start_fds fds);

/* Before exec of a foreign program: ignored signals are inherited, and it may count on SIGPIPE. */
void xnm_start_signals_default(void);

#endif
