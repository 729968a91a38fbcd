/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/noise.h"

#include "base/support.h"

#include <math.h>
#include <stdio.h>

/* The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; in ticks. */
enum { IDLE = 3, IOWAIT = 4, FIELDS = 8 };

static bool read_ticks(double *busy, double *all)
{
    FILE *file = fopen("/proc/stat", "re");
    if (file == NULL) {
        return false;
    }
    unsigned long long tick[FIELDS];
    int got = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &tick[0], &tick[1],
                     &tick[2], &tick[3], &tick[4], &tick[5], &tick[6], &tick[7]);
    fclose(file);
    *busy = *all = 0;
    for (int i = 0; i < FIELDS && got == FIELDS; i++) {
        *all += (double)tick[i];
        *busy += i == IDLE || i == IOWAIT ? 0 : (double)tick[i];
    }
    return got == FIELDS;
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
