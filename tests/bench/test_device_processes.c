/* SPDX-License-Identifier: Apache-2.0 */
/* What one process leaves to the next, on the first device of this machine: programs that it
 * compiled, and who was far behind. */
#include "base/file_cache.h"
#include "bench/earlier.h"
#include "tests/bench/worker_case.h"

#include <dirent.h>
#include <math.h>

static gv_inventory inventory;

/* Prepares by a worker of its own, as the next run would. */
static bool prepared_by_loading(const char *workload)
{
    gv_error err = {0};
    gv__link other = {0};
    gv__say_opened opened;
    gv__say_prepared said = {.cached = false};
    gv_heard heard;
    const gv__ask_prepare ask = gv_asking_for(workload);
    assert_status(gv_open_first(&inventory, &other, &opened, &err), GV_OK, err);
    assert_true(gv_prepare(&other, &ask, &said, &heard));
    gv__link_stop(&other);
    return said.cached;
}

static void a_second_worker_says_that_it_loads_what_the_first_compiled(void **state)
{
    (void)state;
    static const char workload[] = "dense:batch=4,in=80,out=48";
    setenv("POCL_KERNEL_CACHE", "0", 1); /* or PoCL keeps them, and we do not */
    prepared_by_loading(workload);
    const bool cached = prepared_by_loading(workload);
    setenv("GPUVERDICT_NO_CACHE", "1", 1);
    const bool cached_without = prepared_by_loading(workload);
    unsetenv("GPUVERDICT_NO_CACHE");
    unsetenv("POCL_KERNEL_CACHE");
    assert_true(cached);
    assert_false(cached_without);
}

typedef struct heard_trials {
    uint32_t count;
    gv__say_trial of[GV__MAX_TUNED];
} heard_trials;

static void hear_trial(void *context, gv__message_kind kind, const void *body)
{
    heard_trials *heard = context;
    if (kind == GV__SAY_TRIAL) {
        assert_in_range(heard->count, 0, GV__MAX_TUNED - 1);
        heard->of[heard->count++] = *(const gv__say_trial *)body;
    }
}

/* The trials of a worker of its own, by provider's name. */
static heard_trials trials_of_a_process(const char *workload)
{
    gv_error err = {0};
    gv__link other = {0};
    gv__say_opened opened;
    gv__say_prepared said;
    heard_trials heard = {.count = 0};
    gv__ask_prepare ask = gv_asking_for(workload);
    ask.trust_earlier = true;
    ask.choose_s = 0.01;
    assert_status(gv_open_first(&inventory, &other, &opened, &err), GV_OK, err);
    assert_status(gv__link_ask(&other, GV__ASK_PREPARE, &ask, gv_patience_s, hear_trial, &heard,
                               GV__SAY_PREPARED, &said, NULL, &err),
                  GV_OK, err);
    gv__link_stop(&other);
    return heard;
}

static const gv__say_trial *trial_of(const heard_trials *heard, const char *provider)
{
    for (uint32_t i = 0; i < heard->count; i++) {
        if (strcmp(heard->of[i].provider, provider) == 0) {
            return &heard->of[i];
        }
    }
    fail_msg("%s was not heard of", provider);
    return NULL;
}

/* The only entry that the processes of this test left in the folder. */
static void find_entry(const char *folder, char key[GV__SHA256_TEXT], gv__earlier_trial **trials,
                       size_t *count)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    key[0] = 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.') {
            assert_true(key[0] == 0 && strlen(entry->d_name) == GV__SHA256_TEXT - 1);
            gv__copy_text(key, GV__SHA256_TEXT, entry->d_name);
        }
    }
    closedir(directory);
    void *bytes = NULL;
    size_t length = 0;
    assert_true(gv__file_cache_get(folder, key, &bytes, &length));
    *trials = bytes;
    *count = length / sizeof **trials;
}

/* What two processes left is given times that no third one can disturb: the first provider took a
 * second, all others a hundred times as long. */
static void leave_the_first_ahead(const heard_trials *one, const heard_trials *two)
{
    char key[GV__SHA256_TEXT];
    gv__earlier_trial *trials = NULL;
    size_t count = 0;
    char *folder = gv__cache_folder("trials");
    assert_non_null(folder);
    find_entry(folder, key, &trials, &count);
    assert_int_equal(count, one->count);
    for (size_t i = 0; i < count; i++) {
        gv__say_trial *kept = &trials[i].trial;
        assert_int_equal(trials[i].processes, 2);
        assert_true(kept->call_s == fmin(trial_of(one, kept->provider)->call_s,
                                         trial_of(two, kept->provider)->call_s));
        kept->call_s = strcmp(kept->provider, one->of[0].provider) == 0 ? 1 : 100;
    }
    gv__file_cache_put(folder, key, trials, count * sizeof *trials, 1 << 20);
    free(trials);
    free(folder);
}

static void whom_two_processes_outran_a_third_does_not_build(void **state)
{
    (void)state;
    static const char workload[] = "fft:shape=32768";
    char *usual = getenv("XDG_CACHE_HOME") != NULL ? strdup(getenv("XDG_CACHE_HOME")) : NULL;
    setenv("XDG_CACHE_HOME", gv_test_folder(), 1);
    const heard_trials one = trials_of_a_process(workload);
    const heard_trials two = trials_of_a_process(workload);
    leave_the_first_ahead(&one, &two);
    const heard_trials three = trials_of_a_process(workload);
    if (usual != NULL) {
        setenv("XDG_CACHE_HOME", usual, 1);
    } else {
        unsetenv("XDG_CACHE_HOME");
    }
    free(usual);
    assert_int_equal(two.count, one.count);
    assert_int_equal(three.count, one.count);
    for (uint32_t i = 0; i < one.count; i++) {
        const char *provider = one.of[i].provider;
        const gv__say_trial *last = trial_of(&three, provider);
        print_message("%s: %.3g ms, then %.3g%s\n", provider, one.of[i].call_s * 1e3,
                      last->call_s * 1e3, last->earlier ? ", from earlier" : "");
        assert_false(one.of[i].earlier || trial_of(&two, provider)->earlier);
        assert_int_equal(last->earlier, i > 0);
        assert_int_equal(last->earlier, last->call_s == 100);
    }
}

int main(void)
{
    gv_error err = {0};
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_BINARY_DIR, 1);
    if (gv_inventory_collect(&inventory, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    if (inventory.device_count == 0) {
        return gv_test_no_device("no OpenCL device on this machine");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_worker_says_that_it_loads_what_the_first_compiled),
        cmocka_unit_test(whom_two_processes_outran_a_third_does_not_build),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gv_inventory_free(&inventory);
    return failed;
}
