/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/host_threads.h"

#include "base/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SPINS = 4000 }; /* some tens of microseconds */

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

static void do_jobs(gv__threads *pool, uint32_t thread)
{
    for (;;) {
        size_t job = atomic_fetch_add(&pool->next, 1);
        if (job >= pool->jobs) {
            return;
        }
        pool->work(pool->context, job, thread);
    }
}

/* Returns the generation that follows `seen`. */
static unsigned wait_for_work(gv__threads *pool, unsigned seen)
{
    for (int i = 0; i < SPINS; i++) {
        unsigned now = atomic_load(&pool->generation);
        if (now != seen) {
            return now;
        }
        pause_briefly();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->generation) == seen) {
        pthread_cond_wait(&pool->start, &pool->lock);
    }
    unsigned now = atomic_load(&pool->generation);
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
    if (pool->started == 0 || jobs < 2) {
        for (size_t job = 0; job < jobs; job++) {
            work(context, job, 0);
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
    for (int i = 0; i < SPINS && atomic_load(&pool->busy) != 0; i++) {
        pause_briefly();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->busy) != 0) {
        pthread_cond_wait(&pool->finished, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}
