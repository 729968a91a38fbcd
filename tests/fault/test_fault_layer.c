/* SPDX-License-Identifier: Apache-2.0 */
/* Each fault strikes a real driver as it should, and our OpenCL room says what happened. The victim
 * is a program of its own, since a layer is chosen before the first OpenCL call. */
#include "base/support.h"
#include "tests/opencl/any_device.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What became of a victim. */
typedef struct ending {
    bool hung; /* and was killed */
    int signal, exit_status;
    char output[8192]; /* standard output and error */
} ending;

static char folder[] = "/tmp/gpuverdict-fault-XXXXXX";
static char log_path[64], once_path[64];

static void exec_victim(const char *mode, const char *fault, bool once, int output)
{
    dup2(output, 1);
    dup2(output, 2);
    setenv("OPENCL_LAYERS", GV_TEST_LAYER, 1);
    setenv("GPUVERDICT_FAULT", fault, 1);
    setenv("GPUVERDICT_FAULT_LOG", log_path, 1);
    if (once) {
        setenv("GPUVERDICT_FAULT_ONCE", once_path, 1);
    } else {
        unsetenv("GPUVERDICT_FAULT_ONCE");
    }
    execl(GV_TEST_VICTIM, "victim", mode, (char *)NULL);
    _exit(126);
}

/* The layer's sign of life, emptied for the next victim. */
static bool log_holds(const char *line)
{
    char text[4096] = "";
    FILE *file = fopen(log_path, "r");
    if (file != NULL) {
        text[fread(text, 1, sizeof text - 1, file)] = 0;
        fclose(file);
    }
    return strstr(text, line) != NULL;
}

/* Hear a victim until it ends. One that is to hang is given up when it has been silent for so long
 * after the fault struck; any other when nothing can come of it any more. */
static const double silence_s = 1;
static const double patience_s = 200;

static void collect(pid_t pid, int output, const char *hang, ending *out)
{
    double deadline = gv__now_s() + patience_s;
    bool struck = hang == NULL;
    size_t used = 0;
    ssize_t got = 1;
    while (got > 0) {
        struct pollfd ready = {.fd = output, .events = POLLIN};
        if (!struck && log_holds(hang)) {
            struck = true;
            deadline = gv__now_s() + silence_s;
        }
        if (gv__now_s() >= deadline) {
            out->hung = true;
            kill(pid, SIGKILL);
            break;
        }
        if (poll(&ready, 1, 20) > 0) {
            got = read(output, out->output + used, sizeof out->output - 1 - used);
            used += got > 0 ? (size_t)got : 0;
        }
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    out->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* `hangs`: the fault is to hang it. */
static ending run_victim(const char *mode, const char *fault, bool once, bool hangs)
{
    ending out = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        exec_victim(mode, fault, once, ends[1]);
    }
    close(ends[1]);
    collect(pid, ends[0], hangs ? fault : NULL, &out);
    close(ends[0]);
    return out;
}

/* Each row: what the victim does, the fault, and words that must stand in its output ("" for none),
 * and words that must not. */
typedef struct row {
    const char *mode, *fault, *holds, *lacks;
} row;

static const row lies_and_errors[] = {
    /* without a fault, the victim is well: else the rows below would prove nothing */
    {"list", "", "listed", "failed"},
    {"run", "", "launch: 0 wrong\nlaunch: 0 wrong\nlaunch: 0 wrong\n0 live", "failed"},
    {"clock", "", "clock: proven", "refuted"},
    /* errors, by name */
    {"list", "platforms=none", "listed", "platform:"},
    {"list", "platforms=CL_OUT_OF_HOST_MEMORY", "CL_OUT_OF_HOST_MEMORY (-6)", "listed"},
    {"list", "devices=none", "no device: clGetDeviceIDs answered CL_DEVICE_NOT_FOUND (-1)",
     "\ndevice: "},
    {"list", "query:0x100c=CL_INVALID_VALUE", "clock <CL_INVALID_VALUE (-30)>", "clock 2"},
    {"run", "context=CL_OUT_OF_RESOURCES", "GV_OPENCL: opening ", "launch"},
    {"run", "queue=-36", "clCreateCommandQueue answered CL_INVALID_COMMAND_QUEUE (-36)", "launch"},
    {"run", "buffer:2=CL_MEM_OBJECT_ALLOCATION_FAILURE", "allocating 3.91 KiB on ", "launch"},
    {"run", "fill=-4", "clEnqueueFillBuffer answered CL_MEM_OBJECT_ALLOCATION_FAILURE", "launch"},
    {"run", "build=CL_BUILD_PROGRAM_FAILURE", "GV_BUILD: tests/fault/victim.cl does not compile",
     "launch"},
    {"run", "kernel=CL_INVALID_KERNEL_NAME", "clCreateKernel answered CL_INVALID_KERNEL_NAME",
     "launch"},
    {"run", "enqueue:2=CL_OUT_OF_RESOURCES",
     "launch: 0 wrong\nfailed: GV_OPENCL: launching failed: clEnqueueNDRangeKernel answered "
     "CL_OUT_OF_RESOURCES (-5)",
     "launch: 0 wrong\nlaunch"},
    {"run", "write:3=-5", "launch: 0 wrong\nlaunch: 0 wrong\nfailed: GV_OPENCL: writing 3.91 KiB",
     "0 wrong\nlaunch: 0 wrong\nlaunch"},
    {"run", "finish:2+=-36", "CL_INVALID_COMMAND_QUEUE", "launch"},
    {"clock", "events=CL_PROFILING_INFO_NOT_AVAILABLE",
     "clock: refuted, events have no times: CL_PROFILING_INFO_NOT_AVAILABLE (-7)", "proven"},
    /* lies */
    {"run", "read:2=corrupt", "launch: 0 wrong\nlaunch: 1 wrong\nlaunch: 0 wrong", "failed"},
    {"run", "read=zero", "launch: 1000 wrong", "launch: 0"},
    {"run", "read:1=nan", "launch: 1000 wrong\nlaunch: 0 wrong", "failed"},
    {"run", "read:3=skip", "launch: 0 wrong\nlaunch: 0 wrong\nlaunch: 1000 wrong", "failed"},
    {"run", "enqueue:1=skip", "launch: 1000 wrong\nlaunch: 0 wrong", "failed"},
    {"run", "write=skip", "launch: 1000 wrong", "launch: 0"},
    {"clock", "events=zero", "clock: refuted, end - start is 0 ns", "proven"},
    {"clock", "events=constant", "clock: refuted, end - start is 1 ns", "proven"},
    {"clock", "events=reversed", "clock: refuted, end - start is -", "proven"},
    {"clock", "events=short", "clock: refuted, end - start is ", "proven"},
    {"clock", "events=long", "of the wall time: not a clock", "proven"},
    {"clock", "enqueue=skip", "failed: GV_WRONG_RESULT: the clock's kernel", "proven"},
    /* dress */
    {"list", "name=Radeon Pro W9999;vendor=Example Corp;platform=Example OpenCL;type=gpu",
     "device: Radeon Pro W9999, vendor Example Corp, type GPU, key Example OpenCL/Radeon Pro "
     "W9999/",
     "host 1"},
    {"list", "pci=0000:41:00.0", "key 0000:41:00.0, ", "key Portable"},
    {"list", "devices=twice", "/1, ", "/2, "},
    {"list", "fp64=0;max_alloc=1048576", "fp64 0, max_alloc 1048576", "fp64 1"},
};

static void errors_and_lies_reach_the_program(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(lies_and_errors); i++) {
        const row *r = &lies_and_errors[i];
        unlink(log_path);
        ending end = run_victim(r->mode, r->fault, false, false);
        bool as_expected =
            !end.hung && end.signal == 0 && end.exit_status == 0 &&
            strstr(end.output, r->holds) != NULL && strstr(end.output, r->lacks) == NULL &&
            log_holds("loaded") &&
            (strcmp(r->mode, "list") == 0 || strstr(end.output, "0 live objects") != NULL);
        if (!as_expected) {
            print_error("%s with %s: hung %d, signal %d, exit %d, output:\n%s\n", r->mode, r->fault,
                        end.hung, end.signal, end.exit_status, end.output);
        }
        assert_true(as_expected);
    }
}

static void a_process_dies_or_hangs_at_the_chosen_call(void **state)
{
    (void)state;
    static const struct {
        const char *mode, *fault, *before;
        int signal;
        bool hung;
    } rows[] = {
        {"run", "enqueue:2=crash", "launch: 0 wrong\n", SIGSEGV, false},
        {"run", "read:3=abort", "launch: 0 wrong\nlaunch: 0 wrong\n", SIGABRT, false},
        {"run", "enqueue:3=exit", "launch: 0 wrong\nlaunch: 0 wrong\n", 0, false},
        {"run", "enqueue:2=hang", "launch: 0 wrong\n", SIGKILL, true},
        {"run", "build=hang", "", SIGKILL, true},
        {"list", "devices=crash", "", SIGSEGV, false},
        {"list", "platforms=hang", "", SIGKILL, true},
    };
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        unlink(log_path);
        ending end = run_victim(rows[i].mode, rows[i].fault, false, rows[i].hung);
        if (end.hung != rows[i].hung || strcmp(end.output, rows[i].before) != 0) {
            print_error("%s: hung %d, signal %d, exit %d, output:\n%s\n", rows[i].fault, end.hung,
                        end.signal, end.exit_status, end.output);
        }
        assert_int_equal(end.hung, rows[i].hung);
        assert_int_equal(end.signal, rows[i].signal);
        assert_string_equal(end.output, rows[i].before);
        assert_true(log_holds(rows[i].fault)); /* noted before it struck */
    }
}

static void once_means_once_over_all_processes(void **state)
{
    (void)state;
    unlink(once_path);
    ending first = run_victim("run", "enqueue:1=crash", true, false);
    ending second = run_victim("run", "enqueue:1=crash", true, false);
    assert_int_equal(first.signal, SIGSEGV);
    assert_int_equal(second.signal, 0);
    assert_non_null(strstr(second.output, "launch: 0 wrong"));
}

static void a_delay_delays(void **state)
{
    (void)state;
    double start = gv__now_s();
    ending end = run_victim("run", "enqueue=sleep:0.3", false, false);
    assert_true(gv__now_s() - start >= 3 * 0.3);
    assert_non_null(strstr(end.output, "launch: 0 wrong"));
}

static void a_misspelt_fault_ends_the_program(void **state)
{
    (void)state;
    static const char *const wrong[] = {"enqueue",
                                        "enqeue=crash",
                                        "enqueue:0=crash",
                                        "enqueue:x=-5",
                                        "enqueue=CL_NO_SUCH_CODE",
                                        "write=corrupt",
                                        "enqueue=sleep:0",
                                        "read=zero;nonsense"};
    for (size_t i = 0; i < GV__COUNT(wrong); i++) {
        ending end = run_victim("list", wrong[i], false, false);
        if (end.exit_status != 125) {
            print_error("%s: exit %d\n%s\n", wrong[i], end.exit_status, end.output);
        }
        assert_int_equal(end.exit_status, 125);
        assert_non_null(strstr(end.output, "is not understood"));
    }
}

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    snprintf(once_path, sizeof once_path, "%s/once", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(log_path);
    unlink(once_path);
    return rmdir(folder);
}

int main(void)
{
    /* One driver whose clock ticks and that can be had everywhere; others have faults of their own.
     */
    setenv("OCL_ICD_VENDORS", "pocl.icd", 0);
    if (!any_device_find().found) {
        return gv_test_no_device("no PoCL device");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_and_lies_reach_the_program),
        cmocka_unit_test(a_process_dies_or_hangs_at_the_chosen_call),
        cmocka_unit_test(once_means_once_over_all_processes),
        cmocka_unit_test(a_delay_delays),
        cmocka_unit_test(a_misspelt_fault_ends_the_program),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
