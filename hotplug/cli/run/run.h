/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - what the files of `xnm run` share: the run, waiting, steps, and putting back. */
#ifndef XNM_CLI_RUN_H
#define XNM_CLI_RUN_H

#include "hotplug/base/log.h"
#include "hotplug/notes/files.h"
#include "policy/policy.h"

enum step_state {
	STEP_NOT_REACHED,
	STEP_DONE,
	STEP_SKIPPED, /* its guest does not run */
	STEP_FAILED,
};

struct step_result {
	enum step_state state;
	int64_t late_ns; /* from when it was due until it began */
	int64_t took_ns;
	struct xnm_err err; /* of one that was skipped or has failed */
};

/* One run of a schedule. */
struct run {
	struct xnm_schedule schedule; /* as the policy was at the start */
	double speed;
	bool keep, json, on_terminal;
	int64_t start_ns; /* of CLOCK_MONOTONIC */
	int signal; /* that has ended it; 0: none */
	unsigned int n_reached; /* steps */
	struct step_result results[XNM_MAX_STEPS];
	bool is_put_back, put_back_failed;
	struct xnm_run_dir dir;
};

/* clock.c: nanoseconds of CLOCK_MONOTONIC, and when a step is due. */
int64_t run_now_ns(void);
int64_t run_due_ns(const struct run *run, unsigned int step);

/* Blocks SIGINT, SIGTERM and SIGHUP, which end a wait from then on. Returns 0 or -errno. */
int run_clock_open(void);

/*
 * Waits until due_ns, to the precision of a timer of the kernel with an absolute time. Calls
 * tick(run) a few times in a second if it is not NULL. Returns false if one of these signals has
 * come, also before: run->signal.
 */
bool run_wait(struct run *run, int64_t due_ns, void (*tick)(const struct run *run));

/*
 * steps.c: carries out a step, in a child process, as xnm drops its privileges when it changes a
 * vif. Fills state and err.
 */
void run_step(struct run *run, const struct xnm_step *step, struct step_result *result);

/* Runs fn in a child process that no signal of the terminal ends. Returns what fn does, with err. */
int run_in_child(int (*fn)(const void *arg, struct xnm_err *err), const void *arg,
		 struct xnm_err *err);

/* undo.c: notes which profile is in force now. Returns 0, or -errno with err filled. */
int run_undo_begin(const struct run *run, struct xnm_err *err);
/* A profile of the schedule is in force now. */
void run_undo_profile(const char *name);
/* Before a step: remembers what is set of the keys that it is going to change. */
void run_undo_keys(const struct run *run, const char *file, const struct xnm_step *step);
/* Puts back the keys and the profile, and tells on stderr what fails. Returns whether nothing did. */
bool run_put_back(const struct run *run);

/* report.c: the lines of a run, or one object of JSON at its end. */
void run_print_begin(const struct run *run);
void run_print_progress(const struct run *run);
void run_print_step(const struct run *run, unsigned int step);
void run_print_end(const struct run *run);
void run_print_dry(const struct run *run);

#endif
