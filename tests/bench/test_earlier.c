/* SPDX-License-Identifier: Apache-2.0 */
/* What earlier processes leave behind, by a device whose drivers are never asked. */
#include "base/file_cache.h"
#include "bench/earlier.h"
#include "tests/gv_test.h"

#include <math.h>
#include <unistd.h>

static char folder[] = "/tmp/gpuverdict-earlier-XXXXXX";
static char programs[] = "anywhere";

static gv__context context_of(const char *identity)
{
    gv__context context = {.programs = programs};
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        context.facts.fact[i] = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    }
    gv__copy_text(context.identity, sizeof context.identity, identity);
    return context;
}

static gv__ask_prepare asking_for(const char *workload)
{
    gv__ask_prepare ask = {.seed = 1, .trust_earlier = true};
    gv__copy_text(ask.workload, sizeof ask.workload, workload);
    return ask;
}

/* A process in which "quick" and "slow" took 1 ms and `slow_s`. */
static void one_process(const gv__context *context, const gv__ask_prepare *ask, double slow_s)
{
    gv__earlier earlier;
    const gv__say_trial trials[] = {{.provider = "quick 1", .call_s = 1e-3, .packed_s = NAN},
                                    {.provider = "slow 1", .call_s = slow_s, .packed_s = NAN}};
    gv__earlier_load(context, GV_OP_MATMUL, ask, &earlier);
    gv__earlier_keep(&earlier, trials, GV__COUNT(trials));
}

static bool slow_one_is_outrun(const gv__context *context, const gv__ask_prepare *ask)
{
    gv__earlier earlier;
    gv__earlier_load(context, GV_OP_MATMUL, ask, &earlier);
    assert_null(gv__earlier_outrun(&earlier, "quick 1"));
    assert_null(gv__earlier_outrun(&earlier, "nobody 1"));
    return gv__earlier_outrun(&earlier, "slow 1") != NULL;
}

static void two_processes_have_to_agree(void **state)
{
    (void)state;
    const gv__context context = context_of("one");
    const gv__ask_prepare ask = asking_for("matmul:m=1,n=2,k=3");
    assert_false(slow_one_is_outrun(&context, &ask));
    one_process(&context, &ask, 5e-3);
    assert_false(slow_one_is_outrun(&context, &ask));
    one_process(&context, &ask, 4e-3);
    assert_true(slow_one_is_outrun(&context, &ask));
    gv__earlier earlier;
    gv__earlier_load(&context, GV_OP_MATMUL, &ask, &earlier);
    const gv__say_trial *slow = gv__earlier_outrun(&earlier, "slow 1");
    assert_close(slow->call_s, 4e-3, 1e-12);
    assert_true(slow->earlier);
    assert_close(gv__earlier_fastest_s(&earlier), 1e-3, 1e-12);
}

static void who_was_close_once_is_not_outrun(void **state)
{
    (void)state;
    const gv__context context = context_of("two");
    const gv__ask_prepare ask = asking_for("matmul:m=1,n=2,k=3");
    one_process(&context, &ask, 9e-3);
    one_process(&context, &ask, 1.9e-3);
    one_process(&context, &ask, 9e-3);
    assert_false(slow_one_is_outrun(&context, &ask));
}

static void another_device_workload_or_tunable_is_another_entry(void **state)
{
    (void)state;
    const gv__context context = context_of("three");
    const gv__ask_prepare ask = asking_for("matmul:m=1,n=2,k=3");
    for (int i = 0; i < 2; i++) {
        one_process(&context, &ask, 5e-3);
    }
    assert_true(slow_one_is_outrun(&context, &ask));
    const gv__context other = context_of("four");
    assert_false(slow_one_is_outrun(&other, &ask));
    gv__context grown = context;
    grown.facts.fact[GV_DEVICE_COMPUTE_UNITS] = (gv_fact){.number = 64};
    assert_false(slow_one_is_outrun(&grown, &ask));
    const gv__ask_prepare larger = asking_for("matmul:m=1,n=2,k=4");
    assert_false(slow_one_is_outrun(&context, &larger));
    gv__ask_prepare tuned = ask;
    tuned.tuned_count = 1;
    gv__copy_text(tuned.tuned[0].provider, sizeof tuned.tuned[0].provider, "slow 1");
    gv__copy_text(tuned.tuned[0].parameters, sizeof tuned.tuned[0].parameters, "WIDTH=8");
    assert_false(slow_one_is_outrun(&context, &tuned));
}

static void without_a_cache_or_with_exclusions_nothing_is_kept(void **state)
{
    (void)state;
    gv__context context = context_of("five");
    gv__ask_prepare ask = asking_for("matmul:m=1,n=2,k=3");
    context.programs = NULL;
    for (int i = 0; i < 2; i++) {
        one_process(&context, &ask, 5e-3);
    }
    assert_false(slow_one_is_outrun(&context, &ask));
    context.programs = programs;
    assert_false(slow_one_is_outrun(&context, &ask));
    ask.excluded = 1;
    for (int i = 0; i < 2; i++) {
        one_process(&context, &ask, 5e-3);
    }
    assert_false(slow_one_is_outrun(&context, &ask));
}

/* Overwrite a byte of the entry, or put something else there that a cache takes for sound. */
static void a_spoilt_entry_counts_as_none(void **state)
{
    (void)state;
    const gv__context context = context_of("six");
    const gv__ask_prepare ask = asking_for("matmul:m=1,n=2,k=3");
    static const char *const foreign[] = {"", "x", "not trials, and of no length that fits"};
    for (size_t i = 0; i < GV__COUNT(foreign); i++) {
        gv__earlier earlier;
        for (int p = 0; p < 2; p++) {
            one_process(&context, &ask, 5e-3);
        }
        assert_true(slow_one_is_outrun(&context, &ask));
        gv__earlier_load(&context, GV_OP_MATMUL, &ask, &earlier);
        char *trials = gv__cache_folder("trials");
        if (foreign[i][0] != 0) {
            gv__file_cache_put(trials, earlier.key, foreign[i], strlen(foreign[i]), 1 << 20);
        } else {
            char path[256];
            snprintf(path, sizeof path, "%s/%s", trials, earlier.key);
            FILE *file = fopen(path, "r+");
            assert_non_null(file);
            assert_int_equal(fseek(file, -8, SEEK_END), 0);
            assert_true(fputc('!', file) == '!');
            assert_int_equal(fclose(file), 0);
        }
        free(trials);
        assert_false(slow_one_is_outrun(&context, &ask));
    }
    /* Of the right length, and no time. */
    gv__earlier earlier;
    gv__earlier_load(&context, GV_OP_MATMUL, &ask, &earlier);
    gv__earlier_trial timeless[2] = {{.processes = 9}, {.processes = 9}};
    gv__copy_text(timeless[0].trial.provider, sizeof timeless[0].trial.provider, "slow 1");
    timeless[0].trial.call_s = 5e-3;
    timeless[1].trial.call_s = NAN;
    char *trials = gv__cache_folder("trials");
    gv__file_cache_put(trials, earlier.key, timeless, sizeof timeless, 1 << 20);
    free(trials);
    gv__earlier_load(&context, GV_OP_MATMUL, &ask, &earlier);
    assert_int_equal(earlier.count, 0);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL && setenv("XDG_CACHE_HOME", folder, 1) == 0 ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_processes_have_to_agree),
        cmocka_unit_test(who_was_close_once_is_not_outrun),
        cmocka_unit_test(another_device_workload_or_tunable_is_another_entry),
        cmocka_unit_test(without_a_cache_or_with_exclusions_nothing_is_kept),
        cmocka_unit_test(a_spoilt_entry_counts_as_none),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
