/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;
static int wake[2] = {-1, -1};

static void on_signal(int number)
{
    (void)number;
    int saved = errno;
    interrupted = 1;
    /* Never drained, so that every later poll() sees it too. */
    ssize_t written = write(wake[1], "", 1);
    (void)written;
    errno = saved;
}

void gv__interrupt_catch(void)
{
    if (wake[0] >= 0 || pipe(wake) != 0) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        fcntl(wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(wake[i], F_SETFL, O_NONBLOCK);
    }
    /* SA_RESETHAND: whoever presses Ctrl-C twice means it. No SA_RESTART: waits shall end. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* The terminal is gone, unless nohup said that this does not matter. */
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(SIGHUP, &action, NULL);
    }
}

bool gv__interrupted(void)
{
    return interrupted != 0;
}

int gv__interrupt_fd(void)
{
    return wake[0];
}
