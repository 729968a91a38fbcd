/* SPDX-License-Identifier: Apache-2.0 */
/* A machine of fake devices, and a run on it: what the tests of the runner share.
 *
 *     set_scene(mood), add_device(mood)…, options -> play -> journal, summary, notices -> strike
 *
 * A device does what its mood says: fake_party.c lists them. The host's stands in GV_FAKE_HOST. */
#ifndef GPUVERDICT_TESTS_BENCH_SCENE_H
#define GPUVERDICT_TESTS_BENCH_SCENE_H

#include "bench/runner.h"
#include "tests/gv_test.h"

enum { MAX_DEVICES = 3, SHORT_PATIENCE_S = 4 };

extern const char *const one_workload[1];
extern const char *const two_workloads[2];
extern const char *const five_workloads[5];

/** One of one_workload in one process of six blocks, without a search. */
extern const gv_suite suite;

/** A machine of fake devices, each with its mood, and what a run on it gave. */
typedef struct scene {
    gv_platform platforms[MAX_DEVICES];
    gv_device devices[MAX_DEVICES];
    gv_in_driver in_driver[MAX_DEVICES];
    bool selected[MAX_DEVICES];
    gv_inventory inventory;
    gv_selection selection;
    gv_run_options options;
    gv_journal journal;
    gv_run_summary summary;
    gv_error err;
    char notices[4096]; /**< a line each */
    char doings[4096];  /**< likewise: what workers did while they prepared */
    double planned_s;
} scene;

/** One device of this mood (NULL: none), a good host, 120 s of patience. Ends in strike(). */
scene *set_scene(const char *mood);
void add_device(scene *s, const char *mood);
/** How long a worker may take over one request. Who hangs is waited for so long, and on a busy
 * machine the others need some of it: SHORT_PATIENCE_S, or more. */
void be_patient(int seconds);
void set_text(gv_fact *fact, const char *text);

/** Run; anything but `expected` fails the test. */
void play(scene *s, gv_status expected);
void strike(scene *s);

/** The n-th measurement of a device, or NULL. */
const gv_measurement *measured(const scene *s, const char *device, size_t n);
/** The n-th incident; there being none fails the test. */
const gv_incident *incident(const scene *s, size_t n);

/** The name of a file that is not there, in `path` of 64 bytes. Returns `path`. */
char *temporary_path(char *path);

#endif
