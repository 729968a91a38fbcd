/* SPDX-License-Identifier: Apache-2.0 */
/* A worker that misbehaves as its argument says: test_link and test_inventory hear how it ends. */
#include "bench/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *mood = "";

static void die(const char *how)
{
    if (strcmp(how, "crash") == 0) {
        fputs("fake driver: about to fall\n", stderr);
        /* A handler of a sanitizer would turn it into an exit. */
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    } else if (strcmp(how, "exit") == 0) {
        exit(3);
    } else if (strcmp(how, "hang") == 0) {
        for (;;) {
            pause();
        }
    } else if (strcmp(how, "flood") == 0) {
        for (int i = 0; i < 40000; i++) {
            fputs("a driver that prints without end\n", stderr);
        }
        fputs("the last of the flood\n", stderr);
    }
}

static gv_status open_device(const gv__ask_open *ask, gv__say_opened *out, gv_error *err)
{
    (void)ask;
    gv__worker_step("fakelib 1.0", "building the kernels of %s", "fakelib 1.0");
    if (strcmp(mood, "refuse") == 0) {
        return gv__fail(err, GV_OPENCL, -5, "clFake", "CL_OUT_OF_RESOURCES (-5), says the fake");
    }
    if (strcmp(mood, "shut") == 0) {
        /* Lives on without its connection. */
        close(GV__WIRE_FD);
        die("hang");
    }
    die(mood);
    gv__copy_text(out->libraries, sizeof out->libraries, "fakelib 1.0");
    return GV_OK;
}

/* One fact of each kind, one that failed, and a name that is no UTF-8. */
static void fill_facts(gv_device *device)
{
    for (int i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        device->fact[i].error = GV_FACT_ABSENT;
    }
    device->fact[GV_DEVICE_NAME] = (gv_fact){.text = "Fake \xFF device"};
    device->fact[GV_DEVICE_COMPUTE_UNITS] = (gv_fact){.number = 8};
    device->fact[GV_DEVICE_FP64] = (gv_fact){.number = 1};
    device->fact[GV_DEVICE_CLOCK] = (gv_fact){.error = -30, .text = "CL_INVALID_VALUE"};
}

static gv_status enumerate(gv_error *err)
{
    (void)err;
    if (strcmp(mood, "confused") == 0) {
        gv__say_opened opened = {.libraries = ""};
        gv__worker_say(GV__SAY_OPENED, &opened);
        return GV_OK;
    }
    if (strcmp(mood, "empty") == 0 || mood[0] == 0) {
        return GV_OK;
    }
    if (strncmp(mood, "listing ", 8) == 0) {
        die(mood + 8);
    }
    gv_platform bare = {.name = "Fake without a device"};
    gv__worker_say(GV__SAY_PLATFORM, &bare);
    /* The process group shows that this is its leader; the parent's Ctrl-C passes it by. */
    gv_platform platform = {.devices = getpgrp() == getpid() ? 2 : 0, .name = "Fake"};
    gv__worker_say(GV__SAY_PLATFORM, &platform);
    for (uint32_t i = 0; i < 2; i++) {
        gv_device device = {
            .index = i, .platform_index = 1, .device_index = i, .is_host_silicon = i == 1};
        fill_facts(&device);
        /* "card a" and "card b" are drivers of one card. */
        int known = strncmp(mood, "card ", 5) == 0 ? 4 : 100;
        snprintf(device.key, sizeof device.key, "fake/%.*s/%u", known, mood, (unsigned)i);
        gv__worker_say(GV__SAY_DEVICE, &device);
    }
    return GV_OK;
}

/* The argument itself, or the name of the .icd file that it is. */
static const char *mood_of(char *argument)
{
    char *name = strrchr(argument, '/');
    name = name != NULL ? name + 1 : argument;
    char *end = strstr(name, ".icd");
    if (end != NULL) {
        *end = 0;
    }
    return name;
}

int main(int count, char **arguments)
{
    char none[] = "";
    mood = mood_of(count > 1 ? arguments[1] : none);
    if (strncmp(mood, "early ", 6) == 0) {
        die(mood + 6);
    }
    if (strcmp(mood, "no loader") == 0) {
        fputs("gpuverdict-device-worker: error while loading shared libraries: libOpenCL.so.1: "
              "cannot open shared object file: No such file or directory\n",
              stderr);
        return 127;
    }
    if (strcmp(mood, "stranger") == 0) {
        gv__say_hello hello = {.version = GV__WIRE_VERSION + 1, .sizes = gv__wire_sizes()};
        gv__worker_say(GV__SAY_HELLO, &hello);
        pause();
    }
    if (strcmp(mood, "babble") == 0) {
        ssize_t written = write(GV__WIRE_FD, "hello, I print on every descriptor", 34);
        (void)written;
        pause();
    }
    static const gv__worker_side side = {.enumerate = enumerate, .open = open_device};
    return gv__worker_run(&side);
}
