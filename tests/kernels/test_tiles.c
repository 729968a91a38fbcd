/* SPDX-License-Identifier: Apache-2.0 */
/* Which sizes are chosen for GPUs that are not here, by their facts alone. */
#include "kernels/tiles.h"
#include "tests/gv_test.h"
#include "tests/kernels/dressed_device.h"

#include <math.h>

static gv_device gpu(double units, double work_group, double local_bytes)
{
    return dressed_device("GPU", units, work_group, local_bytes);
}

static double group_count(const gv__tiles *tiles, const gv__tiles_problem *problem)
{
    gv__kernel kernel = {.context = NULL};
    gv__tiles_launch(tiles, problem, &kernel);
    double groups = 1.0;
    for (int i = 0; i < 3; i++) {
        groups *= (double)kernel.global[i] / (double)kernel.local[i];
    }
    return groups;
}

static void a_small_result_still_gives_every_unit_groups(void **state)
{
    (void)state;
    static const double unit_counts[] = {16, 40, 80, 108, 132, 144};
    static const gv__tiles_problem problems[] = {
        {GV_PRECISION_F32, 32, 4096, 1, 4096},   {GV_PRECISION_F32, 256, 1024, 1, 4096},
        {GV_PRECISION_F32, 1024, 1024, 1, 1024}, {GV_PRECISION_F32, 16, 2048, 1, 2048},
        {GV_PRECISION_F64, 32, 4096, 1, 4096},
    };
    for (size_t u = 0; u < GV__COUNT(unit_counts); u++) {
        const gv_device facts = gpu(unit_counts[u], 1024, 48 << 10);
        for (size_t i = 0; i < GV__COUNT(problems); i++) {
            const gv__tiles tiles = gv__tiles_choose(&facts, &problems[i]);
            const double groups = group_count(&tiles, &problems[i]);
            if (groups < 1.5 * unit_counts[u]) {
                fail_msg("%g groups for %g units: %llu x %llu x %llu", groups, unit_counts[u],
                         (unsigned long long)problems[i].rows,
                         (unsigned long long)problems[i].columns,
                         (unsigned long long)problems[i].terms);
            }
        }
    }
}

static void a_large_result_is_not_split(void **state)
{
    (void)state;
    const gv_device facts = gpu(132, 1024, 48 << 10);
    const gv__tiles_problem problem = {GV_PRECISION_F32, 4096, 4096, 1, 4096};
    const gv__tiles tiles = gv__tiles_choose(&facts, &problem);
    assert_int_equal(tiles.split_k, 1);
    assert_int_equal(tiles.tile_rows * tiles.tile_vectors * tiles.width, 64);
}

static void what_must_stay_whole_is_not_split(void **state)
{
    (void)state;
    const gv_device facts = gpu(132, 1024, 48 << 10);
    const gv__tiles_problem problem = {GV_PRECISION_F32, 64, 49, 1, 0};
    assert_int_equal(gv__tiles_choose(&facts, &problem).split_k, 1);
}

static void sizes_fit_any_device(void **state)
{
    (void)state;
    static const double groups[] = {64, 128, 256, 512, 1024, NAN};
    static const double bytes[] = {16 << 10, 32 << 10, 64 << 10};
    static const gv__tiles_problem problems[] = {
        {GV_PRECISION_F32, 1, 1, 1, 1},
        {GV_PRECISION_F64, 1000, 1000, 3, 17},
        {GV_PRECISION_F32, 64, 4096, 1, 4096},
    };
    for (size_t g = 0; g < GV__COUNT(groups); g++) {
        for (size_t b = 0; b < GV__COUNT(bytes); b++) {
            const gv_device facts = gpu(60, groups[g], bytes[b]);
            for (size_t i = 0; i < GV__COUNT(problems); i++) {
                const gv__tiles tiles = gv__tiles_choose(&facts, &problems[i]);
                assert_true(gv__tiles_fit(&facts, &tiles, &problems[i]));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_result_still_gives_every_unit_groups),
        cmocka_unit_test(a_large_result_is_not_split),
        cmocka_unit_test(what_must_stay_whole_is_not_split),
        cmocka_unit_test(sizes_fit_any_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
