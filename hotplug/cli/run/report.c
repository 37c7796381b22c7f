/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.c - what `xnm run` prints: a line for each step, the progress on a terminal, or JSON. */
#include <signal.h>
#include <time.h>

#include "hotplug/cli/json.h"
#include "hotplug/cli/run/run.h"
#include "hotplug/cli/set/set.h"
#include "policy/types/schedule.h"

static const char *const states[] = {
	[STEP_NOT_REACHED] = "not-reached",
	[STEP_DONE] = "done",
	[STEP_SKIPPED] = "skipped",
	[STEP_FAILED] = "failed",
};

/* One of those that end a run; musl has no sigabbrev_np(). */
static const char *signal_name(int number)
{
	return number == SIGINT	   ? "INT"
	       : number == SIGTERM ? "TERM"
	       : number == SIGHUP  ? "HUP"
				   : "";
}

static double in_ms(int64_t ns)
{
	return (double)ns / 1e6;
}

static double at_s(const struct run *run, unsigned int step)
{
	return (double)run->schedule.steps[step].at_ms / 1000 / run->speed;
}

/* On a terminal the time since the start is enough; a log is read later. */
static void print_time(const struct run *run)
{
	struct timespec now;
	struct tm tm;
	char text[32];

	if (run->on_terminal) {
		/* over the progress */
		printf("\r\033[K");
		return;
	}
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	printf("%s.%03ldZ ", text, now.tv_nsec / 1000000);
}

void run_print_begin(const struct run *run)
{
	const struct xnm_schedule *schedule = &run->schedule;

	if (run->json)
		return;
	print_time(run);
	printf("schedule %s: %u step%s in %.3fs%s%s\n", schedule->name, schedule->n_steps,
	       schedule->n_steps == 1 ? "" : "s",
	       schedule->n_steps ? at_s(run, schedule->n_steps - 1) : 0,
	       schedule->description[0] ? ": " : "", schedule->description);
	(void)fflush(stdout);
}

void run_print_progress(const struct run *run)
{
	const struct xnm_schedule *schedule = &run->schedule;
	int64_t now_ns = run_now_ns();

	printf("\r\033[K%9.1fs  %u of %u, in %.1fs: %.40s", (double)(now_ns - run->start_ns) / 1e9,
	       run->n_reached + 1, schedule->n_steps,
	       (double)(run_due_ns(run, run->n_reached) - now_ns) / 1e9,
	       schedule->steps[run->n_reached].text);
	(void)fflush(stdout);
}

void run_print_step(const struct run *run, unsigned int step)
{
	const struct step_result *result = &run->results[step];

	if (run->json) {
		if (result->err.text[0])
			fprintf(stderr, "xnm: %s: %s\n", run->schedule.steps[step].text,
				result->err.text);
		return;
	}
	print_time(run);
	printf("%9.3fs  %s: ", at_s(run, step), run->schedule.steps[step].text);
	if (result->state == STEP_DONE)
		printf("%.3f ms late, took %.3f ms\n", in_ms(result->late_ns),
		       in_ms(result->took_ns));
	else
		printf("%s%s: %s\n", result->state == STEP_SKIPPED ? "warning: " : "",
		       states[result->state], result->err.text);
	(void)fflush(stdout);
}

static void print_json(const struct run *run)
{
	struct json_object *all = json_object_new_object(), *steps;

	xnm_json_text(all, "schedule", run->schedule.name);
	json_object_object_add(all, "speed", json_object_new_double(run->speed));
	steps = xnm_json_list(all, "steps");
	for (unsigned int i = 0; i < run->schedule.n_steps; i++) {
		const struct step_result *result = &run->results[i];
		struct json_object *entry = json_object_new_object();
		bool ran = result->state != STEP_NOT_REACHED;

		xnm_json_number(entry, "at_ms", run->schedule.steps[i].at_ms);
		xnm_json_text(entry, "action", run->schedule.steps[i].text);
		xnm_json_text(entry, "state", states[result->state]);
		xnm_json_number_if(entry, "late_us", result->late_ns / 1000, ran);
		xnm_json_number_if(entry, "took_us", result->took_ns / 1000, ran);
		xnm_json_text(entry, "error", result->err.text);
		json_object_array_add(steps, entry);
	}
	xnm_json_text(all, "signal", signal_name(run->signal));
	json_object_object_add(all, "put_back", json_object_new_boolean(run->is_put_back));
	(void)xnm_json_print(all, stdout);
}

static void print_summary(const struct run *run)
{
	unsigned int n[XNM_N_ELEMENTS(states)] = { 0 };
	int64_t late_ns = 0;

	for (unsigned int i = 0; i < run->schedule.n_steps; i++) {
		n[run->results[i].state]++;
		if (run->results[i].late_ns > late_ns)
			late_ns = run->results[i].late_ns;
	}
	print_time(run);
	printf("schedule %s: %u of %u steps done", run->schedule.name, n[STEP_DONE],
	       run->schedule.n_steps);
	if (n[STEP_SKIPPED])
		printf(", %u skipped", n[STEP_SKIPPED]);
	if (n[STEP_FAILED])
		printf(", %u failed", n[STEP_FAILED]);
	if (run->signal)
		printf(", ended by SIG%s", signal_name(run->signal));
	printf("; at most %.3f ms late; %s\n", in_ms(late_ns),
	       run->put_back_failed ? "not all is as it was before"
	       : run->is_put_back   ? "all is as it was before"
				    : "what it has changed stays");
	(void)fflush(stdout);
}

void run_print_end(const struct run *run)
{
	if (run->json)
		print_json(run);
	else
		print_summary(run);
}

void run_print_dry(const struct run *run)
{
	for (unsigned int i = 0; i < run->schedule.n_steps; i++) {
		const struct xnm_step *step = &run->schedule.steps[i];
		char word[XNM_STEP_TEXT_LEN];
		struct target target;
		struct xnm_err err = { "" };

		printf("%9.3fs  %s", at_s(run, i), step->text);
		(void)xnm_step_word(step, 1, word);
		if (step->action == XNM_STEP_SET || step->action == XNM_STEP_RESET) {
			bool found = target_find(&target, &run->dir, word, &err) == 0;

			if (found && target.n)
				printf("  (%s)", target.name);
			else
				printf("  (%s%s)", found ? target.name : err.text,
				       found ? " does not run" : "");
		}
		printf("\n");
	}
}
