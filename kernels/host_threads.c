/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/host_threads.h"

#include "base/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How long a thread without work stays awake. A count of pauses would not do: one takes 40 cycles
 * on some processors and 140 on others. */
#define SPIN_S 30e-6
enum { PAUSES = 32 }; /* between two looks at the clock */

typedef struct worker {
    gv__threads *pool;
    pthread_t thread;
    uint32_t index;
} worker;

struct gv__threads {
    uint32_t count;   /* the caller's thread included */
    uint32_t started; /* of the workers */
    worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t start, finished;
    /* One batch of jobs: written before `generation` grows, read after it was seen to. */
    void (*work)(void *context, size_t job, uint32_t thread);
    void *context;
    size_t jobs;
    atomic_size_t next;
    atomic_uint busy;
    atomic_uint generation;
    atomic_bool stop;
};

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* The pool whose job this thread is doing, and as which of its threads. */
static _Thread_local const gv__threads *inside = NULL;
static _Thread_local uint32_t inside_as = 0;

static void do_jobs(gv__threads *pool, uint32_t thread)
{
    const gv__threads *outer = inside;
    uint32_t outer_as = inside_as;
    inside = pool;
    inside_as = thread;
    for (;;) {
        size_t job = atomic_fetch_add(&pool->next, 1);
        if (job >= pool->jobs) {
            break;
        }
        pool->work(pool->context, job, thread);
    }
    inside = outer;
    inside_as = outer_as;
}

/* Wait a moment for the value to become (or, with `differ`, to stop being) `value`. */
static void spin(atomic_uint *variable, unsigned value, bool differ)
{
    double end_s = gv__now_s() + SPIN_S;
    do {
        for (int i = 0; i < PAUSES; i++) {
            if ((atomic_load(variable) == value) != differ) {
                return;
            }
            pause_briefly();
        }
    } while (gv__now_s() < end_s);
}

/* Returns the generation that follows `seen`. */
static unsigned wait_for_work(gv__threads *pool, unsigned seen)
{
    spin(&pool->generation, seen, true);
    unsigned now = atomic_load(&pool->generation);
    if (now != seen) {
        return now;
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->generation) == seen) {
        pthread_cond_wait(&pool->start, &pool->lock);
    }
    now = atomic_load(&pool->generation);
    pthread_mutex_unlock(&pool->lock);
    return now;
}

static void *worker_main(void *argument)
{
    worker *self = argument;
    gv__threads *pool = self->pool;
    unsigned seen = 0;
    for (;;) {
        seen = wait_for_work(pool, seen);
        if (atomic_load(&pool->stop)) {
            return NULL;
        }
        do_jobs(pool, self->index);
        if (atomic_fetch_sub(&pool->busy, 1) == 1) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->finished);
            pthread_mutex_unlock(&pool->lock);
        }
    }
}

static void next_generation(gv__threads *pool)
{
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->generation, 1);
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
}

gv_status gv__threads_create(uint32_t count, gv__threads **out, gv_error *err)
{
    gv__threads *pool = calloc(1, sizeof *pool);
    if (pool == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for threads");
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->finished, NULL);
    pool->count = count > 0 ? count : 1;
    pool->workers = calloc(pool->count, sizeof *pool->workers);
    int code = pool->workers == NULL ? -1 : 0;
    for (uint32_t i = 1; code == 0 && i < pool->count; i++) {
        worker *w = &pool->workers[pool->started];
        *w = (worker){.pool = pool, .index = i};
        code = pthread_create(&w->thread, NULL, worker_main, w);
        pool->started += code == 0 ? 1 : 0;
    }
    if (code != 0) {
        gv__threads_free(pool);
        return gv__fail(err, GV_MEMORY, code, "pthread_create", "%u threads could not be started",
                        count);
    }
    *out = pool;
    return GV_OK;
}

void gv__threads_free(gv__threads *pool)
{
    if (pool == NULL) {
        return;
    }
    atomic_store(&pool->stop, true);
    next_generation(pool);
    for (uint32_t i = 0; i < pool->started; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&pool->finished);
    pthread_cond_destroy(&pool->start);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

uint32_t gv__threads_count(const gv__threads *pool)
{
    return pool->count;
}

void gv__threads_run(gv__threads *pool, void (*work)(void *context, size_t job, uint32_t thread),
                     void *context, size_t jobs)
{
    bool nested = inside == pool;
    if (pool->started == 0 || jobs < 2 || nested) {
        for (size_t job = 0; job < jobs; job++) {
            work(context, job, nested ? inside_as : 0);
        }
        return;
    }
    pool->work = work;
    pool->context = context;
    pool->jobs = jobs;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->busy, pool->started);
    next_generation(pool);
    do_jobs(pool, 0);
    spin(&pool->busy, 0, false);
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->busy) != 0) {
        pthread_cond_wait(&pool->finished, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}
