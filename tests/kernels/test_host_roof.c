/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host_facts.h"
#include "kernels/roof.h"
#include "kernels/roof_chain.h"
#include "tests/gv_test.h"

static void the_chains_result_can_be_told_from_a_shorter_loop(void **state)
{
    (void)state;
    /* The right sum, followed step by step in f32, and one of a loop that left after nine tenths.
     */
    float right = 0;
    float cut = 0;
    for (int i = 0; i < 12; i++) {
        float a = 1.25F + (float)i / 64.0F;
        for (int s = 0; s < GV__CHAIN_STEPS; s++) {
            cut += s == GV__CHAIN_STEPS * 9 / 10 ? a : 0;
            a = fmaf(a, (float)gv__chain_c, (float)(1 - gv__chain_c));
        }
        right += a;
    }
    double expected = gv__chain_sum(12, 1, 0);
    assert_true(gv__chain_is_right((double)right, expected));
    assert_false(gv__chain_is_right((double)cut, expected));
    assert_false(gv__chain_is_right((double)NAN, expected));
}

static double probe(uint32_t threads, gv_precision precision)
{
    gv_roof roof = {{0}, 0};
    gv_error err = {0};
    assert_status(gv__host_roof(threads, precision, 0.2, &roof, &err), GV_OK, err);
    print_message("%u threads: %.1f GFLOP/s, %.1f GB/s\n", threads,
                  roof.flop_per_s[precision] / 1e9, roof.bytes_per_s / 1e9);
    assert_true(roof.bytes_per_s > 1e8 && roof.bytes_per_s < 1e14);
    assert_true(gv_is_absent(roof.flop_per_s[GV_PRECISION_F32 + GV_PRECISION_F64 - precision]));
    return roof.flop_per_s[precision];
}

/* A probe that was disturbed is too low and none is too high: with every probe more the highest of
 * them come nearer to what the processor can, of which half as many doubles fit into a register. */
static void two_precisions_and_one_thread_or_all_have_a_roof(void **state)
{
    (void)state;
    enum { MOST_PROBES = 20 };
    const uint32_t threads[] = {1, gv__host_cores()};
    for (size_t t = 0; t < 2; t++) {
        double f32 = 0, f64 = 0;
        bool hang_together = false;
        for (int i = 0; i < MOST_PROBES && !hang_together; i++) {
            f32 = fmax(f32, probe(threads[t], GV_PRECISION_F32));
            f64 = fmax(f64, probe(threads[t], GV_PRECISION_F64));
            hang_together = f32 > 1.2 * f64 && f32 < 4 * f64;
        }
        assert_true(hang_together);
    }
}

static void what_cannot_be_probed_is_refused(void **state)
{
    (void)state;
    gv_roof roof = {{1, 2, 3}, 4};
    gv_error err = {0};
    assert_status(gv__host_roof(0, GV_PRECISION_F32, 0.1, &roof, &err), GV_ARGUMENT, err);
    assert_status(gv__host_roof(1, GV_PRECISION_F16, 0.1, &roof, &err), GV_UNSUPPORTED, err);
    assert_true(roof.flop_per_s[2] == 3 && roof.bytes_per_s == 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chains_result_can_be_told_from_a_shorter_loop),
        cmocka_unit_test(two_precisions_and_one_thread_or_all_have_a_roof),
        cmocka_unit_test(what_cannot_be_probed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
