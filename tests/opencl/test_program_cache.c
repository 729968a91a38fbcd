/* SPDX-License-Identifier: Apache-2.0 */
/* A program that was kept is used, and one that was spoilt is not: what the kernel computes says
 * which. */
#include "base/file_cache.h"
#include "opencl/program_cache.h"
#include "tests/opencl/any_device.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64];

static int open_with_root(void **state)
{
    snprintf(root, sizeof root, "/tmp/gv-program-cache-XXXXXX");
    if (mkdtemp(root) == NULL) {
        return 1;
    }
    setenv("XDG_CACHE_HOME", root, 1);
    setenv("POCL_KERNEL_CACHE", "0", 1); /* or PoCL keeps them, and we do not */
    return any_device_open(state);
}

static int close_and_remove_root(void **state)
{
    char command[96];
    snprintf(command, sizeof command, "rm -r %s", root);
    return any_device_close(state) != 0 || system(command) != 0;
}

static gv__embedded source(const char *text)
{
    return (gv__embedded){"test.cl", (const unsigned char *)text, strlen(text), ""};
}

/* Build, run and return the number that the kernel writes; `loaded`: it came from the cache. */
static cl_int answer(gv__context *context, const char *text, const char *options, bool *loaded)
{
    const gv__embedded only = source(text);
    const gv__embedded *const sources[] = {&only};
    const uint32_t before = context->loaded_programs;
    cl_program program = NULL;
    cl_mem buffer = NULL;
    cl_int value = 0;
    gv_error err = {0};
    assert_status(gv__program_build(context, sources, 1, options, &program, NULL, &err), GV_OK,
                  err);
    *loaded = context->loaded_programs > before;
    cl_kernel kernel = clCreateKernel(program, "answer", NULL);
    assert_non_null(kernel);
    assert_status(gv__buffer_create(context, sizeof value, &buffer, &err), GV_OK, err);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    const size_t one = 1;
    assert_int_equal(
        clEnqueueNDRangeKernel(context->queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL),
        CL_SUCCESS);
    assert_status(gv__buffer_read(context, buffer, &value, sizeof value, &err), GV_OK, err);
    gv__buffer_free(buffer);
    clReleaseKernel(kernel);
    gv__program_free(program);
    return value;
}

static const char text[] = "kernel void answer(global int *o) { o[0] = VALUE; }\n";
static const char other_text[] = "kernel void answer(global int *o) { o[0] = VALUE + 1; }\n";

/* Call `spoil` with the path of every kept program; returns how many there are. */
static size_t each_entry(gv__context *context, void (*spoil)(const char *path))
{
    size_t count = 0;
    DIR *directory = opendir(context->programs);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[512];
        if (entry->d_name[0] == '.') {
            continue;
        }
        count++;
        snprintf(path, sizeof path, "%s/%s", context->programs, entry->d_name);
        if (spoil != NULL) {
            spoil(path);
        }
    }
    closedir(directory);
    return count;
}

static void a_second_build_is_a_load(void **state)
{
    bool loaded = true;
    assert_int_equal(answer(*state, text, "-DVALUE=41", &loaded), 41);
    assert_false(loaded);
    assert_int_equal(answer(*state, text, "-DVALUE=41", &loaded), 41);
    assert_true(loaded);
}

static void other_options_or_sources_are_another_program(void **state)
{
    bool loaded = true;
    assert_int_equal(answer(*state, text, "-DVALUE=50", &loaded), 50);
    assert_false(loaded);
    assert_int_equal(answer(*state, text, "-DVALUE=51", &loaded), 51);
    assert_false(loaded);
    assert_int_equal(answer(*state, other_text, "-DVALUE=50", &loaded), 51);
    assert_false(loaded);
    assert_int_equal(answer(*state, text, "-DVALUE=50", &loaded), 50);
    assert_true(loaded);
}

static void another_driver_is_another_program(void **state)
{
    gv__context *context = *state;
    bool loaded = true;
    char identity[sizeof context->identity];
    memcpy(identity, context->identity, sizeof identity);
    answer(context, text, "-DVALUE=60", &loaded);
    context->identity[0] = context->identity[0] == 'a' ? 'b' : 'a';
    assert_int_equal(answer(context, text, "-DVALUE=60", &loaded), 60);
    assert_false(loaded);
    memcpy(context->identity, identity, sizeof identity);
    assert_int_equal(answer(context, text, "-DVALUE=60", &loaded), 60);
    assert_true(loaded);
}

static void tear(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size / 2), 0);
}

static void spoil_one_byte(const char *path)
{
    struct stat status;
    unsigned char byte = 0;
    int file = open(path, O_RDWR);
    assert_true(file >= 0 && fstat(file, &status) == 0);
    assert_int_equal(pread(file, &byte, 1, status.st_size - 100), 1);
    byte ^= 1;
    assert_int_equal(pwrite(file, &byte, 1, status.st_size - 100), 1);
    close(file);
}

static void empty(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
}

static void a_spoilt_program_is_built_anew(void **state)
{
    void (*const spoils[])(const char *) = {tear, spoil_one_byte, empty};
    for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i++) {
        bool loaded = false;
        answer(*state, text, "-DVALUE=70", &loaded);
        answer(*state, text, "-DVALUE=70", &loaded);
        assert_true(loaded);
        assert_true(each_entry(*state, spoils[i]) > 0);
        assert_int_equal(answer(*state, text, "-DVALUE=70", &loaded), 70);
        assert_false(loaded);
    }
}

/* The only entry's path. */
static char only_path[512];

static void keep_path(const char *path)
{
    snprintf(only_path, sizeof only_path, "%s", path);
}

/* Its bytes; free() them. */
static unsigned char *read_only_entry(gv__context *context, size_t *length)
{
    assert_int_equal(each_entry(context, keep_path), 1);
    struct stat status;
    int file = open(only_path, O_RDONLY);
    assert_true(file >= 0 && fstat(file, &status) == 0);
    *length = (size_t)status.st_size;
    unsigned char *bytes = malloc(*length);
    assert_non_null(bytes);
    assert_int_equal(read(file, bytes, *length), status.st_size);
    close(file);
    return bytes;
}

static void write_entry(const unsigned char *bytes, size_t length)
{
    int file = open(only_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, length), (ssize_t)length);
    close(file);
}

static void remove_entry(const char *path)
{
    assert_int_equal(unlink(path), 0);
}

/* Every byte of the header and some of every region behind it; and the same for where it ends. */
static void no_part_of_an_entry_may_be_spoilt(void **state)
{
    enum { FIRST = 256, STEP = 61 };
    gv__context *context = *state;
    const char *const texts[] = {text};
    const size_t lengths[] = {strlen(text)};
    const char options[] = "-cl-std=CL1.2 -DVALUE=75";
    gv__program_key key;
    bool loaded = false;
    size_t length = 0;
    each_entry(context, remove_entry);
    answer(context, text, "-DVALUE=75", &loaded);
    unsigned char *bytes = read_only_entry(context, &length);
    gv__program_key_make(context, texts, lengths, 1, options, &key);
    for (size_t at = 0; at < length; at += at < FIRST ? 1 : STEP) {
        bytes[at] ^= (unsigned char)(1 << at % 8);
        write_entry(bytes, length);
        bytes[at] ^= (unsigned char)(1 << at % 8);
        assert_null(gv__program_load(context, &key, options));
        write_entry(bytes, at);
        assert_null(gv__program_load(context, &key, options));
    }
    write_entry(bytes, length);
    assert_int_equal(answer(context, text, "-DVALUE=75", &loaded), 75);
    assert_true(loaded); /* the key is the right one, so that nulls meant something */
    free(bytes);
}

/* Damage whatever is there now; others may have removed it meanwhile. */
static void spoil_any(const gv__context *context, int round)
{
    DIR *directory = opendir(context->programs);
    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        struct stat status;
        int file = openat(dirfd(directory), entry->d_name, O_RDWR);
        if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
            const off_t at = status.st_size * (1 + round % 5) / 6;
            if (round % 3 == 0 ? ftruncate(file, at) != 0 : pwrite(file, "?", 1, at) != 1) {
                perror(entry->d_name);
            }
        }
        if (file >= 0) {
            close(file);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

/* What each process of the next test does. 0: all its programs gave their numbers. */
static int build_and_spoil(void)
{
    enum { ROUNDS = 6, PROGRAMS = 3 };
    void *context = NULL;
    /* PoCL without its own cache removes a program's folder when done, others' too. */
    char folder[96];
    snprintf(folder, sizeof folder, "%s/pocl-%d", getenv("XDG_CACHE_HOME"), (int)getpid());
    setenv("POCL_CACHE_DIR", folder, 1);
    int wrong = any_device_open(&context) != 0;
    for (int round = 0; round < ROUNDS && wrong == 0; round++) {
        const int value = 200 + round % PROGRAMS;
        char options[32];
        bool loaded = false;
        snprintf(options, sizeof options, "-DVALUE=%d", value);
        wrong = answer(context, text, options, &loaded) != value;
        spoil_any(context, round);
    }
    return wrong != 0 || any_device_close(&context) != 0;
}

static const char *own_name;

static void processes_at_once_never_run_a_spoilt_program(void **state)
{
    (void)state;
    enum { PROCESSES = 4 };
    pid_t pids[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            execl(own_name, own_name, "build and spoil", (char *)NULL);
            _exit(127);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int how = 0;
        assert_int_equal(waitpid(pids[i], &how, 0), pids[i]);
        assert_int_equal(how, 0);
    }
}

/* Sound as a file, but nothing that a driver would take. */
static void what_the_driver_does_not_take_is_built_anew(void **state)
{
    gv__context *context = *state;
    static const char junk[] = "this is no program of any driver";
    const char *const texts[] = {text};
    const size_t lengths[] = {strlen(text)};
    const char options[] = "-cl-std=CL1.2 -DVALUE=80";
    gv__program_key key;
    bool loaded = true;
    gv__program_key_make(context, texts, lengths, 1, options, &key);
    gv__file_cache_put(context->programs, key.text, junk, sizeof junk, 1 << 20);
    assert_int_equal(answer(context, text, "-DVALUE=80", &loaded), 80);
    assert_false(loaded);
    assert_int_equal(answer(context, text, "-DVALUE=80", &loaded), 80);
    assert_true(loaded);
}

static void a_rebuild_replaces_what_was_kept(void **state)
{
    gv__context *context = *state;
    bool loaded = true;
    answer(context, text, "-DVALUE=90", &loaded);
    context->rebuild = true;
    assert_int_equal(answer(context, text, "-DVALUE=90", &loaded), 90);
    assert_false(loaded);
    context->rebuild = false;
    assert_int_equal(answer(context, text, "-DVALUE=90", &loaded), 90);
    assert_true(loaded);
}

static void without_a_cache_nothing_is_used_or_kept(void **state)
{
    gv__context *context = *state;
    gv__context *bare = NULL;
    gv_error err = {0};
    gv_host host;
    bool loaded = true;
    answer(context, text, "-DVALUE=100", &loaded);
    const size_t kept = each_entry(context, NULL);
    setenv("GPUVERDICT_NO_CACHE", "1", 1);
    gv__host_facts(&host);
    const any_device found = any_device_find();
    gv_status status = gv__context_open(found.platform, found.device, &host, &bare, &err);
    unsetenv("GPUVERDICT_NO_CACHE");
    assert_status(status, GV_OK, err);
    assert_int_equal(answer(bare, text, "-DVALUE=100", &loaded), 100);
    assert_false(loaded);
    assert_int_equal(answer(bare, text, "-DVALUE=101", &loaded), 101);
    assert_int_equal(each_entry(context, NULL), kept);
    gv__context_close(bare);
}

/* With PoCL's own cache in use, which is its default. */
static void where_the_driver_keeps_kernels_nothing_is_used_or_kept(void **state)
{
    gv__context *context = *state;
    bool loaded = true;
    if (strcmp(gv_device_text(&context->facts, GV_DEVICE_PLATFORM),
               "Portable Computing Language") != 0) {
        skip();
    }
    answer(context, text, "-DVALUE=110", &loaded);
    const size_t kept = each_entry(context, NULL);
    void *relying = NULL;
    unsetenv("POCL_KERNEL_CACHE");
    const int opened = any_device_open(&relying);
    setenv("POCL_KERNEL_CACHE", "0", 1);
    assert_int_equal(opened, 0);
    assert_int_equal(answer(relying, text, "-DVALUE=110", &loaded), 110);
    assert_false(loaded);
    assert_int_equal(answer(relying, text, "-DVALUE=111", &loaded), 111);
    assert_int_equal(each_entry(context, NULL), kept);
    gv__context_close(relying);
}

int main(int argc, char **argv)
{
    own_name = argv[0];
    if (argc == 2) {
        return build_and_spoil();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_build_is_a_load),
        cmocka_unit_test(other_options_or_sources_are_another_program),
        cmocka_unit_test(another_driver_is_another_program),
        cmocka_unit_test(a_spoilt_program_is_built_anew),
        cmocka_unit_test(no_part_of_an_entry_may_be_spoilt),
        cmocka_unit_test(processes_at_once_never_run_a_spoilt_program),
        cmocka_unit_test(what_the_driver_does_not_take_is_built_anew),
        cmocka_unit_test(a_rebuild_replaces_what_was_kept),
        cmocka_unit_test(without_a_cache_nothing_is_used_or_kept),
        cmocka_unit_test(where_the_driver_keeps_kernels_nothing_is_used_or_kept),
    };
    if (!any_device_find().found) {
        return gv_test_no_device("no OpenCL device");
    }
    return cmocka_run_group_tests(tests, open_with_root, close_and_remove_root);
}
