/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/model.h>

#include <math.h>

static gv_spec card(void)
{
    gv_spec spec = gv_spec_empty();
    spec.name = "A card";
    spec.vendor = "NVIDIA";
    spec.architecture = "Volta";
    spec.year = 2017;
    spec.fp64_flop_per_s = 7e12;
    spec.fp32_flop_per_s = 14e12;
    spec.fp16_flop_per_s = 28e12;
    spec.fp16_matrix_flop_per_s = 112e12;
    spec.bandwidth_bytes_per_s = 900e9;
    spec.memory_bytes = 16e9;
    spec.l2_bytes = 6e6;
    spec.units = 80;
    spec.clock_hz = 1.4e9;
    spec.pcie_generation = 3;
    spec.pcie_lanes = 16;
    return spec;
}

static gv_model *model_of(gv_spec spec)
{
    gv_error err = {0};
    gv_model *model = NULL;
    assert_status(gv_model_create(&spec, NULL, &model, &err), GV_OK, err);
    return model;
}

static gv_workload workload(const char *text)
{
    gv_error err = {0};
    gv_workload w;
    assert_status(gv_workload_parse(text, &w, &err), GV_OK, err);
    return w;
}

static gv_estimate estimate(const gv_model *model, const char *text)
{
    gv_error err = {0};
    gv_estimate e = {0};
    gv_workload w = workload(text);
    assert_status(gv_model_estimate(model, &w, &e, &err), GV_OK, err);
    return e;
}

/* Every operation, small and large, each precision. */
static const char *const texts[] = {
    "matmul:m=1,n=1,k=1",
    "matmul:m=64,n=64,k=64,batch=256",
    "matmul:m=4096,n=4096,k=4096",
    "matmul:m=4096,n=4096,k=4096,precision=f16",
    "matmul:m=64,n=64,k=1048576",
    "matmul:m=100000,n=100000,k=100000,precision=f64",
    "dense:batch=1,in=4096,out=11008,act=gelu",
    "dense:batch=512,in=4096,out=4096",
    "conv2d:n=1,c=3,h=224,w=224,k=64,r=7,s=7,pad=3x3,stride=2x2",
    "conv2d:n=16,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=256,h=28,w=28,k=256,r=3,s=3,pad=1x1,groups=256",
    "conv2d:n=4096,c=512,h=128,w=128,k=512,r=3,s=3,precision=f16",
    "fft:shape=1",
    "fft:shape=1024,batch=65536",
    "fft:shape=65537",
    "fft:shape=512x512x512,kind=r2c,precision=f64",
    "custom:flop=1e12,bytes=1e9,in=1e6,out=1e6,parallel=0.95,launches=10",
};

static void no_time_beats_the_roof_and_every_interval_holds_its_time(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    static const double peak[] = {14e12, 7e12, 112e12};
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        gv_estimate e = estimate(model, texts[i]);
        gv_workload w = workload(texts[i]);
        double gain = w.op == GV_OP_CONV2D ? 4 : 1; /* Winograd */
        double least = gv_workload_flop(&w) / (gain * peak[w.precision]);
        if (!(e.low_s <= e.call_s && e.call_s <= e.high_s && e.low_s >= least) ||
            e.low_s < e.roof_s) {
            fail_msg("%s: %g <= %g <= %g, roof %g", texts[i], e.low_s, e.call_s, e.high_s,
                     e.roof_s);
        }
        for (int v = 0; v < GV_VIEW_COUNT; v++) {
            const gv_view_estimate *view = &e.view[v];
            assert_true(view->low_s <= view->total_s && view->total_s <= view->high_s);
            assert_true(view->transfer_s >= 0 && view->total_s >= e.call_s);
        }
        assert_int_equal(e.origin, GV_ORIGIN_MODELLED);
    }
    gv_model_free(model);
}

static void a_missing_figure_widens_the_interval_and_says_why(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *text;
        gv_reason reason;
    } cases[] = {
        {offsetof(gv_spec, fp32_flop_per_s), "matmul:m=4096,n=4096,k=4096", GV_REASON_NO_PEAK},
        {offsetof(gv_spec, bandwidth_bytes_per_s), "fft:shape=1048576,batch=64",
         GV_REASON_NO_BANDWIDTH},
        {offsetof(gv_spec, units), "matmul:m=512,n=512,k=512", GV_REASON_NO_UNITS},
        {offsetof(gv_spec, l2_bytes), "fft:shape=1048576,batch=64", GV_REASON_NO_CACHE},
    };
    gv_model *whole = model_of(card());
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_spec spec = card();
        double absent = NAN;
        memcpy((char *)&spec + cases[i].offset, &absent, sizeof absent);
        gv_model *model = model_of(spec);
        gv_estimate known = estimate(whole, cases[i].text);
        gv_estimate e = estimate(model, cases[i].text);
        assert_true(e.reasons & (uint32_t)cases[i].reason);
        assert_false(known.reasons & (uint32_t)cases[i].reason);
        assert_true(e.spread > known.spread);
        gv_model_free(model);
    }
    gv_model_free(whole);
}

static void an_impossible_figure_is_an_error_that_names_it(void **state)
{
    (void)state;
    static const double bad[] = {0, -1, INFINITY, 1e300, -INFINITY};
    for (size_t i = 0; i < GV__COUNT(bad); i++) {
        gv_spec spec = card();
        spec.bandwidth_bytes_per_s = bad[i];
        gv_error err = {0};
        gv_model *model = NULL;
        assert_status(gv_model_create(&spec, NULL, &model, &err), GV_ARGUMENT, err);
        assert_non_null(strstr(err.text, "Memory bandwidth"));
        assert_null(model);
    }
    gv_spec nothing = gv_spec_empty();
    gv_error err = {0};
    gv_model *model = NULL;
    assert_status(gv_model_create(&nothing, NULL, &model, &err), GV_ARGUMENT, err);
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.launch_s = -1;
    gv_spec spec = card();
    assert_status(gv_model_create(&spec, &options, &model, &err), GV_ARGUMENT, err);
}

static void a_given_link_takes_the_place_of_the_data_sheets(void **state)
{
    (void)state;
    static const char *const text = "matmul:m=4096,n=4096,k=4096";
    const gv_spec spec = card();
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    gv_error err = {0};
    gv_model *sheet = model_of(spec), *rate, *whole;
    options.link_bytes_per_s = 25e9;
    assert_status(gv_model_create(&spec, &options, &rate, &err), GV_OK, err);
    options.transfer_s = 4e-3;
    assert_status(gv_model_create(&spec, &options, &whole, &err), GV_OK, err);
    gv_estimate a = estimate(sheet, text), b = estimate(rate, text), c = estimate(whole, text);
    double data_s = 3.0 * 4096 * 4096 * 4 / 25e9;
    for (int v = 0; v < GV_VIEW_KERNEL_ONLY; v++) { /* latencies are some 20 us */
        assert_close(b.view[v].transfer_s, data_s, 0.005);
        assert_true(c.view[v].transfer_s == 4e-3);
    }
    assert_true(b.view[GV_VIEW_KERNEL_ONLY].transfer_s == 0);
    assert_true(c.view[GV_VIEW_KERNEL_ONLY].transfer_s == 0);
    assert_true(estimate(whole, "fft:shape=8").view[GV_VIEW_TRANSFERS].transfer_s == 4e-3);
    assert_true(a.call_s == b.call_s && b.call_s == c.call_s);
    /* Who knows the time knows it; who knows the rate knows it better than a data sheet. */
    const gv_view_estimate *by_rate = &b.view[GV_VIEW_TRANSFERS];
    const gv_view_estimate *by_sheet = &a.view[GV_VIEW_TRANSFERS];
    assert_close(c.view[GV_VIEW_TRANSFERS].low_s, c.low_s + 4e-3, 1e-12);
    assert_true(by_rate->high_s / by_rate->total_s < by_sheet->high_s / by_sheet->total_s);
    gv_model *refused = NULL;
    options.transfer_s = -1;
    assert_status(gv_model_create(&spec, &options, &refused, &err), GV_ARGUMENT, err);
    gv_model_free(sheet);
    gv_model_free(rate);
    gv_model_free(whole);
}

static void work_beyond_the_memory_is_cut_up_and_takes_longer(void **state)
{
    (void)state;
    gv_spec spec = card();
    gv_model *large = model_of(spec);
    spec.memory_bytes = 1e9;
    gv_model *small = model_of(spec);
    static const char *const big[] = {"matmul:m=16384,n=16384,k=16384",
                                      "dense:batch=8192,in=16384,out=32768",
                                      "conv2d:n=64,c=64,h=512,w=512,k=64,r=3,s=3",
                                      "fft:shape=1024,batch=262144", "fft:shape=134217728"};
    for (size_t i = 0; i < GV__COUNT(big); i++) {
        gv_estimate whole = estimate(large, big[i]);
        gv_estimate cut = estimate(small, big[i]);
        assert_true(whole.pieces == 1 && cut.pieces > 1);
        assert_true(cut.reasons & GV_REASON_PIECES);
        assert_true(cut.view[GV_VIEW_TRANSFERS].total_s > whole.view[GV_VIEW_TRANSFERS].total_s);
        assert_true(cut.call_s >= whole.call_s * 0.99);
    }
    gv_workload w = workload("fft:shape=536870912,kind=r2c");
    gv_estimate e;
    gv_error err = {0};
    assert_status(gv_model_estimate(small, &w, &e, &err), GV_UNSUPPORTED, err);
    gv_model_free(large);
    gv_model_free(small);
}

static void a_calibrated_model_repeats_what_it_was_told_and_is_surer(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    gv_point points[20];
    for (size_t i = 0; i < GV__COUNT(points); i++) {
        char text[GV_WORKLOAD_TEXT];
        snprintf(text, sizeof text, "matmul:m=%zu,n=%zu,k=512", 256 + 128 * i, 1024 + 64 * i);
        points[i].workload = workload(text);
        points[i].call_s = 1.5 * estimate(model, text).call_s;
    }
    const char *other = "matmul:m=1000,n=1500,k=500";
    gv_estimate before = estimate(model, other);
    gv_estimate conv = estimate(model, texts[9]);
    gv_error err = {0};
    assert_status(gv_model_calibrate(model, points, GV__COUNT(points), &err), GV_OK, err);
    gv_estimate after = estimate(model, other);
    assert_int_equal(after.origin, GV_ORIGIN_CALIBRATED);
    assert_close(after.call_s, 1.5 * before.call_s, 0.1);
    assert_true(after.spread < before.spread);
    assert_int_equal(gv_model_points(model, GV_OP_MATMUL), 20);
    /* A convolution hears of it, a transform does not. */
    gv_estimate heard = estimate(model, texts[9]);
    assert_true(heard.call_s > conv.call_s && heard.call_s < 1.5 * conv.call_s);
    assert_true(heard.reasons & GV_REASON_OTHER_OPERATION);
    assert_int_equal(estimate(model, "fft:shape=65536").origin, GV_ORIGIN_MODELLED);

    gv_model *sibling = model_of(card());
    assert_status(gv_model_lend(sibling, model, &err), GV_OK, err);
    gv_estimate lent = estimate(sibling, other);
    assert_close(lent.call_s, after.call_s, 1e-12);
    assert_true(lent.spread > after.spread && (lent.reasons & GV_REASON_FAMILY));
    gv_model_free(model);
    assert_close(estimate(sibling, other).call_s, after.call_s, 1e-12); /* a copy */
    gv_model_free(sibling);
}

static void a_measurement_without_a_time_is_refused(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    gv_model *other = model_of(card());
    gv_error err = {0};
    static const double bad[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < GV__COUNT(bad); i++) {
        gv_point point = {workload(texts[2]), bad[i]};
        assert_status(gv_model_calibrate(model, &point, 1, &err), GV_ARGUMENT, err);
    }
    gv_point custom = {workload(texts[16]), 1};
    assert_status(gv_model_calibrate(model, &custom, 1, &err), GV_ARGUMENT, err);
    assert_status(gv_model_lend(other, model, &err), GV_ARGUMENT, err);
    gv_model_free(model);
    gv_model_free(other);
}

static void the_shapes_chosen_differ_and_cover_the_operations(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    gv_workload candidates[GV__COUNT(texts)];
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        candidates[i] = workload(texts[i]);
    }
    size_t chosen[GV__COUNT(texts)];
    assert_int_equal(gv_model_choose(model, candidates, GV__COUNT(texts), 10, chosen), 10);
    bool op[GV_OP_COUNT] = {false};
    for (size_t i = 0; i < 10; i++) {
        op[candidates[chosen[i]].op] = true;
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(chosen[i], chosen[j]);
        }
    }
    assert_true(op[GV_OP_MATMUL] && op[GV_OP_CONV2D] && op[GV_OP_FFT]);
    assert_false(op[GV_OP_CUSTOM]);
    assert_int_equal(gv_model_choose(model, candidates, GV__COUNT(texts), 100, chosen),
                     GV__COUNT(texts) - 1);
    assert_int_equal(gv_model_choose(model, candidates, 0, 5, chosen), 0);
    gv_model_free(model);
}

static void two_times_are_told_apart_only_where_their_errors_allow(void **state)
{
    (void)state;
    static const struct {
        double a, b, spread, alike;
        gv_order order;
    } cases[] = {
        {1, 2, 0, 0, GV_ORDER_FASTER},        {2, 1, 0, 0, GV_ORDER_SLOWER},
        {1, 1.01, 0, 0, GV_ORDER_SAME},       {1, 1.3, 0.3, 0, GV_ORDER_UNDECIDED},
        {1, 1.3, 0.3, 0.29, GV_ORDER_FASTER}, {1, NAN, 0, 0, GV_ORDER_UNDECIDED},
        {0, 1, 0, 0, GV_ORDER_UNDECIDED},     {1, 1, 0.3, 0, GV_ORDER_UNDECIDED},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_rated_time a = {cases[i].a, cases[i].spread, cases[i].alike};
        gv_rated_time b = {cases[i].b, cases[i].spread, cases[i].alike};
        double p = -1;
        gv_order order = gv_compare_times(a, b, &p);
        if (order != cases[i].order) {
            fail_msg("%g against %g: %s", a.time_s, b.time_s, gv_order_word(order));
        }
        assert_true(isnan(p) || (p >= 0 && p <= 1));
    }
}

/* A host of so many flop a second. */
static double host_s(double flop_per_s, const gv_workload *w)
{
    return gv_workload_flop(w) / flop_per_s;
}

static gv_rival host(void *user, const gv_workload *w)
{
    return (gv_rival){host_s(*(double *)user, w), 0.1, false};
}

static void the_device_wins_from_a_size_on_or_always_or_never(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    gv_workload w = workload("matmul:m=1024,n=1024,k=1024");
    gv_error err = {0};
    gv_break_even even;
    double flop_per_s = 1e11;
    assert_status(gv_model_break_even(model, &w, GV_VIEW_TRANSFERS, host, &flop_per_s, &even, &err),
                  GV_OK, err);
    assert_int_equal(even.kind, GV_BREAK_EVEN_FROM);
    assert_true(even.low <= even.scale && even.scale <= even.high);
    /* It wins there, and not a tenth below. */
    gv_estimate e;
    assert_status(gv_model_estimate(model, &even.workload, &e, &err), GV_OK, err);
    assert_true(e.view[GV_VIEW_TRANSFERS].total_s <= host_s(flop_per_s, &even.workload));
    gv_workload below = gv_workload_scale(&w, 0.9 * even.scale);
    assert_status(gv_model_estimate(model, &below, &e, &err), GV_OK, err);
    assert_true(e.view[GV_VIEW_TRANSFERS].total_s > host_s(flop_per_s, &below));

    flop_per_s = 1;
    assert_status(gv_model_break_even(model, &w, GV_VIEW_TRANSFERS, host, &flop_per_s, &even, &err),
                  GV_OK, err);
    assert_int_equal(even.kind, GV_BREAK_EVEN_ALWAYS);
    flop_per_s = 1e20;
    assert_status(gv_model_break_even(model, &w, GV_VIEW_TRANSFERS, host, &flop_per_s, &even, &err),
                  GV_OK, err);
    assert_int_equal(even.kind, GV_BREAK_EVEN_NEVER);
    flop_per_s = NAN;
    assert_status(gv_model_break_even(model, &w, GV_VIEW_TRANSFERS, host, &flop_per_s, &even, &err),
                  GV_OK, err);
    assert_int_equal(even.kind, GV_BREAK_EVEN_UNKNOWN);
    gv_model_free(model);
}

/* Of transforms only powers of two exist: the times cross between the two of which one loses. */
static void a_crossing_may_lie_between_two_sizes(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    gv_workload w = workload("fft:shape=65536");
    gv_error err = {0};
    gv_break_even even;
    int between = 0;
    for (double flop_per_s = 1e9; flop_per_s < 2e10; flop_per_s *= 1.3) {
        assert_status(
            gv_model_break_even(model, &w, GV_VIEW_TRANSFERS, host, &flop_per_s, &even, &err),
            GV_OK, err);
        if (even.kind == GV_BREAK_EVEN_FROM) {
            double size = even.scale * 65536, wins = (double)even.workload.as.fft.shape[0];
            assert_true(size <= wins && size >= wins / 2);
            between += size < 0.95 * wins && size > 0.55 * wins;
        }
    }
    assert_true(between >= 3);
    gv_model_free(model);
}

/* 5 % above a tie, as a break-even wants it. */
static bool wins_kernel_only(const gv_model *model, const gv_workload *w, double flop_per_s)
{
    gv_estimate e;
    gv_error err = {0};
    assert_status(gv_model_estimate(model, w, &e, &err), GV_OK, err);
    return 1.05 * e.view[GV_VIEW_KERNEL_ONLY].total_s < host_s(flop_per_s, w);
}

/* A side of 1 stays 1 at any smaller scale: the longest one tells where the times cross. */
static void a_side_that_cannot_shrink_does_not_move_the_crossing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double next;  /* the next smaller size that is looked at, over the smallest that wins */
        double below; /* the scale from which on down a side is 1 */
    } cases[] = {{"matmul:m=1,n=4096,k=4096", 0.98, 1}, {"fft:shape=8x4096", 0.5, 0.125}};
    gv_model *model = model_of(card());
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload w = workload(cases[i].text);
        int clamped = 0;
        for (double flop_per_s = 1e8; flop_per_s < 1e11; flop_per_s *= 1.3) {
            gv_error err = {0};
            gv_break_even even;
            assert_status(
                gv_model_break_even(model, &w, GV_VIEW_KERNEL_ONLY, host, &flop_per_s, &even, &err),
                GV_OK, err);
            if (even.kind != GV_BREAK_EVEN_FROM) {
                continue;
            }
            double smallest = (double)(w.op == GV_OP_MATMUL ? even.workload.as.matmul.n
                                                            : even.workload.as.fft.shape[1]);
            double wins = smallest / 4096, loses = cases[i].next * wins - 1.0 / 4096;
            gv_workload smaller = gv_workload_scale(&w, w.op == GV_OP_FFT ? wins / 2 : loses);
            if (!(even.scale <= wins && even.scale >= loses && even.low <= even.scale &&
                  even.scale <= even.high)) {
                fail_msg("%s against %g flop/s: wins from %g, %g times the size asked for "
                         "(%g to %g)",
                         cases[i].text, flop_per_s, smallest, even.scale, even.low, even.high);
            }
            assert_true(wins_kernel_only(model, &even.workload, flop_per_s));
            assert_false(wins_kernel_only(model, &smaller, flop_per_s));
            clamped += wins < cases[i].below;
        }
        assert_in_range(clamped, 3, 100);
    }
    gv_model_free(model);
}

static void the_explanation_ends_in_the_estimate(void **state)
{
    (void)state;
    gv_model *model = model_of(card());
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        gv_workload w = workload(texts[i]);
        gv_estimate e = estimate(model, texts[i]);
        gv_step steps[40];
        size_t count = 0;
        gv_error err = {0};
        assert_status(gv_model_explain(model, &w, steps, GV__COUNT(steps), &count, &err), GV_OK,
                      err);
        assert_in_range(count, 15, GV__COUNT(steps));
        size_t found = 0;
        for (size_t j = 0; j < count; j++) {
            found += strcmp(steps[j].name, "call") == 0 && steps[j].value == e.call_s;
            assert_true(steps[j].how[0] != 0);
        }
        assert_int_equal(found, 1);
    }
    gv_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_time_beats_the_roof_and_every_interval_holds_its_time),
        cmocka_unit_test(a_missing_figure_widens_the_interval_and_says_why),
        cmocka_unit_test(an_impossible_figure_is_an_error_that_names_it),
        cmocka_unit_test(a_given_link_takes_the_place_of_the_data_sheets),
        cmocka_unit_test(work_beyond_the_memory_is_cut_up_and_takes_longer),
        cmocka_unit_test(a_calibrated_model_repeats_what_it_was_told_and_is_surer),
        cmocka_unit_test(a_measurement_without_a_time_is_refused),
        cmocka_unit_test(the_shapes_chosen_differ_and_cover_the_operations),
        cmocka_unit_test(two_times_are_told_apart_only_where_their_errors_allow),
        cmocka_unit_test(the_device_wins_from_a_size_on_or_always_or_never),
        cmocka_unit_test(a_crossing_may_lie_between_two_sizes),
        cmocka_unit_test(a_side_that_cannot_shrink_does_not_move_the_crossing),
        cmocka_unit_test(the_explanation_ends_in_the_estimate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
