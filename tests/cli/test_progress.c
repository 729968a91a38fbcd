/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on the line of a terminal, and that a log has none of what passes by. */
#include "cli/progress.h"

#include "base/support.h"
#include "tests/gv_test.h"

/* All that was written to it; a rewound file takes more. */
static const char *written(FILE *file)
{
    static char text[4096];
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    return text;
}

/* The line that a terminal shows: what follows the last return to its start. */
static const char *line_of(FILE *file)
{
    const char *last = strrchr(written(file), '\r');
    assert_non_null(last);
    assert_memory_equal(last, "\r\033[K", 4);
    return last + 4;
}

static void what_a_worker_does_stands_before_the_step_and_goes(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    gv_cli_progress progress;
    gv_cli_progress_init(&progress, file, "run");
    progress.terminal = true;
    gv_cli_progress_step(&progress, "fft:shape=8", 1, 4, 12.0);
    assert_string_equal(line_of(file), "[#####---------------] 1/4  12 s left  fft:shape=8");
    gv_cli_progress_doing(&progress, "building it");
    assert_string_equal(line_of(file),
                        "[#####---------------] 1/4  12 s left  building it: fft:shape=8");
    gv_cli_progress_doing(&progress, "");
    assert_string_equal(line_of(file), "[#####---------------] 1/4  12 s left  fft:shape=8");
    progress.columns = 45;
    gv_cli_progress_doing(&progress, "building it");
    assert_string_equal(line_of(file), "[#####---------------] 1/4  12 s left  build");
    fclose(file);
}

static void what_follows_at_once_is_not_drawn(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    gv_cli_progress progress;
    gv_cli_progress_init(&progress, file, "run");
    progress.terminal = true;
    gv_cli_progress_step(&progress, "fft:shape=8", 0, 0, 0);
    gv_cli_progress_doing(&progress, "comparing A with others");
    assert_string_equal(line_of(file), "comparing A with others: fft:shape=8");
    const size_t before = strlen(written(file));
    progress.doing_s = gv__now_s() + 60; /* however slow this machine is */
    gv_cli_progress_doing(&progress, "comparing B with others");
    assert_int_equal(strlen(written(file)), before);
    gv_cli_progress_doing(&progress, "building the kernels of C"); /* may take long */
    assert_string_equal(line_of(file), "building the kernels of C: fft:shape=8");
    progress.doing_s = gv__now_s() - 0.2;
    gv_cli_progress_doing(&progress, "comparing B with others");
    assert_string_equal(line_of(file), "comparing B with others: fft:shape=8");
    /* What stands is taken away at once, and only once. */
    gv_cli_progress_doing(&progress, "");
    assert_string_equal(line_of(file), "fft:shape=8");
    const size_t after = strlen(written(file));
    gv_cli_progress_doing(&progress, "");
    assert_int_equal(strlen(written(file)), after);
    fclose(file);
}

static void a_log_has_a_line_a_step(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    gv_cli_progress progress;
    gv_cli_progress_init(&progress, file, "run");
    gv_cli_progress_step(&progress, "fft:shape=8", 1, 4, 12.0);
    gv_cli_progress_doing(&progress, "building it");
    gv_cli_progress_doing(&progress, "");
    assert_string_equal(written(file), "gpuverdict run: 2/4 fft:shape=8, 12 s left\n");
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_worker_does_stands_before_the_step_and_goes),
        cmocka_unit_test(what_follows_at_once_is_not_drawn),
        cmocka_unit_test(a_log_has_a_line_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
