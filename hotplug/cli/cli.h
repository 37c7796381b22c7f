/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli.h - the commands of xnm, each from its arguments to its exit status. */
#ifndef XNM_CLI_H
#define XNM_CLI_H

/* Beside EXIT_SUCCESS and EXIT_FAILURE: a wrong call, or a mistake in the policy. */
#define XNM_EXIT_USAGE 2

/* argv[0] is the command's name, its arguments follow. */
int xnm_cmd_check(int argc, char **argv);
int xnm_cmd_status(int argc, char **argv);

#endif
