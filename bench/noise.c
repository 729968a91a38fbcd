/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/noise.h"

#include "base/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; in ticks. */
enum { IDLE = 3, IOWAIT = 4, FIELDS = 8 };

static bool read_ticks(double *busy, double *all)
{
    FILE *file = fopen("/proc/stat", "re");
    if (file == NULL) {
        return false;
    }
    char line[512];
    bool read = fgets(line, sizeof line, file) != NULL && strncmp(line, "cpu ", 4) == 0;
    fclose(file);
    *busy = *all = 0;
    char *from = line + 4;
    for (int i = 0; i < FIELDS && read; i++) {
        char *end;
        double ticks = strtod(from, &end);
        read = end != from;
        from = end;
        *all += ticks;
        *busy += i == IDLE || i == IOWAIT ? 0 : ticks;
    }
    return read;
}

double gv__busy_share(double seconds)
{
    double busy_before;
    double all_before;
    double busy;
    double all;
    if (!read_ticks(&busy_before, &all_before)) {
        return NAN;
    }
    gv__sleep_s(seconds);
    if (!read_ticks(&busy, &all) || !(all > all_before)) {
        return NAN;
    }
    return (busy - busy_before) / (all - all_before);
}
