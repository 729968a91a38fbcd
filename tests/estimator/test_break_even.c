/* SPDX-License-Identifier: Apache-2.0 */
/* What a break-even says against the sizes that it looked at, over many devices, work and hosts. */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/model.h>

#include <math.h>

static const char *const devices[] = {"Tesla T4", "MI300X", "RTX 4090", "Apple M2 Max (38 GPU)"};
static const char *const texts[] = {"matmul:m=512,n=512,k=512",
                                    "conv2d:n=32,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
                                    "fft:shape=65536", "dense:batch=32,in=4096,out=4096"};

/* Takes `start_s` for a call, and for the work what that takes at `flop_per_s`. */
typedef struct host {
    double start_s, flop_per_s;
} host;

static gv_rival host_time(void *user, const gv_workload *w)
{
    const host *h = user;
    return (gv_rival){h->start_s + gv_workload_flop(w) / h->flop_per_s, 0.2, false};
}

static gv_workload workload(const char *text)
{
    gv_error err = {0};
    gv_workload w;
    assert_status(gv_workload_parse(text, &w, &err), GV_OK, err);
    return w;
}

/* As its data sheet says, or corrected at the size asked for: the larger ones are far from that. */
static gv_model *model_of(const gv_catalogue *catalogue, const char *name, const gv_workload *w,
                          bool calibrated)
{
    const gv_spec *spec;
    gv_error err = {0};
    gv_model *model;
    gv_estimate e;
    assert_status(gv_catalogue_find(catalogue, name, &spec, &err), GV_OK, err);
    assert_status(gv_model_create(spec, NULL, &model, &err), GV_OK, err);
    if (calibrated) {
        assert_status(gv_model_estimate(model, w, &e, &err), GV_OK, err);
        const gv_point point = {*w, 3 * e.call_s};
        assert_status(gv_model_calibrate(model, &point, 1, &err), GV_OK, err);
    }
    return model;
}

static bool wins(const gv_rung *rung, gv_view view)
{
    return 1.05 * rung->view[view].total_s < rung->rival_s;
}

/* Whether what is said of the rung is so. */
static bool holds(const gv_break_even *even, const gv_rung *rung, gv_view view)
{
    const double size = gv_workload_flop(&rung->workload), last = gv_workload_flop(&even->last);
    const double first = gv_workload_flop(&even->workload);
    switch (even->kind) {
    case GV_BREAK_EVEN_ALWAYS:
        return size > last || wins(rung, view);
    case GV_BREAK_EVEN_NEVER:
        return size > last || !wins(rung, view);
    case GV_BREAK_EVEN_FROM:
    case GV_BREAK_EVEN_BETWEEN:
        return size < first || size > last || wins(rung, view);
    case GV_BREAK_EVEN_UNKNOWN:
        break;
    }
    return false;
}

static void what_is_said_holds_at_every_size_looked_at(void **state)
{
    (void)state;
    static const host hosts[] = {{1e-6, 1e9}, {1e-6, 1e11}, {2e-3, 5e12}, {1e-4, 3e13}};
    gv_catalogue *catalogue;
    gv_error err = {0};
    int kinds[GV_BREAK_EVEN_UNKNOWN] = {0}, cut = 0;
    assert_status(gv_catalogue_create(&catalogue, &err), GV_OK, err);
    for (size_t i = 0; i < 2 * GV__COUNT(devices) * GV__COUNT(texts) * GV__COUNT(hosts); i++) {
        bool calibrated = i % 2 != 0;
        host h = hosts[i / 2 % GV__COUNT(hosts)];
        const gv_workload w = workload(texts[i / 2 / GV__COUNT(hosts) % GV__COUNT(texts)]);
        const char *name = devices[i / 2 / GV__COUNT(hosts) / GV__COUNT(texts)];
        gv_model *model = model_of(catalogue, name, &w, calibrated);
        gv_rung rungs[GV_RUNGS];
        assert_status(gv_model_ladder(model, &w, host_time, &h, rungs, &err), GV_OK, err);
        for (int v = 0; v < 2; v++) {
            const gv_view view = v == 0 ? GV_VIEW_TRANSFERS : GV_VIEW_KERNEL_ONLY;
            gv_break_even even;
            assert_status(gv_model_break_even(model, &w, view, host_time, &h, &even, &err), GV_OK,
                          err);
            for (size_t r = 0; r < GV_RUNGS; r++) {
                if (rungs[r].view[view].total_s > 0 && !holds(&even, &rungs[r], view)) {
                    fail_msg("%s, %s, host %g s + %g flop/s: kind %d, and at %g times the size "
                             "%g s against %g s",
                             name, texts[i / 2 / GV__COUNT(hosts) % GV__COUNT(texts)], h.start_s,
                             h.flop_per_s, (int)even.kind, rungs[r].scale,
                             rungs[r].view[view].total_s, rungs[r].rival_s);
                }
            }
            kinds[even.kind]++;
            cut += even.cut;
            assert_true(calibrated || !even.cut);
        }
        gv_model_free(model);
    }
    for (size_t k = 0; k < GV__COUNT(kinds); k++) {
        assert_true(kinds[k] > 3); /* each is seen, or nothing was tested of it */
    }
    assert_true(cut > 3);
    gv_catalogue_free(catalogue);
}

/* A host whose times fall by a third with every doubling, as an extrapolation may have them. */
static gv_rival falling(void *user, const gv_workload *w)
{
    const gv_workload *measured = user;
    double ratio = gv_workload_flop(w) / gv_workload_flop(measured);
    return (gv_rival){1e-3 * pow(ratio, ratio > 1 ? 1 : -0.5), 0.2 + fabs(log(ratio)), ratio == 1};
}

static void more_work_takes_no_less_time_and_what_was_measured_stays(void **state)
{
    (void)state;
    gv_catalogue *catalogue;
    gv_error err = {0};
    assert_status(gv_catalogue_create(&catalogue, &err), GV_OK, err);
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        gv_workload w = workload(texts[i]);
        gv_model *model = model_of(catalogue, "Tesla T4", &w, true);
        gv_rung rungs[GV_RUNGS];
        assert_status(gv_model_ladder(model, &w, falling, &w, rungs, &err), GV_OK, err);
        for (size_t r = 1; r < GV_RUNGS; r++) {
            assert_true(rungs[r].rival_s >= rungs[r - 1].rival_s);
            for (int v = 0; v < GV_VIEW_COUNT; v++) {
                const gv_view_estimate *a = &rungs[r - 1].view[v], *b = &rungs[r].view[v];
                assert_true(b->total_s >= a->total_s || isnan(b->total_s));
                assert_true(!(b->low_s > b->total_s) && !(b->total_s > b->high_s));
            }
        }
        assert_true(rungs[GV_RUNGS / 2].rival_s == 1e-3);
        gv_model_free(model);
    }
    gv_catalogue_free(catalogue);
}

/* Where both were measured, it did fall. */
static gv_rival measured_falling(void *user, const gv_workload *w)
{
    gv_rival rival = falling(user, w);
    rival.measured = true;
    return rival;
}

static void what_was_measured_may_fall(void **state)
{
    (void)state;
    gv_catalogue *catalogue;
    gv_error err = {0};
    gv_workload w = workload(texts[0]);
    gv_rung rungs[GV_RUNGS];
    assert_status(gv_catalogue_create(&catalogue, &err), GV_OK, err);
    gv_model *model = model_of(catalogue, "Tesla T4", &w, true);
    assert_status(gv_model_ladder(model, &w, measured_falling, &w, rungs, &err), GV_OK, err);
    for (size_t r = 0; r < GV_RUNGS; r++) {
        assert_true(rungs[r].rival_s == falling(&w, &rungs[r].workload).time_s);
    }
    gv_model_free(model);
    gv_catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_holds_at_every_size_looked_at),
        cmocka_unit_test(more_work_takes_no_less_time_and_what_was_measured_stays),
        cmocka_unit_test(what_was_measured_may_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
