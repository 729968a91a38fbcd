/* SPDX-License-Identifier: Apache-2.0 */
/* How each way of a worker to end is heard; fake_worker.c misbehaves on demand. */
#include "base/support.h"
#include "bench/link.h"
#include "tests/gv_test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A busy machine may take its time; only what hangs waits so long. */
static const double patience_s = 120;

static gv_status start(gv__link *link, const char *mood, double timeout_s, gv_error *err)
{
    *link = (gv__link){0};
    return gv__link_start(link, GV__WORKER_DEVICE, mood, timeout_s, err);
}

static gv_status ask_open(gv__link *link, double timeout_s, gv__say_opened *opened, gv_error *err)
{
    static const gv__ask_open ask = {0};
    return gv__link_ask(link, GV__ASK_OPEN, &ask, timeout_s, NULL, NULL, GV__SAY_OPENED, opened,
                        NULL, err);
}

static char process_state(pid_t pid)
{
    char path[64], line[256] = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return '-';
    }
    size_t got = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    char *end = got > 0 ? strrchr(line, ')') : NULL;
    return end != NULL ? end[2] : '-';
}

/* SIGSTOP takes effect a moment after kill() returned. */
static char settled_state(pid_t pid)
{
    const double end_s = gv__now_s() + patience_s;
    while (process_state(pid) != 'T' && gv__now_s() < end_s) {
        gv__sleep_s(0.005);
    }
    return process_state(pid);
}

static int open_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static void a_good_worker_answers_and_is_stopped_between_questions(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    gv__say_opened opened = {.libraries = ""};
    assert_status(start(&link, "", patience_s, &err), GV_OK, err);
    assert_int_equal(settled_state(link.pid), 'T');
    for (int i = 0; i < 3; i++) {
        assert_status(ask_open(&link, patience_s, &opened, &err), GV_OK, err);
        assert_string_equal(opened.libraries, "fakelib 1.0");
        assert_string_equal(link.doing, "building the kernels of fakelib 1.0");
        assert_string_equal(link.provider, "fakelib 1.0");
        assert_int_equal(settled_state(link.pid), 'T');
    }
    pid_t pid = link.pid;
    gv__link_stop(&link);
    assert_int_equal(link.pid, 0);
    assert_int_equal(kill(pid, 0), -1);
}

typedef struct seen {
    uint32_t platforms, devices;
    gv_platform platform;
    gv_device device;
} seen;

static void see(void *context, gv__message_kind kind, const void *body)
{
    seen *s = context;
    if (kind == GV__SAY_PLATFORM) {
        s->platforms++;
        s->platform = *(const gv_platform *)body;
    } else if (kind == GV__SAY_DEVICE) {
        s->devices++;
        s->device = *(const gv_device *)body;
    }
}

static void items_come_before_the_closing_reply(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    seen s = {0};
    gv__message_kind got = 0;
    assert_status(start(&link, "good", patience_s, &err), GV_OK, err);
    assert_status(gv__link_ask(&link, GV__ASK_ENUMERATE, NULL, patience_s, see, &s, GV__SAY_DONE,
                               NULL, &got, &err),
                  GV_OK, err);
    assert_int_equal(got, GV__SAY_DONE);
    assert_int_equal(s.platforms, 2);
    assert_int_equal(s.devices, 2);
    assert_string_equal(s.platform.name, "Fake");
    assert_string_equal(s.device.key, "fake/good/1");
    /* The worker counts two devices where it leads a process group of its own. */
    assert_int_equal(s.platform.devices, 2);
    gv__link_stop(&link);
}

static void a_question_it_has_no_answer_to_is_unsupported(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    gv__ask_sample ask = {.samples = 1};
    assert_status(start(&link, "", patience_s, &err), GV_OK, err);
    assert_status(gv__link_ask(&link, GV__ASK_SAMPLE, &ask, patience_s, NULL, NULL, GV__SAY_SAMPLES,
                               NULL, NULL, &err),
                  GV_UNSUPPORTED, err);
    assert_int_not_equal(link.pid, 0);
    gv__link_stop(&link);
}

static void a_workers_own_error_is_passed_on_and_it_lives(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    assert_status(start(&link, "refuse", patience_s, &err), GV_OK, err);
    assert_status(ask_open(&link, patience_s, NULL, &err), GV_OPENCL, err);
    assert_int_equal(err.code, -5);
    assert_string_equal(err.call, "clFake");
    assert_string_equal(err.text, "CL_OUT_OF_RESOURCES (-5), says the fake");
    assert_int_equal(settled_state(link.pid), 'T');
    gv__link_stop(&link);
}

static void each_way_to_end_in_a_question_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        double timeout_s;
        gv_status status;
        const char *text;
    } cases[] = {
        {"crash", 120, GV_CRASHED,
         "the device worker was killed by SIGSEGV while building the kernels of fakelib 1.0; its "
         "last words: fake driver: about to fall"},
        {"exit", 120, GV_CRASHED,
         "the device worker exited with status 3 while building the kernels of fakelib 1.0"},
        /* Time enough to get as far as that. */
        {"hang", 3, GV_HUNG,
         "the device worker did not answer within 3 s while building the kernels of fakelib "
         "1.0, and was killed"},
        {"shut", 120, GV_CRASHED,
         "the device worker closed its connection while building the kernels of fakelib 1.0, and "
         "had to be killed"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__link link;
        gv_error err = {0};
        assert_status(start(&link, cases[i].mood, patience_s, &err), GV_OK, err);
        pid_t pid = link.pid;
        assert_status(ask_open(&link, cases[i].timeout_s, NULL, &err), cases[i].status, err);
        assert_string_equal(err.text, cases[i].text);
        assert_string_equal(link.provider, "fakelib 1.0");
        assert_int_equal(link.pid, 0);
        assert_int_equal(kill(pid, 0), -1);
        assert_status(ask_open(&link, 1, NULL, &err), GV_CRASHED, err);
        gv__link_stop(&link);
    }
}

static void each_way_to_end_in_the_greeting_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *mood;
        double timeout_s;
        gv_status status;
        const char *text; /* how it starts */
    } cases[] = {
        {"early crash", 120, GV_CRASHED, "the device worker was killed by SIGSEGV while starting"},
        {"early exit", 120, GV_CRASHED, "the device worker exited with status 3 while starting"},
        {"early hang", 0.2, GV_HUNG, "the device worker did not answer within 0.2 s"},
        {"stranger", 120, GV_FORMAT, "the device worker belongs to another build of gpuverdict"},
        {"babble", 120, GV_FORMAT, "34 bytes came that are no message of this program"},
        {"no loader", 120, GV_NO_DEVICE,
         "there is no OpenCL loader (libOpenCL.so.1): apt-get install ocl-icd-libopencl1"},
    };
    int before = open_descriptors();
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv__link link;
        gv_error err = {0};
        assert_status(start(&link, cases[i].mood, cases[i].timeout_s, &err), cases[i].status, err);
        if (strncmp(err.text, cases[i].text, strlen(cases[i].text)) != 0) {
            fail_msg("case %zu: %s", i, err.text);
        }
        assert_int_equal(link.pid, 0);
    }
    assert_int_equal(open_descriptors(), before);
}

static void a_flood_on_standard_error_blocks_nobody_and_its_end_is_kept(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    assert_status(start(&link, "flood", patience_s, &err), GV_OK, err);
    assert_status(ask_open(&link, patience_s, NULL, &err), GV_OK, err);
    gv__link_stop(&link);
    static const char end[] = "the last of the flood";
    size_t length = strlen(link.last_words);
    assert_true(length > sizeof end);
    assert_string_equal(link.last_words + length - (sizeof end - 1), end);
}

static void a_reply_that_was_not_asked_for_ends_the_worker(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    assert_status(start(&link, "confused", patience_s, &err), GV_OK, err);
    assert_status(gv__link_ask(&link, GV__ASK_ENUMERATE, NULL, patience_s, NULL, NULL, GV__SAY_DONE,
                               NULL, NULL, &err),
                  GV_FORMAT, err);
    assert_int_equal(link.pid, 0);
}

static void a_worker_killed_while_it_was_stopped_is_found_at_the_next_question(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    assert_status(start(&link, "", patience_s, &err), GV_OK, err);
    kill(link.pid, SIGKILL);
    assert_status(ask_open(&link, patience_s, NULL, &err), GV_CRASHED, err);
    assert_string_equal(err.text, "the device worker was killed by SIGKILL (out of memory?) while "
                                  "opening the device");
}

static void no_worker_outlives_its_parent(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        gv__link link;
        gv_error err = {0};
        pid_t pid = start(&link, "", patience_s, &err) == GV_OK ? link.pid : 0;
        ssize_t written = write(ends[1], &pid, sizeof pid);
        (void)written;
        kill(getpid(), SIGKILL);
    }
    pid_t worker = 0;
    assert_int_equal(read(ends[0], &worker, sizeof worker), sizeof worker);
    close(ends[0]);
    close(ends[1]);
    waitpid(parent, NULL, 0);
    assert_true(worker > 0);
    char last = '?';
    const double end_s = gv__now_s() + patience_s;
    do {
        gv__sleep_s(0.005);
        last = process_state(worker);
    } while (last != '-' && last != 'Z' && gv__now_s() < end_s);
    /* A zombie is dead too, where nobody reaps orphans. */
    assert_true(last == '-' || last == 'Z');
}

static void a_missing_program_is_named(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    setenv("GPUVERDICT_WORKER_DIR", "/nowhere", 1);
    gv_status status = start(&link, "", 1, &err);
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_WORKER_DIR, 1);
    assert_status(status, GV_IO, err);
    assert_string_equal(err.text, "GPUVERDICT_WORKER_DIR names /nowhere, where there is no program "
                                  "gpuverdict-device-worker");
}

/* Last: gv__interrupted() stays true from then on. */
static void ctrl_c_ends_a_wait_at_once(void **state)
{
    (void)state;
    gv__link link;
    gv_error err = {0};
    gv__interrupt_catch();
    assert_status(start(&link, "hang", patience_s, &err), GV_OK, err);
    pid_t pid = link.pid;
    pid_t presser = fork();
    assert_true(presser >= 0);
    if (presser == 0) {
        gv__sleep_s(0.2);
        kill(getppid(), SIGINT);
        _exit(0);
    }
    double start_s = gv__now_s();
    assert_status(ask_open(&link, patience_s, NULL, &err), GV_INTERRUPTED, err);
    assert_true(gv__now_s() - start_s < patience_s / 2);
    assert_true(gv__interrupted());
    assert_int_equal(kill(pid, 0), -1);
    waitpid(presser, NULL, 0);
}

int main(void)
{
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_FAKE_WORKER_DIR, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_worker_answers_and_is_stopped_between_questions),
        cmocka_unit_test(items_come_before_the_closing_reply),
        cmocka_unit_test(a_question_it_has_no_answer_to_is_unsupported),
        cmocka_unit_test(a_workers_own_error_is_passed_on_and_it_lives),
        cmocka_unit_test(each_way_to_end_in_a_question_is_told),
        cmocka_unit_test(each_way_to_end_in_the_greeting_is_told),
        cmocka_unit_test(a_flood_on_standard_error_blocks_nobody_and_its_end_is_kept),
        cmocka_unit_test(a_reply_that_was_not_asked_for_ends_the_worker),
        cmocka_unit_test(a_worker_killed_while_it_was_stopped_is_found_at_the_next_question),
        cmocka_unit_test(no_worker_outlives_its_parent),
        cmocka_unit_test(a_missing_program_is_named),
        cmocka_unit_test(ctrl_c_ends_a_wait_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
