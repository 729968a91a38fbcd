/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C as a question: whoever waits looks here, and ends in its own time. */
#ifndef GPUVERDICT_BENCH_INTERRUPT_H
#define GPUVERDICT_BENCH_INTERRUPT_H

#include <stdbool.h>

/** Take SIGINT, SIGTERM and (unless ignored) SIGHUP: the first makes gv__interrupted() true for
 * good, a second one ends the program at once. Call once, before threads start. */
void gv__interrupt_catch(void);

/** True once one of them came. Any thread. */
bool gv__interrupted(void);

/** A descriptor that becomes readable with the first of them and stays so: for poll(). -1 where
 * nobody catches signals, which poll() ignores. */
int gv__interrupt_fd(void);

#endif
