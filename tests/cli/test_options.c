/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted. What is refused, and in which words: golden/usage. */
#include "cli/options.h"

#include "base/support.h"
#include "tests/gv_test.h"

enum { MOST = 16 };

/** Parse a command line of words; the caller frees. */
static gv_cli_options parse(const char *const *words)
{
    const char *argv[MOST + 1] = {"gpuverdict"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = words[argc - 1];
    }
    gv_error err = {0};
    gv_cli_options options = {0};
    assert_status(gv_cli_parse(argc, argv, &options, &err), GV_OK, err);
    return options;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void what_was_not_given_is_absent(void **state)
{
    (void)state;
    gv_cli_options options = PARSE("run");
    assert_int_equal(options.verb, GV_VERB_RUN);
    assert_null(options.suite);
    assert_null(options.journal);
    assert_false(options.resume);
    assert_true(isnan(options.time_budget));
    assert_int_equal(options.workload.count, 0);
    assert_int_equal(options.device.count, 0);
    gv_cli_options_free(&options);
}

static void values_are_attached_or_follow(void **state)
{
    (void)state;
    static const char *const forms[][4] = {
        {"run", "-o", "j.jsonl"},
        {"run", "-oj.jsonl"},
        {"run", "--output", "j.jsonl"},
        {"run", "--output=j.jsonl"},
    };
    for (size_t i = 0; i < GV__COUNT(forms); i++) {
        gv_cli_options options = parse(forms[i]);
        assert_string_equal(options.journal, "j.jsonl");
        gv_cli_options_free(&options);
    }
    gv_cli_options options =
        PARSE("run", "--output=-x=y", "--time-budget", "1.5e1", "--device", "-");
    assert_string_equal(options.journal, "-x=y");
    assert_close(options.time_budget, 15, 0);
    assert_string_equal(options.device.items[0], "-");
    gv_cli_options_free(&options);
}

static void repeated_devices_stay_in_order(void **state)
{
    (void)state;
    gv_cli_options options = PARSE("run", "-d", "1", "--device=A100", "--resume", "-d", "0:1");
    assert_int_equal(options.device.count, 3);
    assert_string_equal(options.device.items[0], "1");
    assert_string_equal(options.device.items[1], "A100");
    assert_string_equal(options.device.items[2], "0:1");
    assert_true(options.resume);
    gv_cli_options_free(&options);
}

static void workloads_are_canonical_and_count_once(void **state)
{
    (void)state;
    gv_cli_options options =
        PARSE("run", "-w", "matmul:k=3,n=2,m=1,batch=1", "-w", "matmul:m=1,n=2,k=3", "-w",
              "convolution:n=1,c=1,h=8,w=8,k=1,r=3,s=3");
    assert_int_equal(options.workload.count, 2);
    assert_string_equal(options.workload.items[0], "matmul:m=1,n=2,k=3");
    assert_string_equal(options.workload.items[1], "conv2d:n=1,c=1,h=8,w=8,k=1,r=3,s=3");
    gv_cli_options_free(&options);
}

static void the_environment_replaces_the_default_of_device_alone(void **state)
{
    (void)state;
    setenv("GPUVERDICT_DEVICE", "0,,RTX 3070,0000:01:00.0", 1);
    gv_cli_options options = PARSE("run");
    assert_int_equal(options.device.count, 3);
    assert_string_equal(options.device.items[0], "0");
    assert_string_equal(options.device.items[1], "RTX 3070");
    assert_string_equal(options.device.items[2], "0000:01:00.0");
    gv_cli_options_free(&options);

    options = PARSE("run", "--device", "host");
    assert_int_equal(options.device.count, 1);
    assert_string_equal(options.device.items[0], "host");
    gv_cli_options_free(&options);
    unsetenv("GPUVERDICT_DEVICE");
}

static void help_ends_the_reading(void **state)
{
    (void)state;
    gv_cli_options options = PARSE("run", "-h", "--nonsense");
    assert_int_equal(options.verb, GV_VERB_RUN);
    assert_true(options.help);
    gv_cli_options_free(&options);
}

static void the_recorded_command_line_can_be_pasted_into_a_shell(void **state)
{
    (void)state;
    gv_cli_options options = PARSE("run", "--device=RTX 3070", "-o", "it's.jsonl");
    assert_string_equal(options.command_line,
                        "gpuverdict run '--device=RTX 3070' -o 'it'\\''s.jsonl'");
    gv_cli_options_free(&options);
}

static void a_refused_command_line_leaves_the_options_alone(void **state)
{
    (void)state;
    const char *const argv[] = {"gpuverdict", "run", "-w", "matmul:m=1,n=1,k=1", "--suite", "x"};
    gv_cli_options options = {.verb = GV_VERB_HELP};
    gv_error err = {0};
    assert_status(gv_cli_parse(GV__COUNT(argv), argv, &options, &err), GV_ARGUMENT, err);
    assert_int_equal(options.verb, GV_VERB_HELP);
    assert_string_equal(err.call, "run");
    assert_status(gv_cli_parse(GV__COUNT(argv), argv, &options, NULL), GV_ARGUMENT, err);
}

/* Of two rows with one name or letter in a command, one could never be reached. */
static void names_and_letters_are_unique_in_each_command(void **state)
{
    (void)state;
    const gv_option_row *a, *b;
    for (size_t verb = 0; verb < GV_VERB_COUNT; verb++) {
        for (size_t i = 0; (a = gv_cli_option_row(i)) != NULL; i++) {
            for (size_t j = 0; j < i && (b = gv_cli_option_row(j)) != NULL; j++) {
                if (gv_cli_takes((gv_verb)verb, a) && gv_cli_takes((gv_verb)verb, b)) {
                    assert_string_not_equal(a->name, b->name);
                    assert_true(a->letter == 0 || a->letter != b->letter);
                }
            }
            assert_int_equal(a->words != NULL, a->type == GV_TYPE_WORD);
            assert_int_equal(a->argument[0] == 0, a->type == GV_TYPE_FLAG);
        }
    }
}

int main(void)
{
    unsetenv("GPUVERDICT_DEVICE");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_given_is_absent),
        cmocka_unit_test(values_are_attached_or_follow),
        cmocka_unit_test(repeated_devices_stay_in_order),
        cmocka_unit_test(workloads_are_canonical_and_count_once),
        cmocka_unit_test(the_environment_replaces_the_default_of_device_alone),
        cmocka_unit_test(help_ends_the_reading),
        cmocka_unit_test(the_recorded_command_line_can_be_pasted_into_a_shell),
        cmocka_unit_test(a_refused_command_line_leaves_the_options_alone),
        cmocka_unit_test(names_and_letters_are_unique_in_each_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
