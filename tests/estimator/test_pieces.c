/* SPDX-License-Identifier: Apache-2.0 */
/* An estimate cuts work as a run does. */
#include "base/support.h"
#include "estimator/pieces.h"
#include "kernels/pieces_run.h"
#include "tests/gv_test.h"

#include <math.h>

static const char *const workloads[] = {
    "matmul:m=3000,n=3000,k=3000",
    "matmul:m=100,n=700,k=40000,ta=t",
    "matmul:m=256,n=256,k=256,batch=300",
    "matmul:m=5000,n=64,k=5000,tb=t",
    "matmul:m=2000,n=2000,k=2000,precision=f64",
    "matmul:m=4000,n=3000,k=2000,precision=f16",
    "dense:batch=33,in=20000,out=5000,act=relu",
    "dense:batch=20000,in=1000,out=900,act=gelu",
    "conv2d:n=32,c=64,h=56,w=56,k=128,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=3,h=3000,w=2000,k=16,r=7,s=7,pad=3x3,stride=2x2",
    "conv2d:n=8,c=256,h=60,w=60,k=256,r=3,s=3,pad=1x1,groups=256",
    "conv2d:n=1,c=512,h=14,w=14,k=4096,r=3,s=3",
    "fft:shape=4096,batch=3000",
    "fft:shape=128x128,batch=500,kind=r2c",
    "fft:shape=8388608",
    "fft:shape=8388608,kind=r2c",
};

/* Most of the memory goes into one array, or no more than a quarter. NAN: the driver would not
 * tell. */
static const double memories[] = {1e9, 100e6, 60e6, 20e6, 5e6};
static const double array_shares[] = {NAN, 1, 0.85, 0.25, 0.1};

/* Pieces that a run would take, 0 for a refusal. */
static double pieces_of_run(const gv_workload *workload, double memory_bytes, double array_bytes)
{
    gv_device facts = {.fact = {[GV_DEVICE_FP64] = {.number = 1}}};
    facts.fact[GV_DEVICE_GLOBAL_MEM].number = memory_bytes;
    facts.fact[GV_DEVICE_MAX_ALLOC].number = array_bytes;
    gv__cut cut;
    return gv__device_fits(&facts, workload, NULL) == GV_OK        ? 1
           : gv__pieces_cut(&facts, workload, &cut, NULL) == GV_OK ? (double)cut.count
                                                                   : 0;
}

static double pieces_of_estimate(const gv_workload *workload, double memory_bytes,
                                 double array_bytes)
{
    gv_spec spec = gv_spec_empty();
    spec.name = "a card";
    spec.fp32_flop_per_s = 1e12;
    spec.memory_bytes = 16e9;
    gv_model_options options = GV_MODEL_OPTIONS_INIT;
    options.memory_bytes = memory_bytes;
    options.array_bytes = array_bytes;
    gv_model *model = NULL;
    gv_estimate e;
    gv_error err = {0};
    assert_status(gv_model_create(&spec, &options, &model, &err), GV_OK, err);
    gv_status status = gv_model_estimate(model, workload, &e, NULL);
    gv_model_free(model);
    assert_true(status == GV_OK || status == GV_UNSUPPORTED);
    return status == GV_OK ? e.pieces : 0;
}

static void an_estimate_has_the_pieces_of_a_run(void **state)
{
    (void)state;
    size_t whole = 0, cut = 0, refused = 0;
    for (size_t i = 0; i < GV__COUNT(workloads); i++) {
        gv_workload workload;
        assert_int_equal(gv_workload_parse(workloads[i], &workload, NULL), GV_OK);
        for (size_t m = 0; m < GV__COUNT(memories); m++) {
            for (size_t a = 0; a < GV__COUNT(array_shares); a++) {
                double array_bytes = array_shares[a] * memories[m];
                double run = pieces_of_run(&workload, memories[m], array_bytes);
                double estimated = pieces_of_estimate(&workload, memories[m], array_bytes);
                if (run != estimated) {
                    print_message("%s within %g and %g bytes: %g and %g\n", workloads[i],
                                  memories[m], array_bytes, run, estimated);
                }
                assert_true(run == estimated);
                whole += run == 1;
                cut += run > 1;
                refused += run == 0;
            }
        }
    }
    assert_true(whole > 50 && cut > 100 && refused > 10);
}

static gv__pieces pieces_of(const char *text, double memory_bytes)
{
    gv__machine m = {.memory_bytes = memory_bytes, .array_bytes = NAN};
    gv_workload workload;
    gv__pieces pieces;
    assert_int_equal(gv_workload_parse(text, &workload, NULL), GV_OK);
    assert_int_equal(gv__pieces_of(&m, &workload, &pieces, NULL), GV_OK);
    return pieces;
}

static void what_is_sent_again_counts_again_and_kept_weights_stay(void **state)
{
    (void)state;
    /* Whole: 12 MB in, 4 MB out. In squares of few rows and columns, both inputs return. */
    gv__pieces whole = pieces_of("matmul:m=1000,n=1000,k=2000", 1e9);
    gv__pieces small = pieces_of("matmul:m=1000,n=1000,k=2000", 4e6);
    assert_true(whole.count == 1 && whole.in_bytes == 16e6 && whole.out_bytes == 4e6);
    assert_true(small.count > 4 && small.in_bytes > 1.2 * whole.in_bytes);
    assert_true(small.out_bytes == whole.out_bytes);
    /* A batch goes by while the weights stay; of large weights no part does. */
    gv__pieces batch = pieces_of("dense:batch=20000,in=400,out=400", 20e6);
    gv__pieces weights = pieces_of("dense:batch=20,in=4000,out=4000", 20e6);
    assert_true(batch.count > 1 && batch.resident_bytes == (400 * 400 + 400) * 4);
    assert_true(weights.count > 1 && weights.resident_bytes == 0);
    /* Given work has no arrays, and fits or is cut into equal parts. */
    gv__pieces given = pieces_of("custom:flop=1e9,bytes=1e9,in=6e8,out=2e8", 5e8);
    assert_true(given.count == 2 && given.piece.as.custom.flop == 5e8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_estimate_has_the_pieces_of_a_run),
        cmocka_unit_test(what_is_sent_again_counts_again_and_kept_weights_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
