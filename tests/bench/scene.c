/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/scene.h"

#include "base/support.h"

#include <unistd.h>

const char *const one_workload[] = {"matmul:m=64,n=64,k=64"};
const char *const two_workloads[] = {"matmul:m=64,n=64,k=64", "dense:batch=8,in=64,out=64"};
const char *const five_workloads[] = {"matmul:m=64,n=64,k=64", "matmul:m=65,n=64,k=64",
                                      "matmul:m=66,n=64,k=64", "matmul:m=67,n=64,k=64",
                                      "matmul:m=68,n=64,k=64"};

const gv_suite suite = {.name = "test",
                        .meaning = "",
                        .workloads = one_workload,
                        .count = 1,
                        .processes = 1,
                        .blocks = 6,
                        .min_samples = 12,
                        .min_s = 0,
                        .max_s = 1,
                        .warm_up_s = 0};

static void keep_plan(void *context, uint32_t steps, double seconds)
{
    (void)steps;
    scene *s = context;
    s->planned_s = seconds;
}

static void keep_doing(void *context, const char *text)
{
    scene *s = context;
    size_t used = strlen(s->doings);
    snprintf(s->doings + used, sizeof s->doings - used, "%s\n", text);
}

static void keep_notice(void *context, const char *text)
{
    scene *s = context;
    size_t used = strlen(s->notices);
    snprintf(s->notices + used, sizeof s->notices - used, "%s\n", text);
    if (getenv("GV_TEST_TALK") != NULL) {
        print_message("%s\n", text);
    }
}

void set_text(gv_fact *fact, const char *text)
{
    *fact = (gv_fact){.number = NAN};
    gv__copy_text(fact->text, sizeof fact->text, text);
}

void add_device(scene *s, const char *mood)
{
    uint32_t i = (uint32_t)s->inventory.device_count++;
    s->inventory.platform_count++;
    gv_device *device = &s->devices[i];
    for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
        device->fact[f] = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    }
    device->index = device->platform_index = i;
    snprintf(device->key, sizeof device->key, "fake/%u", (unsigned)i);
    gv__copy_text(s->in_driver[i].key, sizeof s->in_driver[i].key, device->key);
    set_text(&device->fact[GV_DEVICE_NAME], mood);
    set_text(&device->fact[GV_DEVICE_DRIVER], "1");
    gv__copy_text(s->platforms[i].driver, sizeof s->platforms[i].driver, mood);
    s->selected[i] = true;
}

void be_patient(int seconds)
{
    char text[16];
    snprintf(text, sizeof text, "%d", seconds);
    setenv("GPUVERDICT_TIMEOUT_S", text, 1);
}

scene *set_scene(const char *mood)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->inventory.platforms = s->platforms;
    s->inventory.devices = s->devices;
    s->inventory.in_driver = s->in_driver;
    s->selection.device = s->selected;
    for (int f = 0; f < GV_HOST_FACT_COUNT; f++) {
        s->inventory.host.fact[f] = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    }
    set_text(&s->inventory.host.fact[GV_HOST_NAME], "here");
    s->options = (gv_run_options){
        .struct_size = sizeof s->options,
        .suite = &suite,
        .command = "test",
        .version = "0",
        .time_budget_s = INFINITY,
        .tuning = "",
        .seed = 1,
        .progress = {.plan = keep_plan, .doing = keep_doing, .notice = keep_notice, .context = s}};
    setenv("GV_FAKE_HOST", "", 1);
    be_patient(120);
    if (mood != NULL) {
        add_device(s, mood);
    }
    return s;
}

void play(scene *s, gv_status expected)
{
    assert_status(
        gv_run(&s->inventory, &s->selection, &s->options, &s->journal, &s->summary, &s->err),
        expected, s->err);
}

void strike(scene *s)
{
    gv_journal_free(&s->journal);
    free(s);
}

/* The n-th measurement of a device, or NULL. */
const gv_measurement *measured(const scene *s, const char *device, size_t n)
{
    for (size_t i = 0; i < s->journal.measurement_count; i++) {
        if (strcmp(s->journal.measurements[i].device, device) == 0 && n-- == 0) {
            return &s->journal.measurements[i];
        }
    }
    return NULL;
}

const gv_incident *incident(const scene *s, size_t n)
{
    assert_true(n < s->journal.incident_count);
    return &s->journal.incidents[n];
}

char *temporary_path(char *path)
{
    strcpy(path, "/tmp/gv_test_runner.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(unlink(path), 0);
    return path;
}
