/* SPDX-License-Identifier: Apache-2.0 */
/* The tuning file: what was saved comes back; anything else is refused, and nothing is lost. */
#include "bench/tuning_file.h"
#include "tests/bench/journal_records.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static gv__tuned_for somebody(void)
{
    return (gv__tuned_for){.name = "A \"card\" of 8 units",
                           .platform = "P",
                           .driver = "3.1",
                           .type = "GPU",
                           .kernels = "0123abcd",
                           .compute_units = 8,
                           .vector_width = NAN};
}

static gv__tuned_class some_class(uint32_t size)
{
    gv__tuned_class class = {.search_s = 1.5, .default_s = 2e-3, .best_s = 1e-3, .set_count = 2};
    char text[64];
    snprintf(text, sizeof text, "matmul:m=%u,n=512,k=512", (unsigned)size);
    gv_workload_parse(text, &class.workload, NULL);
    gv_workload_format(&class.workload, class.text);
    strcpy(class.set[0].provider, "gpuverdict tiled 711ff5e9");
    strcpy(class.set[0].parameters, "TILE_ROWS=6 DEPTH=128");
    strcpy(class.set[1].provider, "CLBlast 1.5.3");
    return class;
}

static void save(const char *path, uint32_t size)
{
    gv_error err = {0};
    gv__tuning one = {.devices = NULL};
    const gv__tuned_for who = somebody();
    const gv__tuned_class class = some_class(size);
    assert_status(gv__tuning_add(&one, &who, &class, &err), GV_OK, err);
    assert_status(gv__tuning_save(path, &one, &err), GV_OK, err);
    gv__tuning_free(&one);
}

static void what_was_saved_comes_back(void **state)
{
    (void)state;
    const char *path = file_path("tuning.json");
    gv_error err = {0};
    save(path, 512);
    save(path, 64);
    gv__tuning read = {.devices = NULL};
    assert_status(gv__tuning_load(path, &read, &err), GV_OK, err);
    const gv__tuned_for who = somebody();
    const gv__tuned_device *device = gv__tuning_device(&read, &who);
    assert_non_null(device);
    assert_int_equal(device->class_count, 2);
    const gv__tuned_class expected = some_class(512), *class = &device->classes[0];
    assert_string_equal(class->text, expected.text);
    assert_close(class->search_s, 1.5, 1e-5);
    assert_close(class->default_s, 2e-3, 1e-5);
    assert_close(class->best_s, 1e-3, 1e-5);
    assert_int_equal(class->set_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_string_equal(class->set[i].provider, expected.set[i].provider);
        assert_string_equal(class->set[i].parameters, expected.set[i].parameters);
        assert_true(class->set[i].searched);
    }
    gv__tuning_free(&read);
}

static void a_file_that_is_not_there_holds_nothing(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__tuning read = {.devices = NULL};
    assert_status(gv__tuning_load(file_path("nothing.json"), &read, &err), GV_OK, err);
    assert_int_equal(read.device_count, 0);
    assert_status(gv__tuning_load("/dev/null/tuning.json", &read, &err), GV_OK, err);
    assert_status(gv__tuning_load(GV_TEST_BINARY_DIR, &read, &err), GV_IO, err);
}

static void a_foreign_file_is_refused_and_untouched(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "my notes\n",
        "",
        "{}",
        "[1,2,3]",
        "{\"gpuverdict_tuning\":\"1\",\"devices\":[]}",
        "{\"gpuverdict_tuning\":2,\"devices\":[]}",
        "{\"gpuverdict_tuning\":1,\"gpuverdict_tuning\":1}",
        "{\"gpuverdict_tuning\":1,\"devices\":[7]}",
        "{\"gpuverdict_tuning\":1,\"devices\":[{\"name\":7}]}",
        "{\"gpuverdict_tuning\":1,\"devices\":[{\"classes\":[{\"workload\":\"matmul:m=0\"}]}]}",
        "{\"gpuverdict_tuning\":1,\"devices\":[{\"classes\":[{\"workload\":\"fft:shape=8\","
        "\"best_s\":-1}]}]}",
        "{\"gpuverdict_tuning\":1,\"devices\":[{\"classes\":[{\"workload\":\"fft:shape=8\","
        "\"sets\":[{\"provider\":\"p\",\"parameters\":\"rm -rf\"}]}]}]}",
        "{\"gpuverdict_tuning\":1,\"devices\":[{\"classes\":[{\"workload\":\"fft:shape=8\","
        "\"sets\":[{\"parameters\":\"A=1\"}]}]}]}",
        "{\"gpuverdict_tuning\":1,\"devices\":[{\"classes\":[{\"workload\":\"fft:shape=8\","
        "\"sets\":"
        "[{\"provider\":\"a\"},{\"provider\":\"b\"},{\"provider\":\"c\"},{\"provider\":\"d\"},"
        "{\"provider\":\"e\"},{\"provider\":\"f\"},{\"provider\":\"g\"},{\"provider\":\"h\"},"
        "{\"provider\":\"i\"}]}]}]}",
    };
    for (size_t i = 0; i < GV__COUNT(texts); i++) {
        const char *path = file_path("foreign.json");
        gv_error err = {0};
        gv__tuning read = {.devices = NULL};
        write_text(path, texts[i]);
        print_message("%s\n", texts[i]);
        assert_status(gv__tuning_load(path, &read, &err), GV_FORMAT, err);
        assert_non_null(strstr(err.text, path));
        assert_int_equal(read.device_count, 0);
        assert_status(gv__tuning_save(path, &read, &err), GV_FORMAT, err);
        size_t length;
        char *left = read_bytes(path, &length);
        assert_string_equal(left, texts[i]);
        free(left);
    }
}

/* Every shorter file, and every file with one byte changed. */
static void a_torn_or_damaged_file_is_refused_or_holds_what_can_be(void **state)
{
    (void)state;
    const char *whole = file_path("whole.json");
    save(whole, 512);
    size_t length;
    char *bytes = read_bytes(whole, &length);
    const char *path = file_path("damaged.json");
    for (size_t cut = 0; cut + 2 < length; cut++) {
        gv_error err = {0};
        gv__tuning read = {.devices = NULL};
        write_bytes(path, bytes, cut);
        assert_status(gv__tuning_load(path, &read, &err), GV_FORMAT, err);
        assert_int_equal(read.device_count, 0);
    }
    for (size_t at = 0; at < length; at++) {
        gv_error err = {0};
        gv__tuning read = {.devices = NULL};
        bytes[at] ^= (char)(1 << (at % 8));
        write_bytes(path, bytes, length);
        const gv_status status = gv__tuning_load(path, &read, &err);
        bytes[at] ^= (char)(1 << (at % 8));
        assert_true(status == GV_FORMAT || status == GV_OK);
        for (size_t c = 0; read.device_count > 0 && c < read.devices[0].class_count; c++) {
            const gv__tuned_class *class = &read.devices[0].classes[c];
            gv__parameters set;
            assert_int_equal(class->workload.op, GV_OP_MATMUL);
            assert_true(class->set_count <= 2);
            assert_status(gv__parameters_read(class->set[0].parameters, &set, &err), GV_OK, err);
        }
        gv__tuning_free(&read);
    }
    free(bytes);
}

static void writers_at_once_lose_nothing(void **state)
{
    (void)state;
    enum { WRITERS = 6, EACH = 5 };
    const char *path = file_path("shared.json");
    for (uint32_t w = 0; w < WRITERS; w++) {
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            for (uint32_t i = 0; i < EACH; i++) {
                save(path, 1 + w * EACH + i);
            }
            _exit(0);
        }
    }
    for (int w = 0; w < WRITERS; w++) {
        int how;
        assert_true(wait(&how) > 0);
        assert_int_equal(how, 0);
    }
    gv_error err = {0};
    gv__tuning read = {.devices = NULL};
    assert_status(gv__tuning_load(path, &read, &err), GV_OK, err);
    assert_int_equal(read.device_count, 1);
    assert_int_equal(read.devices[0].class_count, WRITERS * EACH);
    gv__tuning_free(&read);
}

/* The classes of the file's only device. */
static size_t class_count(const char *path)
{
    gv_error err = {0};
    gv__tuning read = {.devices = NULL};
    assert_status(gv__tuning_load(path, &read, &err), GV_OK, err);
    assert_int_equal(read.device_count, 1);
    const size_t count = read.devices[0].class_count;
    gv__tuning_free(&read);
    return count;
}

/* A limit on the length of files fails a write in the middle, as a full disk does. */
static void a_full_disk_leaves_the_file_as_it_was(void **state)
{
    (void)state;
    char path[600], beside[620];
    snprintf(path, sizeof path, "%s", file_path("full.json"));
    snprintf(beside, sizeof beside, "%s.new", path);
    save(path, 512);
    gv_error err = {0};
    gv__tuning one = {.devices = NULL};
    const gv__tuned_for who = somebody();
    const gv__tuned_class class = some_class(64);
    assert_status(gv__tuning_add(&one, &who, &class, &err), GV_OK, err);
    struct rlimit usual;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    const struct rlimit full = {.rlim_cur = 100, .rlim_max = usual.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    const gv_status status = gv__tuning_save(path, &one, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    signal(SIGXFSZ, handler);
    assert_status(status, GV_IO, err);
    assert_int_not_equal(access(beside, F_OK), 0);
    assert_int_equal(class_count(path), 1);
    assert_status(gv__tuning_save(path, &one, &err), GV_OK, err);
    assert_int_equal(class_count(path), 2);
    gv__tuning_free(&one);
}

static void what_stands_in_its_place_is_told_or_followed(void **state)
{
    (void)state;
    char real[600], link[600];
    gv_error err = {0};
    gv__tuning one = {.devices = NULL};
    const gv__tuned_for who = somebody();
    const gv__tuned_class class = some_class(64);
    assert_status(gv__tuning_add(&one, &who, &class, &err), GV_OK, err);
    /* A folder. */
    assert_int_equal(mkdir(file_path("folder.json"), 0700), 0);
    assert_status(gv__tuning_save(file_path("folder.json"), &one, &err), GV_IO, err);
    /* A pipe that nobody writes to: neither reader nor writer waits. */
    assert_int_equal(mkfifo(file_path("pipe.json"), 0600), 0);
    gv__tuning none;
    assert_status(gv__tuning_load(file_path("pipe.json"), &none, &err), GV_FORMAT, err);
    assert_status(gv__tuning_save(file_path("pipe.json"), &one, &err), GV_FORMAT, err);
    /* A link: what it leads to is read, and stays. */
    snprintf(real, sizeof real, "%s", file_path("real.json"));
    snprintf(link, sizeof link, "%s", file_path("link.json"));
    save(real, 512);
    assert_int_equal(symlink(real, link), 0);
    assert_int_equal(class_count(link), 1);
    assert_status(gv__tuning_save(link, &one, &err), GV_OK, err);
    assert_int_equal(class_count(link), 2);
    assert_int_equal(class_count(real), 1);
    /* One that leads nowhere, and one that leads to itself. */
    snprintf(link, sizeof link, "%s", file_path("loose.json"));
    assert_int_equal(symlink("none.json", link), 0);
    assert_status(gv__tuning_save(link, &one, &err), GV_OK, err);
    assert_int_equal(class_count(link), 1);
    snprintf(link, sizeof link, "%s", file_path("loop.json"));
    assert_int_equal(symlink(link, link), 0);
    assert_status(gv__tuning_save(link, &one, &err), GV_IO, err);
    gv__tuning_free(&one);
}

static void a_file_without_the_right_to_read_it_is_told(void **state)
{
    (void)state;
    enum { NOBODY = 65534 };
    const bool root_user = geteuid() == 0; /* whom rights do not stop */
    char path[600];
    snprintf(path, sizeof path, "%s", file_path("secret.json"));
    save(path, 512);
    assert_int_equal(chmod(path, 0), 0);
    assert_true(!root_user || seteuid(NOBODY) == 0);
    gv_error err = {0};
    gv__tuning read = {.devices = NULL};
    const gv_status loaded = gv__tuning_load(path, &read, &err);
    const gv_status saved = gv__tuning_save(path, &read, &err);
    assert_true(!root_user || seteuid(0) == 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(loaded, GV_IO);
    assert_int_equal(saved, GV_IO);
    assert_int_equal(read.device_count, 0);
    assert_int_equal(class_count(path), 1);
}

static void its_place_is_named_or_usual(void **state)
{
    (void)state;
    char path[GV__TUNING_PATH];
    setenv("HOME", "/home/me", 1);
    unsetenv("XDG_CONFIG_HOME");
    assert_string_equal(gv__tuning_path(path), "/home/me/.config/gpuverdict/tuning.json");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    assert_string_equal(gv__tuning_path(path), "/home/me/.config/gpuverdict/tuning.json");
    setenv("XDG_CONFIG_HOME", file_path("config"), 1);
    assert_string_equal(gv__tuning_path(path), file_path("config/gpuverdict/tuning.json"));
    /* Its folders are made when something is saved. */
    save(path, 8);
    assert_int_equal(access(path, R_OK), 0);
    setenv("GPUVERDICT_TUNING", "mine.json", 1);
    assert_string_equal(gv__tuning_path(path), "mine.json");
    unsetenv("GPUVERDICT_TUNING");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
    assert_string_equal(gv__tuning_path(path), "");
    gv_error err = {0};
    const gv__tuning none = {.devices = NULL};
    assert_status(gv__tuning_save(file_path("nowhere/t.json"), &none, &err), GV_IO, err);
}

static void what_comes_with_the_program_can_be_read(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__tuning shipped = {.devices = NULL};
    assert_status(gv__tuning_shipped(&shipped, &err), GV_OK, err);
    for (size_t d = 0; d < shipped.device_count; d++) {
        const gv__tuned_device *device = &shipped.devices[d];
        /* For more than the one machine that it was found on. */
        assert_string_equal(device->who.kernels, "");
        assert_true(device->class_count > 0);
        for (size_t i = 0; i < device->class_count; i++) {
            for (uint32_t s = 0; s < device->classes[i].set_count; s++) {
                assert_false(device->classes[i].set[s].searched);
            }
        }
    }
    gv__tuning_free(&shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_comes_back),
        cmocka_unit_test(a_file_that_is_not_there_holds_nothing),
        cmocka_unit_test(a_foreign_file_is_refused_and_untouched),
        cmocka_unit_test(a_torn_or_damaged_file_is_refused_or_holds_what_can_be),
        cmocka_unit_test(writers_at_once_lose_nothing),
        cmocka_unit_test(a_full_disk_leaves_the_file_as_it_was),
        cmocka_unit_test(what_stands_in_its_place_is_told_or_followed),
        cmocka_unit_test(a_file_without_the_right_to_read_it_is_told),
        cmocka_unit_test(its_place_is_named_or_usual),
        cmocka_unit_test(what_comes_with_the_program_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
