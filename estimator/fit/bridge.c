/* SPDX-License-Identifier: Apache-2.0 */
/* The model as the fit calls it: the same C code, with constants of the fit's own. A shared library
 * for fit.py; no part of the program. */
#include "estimator/fit/bridge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gv_spec spec_of(const fit_device *device)
{
    gv_spec spec = gv_spec_empty();
    spec.name = spec.vendor = device->vendor;
    spec.architecture = device->architecture;
    size_t next = 0;
#define FIGURE(member, label, unit, scale, least, most) spec.member = device->figures[next++];
    GV_SPEC_FIGURE_MAP(FIGURE)
#undef FIGURE
    return spec;
}

void *gv_fit_machine(const fit_device *device)
{
    static const gv_model_options defaults = GV_MODEL_OPTIONS_INIT;
    gv_model_options options = defaults;
    options.software = (gv_software)device->software;
    gv_spec spec = spec_of(device);
    gv__machine *machine = malloc(sizeof *machine);
    if (machine && gv__machine_make(&spec, &options, machine, NULL) != GV_OK) {
        free(machine);
        machine = NULL;
    }
    return machine;
}

size_t gv_fit_workload_size(void)
{
    return sizeof(gv_workload);
}

int gv_fit_workload(const char *text, gv_workload *out)
{
    return gv_workload_parse(text, out, NULL) == GV_OK;
}

void gv_fit_terms(const gv__constants *constants, size_t count, const gv_workload *workloads,
                  void *const *machines, const double *launch_s, const double *manner,
                  double *call_s, gv__situation *situations)
{
    for (size_t i = 0; i < count; i++) {
        gv__machine machine = *(const gv__machine *)machines[i];
        machine.launch_s = launch_s[i];
        gv__terms terms;
        gv__terms_of(constants, &machine, &workloads[i], &terms);
        call_s[i] = terms.call_s;
        if (situations) {
            gv__situation_of(&machine, &workloads[i], &terms, &situations[i]);
            situations[i].feature[GV__FEATURES - 2] += manner[i];
        }
    }
}

size_t gv_fit_situation_size(void)
{
    return sizeof(gv__situation);
}

int gv_fit_predict(const gv__constants *constants, size_t known, const gv__situation *at,
                   const double *residual, size_t count, const gv__situation *wanted, double *mean,
                   double *deviation)
{
    gv__process process;
    if (gv__process_make(constants, at, residual, known, known, &process, NULL) != GV_OK) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        double variance;
        gv__process_predict(constants, &process, &wanted[i], &mean[i], &variance);
        deviation[i] = sqrt(variance);
    }
    gv__process_free(&process);
    return 1;
}

size_t gv_fit_choose(const gv__constants *constants, size_t count, const gv__situation *at,
                     size_t want, size_t *chosen)
{
    bool *out = calloc(count, sizeof *out);
    size_t found = out ? gv__choose(constants, at, out, count, want, chosen) : 0;
    free(out);
    return found;
}

double gv_fit_surprise(const gv__constants *constants, size_t count, const gv__situation *at,
                       const double *residual)
{
    gv__process p;
    if (gv__process_make(constants, at, residual, count, count, &p, NULL) != GV_OK) {
        return INFINITY;
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += 0.5 * residual[i] * p.weights[i] + log(p.factor[i * count + i]);
    }
    gv__process_free(&p);
    return sum;
}
