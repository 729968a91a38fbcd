/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/earlier.h"
#include "base/file_cache.h"
#include "kernels/device_provider.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const double far_behind = 2.0;
static const double launch_s = 50e-6;
enum { PROCESSES = 2 /* that have to agree */ };

/* Thousands of workloads. */
static const size_t limit_bytes = (size_t)8 << 20;

double gv__far_behind_s(double fastest_s)
{
    return far_behind * fastest_s + launch_s;
}

static void add_text(gv__sha256 *sha, const char *text)
{
    gv__sha256_add(sha, text, strlen(text) + 1);
}

/* Which build of this program it is: another one may have other providers' defaults. */
static bool add_program(gv__sha256 *sha)
{
    struct stat program;
    if (stat("/proc/self/exe", &program) != 0) {
        return false;
    }
    const int64_t numbers[] = {program.st_size, program.st_mtim.tv_sec, program.st_mtim.tv_nsec};
    gv__sha256_add(sha, numbers, sizeof numbers);
    return true;
}

static bool make_key(const gv__context *context, gv_op op, const gv__ask_prepare *ask,
                     char key[GV__SHA256_TEXT])
{
    gv__sha256 sha;
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(op, &count);
    /* Some can be set from outside: how many cores, how much memory. */
    const double numbers[] = {gv_device_number(&context->facts, GV_DEVICE_COMPUTE_UNITS),
                              gv_device_number(&context->facts, GV_DEVICE_GLOBAL_MEM),
                              gv_device_number(&context->facts, GV_DEVICE_MAX_ALLOC)};
    if (context->programs == NULL || ask->excluded > 0) {
        return false;
    }
    gv__sha256_start(&sha);
    add_text(&sha, context->identity);
    add_text(&sha, ask->workload);
    gv__sha256_add(&sha, numbers, sizeof numbers);
    for (size_t i = 0; i < count; i++) {
        add_text(&sha, rows[i]->name);
        add_text(&sha, rows[i]->version());
    }
    for (uint32_t i = 0; i < ask->tuned_count && i < GV__MAX_TUNED; i++) {
        add_text(&sha, ask->tuned[i].provider);
        add_text(&sha, ask->tuned[i].parameters);
    }
    const bool whole = add_program(&sha);
    gv__sha256_end(&sha, key);
    return whole;
}

/* An entry that lies where it should is ours, byte for byte; this is for what a person put there.
 */
static bool is_sound(gv__earlier_trial *entry)
{
    gv__say_trial *trial = &entry->trial;
    trial->provider[sizeof trial->provider - 1] = 0;
    trial->parameters[sizeof trial->parameters - 1] = 0;
    trial->earlier = true;
    return trial->call_s > 0 && isfinite(trial->call_s);
}

void gv__earlier_load(const gv__context *context, gv_op op, const gv__ask_prepare *ask,
                      gv__earlier *out)
{
    void *bytes = NULL;
    size_t length = 0;
    *out = (gv__earlier){.count = 0};
    if (!make_key(context, op, ask, out->key)) {
        out->key[0] = 0;
        return;
    }
    char *folder = gv__cache_folder("trials");
    if (folder != NULL && gv__file_cache_get(folder, out->key, &bytes, &length)) {
        const size_t count = length / sizeof out->of[0];
        bool sound = length % sizeof out->of[0] == 0 && count <= GV__MAX_TUNED;
        if (sound) {
            memcpy(out->of, bytes, length);
        }
        for (size_t i = 0; sound && i < count; i++) {
            sound = is_sound(&out->of[i]);
        }
        out->count = sound ? (uint32_t)count : 0;
    }
    free(bytes);
    free(folder);
}

static gv__earlier_trial *entry_of(gv__earlier *earlier, const char *provider)
{
    for (uint32_t i = 0; i < earlier->count; i++) {
        if (strcmp(earlier->of[i].trial.provider, provider) == 0) {
            return &earlier->of[i];
        }
    }
    return NULL;
}

double gv__earlier_fastest_s(const gv__earlier *earlier)
{
    double fastest_s = INFINITY;
    for (uint32_t i = 0; i < earlier->count; i++) {
        fastest_s = fmin(fastest_s, earlier->of[i].trial.call_s);
    }
    return fastest_s;
}

const gv__say_trial *gv__earlier_outrun(const gv__earlier *earlier, const char *provider)
{
    const gv__earlier_trial *entry = entry_of((gv__earlier *)earlier, provider);
    return entry != NULL && entry->processes >= PROCESSES &&
                   entry->trial.call_s > gv__far_behind_s(gv__earlier_fastest_s(earlier))
               ? &entry->trial
               : NULL;
}

void gv__earlier_keep(gv__earlier *earlier, const gv__say_trial trials[], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        gv__earlier_trial *entry = entry_of(earlier, trials[i].provider);
        if (trials[i].earlier || (entry == NULL && earlier->count == GV__MAX_TUNED)) {
            continue;
        }
        if (entry == NULL) {
            entry = &earlier->of[earlier->count++];
            *entry = (gv__earlier_trial){.trial = trials[i]};
        } else if (trials[i].call_s < entry->trial.call_s) {
            entry->trial = trials[i];
        }
        entry->processes++;
    }
    char *folder = earlier->key[0] != 0 ? gv__cache_folder("trials") : NULL;
    if (folder != NULL) {
        gv__file_cache_put(folder, earlier->key, earlier->of,
                           earlier->count * sizeof earlier->of[0], limit_bytes);
    }
    free(folder);
}
