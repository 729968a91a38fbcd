/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/host_threads.h"
#include "tests/gv_test.h"

#include <stdatomic.h>

enum { MOST_JOBS = 1000, MOST_THREADS = 8 };

typedef struct tally {
    atomic_int done[MOST_JOBS];
    atomic_int by[MOST_THREADS];
} tally;

static void count(void *context, size_t job, uint32_t thread)
{
    tally *t = context;
    atomic_fetch_add(&t->done[job], 1);
    atomic_fetch_add(&t->by[thread], 1);
}

static void every_job_is_done_once_and_before_run_returns(void **state)
{
    (void)state;
    static tally t;
    static const size_t jobs[] = {0, 1, 2, 3, 7, 100, MOST_JOBS};
    for (uint32_t threads = 0; threads <= 5; threads++) {
        gv__threads *pool = NULL;
        gv_error err = {0};
        assert_status(gv__threads_create(threads, &pool, &err), GV_OK, err);
        assert_int_equal(gv__threads_count(pool), threads > 0 ? threads : 1);
        for (int round = 0; round < 300; round++) {
            size_t n = jobs[(size_t)round % (sizeof jobs / sizeof jobs[0])];
            memset(&t, 0, sizeof t);
            gv__threads_run(pool, count, &t, n);
            int total = 0;
            for (size_t i = 0; i < MOST_JOBS; i++) {
                assert_int_equal(atomic_load(&t.done[i]), i < n ? 1 : 0);
            }
            for (uint32_t i = 0; i < MOST_THREADS; i++) {
                assert_true(i < gv__threads_count(pool) || atomic_load(&t.by[i]) == 0);
                total += atomic_load(&t.by[i]);
            }
            assert_int_equal(total, n);
        }
        gv__threads_free(pool);
    }
    gv__threads_free(NULL);
}

/* What FFTW does from about eight threads on: a job is a loop of its own. */
typedef struct nest {
    gv__threads *pool;
    tally inner[MOST_THREADS];
} nest;

static void count_within(void *context, size_t job, uint32_t thread)
{
    (void)thread;
    nest *n = context;
    gv__threads_run(n->pool, count, &n->inner[job], 5);
}

static void a_job_may_run_jobs_of_its_own(void **state)
{
    (void)state;
    static nest n;
    gv_error err = {0};
    assert_status(gv__threads_create(4, &n.pool, &err), GV_OK, err);
    for (int round = 0; round < 300; round++) {
        memset(n.inner, 0, sizeof n.inner);
        gv__threads_run(n.pool, count_within, &n, MOST_THREADS);
        for (size_t outer = 0; outer < MOST_THREADS; outer++) {
            for (size_t i = 0; i < 6; i++) {
                assert_int_equal(atomic_load(&n.inner[outer].done[i]), i < 5 ? 1 : 0);
            }
        }
    }
    gv__threads_free(n.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_is_done_once_and_before_run_returns),
        cmocka_unit_test(a_job_may_run_jobs_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
