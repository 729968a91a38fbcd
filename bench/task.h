/* SPDX-License-Identifier: Apache-2.0 */
/* A prepared workload's arrays in ordinary memory, and whether what was computed into them is
 * right: what the sides of both workers share. */
#ifndef GPUVERDICT_BENCH_TASK_H
#define GPUVERDICT_BENCH_TASK_H

#include "base/support.h"
#include "bench/wire.h"
#include "kernels/check.h"
#include "kernels/provider.h"

/** Start with `{0}`. */
typedef struct gv__task {
    gv_workload workload;
    gv_operands operands;
    gv__algorithm algorithm; /**< what its convolutions are checked as; 0: any */
    uint64_t seed;
    void *input[GV_MAX_INPUTS]; /**< page-aligned, filled */
    void *output;               /**< page-aligned */
    void *checked;              /**< the output that was found right; NULL before that */
    double tolerance;           /**< how far an element of a later output may lie from it */
} gv__task;

/** Read the workload and its arrays' sizes; allocates nothing.
 * @retval GV_ARGUMENT     the workload cannot be read
 * @retval GV_UNSUPPORTED  custom: an estimate only */
gv_status gv__task_read(gv__task *task, const char *workload, uint64_t seed, gv_error *err);

/** Allocate the arrays and fill the inputs. GV_MEMORY names the size. */
gv_status gv__task_allocate(gv__task *task, gv_error *err);

/** Forget everything. */
void gv__task_free(gv__task *task);

/** What else must be computed by the same provider before a result can be checked. */
typedef enum gv__companion_kind {
    GV__COMPANION_NONE,
    GV__COMPANION_LINEAR, /**< dense without its activation, from the same inputs */
    GV__COMPANION_INVERSE /**< the transform back, from the output */
} gv__companion_kind;

/** The companion of a task: its workload, and the bytes of its output. */
gv__companion_kind gv__task_companion(const gv__task *task, gv_workload *workload, size_t *bytes);

/** Page-aligned memory; release by free(). NULL where there is none. */
void *gv__task_array(size_t bytes);

/** Check `output` with the companion's output (NULL where there is none or it was not computed)
 * and, where it is right, remember it as what later outputs are compared with.
 * @retval GV_WRONG_RESULT  it is wrong; err->text says where and by how much
 * @retval GV_MEMORY, GV_UNSUPPORTED  it cannot be checked */
gv_status gv__task_check(gv__task *task, const void *companion, gv_check_result *out,
                         gv_error *err);

/** Compare the output of a timed call, which may lie elsewhere, with the checked one: an output
 * that is stale, unwritten or damaged is found, another order of summation is not.
 * @retval GV_WRONG_RESULT  err->text names the first element that is off */
gv_status gv__task_verify(const gv__task *task, const void *output, gv_error *err);

/** "CLBlast 1.5.3", cut to GV_PROVIDER_TEXT. Returns `text`. */
char *gv__provider_text(char text[GV_PROVIDER_TEXT], const char *name, const char *version);

/** Say what was prepared. */
void gv__prepared_fill(gv__say_prepared *out, const gv__task *task, const char *provider,
                       const gv_check_result *result, const gv__costs *costs, double first_s,
                       double call_s);

/** Whether the parent does not want this provider. */
bool gv__provider_excluded(const gv__ask_prepare *ask, const char *provider);

/** Tell the parent that a provider did not serve: wrong or failed, by `err->status`. GV_UNSUPPORTED
 * is told by nobody alone: its reason is added to `reasons`. */
void gv__provider_refused(const char *provider, const gv_error *err, gv__text *reasons);

/** Nobody served. Where neither an incident nor an exclusion says why, the reasons of all do. */
void gv__nobody_served(const gv__ask_prepare *ask, bool any_incident, const gv__text *reasons);

/** Name a provider in the list of libraries, once. GV_MEMORY where it has no room: a list that was
 * cut would hide from --resume that a library changed. */
gv_status gv__libraries_add(gv__say_opened *opened, const char *name, const char *version,
                            gv_error *err);

#endif
