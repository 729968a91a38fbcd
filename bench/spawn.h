/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a worker's program with one end of a connection on descriptor 3. */
#ifndef GPUVERDICT_BENCH_SPAWN_H
#define GPUVERDICT_BENCH_SPAWN_H

#include <gpuverdict/error.h>
#include <sys/types.h>

/** What a started worker is held by. */
typedef struct gv__spawned {
    pid_t pid;     /**< leader of a process group of its own: the terminal's Ctrl-C is not for it */
    int fd;        /**< our end of the connection */
    int stderr_fd; /**< what it writes to standard error; reads do not block */
} gv__spawned;

/** Start `program`, a file name, from the workers' folder: $GPUVERDICT_WORKER_DIR, else this
 * program's own, else ../libexec/gpuverdict beside it. Standard input and output are /dev/null, no
 * other descriptor is inherited.
 *
 * @param argument  its only argument; NULL for none
 * @retval GV_IO    it is not there, or no descriptor or process is left */
gv_status gv__spawn(const char *program, const char *argument, gv__spawned *out, gv_error *err);

#endif
