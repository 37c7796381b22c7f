/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli.h - the commands of xnm, each from its arguments to its exit status. */
#ifndef XNM_CLI_H
#define XNM_CLI_H

/* Beside EXIT_SUCCESS and EXIT_FAILURE: a wrong call, or a mistake in the policy. */
#define XNM_EXIT_USAGE 2

struct xnm_policy;

/* argv[0] is the command's name, its arguments follow. */
int xnm_cmd_address(int argc, char **argv);
int xnm_cmd_apply(int argc, char **argv);
int xnm_cmd_check(int argc, char **argv);
int xnm_cmd_dnsmasq(int argc, char **argv);
int xnm_cmd_doctor(int argc, char **argv);
int xnm_cmd_fastpath(int argc, char **argv);
int xnm_cmd_import(int argc, char **argv);
int xnm_cmd_probe(int argc, char **argv);
int xnm_cmd_profile(int argc, char **argv);
int xnm_cmd_reset(int argc, char **argv);
int xnm_cmd_run(int argc, char **argv);
int xnm_cmd_set(int argc, char **argv);
int xnm_cmd_rollback(int argc, char **argv);
int xnm_cmd_status(int argc, char **argv);
int xnm_cmd_try(int argc, char **argv);

/* The policy that the last xnm_cmd_check() found no mistake in, or NULL. */
const struct xnm_policy *xnm_checked_policy(void);

/* Reads the policy in use without a word. Returns NULL when it cannot be read or has mistakes. */
const struct xnm_policy *xnm_read_policy(void);

/* Prints what is wrong with this host for the policy and the guests that run, as warnings. */
void xnm_doctor_warnings(const struct xnm_policy *policy);

#endif
