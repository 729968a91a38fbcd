/* SPDX-License-Identifier: Apache-2.0 */
/* A real driver that is made to go wrong (tests/fault): what the device worker and the link say. */
#include "bench/inventory.h"
#include "tests/bench/worker_case.h"

#include <fcntl.h>
#include <unistd.h>

/* Served by a kernel of our own: quick to compile, and it does not ask what the device really is.
 */
static const char workload[] = "dense:batch=3,in=20,out=24";

static char icd[256];
static gv__ask_open ask_open;
static char log_path[] = "/tmp/gv_test_worker_faults_XXXXXX";
static char when_path[sizeof log_path + 8]; /* exists while faults strike */

/* The key of the first device: a fault may dress it as another. */
static void take_key(void *context, gv__message_kind kind, const void *body)
{
    char *key = context;
    if (kind == GV__SAY_DEVICE && key[0] == 0) {
        gv__copy_text(key, GV_DEVICE_KEY, ((const gv_device *)body)->key);
    }
}

/* Start a worker under a fault and open the first device. */
static gv_status open_under(const char *fault, gv__link *link, gv_error *err)
{
    setenv("OPENCL_LAYERS", GV_TEST_LAYER, 1);
    setenv("GPUVERDICT_FAULT", fault, 1);
    *link = (gv__link){0};
    gv_status status = gv__link_start(link, GV__WORKER_DEVICE, icd, gv_patience_s, err);
    unsetenv("OPENCL_LAYERS");
    gv__ask_open ask = ask_open;
    ask.key[0] = 0;
    if (status == GV_OK) {
        status = gv__link_ask(link, GV__ASK_ENUMERATE, NULL, gv_patience_s, take_key, ask.key,
                              GV__SAY_DONE, NULL, NULL, err);
    }
    if (status != GV_OK) {
        return status;
    }
    return gv__link_ask(link, GV__ASK_OPEN, &ask, gv_patience_s, NULL, NULL, GV__SAY_OPENED, NULL,
                        NULL, err);
}

/* The layer writes a line when it is loaded: without one the test proved nothing. */
static bool layer_was_loaded(void)
{
    char line[256] = "";
    FILE *file = fopen(log_path, "r");
    bool loaded = file != NULL && fgets(line, sizeof line, file) != NULL;
    if (file != NULL) {
        fclose(file);
    }
    return loaded;
}

static int clear_log(void **state)
{
    (void)state;
    return truncate(log_path, 0);
}

static void a_result_that_arrives_damaged_has_no_time(void **state)
{
    (void)state;
    static const char *const effects[] = {"corrupt", "zero", "nan", "skip"};
    for (size_t i = 0; i < GV__COUNT(effects); i++) {
        gv__link link = {0};
        gv_error err = {0};
        gv_heard heard;
        gv__say_prepared said;
        gv__ask_prepare ask = gv_asking_for(workload);
        gv_status status = GV_WRONG_RESULT;
        /* The first reads belong to the kernel that proves the clock, which looks at its result
         * too: from which read on is it the provider's? */
        for (int from = 1; from < 16 && status == GV_WRONG_RESULT; from++) {
            char fault[64];
            snprintf(fault, sizeof fault, "read:%d+=%s", from, effects[i]);
            gv__link_stop(&link);
            status = open_under(fault, &link, &err);
        }
        assert_status(status, GV_OK, err);
        assert_false(gv_prepare(&link, &ask, &said, &heard));
        assert_true(heard.incidents >= 1);
        assert_int_equal(heard.last.kind, GV_INCIDENT_WRONG_RESULT);
        assert_true(heard.last.provider[0] != 0);
        assert_true(layer_was_loaded());
        gv__link_stop(&link);
    }
}

static void a_driver_that_dies_or_hangs_in_a_build_names_the_provider(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        double timeout_s;
        gv_status status;
        const char *text;
    } cases[] = {
        {"build:2+=crash", 120, GV_CRASHED, "was killed by SIGSEGV while"},
        {"build:2+=exit", 120, GV_CRASHED, "exited with status 0 while"},
        /* Time enough to get as far as that. */
        {"build:2+=hang", 5, GV_HUNG, "did not answer within 5 s while"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__link link;
        gv_error err = {0};
        gv__ask_prepare ask = gv_asking_for(workload);
        /* The first build is the kernel that proves the clock. */
        assert_status(open_under(cases[i].fault, &link, &err), GV_OK, err);
        assert_status(gv__link_ask(&link, GV__ASK_PREPARE, &ask, cases[i].timeout_s, NULL, NULL,
                                   GV__SAY_PREPARED, NULL, NULL, &err),
                      cases[i].status, err);
        if (strstr(err.text, cases[i].text) == NULL) {
            fail_msg("case %zu: %s", i, err.text);
        }
        assert_true(link.provider[0] != 0);
        assert_non_null(strstr(err.text, link.provider));
        assert_int_equal(link.pid, 0);
        assert_true(layer_was_loaded());
    }
}

static void a_provider_that_fails_to_build_is_replaced_or_named(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    gv_heard heard;
    gv__say_prepared said;
    gv__ask_prepare ask = gv_asking_for("matmul:m=40,n=24,k=56");
    assert_status(open_under("build:2=CL_BUILD_PROGRAM_FAILURE", &link, &err), GV_OK, err);
    bool served = gv_prepare(&link, &ask, &said, &heard);
    assert_true(heard.incidents >= 1);
    assert_int_equal(heard.last.kind, GV_INCIDENT_FAILURE);
    assert_true(heard.last.what[0] != 0);
    if (served) {
        assert_string_not_equal(said.provider, heard.last.provider);
    }
    assert_true(layer_was_loaded());
    gv__link_stop(&link);
}

/* From now on the fault strikes, or not yet. */
static void let_fault_strike(bool now)
{
    if (now) {
        int file = open(when_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(file >= 0);
        close(file);
    } else {
        unlink(when_path);
    }
}

/* Prepare the workload on a sound device; the fault waits for let_fault_strike(). */
static void prepare_sound(const char *fault, gv__link *link)
{
    gv_error err = {0};
    gv_heard heard;
    gv__say_prepared said;
    gv__ask_prepare ask = gv_asking_for(workload);
    let_fault_strike(false);
    setenv("GPUVERDICT_FAULT_WHEN", when_path, 1);
    gv_status status = open_under(fault, link, &err);
    unsetenv("GPUVERDICT_FAULT_WHEN");
    assert_status(status, GV_OK, err);
    assert_true(gv_prepare(link, &ask, &said, &heard));
}

static void kernels_that_stop_working_while_they_are_timed_are_found(void **state)
{
    (void)state;
    static const gv_view views[] = {GV_VIEW_TRANSFERS, GV_VIEW_WEIGHTS_RESIDENT,
                                    GV_VIEW_KERNEL_ONLY};
    for (size_t i = 0; i < GV__COUNT(views); i++) {
        gv__link link;
        gv_error err = {0};
        gv__say_samples taken;
        prepare_sound("enqueue=skip", &link);
        assert_status(gv_take(&link, views[i], &taken, &err), GV_OK, err);
        let_fault_strike(true);
        assert_status(gv_take(&link, views[i], &taken, &err), GV_WRONG_RESULT, err);
        assert_non_null(strstr(err.text, "after the timed calls"));
        assert_true(layer_was_loaded());
        let_fault_strike(false);
        assert_status(gv_take(&link, views[i], &taken, &err), GV_OK, err);
        gv__link_stop(&link);
    }
}

/* The view "pinned or mapped" copies where memory is not shared, maps buffers of the driver where
 * it is, and maps the ordinary ones where the device is the host: each must arrive at the result.
 */
static void pinned_memory_serves_shared_and_separate_memory(void **state)
{
    (void)state;
    static const char *const dressings[] = {
        "name=Card;platform=Vendor;type=gpu;query:0x1035=CL_INVALID_VALUE", /* unified memory */
        "name=Card;platform=Vendor;type=gpu", "write:9999999=skip",         /* as it is */
    };
    for (size_t i = 0; i < GV__COUNT(dressings); i++) {
        gv__link link;
        gv_error err = {0};
        gv_heard heard;
        gv__say_prepared said;
        gv__say_samples taken;
        gv__ask_prepare ask = gv_asking_for(workload);
        assert_status(open_under(dressings[i], &link, &err), GV_OK, err);
        assert_true(gv_prepare(&link, &ask, &said, &heard));
        for (int round = 0; round < 2; round++) {
            assert_status(gv_take(&link, GV_VIEW_PINNED, &taken, &err), GV_OK, err);
            assert_status(gv_take(&link, GV_VIEW_TRANSFERS, &taken, &err), GV_OK, err);
        }
        assert_true(layer_was_loaded());
        gv__link_stop(&link);
    }
}

/* A device of its own with shared memory, whose launches do nothing after the first block of the
 * mapped view: what that block left in the driver's buffer must not pass for the second's. */
static void a_mapped_result_of_an_earlier_block_is_no_result(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    gv__say_samples taken;
    prepare_sound("name=Card;platform=Vendor;type=gpu;enqueue=skip", &link);
    assert_status(gv_take(&link, GV_VIEW_PINNED, &taken, &err), GV_OK, err);
    let_fault_strike(true);
    assert_status(gv_take(&link, GV_VIEW_PINNED, &taken, &err), GV_WRONG_RESULT, err);
    assert_true(layer_was_loaded());
    let_fault_strike(false);
    gv__link_stop(&link);
}

int main(void)
{
    gv_inventory inventory;
    gv_error err = {0};
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_BINARY_DIR, 1);
    gv_let_workers_crash();
    if (gv_inventory_collect(&inventory, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    if (inventory.device_count == 0) {
        return gv_test_no_device("no OpenCL device on this machine");
    }
    const gv_device *first = &inventory.devices[0];
    gv__copy_text(icd, sizeof icd, inventory.platforms[first->platform_index].driver);
    ask_open.platform_index = inventory.in_driver[0].platform;
    ask_open.device_index = first->device_index;
    gv_inventory_free(&inventory);
    int log = mkstemp(log_path);
    if (log < 0) {
        return 1;
    }
    close(log);
    setenv("GPUVERDICT_FAULT_LOG", log_path, 1);
    snprintf(when_path, sizeof when_path, "%s.when", log_path);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_result_that_arrives_damaged_has_no_time, clear_log),
        cmocka_unit_test_setup(a_driver_that_dies_or_hangs_in_a_build_names_the_provider,
                               clear_log),
        cmocka_unit_test_setup(a_provider_that_fails_to_build_is_replaced_or_named, clear_log),
        cmocka_unit_test_setup(pinned_memory_serves_shared_and_separate_memory, clear_log),
        cmocka_unit_test_setup(a_mapped_result_of_an_earlier_block_is_no_result, clear_log),
        cmocka_unit_test_setup(kernels_that_stop_working_while_they_are_timed_are_found, clear_log),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(log_path);
    unlink(when_path);
    return failed;
}
