/* SPDX-License-Identifier: Apache-2.0 */
/* The host's worker with the libraries that were built in. */
#include "tests/bench/worker_case.h"

#include <math.h>

/* Every operation, both precisions, and the shapes that libraries treat apart. */
static const char *const workloads[] = {
    "matmul:m=64,n=48,k=32",
    "matmul:m=33,n=17,k=65,batch=2,ta=t,tb=t,precision=f64",
    "conv2d:n=1,c=4,h=9,w=9,k=8,r=3,s=3,pad=1x1",
    "conv2d:n=2,c=4,h=8,w=8,k=4,r=1,s=1,groups=2,precision=f64",
    "fft:shape=64",
    "fft:shape=16x12,batch=2,precision=f64",
    "fft:shape=60,kind=r2c",
    "fft:shape=60,kind=c2r",
    "fft:shape=31,dir=inverse",
    "dense:batch=4,in=64,out=32",
    "dense:batch=33,in=40,out=24,act=gelu,precision=f64",
    "dense:batch=2,in=16,out=16,act=tanh",
};

static gv__link host;

static int open_host(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__say_opened opened;
    static const gv__ask_open ask = {0};
    gv_status status = gv__link_start(&host, GV__WORKER_HOST, NULL, gv_patience_s, &err);
    if (status == GV_OK) {
        status = gv__link_ask(&host, GV__ASK_OPEN, &ask, gv_patience_s, NULL, NULL, GV__SAY_OPENED,
                              &opened, NULL, &err);
    }
    if (status != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    return opened.events.proven || strcmp(opened.events.text, "no events") != 0;
}

static int close_host(void **state)
{
    (void)state;
    gv__link_stop(&host);
    return 0;
}

/* Either a library serves it, or the reason says which would. */
static void every_operation_has_a_baseline_or_a_reason(void **state)
{
    (void)state;

    for (size_t i = 0; i < GV__COUNT(workloads); i++) {
        gv__say_prepared said = {.provider = ""};
        gv_heard heard;
        gv__ask_prepare ask = gv_asking_for(workloads[i]);
        if (!gv_prepare(&host, &ask, &said, &heard)) {
            assert_int_equal(heard.last.kind, GV_INCIDENT_UNSUPPORTED);
            print_message("%s: %s\n", workloads[i], heard.last.what);
            continue;
        }

        assert_int_equal(heard.incidents, 0);
        assert_true(said.error_rel <= said.bound_rel);
        gv__say_samples taken;
        gv_error err = {0};
        assert_status(gv_take(&host, GV_VIEW_KERNEL_ONLY, &taken, &err), GV_OK, err);
        for (uint32_t s = 0; s < taken.count; s++) {
            assert_true(taken.stage_s[s][GV_STAGE_TOTAL] > 0);
            assert_true(taken.stage_s[s][GV_STAGE_KERNEL] == taken.stage_s[s][GV_STAGE_TOTAL]);
            assert_true(isnan(taken.stage_s[s][GV_STAGE_H2D]));
        }
        assert_status(gv_take(&host, GV_VIEW_TRANSFERS, &taken, &err), GV_ARGUMENT, err);
    }
}

static void an_excluded_library_leads_to_another_or_to_none(void **state)
{
    (void)state;
    gv__ask_prepare ask = gv_asking_for("dense:batch=32,in=64,out=64,act=relu");
    gv__say_prepared said;
    gv_heard heard;
    while (ask.excluded < GV__MAX_EXCLUDED && gv_prepare(&host, &ask, &said, &heard)) {
        for (uint32_t i = 0; i < ask.excluded; i++) {
            assert_string_not_equal(said.provider, ask.exclude[i]);
        }
        gv__copy_text(ask.exclude[ask.excluded++], GV_PROVIDER_TEXT, said.provider);
    }
    assert_true(ask.excluded < GV__MAX_EXCLUDED);
}

static void the_roof_of_the_host_is_a_plain_number(void **state)
{
    (void)state;
    gv__ask_probe ask = {.precision = GV_PRECISION_F64, .seconds = 0.2};
    gv_roof roof;
    gv_error err = {0};
    assert_status(gv__link_ask(&host, GV__ASK_PROBE, &ask, gv_patience_s, NULL, NULL, GV__SAY_ROOF,
                               &roof, NULL, &err),
                  GV_OK, err);
    assert_true(roof.flop_per_s[GV_PRECISION_F64] > 1e8);
    assert_true(roof.bytes_per_s > 1e8);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_BINARY_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_a_baseline_or_a_reason),
        cmocka_unit_test(an_excluded_library_leads_to_another_or_to_none),
        cmocka_unit_test(the_roof_of_the_host_is_a_plain_number),
    };
    return cmocka_run_group_tests(tests, open_host, close_host);
}
