/* SPDX-License-Identifier: Apache-2.0 */
/* The program that loads the host's native libraries, whose threads spin: it is a process of its
 * own so that it can be stopped while a device is measured. */
#include "base/host_facts.h"
#include "bench/host_task.h"
#include "bench/worker.h"
#include "kernels/roof.h"

#include <math.h>

static gv__host_task prepared;

static gv_status open_host(const gv__ask_open *ask, gv__say_opened *out, gv_error *err)
{
    (void)ask;
    gv_status status = GV_OK;
    out->events = (gv_event_clock){.proven = false, .ratio = NAN, .text = "no events"};
    for (int op = 0; op < GV_OP_COUNT; op++) {
        size_t count = 0;
        const gv__host_provider *const *rows = gv__host_providers((gv_op)op, &count);
        for (size_t i = 0; i < count && status == GV_OK; i++) {
            status = gv__libraries_add(out, rows[i]->name, rows[i]->version(), err);
        }
    }
    return status;
}

static gv_status probe(const gv__ask_probe *ask, gv_roof *out, gv_error *err)
{
    return gv__host_roof(prepared.threads, ask->precision, ask->seconds, out, err);
}

static gv_status prepare(const gv__ask_prepare *ask, gv__say_prepared *out, bool *served,
                         gv_error *err)
{
    return gv__host_task_prepare(&prepared, ask, out, served, err);
}

static gv_status sample(const gv__ask_sample *ask, gv__say_samples *out, gv_error *err)
{
    return gv__host_task_sample(&prepared, ask, out, err);
}

static void release(void)
{
    gv__host_task_release(&prepared);
}

int main(void)
{
    static const gv__worker_side side = {.open = open_host,
                                         .probe = probe,
                                         .prepare = prepare,
                                         .sample = sample,
                                         .release = release,
                                         .close = release};
    prepared.threads = gv__host_cores();
    return gv__worker_run(&side);
}
