/* SPDX-License-Identifier: Apache-2.0 */
/* How a run is getting on, on standard error: a bar that stays on its line where that is a
 * terminal, a line a step elsewhere.
 *
 *     runner -> [progress] -> stderr
 */
#ifndef GPUVERDICT_CLI_PROGRESS_H
#define GPUVERDICT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GV_CLI_DURATION = 32 };

typedef struct gv_cli_progress {
    FILE *out;
    const char *word; /**< the command's, "run", in front of each line */
    bool terminal;
    size_t columns; /**< of the terminal */
    bool drawn;     /**< a bar stands on the current line */
    /* the step that was told last */
    char step[256];
    uint32_t done, steps;
    char left[GV_CLI_DURATION];
    /* what goes on within it */
    bool doing;     /**< stands in front of the step */
    double doing_s; /**< when it was drawn last (gv__now_s()) */
} gv_cli_progress;

/** For a command; asks whether `out` is a terminal and how wide it is. */
void gv_cli_progress_init(gv_cli_progress *progress, FILE *out, const char *word);

/* The runner's callbacks (gv_run_progress); `context` is the gv_cli_progress. */
void gv_cli_progress_plan(void *context, uint32_t steps, double seconds);
void gv_cli_progress_step(void *context, const char *text, uint32_t done, uint32_t steps,
                          double left_s);
/** On a terminal alone, in front of the step, until the next step or "". Drawn at most every
 * 0.2 s, since it is told between timed turns, on the cores that they may need; only what is built
 * or planned, which may last and is not timed, is drawn at once. */
void gv_cli_progress_doing(void *context, const char *text);
void gv_cli_progress_notice(void *context, const char *text);

/** Take the bar away. */
void gv_cli_progress_end(gv_cli_progress *progress);

/** "8 s", "2 min 5 s", "1 h 20 min": at most two units. Returns `text`. */
char *gv_cli_duration(double seconds, char text[GV_CLI_DURATION]);

#endif
