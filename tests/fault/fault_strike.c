/* SPDX-License-Identifier: Apache-2.0 */
/* Counting calls, and what ends, delays or fails them. */
#include "tests/fault/faults.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_TEXT = 512 };

static atomic_ulong calls_made[CALL_COUNT];

void note(const char *what)
{
    const char *path = getenv("GPUVERDICT_FAULT_LOG");
    int file = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    if (file >= 0) {
        char line[LONGEST_TEXT];
        int length = snprintf(line, sizeof line, "%ld %s\n", (long)getpid(), what);
        /* One write, so that lines of several processes do not mix. */
        if (length > 0 && write(file, line, (size_t)length) < 0) {
            perror("gv_fault_layer");
        }
        close(file);
    }
}

/* Whether an effect that ends the process may still strike. */
static bool may_end(void)
{
    const char *path = getenv("GPUVERDICT_FAULT_ONCE");
    if (path == NULL) {
        return true;
    }
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0) {
        close(file);
    }
    return file >= 0;
}

static void sleep_s(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0) {
    }
}

/* Crash, exit or hang; returns for an effect that is none of these. */
static void end_process(const fault *f)
{
    if (f->effect < CRASH || f->effect > HANG || !may_end()) {
        return;
    }
    note(f->item);
    switch (f->effect) {
    case CRASH:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case ABORT:
        abort();
    case EXIT:
        exit(0);
    default:
        for (;;) {
            pause();
        }
    }
}

const fault nothing = {.effect = FAIL, .code = CL_SUCCESS, .call = CALL_COUNT};

/* Whether the test says that the time for faults has come. */
static bool is_time(void)
{
    const char *path = getenv("GPUVERDICT_FAULT_WHEN");
    return path == NULL || access(path, F_OK) == 0;
}

const fault *strike_property(call which, unsigned long property)
{
    if (!is_time()) {
        return &nothing;
    }
    unsigned long n = atomic_fetch_add(&calls_made[which], 1) + 1;
    n = which == CALL_QUERY ? property : n;
    for (size_t i = 0; i < fault_count; i++) {
        const fault *f = &faults[i];
        if (f->call != which || n < f->first || n > f->last) {
            continue;
        }
        end_process(f);
        if (f->effect == FAIL || f->effect > HANG) {
            note(f->item);
        }
        if (f->effect == SLEEP) {
            sleep_s(f->seconds);
        }
        return f->effect >= CRASH && f->effect <= SLEEP ? &nothing : f;
    }
    return &nothing;
}

const fault *strike(call which)
{
    return strike_property(which, 0);
}

bool is_failure(const fault *f)
{
    return f != &nothing && f->effect == FAIL;
}
