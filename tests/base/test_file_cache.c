/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_cache.h"
#include "base/support.h"
#include "tests/gv_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT = 1 << 20, SIZE = 1000 };

static const char key_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char key_b[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static char root[64];
static char *folder;

static char *path_to(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(directory);
    return count;
}

static int start(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/gv-file-cache-XXXXXX");
    assert_non_null(mkdtemp(root));
    setenv("XDG_CACHE_HOME", root, 1);
    folder = gv__cache_folder("programs");
    assert_non_null(folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    free(folder);
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static void fill(unsigned char *bytes, size_t length, unsigned seed)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (unsigned char)(i * 31 + seed);
    }
}

static void put(const char *key, unsigned seed, size_t length, size_t limit)
{
    unsigned char *bytes = malloc(length);
    assert_non_null(bytes);
    fill(bytes, length, seed);
    gv__file_cache_put(folder, key, bytes, length, limit);
    free(bytes);
}

/* Whether there is an entry; if so it must be the one that `seed` made. */
static bool get(const char *key, unsigned seed, size_t length)
{
    void *bytes = NULL;
    size_t got = 0;
    if (!gv__file_cache_get(folder, key, &bytes, &got)) {
        assert_null(bytes);
        return false;
    }
    unsigned char *right = malloc(length);
    assert_non_null(right);
    fill(right, length, seed);
    assert_int_equal(got, length);
    assert_memory_equal(bytes, right, length);
    free(right);
    free(bytes);
    return true;
}

static void what_is_put_is_got(void **state)
{
    (void)state;
    assert_false(get(key_a, 1, SIZE));
    put(key_a, 1, SIZE, LIMIT);
    put(key_b, 2, 1, LIMIT);
    assert_true(get(key_a, 1, SIZE));
    assert_true(get(key_b, 2, 1));
    put(key_a, 3, SIZE + 5, LIMIT);
    assert_true(get(key_a, 3, SIZE + 5));
    assert_int_equal(count_files(), 2);
    gv__file_cache_drop(folder, key_a);
    assert_false(get(key_a, 3, SIZE + 5));
    assert_true(get(key_b, 2, 1));
}

static void the_folder_follows_the_environment(void **state)
{
    (void)state;
    char *other = gv__cache_folder(NULL);
    char right[96];
    snprintf(right, sizeof right, "%s/gpuverdict", root);
    assert_string_equal(other, right);
    free(other);
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", root, 1);
    other = gv__cache_folder("programs");
    snprintf(right, sizeof right, "%s/.cache/gpuverdict/programs", root);
    assert_string_equal(other, right);
    free(other);
    snprintf(right, sizeof right, "%s/new", root);
    setenv("XDG_CACHE_HOME", right, 1); /* not there yet */
    other = gv__cache_folder("programs");
    assert_non_null(other);
    free(other);
    setenv("XDG_CACHE_HOME", "relative", 1); /* counts as not set */
    setenv("HOME", "/proc/nowhere", 1);
    assert_null(gv__cache_folder("programs"));
    unsetenv("HOME");
    assert_null(gv__cache_folder("programs"));
}

static off_t entry_size(const char *key)
{
    struct stat status;
    assert_int_equal(stat(path_to(key), &status), 0);
    return status.st_size;
}

static void a_changed_byte_anywhere_makes_no_entry(void **state)
{
    (void)state;
    put(key_a, 1, SIZE, LIMIT);
    const off_t size = entry_size(key_a);
    for (off_t at = 0; at < size; at++) {
        put(key_a, 1, SIZE, LIMIT);
        int file = open(path_to(key_a), O_RDWR);
        unsigned char byte = 0;
        assert_true(file >= 0 && pread(file, &byte, 1, at) == 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
        close(file);
        if (get(key_a, 1, SIZE)) {
            fail_msg("the change of byte %ld was not seen", (long)at);
        }
        assert_int_not_equal(access(path_to(key_a), F_OK), 0); /* and it is gone */
    }
}

static void an_entry_of_any_other_length_is_none(void **state)
{
    (void)state;
    put(key_a, 1, SIZE, LIMIT);
    const off_t size = entry_size(key_a);
    for (off_t length = 0; length < size + 3; length++) {
        if (length == size) {
            continue;
        }
        put(key_a, 1, SIZE, LIMIT);
        assert_int_equal(truncate(path_to(key_a), length), 0);
        assert_false(get(key_a, 1, SIZE));
    }
}

static void an_entry_under_another_name_is_none(void **state)
{
    (void)state;
    char from[512];
    put(key_a, 1, SIZE, LIMIT);
    snprintf(from, sizeof from, "%s", path_to(key_a));
    assert_int_equal(rename(from, path_to(key_b)), 0);
    assert_false(get(key_b, 1, SIZE));
}

static void what_is_no_file_is_no_entry(void **state)
{
    (void)state;
    char target[512];
    put(key_a, 1, SIZE, LIMIT);
    snprintf(target, sizeof target, "%s", path_to(key_a));
    assert_int_equal(symlink(target, path_to(key_b)), 0);
    assert_false(get(key_b, 1, SIZE));
    assert_int_equal(mkdir(path_to(key_b), 0700), 0);
    assert_false(get(key_b, 1, SIZE));
    put(key_b, 1, SIZE, LIMIT); /* cannot be, and does no harm */
    assert_false(get(key_b, 1, SIZE));
    assert_true(get(key_a, 1, SIZE));
    assert_int_equal(count_files(), 2);
}

static void a_folder_that_cannot_be_written_costs_nothing_but_time(void **state)
{
    (void)state;
    gv__file_cache_put("/proc/nowhere", key_a, "x", 1, LIMIT);
    void *bytes = NULL;
    size_t length = 0;
    assert_false(gv__file_cache_get("/proc/nowhere", key_a, &bytes, &length));
}

/* A limit on the length of files fails a write in the middle, as a full disk does. */
static void what_a_full_disk_cuts_off_is_not_kept(void **state)
{
    (void)state;
    put(key_a, 1, SIZE, LIMIT);
    struct rlimit usual;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (rlim_t room = 0; room < SIZE; room += SIZE / 4) {
        const struct rlimit full = {.rlim_cur = room, .rlim_max = usual.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
        put(key_a, 2, SIZE, LIMIT);
        put(key_b, 2, SIZE, LIMIT);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
        assert_true(get(key_a, 1, SIZE)); /* what was there still is */
        assert_false(get(key_b, 2, SIZE));
        assert_int_equal(count_files(), 1); /* and nothing half written */
    }
    signal(SIGXFSZ, handler);
}

static void a_folder_of_somebody_elses_is_left_alone(void **state)
{
    (void)state;
    enum { NOBODY = 65534 };
    const bool root_user = geteuid() == 0; /* whom rights do not stop */
    put(key_a, 1, SIZE, LIMIT);
    assert_int_equal(chmod(folder, 0), 0);
    assert_true(!root_user || seteuid(NOBODY) == 0);
    put(key_b, 2, SIZE, LIMIT);
    const bool got = get(key_a, 1, SIZE);
    char *same = gv__cache_folder("programs");
    assert_true(!root_user || seteuid(0) == 0);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_false(got);
    free(same);
    assert_true(get(key_a, 1, SIZE));
    assert_int_equal(count_files(), 1);
}

static void set_used(const char *key, time_t when)
{
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    assert_int_equal(utimensat(AT_FDCWD, path_to(key), times, 0), 0);
}

static void what_was_not_used_for_longest_makes_room(void **state)
{
    (void)state;
    char keys[5][65];
    for (unsigned i = 0; i < 5; i++) {
        snprintf(keys[i], sizeof keys[i], "%064x", i);
    }
    for (unsigned i = 0; i < 4; i++) {
        put(keys[i], i, SIZE, LIMIT);
        set_used(keys[i], 1000 + (time_t)i);
    }
    assert_true(get(keys[0], 0, SIZE)); /* used now: 1 is the oldest */
    FILE *stranger = fopen(path_to("notes.txt"), "w");
    assert_non_null(stranger);
    fprintf(stranger, "%2000d\n", 1);
    fclose(stranger);
    const size_t three = 3 * (size_t)entry_size(keys[0]);
    put(keys[4], 4, SIZE, three);
    assert_true(get(keys[0], 0, SIZE));
    assert_false(get(keys[1], 1, SIZE));
    assert_false(get(keys[2], 2, SIZE));
    assert_true(get(keys[3], 3, SIZE));
    assert_true(get(keys[4], 4, SIZE));
    assert_int_equal(access(path_to("notes.txt"), F_OK), 0); /* not ours */
    put(key_a, 9, 2 * three, three);                         /* larger than all may be */
    assert_false(get(key_a, 9, 2 * three));
    assert_true(get(keys[4], 4, SIZE));
}

static void what_a_process_left_half_written_is_cleared_away(void **state)
{
    (void)state;
    char old[80];
    char recent[80];
    snprintf(old, sizeof old, "%s.123-0", key_a);
    snprintf(recent, sizeof recent, "%s.124-0", key_a);
    const char *const names[] = {old, recent};
    for (size_t i = 0; i < 2; i++) {
        int file = open(path_to(names[i]), O_CREAT | O_WRONLY, 0600);
        assert_true(file >= 0);
        close(file);
    }
    set_used(old, 1000);
    put(key_b, 1, SIZE, LIMIT);
    assert_int_not_equal(access(path_to(old), F_OK), 0);
    assert_int_equal(access(path_to(recent), F_OK), 0); /* somebody may be at it */
}

/* Puts and gets at random, and tears entries in the middle. Exits 1 where a get gave what no put
 * had put: cmocka's asserts belong to the parent. */
static void work_wildly(unsigned seed, int rounds)
{
    enum { KEYS = 4, LENGTH = 20000 };
    static unsigned char bytes[LENGTH];
    gv__random random;
    gv__random_seed(&random, seed);
    for (int i = 0; i < rounds; i++) {
        const uint64_t draw = gv__random_next(&random);
        char key[65];
        snprintf(key, sizeof key, "%064x", (unsigned)(draw % KEYS));
        const size_t length = LENGTH - (size_t)(draw % KEYS);
        fill(bytes, length, (unsigned)(draw % KEYS));
        void *got = NULL;
        size_t size = 0;
        switch (draw >> 8 & 3) {
        case 0:
            gv__file_cache_put(folder, key, bytes, length, 3 * LENGTH);
            break;
        case 1: {
            int file = open(path_to(key), O_WRONLY);
            if (file >= 0 && (pwrite(file, &draw, sizeof draw, LENGTH / 2) < 0 ||
                              (draw >> 16 & 1 && ftruncate(file, LENGTH / 3) != 0))) {
                _exit(2);
            }
            close(file);
            break;
        }
        default:
            if (gv__file_cache_get(folder, key, &got, &size) &&
                (size != length || memcmp(got, bytes, length) != 0)) {
                _exit(1);
            }
            free(got);
        }
    }
    _exit(0);
}

static void many_processes_and_torn_entries_never_give_wrong_bytes(void **state)
{
    (void)state;
    enum { PROCESSES = 6, ROUNDS = 400 };
    pid_t pids[PROCESSES];
    for (unsigned i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            work_wildly(i, ROUNDS);
        }
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        int how = 0;
        assert_int_equal(waitpid(pids[i], &how, 0), pids[i]);
        assert_true(WIFEXITED(how));
        assert_int_equal(WEXITSTATUS(how), 0);
    }
    put(key_a, 1, SIZE, LIMIT);
    assert_true(get(key_a, 1, SIZE));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_got),
        TEST(the_folder_follows_the_environment),
        TEST(a_changed_byte_anywhere_makes_no_entry),
        TEST(an_entry_of_any_other_length_is_none),
        TEST(an_entry_under_another_name_is_none),
        TEST(what_is_no_file_is_no_entry),
        TEST(a_folder_that_cannot_be_written_costs_nothing_but_time),
        TEST(what_a_full_disk_cuts_off_is_not_kept),
        TEST(a_folder_of_somebody_elses_is_left_alone),
        TEST(what_was_not_used_for_longest_makes_room),
        TEST(what_a_process_left_half_written_is_cleared_away),
        TEST(many_processes_and_torn_entries_never_give_wrong_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
