/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include "base/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_COLUMNS = 80, BAR = 20 };

static const double redraw_s = 0.2;

void gv_cli_progress_init(gv_cli_progress *progress, FILE *out, const char *word)
{
    *progress = (gv_cli_progress){.out = out, .word = word, .columns = DEFAULT_COLUMNS};
    int fd = fileno(out);
    /* A bar is drawn over itself, which a dumb terminal cannot show. */
    const char *terminal = getenv("TERM");
    bool dumb = terminal == NULL || terminal[0] == 0 || strcmp(terminal, "dumb") == 0;
    progress->terminal = !dumb && fd >= 0 && isatty(fd) == 1;
    struct winsize size;
    if (progress->terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        progress->columns = size.ws_col;
    }
}

char *gv_cli_duration(double seconds, char text[GV_CLI_DURATION])
{
    long whole = lround(fmin(fmax(seconds, 0), 1e8));
    if (whole < 100) {
        snprintf(text, GV_CLI_DURATION, "%ld s", whole);
    } else if (whole < 3600) {
        snprintf(text, GV_CLI_DURATION, "%ld min %ld s", whole / 60, whole % 60);
    } else {
        snprintf(text, GV_CLI_DURATION, "%ld h %ld min", whole / 3600, whole % 3600 / 60);
    }
    return text;
}

void gv_cli_progress_end(gv_cli_progress *progress)
{
    if (progress->drawn) {
        /* Back to the line's start, and clear to its end. */
        fputs("\r\033[K", progress->out);
        progress->drawn = false;
    }
    fflush(progress->out);
}

void gv_cli_progress_plan(void *context, uint32_t steps, double seconds)
{
    gv_cli_progress *progress = context;
    char duration[GV_CLI_DURATION];
    gv_cli_progress_end(progress);
    if (steps == 0) {
        fprintf(progress->out, "gpuverdict %s: nothing is left to measure\n", progress->word);
    } else {
        fprintf(progress->out,
                "gpuverdict %s: %u step%s, about %s; more where kernels must be compiled first\n",
                progress->word, (unsigned)steps, steps == 1 ? "" : "s",
                gv_cli_duration(seconds, duration));
    }
    fflush(progress->out);
}

/* "[####----------------] 3/12  matmul:m=512,n=512,k=512  20 s left", cut to the line. */
static void draw(gv_cli_progress *progress, const char *text)
{
    char bar[BAR + 1];
    const uint32_t steps = progress->steps;
    size_t filled = steps > 0 ? (size_t)((uint64_t)BAR * progress->done / steps) : 0;
    memset(bar, '-', BAR);
    memset(bar, '#', filled);
    bar[BAR] = 0;
    char *line = malloc(progress->columns + 1);
    if (line == NULL) {
        return;
    }
    /* One column stays free: some terminals wrap on the last. */
    if (steps == 0) {
        /* Before there is a plan. */
        snprintf(line, progress->columns, "%s", text);
    } else {
        snprintf(line, progress->columns, "[%s] %u/%u  %s left  %s", bar, (unsigned)progress->done,
                 (unsigned)steps, progress->left, text);
    }
    fprintf(progress->out, "\r\033[K%s", line);
    free(line);
    progress->drawn = true;
}

void gv_cli_progress_step(void *context, const char *text, uint32_t done, uint32_t steps,
                          double left_s)
{
    gv_cli_progress *progress = context;
    snprintf(progress->step, sizeof progress->step, "%s", text);
    progress->done = done;
    progress->steps = steps;
    gv_cli_duration(left_s, progress->left);
    progress->doing = false;
    if (progress->terminal) {
        draw(progress, progress->step);
    } else if (steps == 0) {
        fprintf(progress->out, "gpuverdict %s: %s\n", progress->word, text);
    } else {
        fprintf(progress->out, "gpuverdict %s: %u/%u %s, %s left\n", progress->word,
                (unsigned)done + 1, (unsigned)steps, text, progress->left);
    }
    fflush(progress->out);
}

static bool may_last(const char *text)
{
    return strncmp(text, "building ", 9) == 0 || strncmp(text, "planning ", 9) == 0;
}

void gv_cli_progress_doing(void *context, const char *text)
{
    gv_cli_progress *progress = context;
    const double now_s = gv__now_s();
    char both[512];
    if (!progress->terminal) {
        return;
    }
    if (text[0] == 0) {
        if (progress->doing) {
            draw(progress, progress->step);
        }
        progress->doing = false;
    } else if (may_last(text) || now_s - progress->doing_s >= redraw_s) {
        snprintf(both, sizeof both, "%s: %s", text, progress->step);
        draw(progress, both);
        progress->doing = true;
        progress->doing_s = now_s;
    }
    fflush(progress->out);
}

void gv_cli_progress_notice(void *context, const char *text)
{
    gv_cli_progress *progress = context;
    gv_cli_progress_end(progress);
    fprintf(progress->out, "gpuverdict %s: ", progress->word);
    for (const char *c = text; *c != 0; c++) {
        /* A driver's words may hold anything. */
        fputc((unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c, progress->out);
    }
    fputc('\n', progress->out);
    fflush(progress->out);
}
