/* SPDX-License-Identifier: Apache-2.0 */
/* A library that goes wrong while it is loaded, as broken drivers do. Built once for each FAKE_… */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void load(void)
{
#if defined(FAKE_ABORT)
    abort();
#elif defined(FAKE_CRASH)
    raise(SIGSEGV);
#elif defined(FAKE_EXIT)
    exit(0);
#elif defined(FAKE_LOOP)
    for (;;) {
        pause();
    }
#elif !defined(FAKE_NO_DRIVER)
#error "which fault?"
#endif
}
