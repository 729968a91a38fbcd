/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* threads that are placed */
#endif
#include "bench/core_distance.h"

#include "base/support.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

/* A rally that takes longer was interrupted: one of the two does not run. */
static const double patience_s = 2e-3;
/* So long the scheduler may keep it waiting. */
static const double turn_s = 20e-3;
static const double otherwise = 2.0;

enum {
    RALLIES = 12,
    RETURNS = 250,    /* of a rally */
    LOST_RALLIES = 3, /* before a pair is given up */
    MOST_OTHERS = 7,
    SPINS = 2048 /* between two looks at the clock */
};

/* Two cores and what goes to and fro between them: even, the server has it. */
typedef struct pair {
    _Alignas(128) _Atomic uint32_t ball;
    _Atomic bool over;
    double until_s, best_s;
} pair;

#if defined(__linux__)

static bool wait_for_return(pair *p, uint32_t wanted, double give_up_s)
{
    for (;;) {
        for (int spin = 0; spin < SPINS; spin++) {
            if (atomic_load_explicit(&p->ball, memory_order_acquire) == wanted) {
                return true;
            }
        }
        if (gv__now_s() > give_up_s) {
            return false;
        }
    }
}

static bool rally(pair *p, uint32_t *ball)
{
    const double start_s = gv__now_s();
    for (int i = 0; i < RETURNS; i++) {
        atomic_store_explicit(&p->ball, ++*ball, memory_order_release);
        if (!wait_for_return(p, ++*ball, start_s + patience_s)) {
            return false;
        }
    }
    p->best_s = fmin(p->best_s, (gv__now_s() - start_s) / (2.0 * RETURNS));
    return true;
}

static void *serve(void *argument)
{
    pair *p = argument;
    uint32_t ball = 0;
    int lost = 0;
    for (int i = 0; (i < RALLIES || gv__now_s() < p->until_s) && lost < LOST_RALLIES; i++) {
        if (!rally(p, &ball)) {
            lost++;
            if (!wait_for_return(p, ball, gv__now_s() + turn_s)) {
                break;
            }
        }
    }
    atomic_store(&p->over, true);
    return NULL;
}

static void *send_back(void *argument)
{
    pair *p = argument;
    while (!atomic_load_explicit(&p->over, memory_order_relaxed)) {
        const uint32_t ball = atomic_load_explicit(&p->ball, memory_order_acquire);
        if (ball % 2 == 1) {
            atomic_store_explicit(&p->ball, ball + 1, memory_order_release);
        }
    }
    return NULL;
}

static bool start_on(size_t core, void *(*play)(void *), pair *p, pthread_t *thread)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(core, &only);
    pthread_attr_t place;
    if (pthread_attr_init(&place) != 0) {
        return false;
    }
    const bool started = pthread_attr_setaffinity_np(&place, sizeof only, &only) == 0 &&
                         pthread_create(thread, &place, play, p) == 0;
    pthread_attr_destroy(&place);
    return started;
}

/* INFINITY where nothing came back in time, or nobody could be placed. */
static double distance_of(size_t one, size_t other, double awake_s)
{
    pair p = {.until_s = gv__now_s() + awake_s, .best_s = INFINITY};
    pthread_t server;
    pthread_t receiver;
    if (start_on(other, send_back, &p, &receiver)) {
        if (start_on(one, serve, &p, &server)) {
            pthread_join(server, NULL);
        }
        atomic_store(&p.over, true);
        pthread_join(receiver, NULL);
    }
    return p.best_s;
}

double gv__core_distance_s(double awake_s)
{
    cpu_set_t usable;
    size_t core[CPU_SETSIZE];
    size_t count = 0;
    if (sched_getaffinity(0, sizeof usable, &usable) != 0) {
        return NAN;
    }
    for (size_t i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, &usable)) {
            core[count++] = i;
        }
    }
    if (count < 2) {
        return NAN;
    }
    const size_t others = count <= MOST_OTHERS ? count - 1 : MOST_OTHERS;
    double most_s = 0;
    for (size_t i = 1; i <= others; i++) {
        most_s = fmax(most_s, distance_of(core[0], core[(count - 1) * i / others], awake_s));
    }
    return isfinite(most_s) ? most_s : NAN;
}

#else

double gv__core_distance_s(double awake_s)
{
    (void)awake_s;
    return NAN;
}

#endif

bool gv__core_distance_differs(double one_s, double other_s)
{
    return one_s > otherwise * other_s || other_s > otherwise * one_s;
}
