/* SPDX-License-Identifier: Apache-2.0 */
/* A device worker and a host worker whose library does what their mood says: test_runner looks at
 * what becomes of it in the journal. A device's mood is its driver's name, the host's stands in
 * GV_FAKE_HOST. Two providers serve everything; moods concern the first. No time passes. */
#include "bench/roof_rule.h"
#include "bench/worker.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char alpha[] = "alpha 1.0";
static const char beta[] = "beta 2.0";

static const char *mood = "";
static bool is_host;
static const char *provider = "";
static uint32_t samples_asked;
static uint32_t probes_asked;

static bool feels(const char *what)
{
    return strcmp(mood, what) == 0;
}

static void die(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void hang(void)
{
    for (;;) {
        pause();
    }
}

static gv_status open_device(const gv__ask_open *ask, gv__say_opened *out, gv_error *err)
{
    (void)ask;
    if (feels("closed")) {
        return gv__fail(err, GV_OPENCL, -6, "clCreateContext", "CL_OUT_OF_HOST_MEMORY (-6)");
    }
    gv__copy_text(out->libraries, sizeof out->libraries, is_host ? "hostlib 3" : "alpha, beta");
    gv__copy_text(out->kernels, sizeof out->kernels, is_host ? "" : "0123abcd");
    out->events.ratio = NAN;
    return GV_OK;
}

static gv_status probe(const gv__ask_probe *ask, gv_roof *out, gv_error *err)
{
    probes_asked++;
    if (feels("hides its roof") && probes_asked == 1) {
        return gv__fail(err, GV_OPENCL, -5, "clFinish", "CL_OUT_OF_RESOURCES (-5)");
    } else if (feels("has no roof")) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "no fp32");
    }
    if (feels("dies when probed again") && probes_asked == 2) {
        die(SIGKILL);
    }
    *out = gv__roof_none();
    /* 2 * 64^3 flop in 0.5 ms are 1.05 GFLOP/s. */
    out->flop_per_s[ask->precision] = feels("disturbed") && probes_asked == 1 ? 0.5e9 : 2e9;
    out->bytes_per_s = 1e12;
    return GV_OK;
}

static bool excluded(const gv__ask_prepare *ask, const char *name)
{
    for (uint32_t i = 0; i < ask->excluded; i++) {
        if (strcmp(ask->exclude[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* What the first provider does instead of serving; true where it does serve. */
static bool alpha_serves(void)
{
    gv__worker_step(alpha, "building the kernels of %s", alpha);
    if (feels("crashes in prepare") || feels("crashes always")) {
        die(SIGSEGV);
    } else if (feels("hangs in prepare")) {
        hang();
    } else if (feels("wrong") || feels("wrong always")) {
        gv__worker_incident(GV_INCIDENT_WRONG_RESULT, alpha, "row 3 deviates by 0.5");
        return false;
    }
    return true;
}

/* The tunables that were given to a provider; "" where none were. */
static const char *tunables_of(const gv__ask_prepare *ask, const char *name)
{
    for (uint32_t i = 0; i < ask->tuned_count; i++) {
        if (strcmp(ask->tuned[i].provider, name) == 0) {
            return ask->tuned[i].parameters;
        }
    }
    return "";
}

static void say_trial(const char *name, const char *parameters, double call_s)
{
    gv__say_trial trial = {.call_s = call_s, .packed_s = NAN};
    gv__copy_text(trial.provider, sizeof trial.provider, name);
    gv__copy_text(trial.parameters, sizeof trial.parameters, parameters);
    gv__worker_say(GV__SAY_TRIAL, &trial);
}

static gv_status prepare(const gv__ask_prepare *ask, gv__say_prepared *out, bool *served,
                         gv_error *err)
{
    (void)err;
    samples_asked = 0;
    if (feels("unsupported")) {
        gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", "alpha 1.0: no fp64");
        *served = false;
        return GV_OK;
    }
    if (tunables_of(ask, alpha)[0] != 0 && feels("dies when tuned")) {
        gv__worker_step(alpha, "building the kernels of %s", alpha);
        die(SIGSEGV);
    }
    provider = !excluded(ask, alpha) && alpha_serves() ? alpha : beta;
    if (provider == beta && !excluded(ask, beta)) {
        gv__worker_step(beta, "building the kernels of %s", beta);
        if (feels("crashes always")) {
            die(SIGSEGV);
        } else if (feels("wrong always")) {
            gv__worker_incident(GV_INCIDENT_WRONG_RESULT, beta, "row 4 deviates by 0.5");
        }
    }
    *served = !excluded(ask, provider) && !(provider == beta && feels("wrong always"));
    if (!*served) {
        return GV_OK;
    }
    *out = (gv__say_prepared){.error_rel = 1e-7, .bound_rel = 1e-5, .call_s = 5e-4};
    for (int i = 0; i < GV_COST_COUNT; i++) {
        out->cost_s[i] = NAN;
    }
    gv__copy_text(out->provider, sizeof out->provider, provider);
    gv__copy_text(out->parameters, sizeof out->parameters, tunables_of(ask, provider));
    out->tuned = out->parameters[0] != 0;
    if (!is_host) {
        say_trial(provider, out->parameters, 5e-4);
        say_trial(provider == alpha ? beta : alpha, "", 1e-3);
    }
    gv__copy_text(out->check, sizeof out->check, "freivalds");
    out->has_weights = strncmp(ask->workload, "dense", 5) == 0;
    return GV_OK;
}

/* What befalls the first provider while it is sampled. */
static gv_status befall(const gv__ask_sample *ask, gv_error *err)
{
    gv__worker_step(provider, "timing %s", provider);
    samples_asked++;
    if (feels("dawdles") && samples_asked == 4) {
        sleep(3);
    }
    if (provider != alpha) {
        return GV_OK;
    }
    if (feels("cannot pin, then dies") && ask->view == GV_VIEW_PINNED) {
        return gv__fail(err, GV_OPENCL, -6, "clEnqueueMapBuffer", "CL_OUT_OF_HOST_MEMORY (-6)");
    } else if (feels("cannot pin, then dies") && samples_asked == 5) {
        die(SIGKILL);
    } else if (feels("killed in sample") && samples_asked == 5) {
        die(SIGKILL);
    } else if (feels("hangs in sample") && samples_asked == 5) {
        hang();
    } else if (feels("interrupts") && samples_asked == 5) {
        kill(getppid(), SIGINT);
        hang();
    } else if (feels("drifts away") && samples_asked == 5) {
        return gv__fail(err, GV_WRONG_RESULT, 0, NULL, "element 7 was 1, checked was 2");
    } else if (feels("drifts away later") && samples_asked == 8) {
        return gv__fail(err, GV_WRONG_RESULT, 0, NULL, "element 7 was 1, checked was 2");
    } else if (feels("cannot pin") && ask->view == GV_VIEW_PINNED) {
        return gv__fail(err, GV_OPENCL, -6, "clEnqueueMapBuffer", "CL_OUT_OF_HOST_MEMORY (-6)");
    } else if (feels("nothing to pin") && ask->view == GV_VIEW_PINNED) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "no pinned memory");
    }
    return GV_OK;
}

/* Host 2 ms, device 1 ms, of which the kernel takes 0.5 ms: speed-ups of 2 and 4. */
static gv_status sample(const gv__ask_sample *ask, gv__say_samples *out, gv_error *err)
{
    static const double usual_s[GV_STAGE_COUNT] = {2e-4, 5e-4, 3e-4, 1e-3};
    gv_status status = befall(ask, err);
    if (status != GV_OK) {
        return status;
    }
    bool kernel_only = ask->view == GV_VIEW_KERNEL_ONLY;
    uint32_t block = samples_asked / 4;
    double factor = is_host ? 4 : 1;
    factor *= feels("drifts away later") && provider == alpha ? 0.5 : 1;
    factor *= feels("long") ? 1200 : 1;
    factor *= (feels("too fast") || feels("hides its roof")) && provider == alpha ? 1e-6 : 1;
    factor *= feels("too fast always") ? 1e-6 : 1;
    factor *= feels("slow later") && samples_asked > 6 ? 1.5 : 1;
    factor *= feels("hot") && block > 1 ? 1.3 : 1;
    *out = (gv__say_samples){.count = ask->samples, .calls = 3, .steady = true};
    for (uint32_t i = 0; i < ask->samples; i++) {
        double wobble = feels("noisy") ? 1 + 0.5 * ((i + block) % 2) : 1;
        for (int stage = 0; stage < GV_STAGE_COUNT; stage++) {
            out->stage_s[i][stage] = usual_s[stage] * factor * wobble;
        }
        if (kernel_only) {
            out->stage_s[i][GV_STAGE_H2D] = out->stage_s[i][GV_STAGE_D2H] = NAN;
            out->stage_s[i][GV_STAGE_TOTAL] = out->stage_s[i][GV_STAGE_KERNEL];
        }
    }
    return GV_OK;
}

static void say_ceiling(gv_ceiling_kind kind, gv_precision precision, uint32_t width, double median)
{
    gv__say_ceiling said = {.kind = kind,
                            .precision = precision,
                            .width = width,
                            .samples = 12,
                            .median = median,
                            .low = 0.9 * median,
                            .high = 1.1 * median,
                            .best = 1.2 * median,
                            .bytes = NAN,
                            .power_w = NAN};
    gv__copy_text(said.check, sizeof said.check, "sum");
    gv__worker_say(GV__SAY_CEILING, &said);
}

static gv_status ceilings(const gv__ask_ceilings *ask, gv_error *err)
{
    gv__worker_step("", "measuring a ceiling: Memory: read");
    if (ask->blocks * ask->samples < 12) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "too few samples are asked for");
    }
    if (feels("crashes always")) {
        die(SIGSEGV);
    }
    say_ceiling(GV_CEILING_MEMORY_READ, GV_PRECISION_F32, 0, 1e10);
    say_ceiling(GV_CEILING_MULTIPLY_ADD, GV_PRECISION_F32, 4, 2e11);
    say_ceiling(GV_CEILING_MULTIPLY_ADD, GV_PRECISION_F32, 8, 1e11);
    gv__worker_incident(GV_INCIDENT_UNSUPPORTED, "", "Multiply-adds: no fp64");
    if (feels("wrong")) {
        gv__worker_incident(GV_INCIDENT_WRONG_RESULT, "", "Memory: copy: the sum is 1, right is 2");
    }
    return GV_OK;
}

/* Alpha is the fastest by itself; behind it are so many sets of beta that beta's own has no place
 * among the best, though the others gain little or a lot over it. */
static void list_crowd(void)
{
    gv__worker_say(GV__SAY_CANDIDATE,
                   &(gv__tuned_set){.provider = "alpha 1.0", .parameters = "A=0"});
    for (int i = 0; i < 9; i++) {
        gv__tuned_set set = {.provider = "beta 2.0"};
        snprintf(set.parameters, sizeof set.parameters, "B=%d", i);
        gv__worker_say(GV__SAY_CANDIDATE, &set);
    }
}

static double call_in_crowd_s(const gv__tuned_set *set)
{
    if (set->provider[0] == 'a') {
        return 0.8e-3;
    }
    return set->parameters[0] == 0 ? 1e-3 : feels("gains a lot") ? 0.9e-3 : 0.99e-3;
}

/* Alpha's own call takes 1 ms, and 0.4 ms with A=1; 2 is wrong, 3 crashes, 4 hangs; beta takes 2 ms
 * whatever it is given; where alpha is briefly ahead, 5 us against 30. */
static gv_status list(const gv__ask_candidates *ask, gv_error *err)
{
    static const gv__tuned_set sets[] = {
        {.provider = "alpha 1.0", .parameters = "A=0"},
        {.provider = "alpha 1.0", .parameters = "A=1"},
        {.provider = "alpha 1.0", .parameters = "A=2"},
        {.provider = "alpha 1.0", .parameters = "A=3"},
        {.provider = "alpha 1.0", .parameters = "A=4"},
        {.provider = "beta 2.0", .parameters = "B=0"},
        {.provider = "beta 2.0", .parameters = "B=1"},
    };
    (void)ask;
    (void)err;
    if (feels("gains a lot") || feels("gains little")) {
        list_crowd();
        return GV_OK;
    }
    for (size_t i = 0; i < GV__COUNT(sets); i++) {
        gv__worker_say(GV__SAY_CANDIDATE, &sets[i]);
    }
    return GV_OK;
}

static gv_status trial(const gv__ask_try *ask, gv__say_trial *out, gv_error *err)
{
    const char *parameters = ask->set.parameters;
    gv__worker_step(ask->set.provider, "trying %s", parameters);
    if (strcmp(parameters, "A=2") == 0) {
        return gv__fail(err, GV_WRONG_RESULT, 0, NULL, "row 3 deviates by 0.5");
    } else if (strcmp(parameters, "A=3") == 0) {
        die(SIGSEGV);
    } else if (strcmp(parameters, "A=4") == 0) {
        hang();
    }
    *out = (gv__say_trial){.packed_s = NAN};
    const bool best = strcmp(parameters, "A=1") == 0 || feels("is far ahead");
    if (feels("gains a lot") || feels("gains little")) {
        out->call_s = call_in_crowd_s(&ask->set);
    } else if (ask->set.provider[0] == 'b') {
        out->call_s = feels("is briefly ahead") ? 30e-6 : 2e-3;
    } else {
        out->call_s = feels("is briefly ahead") ? 5e-6 : best ? 4e-4 : 1e-3;
    }
    out->given_up = out->call_s > ask->give_up_s;
    return GV_OK;
}

static void release(void)
{
    if (feels("crashes in release")) {
        die(SIGSEGV);
    } else if (feels("hangs in release")) {
        hang();
    } else if (feels("leaks")) {
        enum { leaked = 256 << 20 };
        /* Volatile, or an optimiser finds that nobody reads it and keeps nothing. */
        static char *volatile kept;
        kept = malloc(leaked);
        memset(kept, 1, leaked);
    }
}

int main(int count, char **arguments)
{
    is_host = strcmp(arguments[0], "gpuverdict-host-worker") == 0;
    if (is_host) {
        mood = getenv("GV_FAKE_HOST") != NULL ? getenv("GV_FAKE_HOST") : "";
    } else if (count > 1) {
        mood = arguments[1];
    }
    if (feels("dies at once")) {
        return 3;
    }
    static const gv__worker_side side = {.open = open_device,
                                         .probe = probe,
                                         .prepare = prepare,
                                         .sample = sample,
                                         .ceilings = ceilings,
                                         .candidates = list,
                                         .trial = trial,
                                         .release = release};
    return gv__worker_run(&side);
}
