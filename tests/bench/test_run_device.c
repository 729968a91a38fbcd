/* SPDX-License-Identifier: Apache-2.0 */
/* The runner on a real device: whatever it says must hang together. */
#include "base/support.h"
#include "bench/runner.h"
#include "tests/gv_test.h"

static const char *const workloads[] = {"matmul:m=64,n=48,k=32",
                                        "dense:batch=4,in=64,out=32,act=relu", "fft:shape=64",
                                        "conv2d:n=1,c=4,h=12,w=12,k=8,r=3,s=3,pad=1x1"};

static const gv_suite suite = {.name = "test",
                               .meaning = "",
                               .workloads = workloads,
                               .count = GV__COUNT(workloads),
                               .processes = 1,
                               .blocks = 6,
                               .min_samples = 12,
                               .min_s = 0.012,
                               .max_s = 0.5,
                               .warm_up_s = 0.01};

static gv_inventory inventory;
static gv_journal journal;
static gv_run_summary summary;

/* Measures the first device once; the tests look at the records. */
static int measure(void **state)
{
    (void)state;
    gv_error err = {0};
    bool *chosen = calloc(inventory.device_count, sizeof *chosen);
    gv_selection selection = {.device = chosen};
    gv_run_options options = {
        .struct_size = sizeof options, .suite = &suite, .time_budget_s = INFINITY, .seed = 3};
    chosen[0] = true;
    gv_status status = gv_run(&inventory, &selection, &options, &journal, &summary, &err);
    if (status != GV_OK) {
        print_error("%s\n", err.text);
    }
    free(chosen);
    return status == GV_OK ? 0 : -1;
}

static int forget(void **state)
{
    (void)state;
    gv_journal_free(&journal);
    return 0;
}

static const gv_measurement *find(const char *device, const char *workload)
{
    for (size_t i = 0; i < journal.measurement_count; i++) {
        const gv_measurement *m = &journal.measurements[i];
        if (strcmp(m->device, device) == 0 && strcmp(m->workload, workload) == 0) {
            return m;
        }
    }
    return NULL;
}

static void every_operation_has_a_checked_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(workloads); i++) {
        const gv_measurement *device = find(inventory.devices[0].key, workloads[i]);
        const gv_measurement *host = find("host", workloads[i]);
        if (device == NULL || host == NULL) {
            print_error("%s: no time of the %s\n", workloads[i],
                        device == NULL ? "device" : "host");
            fail();
        }
        assert_true(device->error_rel <= device->bound_rel);
        assert_true(host->error_rel <= host->bound_rel);
    }
    assert_int_equal(summary.measured, GV__COUNT(workloads));
    assert_int_equal(summary.usable_devices, 1);
}

static void times_views_and_ranges_hang_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < journal.measurement_count; i++) {
        const gv_measurement *m = &journal.measurements[i];
        bool host = strcmp(m->device, "host") == 0;
        for (int v = 0; v < GV_VIEW_COUNT; v++) {
            const gv_view_times *view = &m->view[v];
            const gv_time *total = &view->stage[GV_STAGE_TOTAL];
            if (view->samples == 0) {
                continue;
            }
            assert_true(view->samples >= 6 && view->calls >= 1);
            assert_true(view->min_s > 0 && view->min_s <= total->low_s);
            assert_true(total->low_s <= total->median_s && total->median_s <= total->high_s);
            if (!host) {
                assert_true(view->speedup_low > 0 && view->speedup_low <= view->speedup_high);
            }
        }
        bool weights =
            strncmp(m->workload, "dense", 5) == 0 || strncmp(m->workload, "conv", 4) == 0;
        assert_int_equal(m->view[GV_VIEW_TRANSFERS].samples > 0, !host);
        assert_int_equal(m->view[GV_VIEW_WEIGHTS_RESIDENT].samples > 0, !host && weights);
        assert_true(m->view[GV_VIEW_KERNEL_ONLY].samples > 0);
    }
}

static void roofs_are_probed_and_not_beaten(void **state)
{
    (void)state;
    for (size_t i = 0; i < journal.device_count; i++) {
        const gv_roof *roof = &journal.devices[i].roof;
        assert_true(roof->flop_per_s[GV_PRECISION_F32] > 0 && roof->bytes_per_s > 0);
    }
    for (size_t i = 0; i < journal.incident_count; i++) {
        assert_int_not_equal(journal.incidents[i].kind, GV_INCIDENT_ABOVE_ROOF);
    }
}

int main(void)
{
    gv_error err = {0};
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_BINARY_DIR, 0);
    if (gv_inventory_collect(&inventory, &err) != GV_OK || inventory.device_count == 0) {
        gv_inventory_free(&inventory);
        return gv_test_no_device("no OpenCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_a_checked_time),
        cmocka_unit_test(times_views_and_ranges_hang_together),
        cmocka_unit_test(roofs_are_probed_and_not_beaten),
    };
    int failed = cmocka_run_group_tests(tests, measure, forget);
    gv_inventory_free(&inventory);
    return failed;
}
