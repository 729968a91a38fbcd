/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pipe2 */
#include "bench/spawn.h"
#include "base/support.h"
#include "bench/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

static bool join(char *path, size_t size, const char *folder, const char *file)
{
    int length = snprintf(path, size, "%s/%s", folder, file);
    return length > 0 && (size_t)length < size;
}

/* The folder of this program's own file. */
static bool own_folder(char *folder, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    if (length <= 0) {
        return false;
    }
    folder[length] = 0;
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = 0;
    return true;
}

static gv_status find_program(const char *program, char *path, size_t size, gv_error *err)
{
    char folder[PATH_MAX];
    const char *named = getenv("GPUVERDICT_WORKER_DIR");
    if (named != NULL && named[0] != 0) {
        if (join(path, size, named, program) && access(path, X_OK) == 0) {
            return GV_OK;
        }
        return gv__fail(err, GV_IO, errno, "access",
                        "GPUVERDICT_WORKER_DIR names %s, where there is no program %s", named,
                        program);
    }
    if (own_folder(folder, sizeof folder)) {
        char installed[PATH_MAX];
        if (join(path, size, folder, program) && access(path, X_OK) == 0) {
            return GV_OK;
        }
        if (join(installed, sizeof installed, folder, "../libexec/gpuverdict") &&
            join(path, size, installed, program) && access(path, X_OK) == 0) {
            return GV_OK;
        }
    }
    return gv__fail(err, GV_IO, ENOENT, "access",
                    "%s lies neither beside this program nor in ../libexec/gpuverdict: install "
                    "gpuverdict again, or name the folder in GPUVERDICT_WORKER_DIR",
                    program);
}

/* A descriptor above those that the worker will have, so that no dup2 overwrites a source. */
static int lift(int fd)
{
    if (fd < 0 || fd > GV__WIRE_FD) {
        return fd;
    }
    int lifted = fcntl(fd, F_DUPFD_CLOEXEC, GV__WIRE_FD + 1);
    int saved = errno;
    close(fd);
    errno = saved;
    return lifted;
}

static int start(const char *path, const char *program, const char *argument, int fd, int stderr_fd,
                 pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&files);
    if (code != 0) {
        return code;
    }
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&files);
        return code;
    }
    sigset_t defaults, none;
    sigemptyset(&none);
    sigfillset(&defaults);
    sigdelset(&defaults, SIGKILL);
    sigdelset(&defaults, SIGSTOP);
    const int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    char *arguments[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)argument, NULL};
    if ((code = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
        (code = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)) == 0 &&
        (code = posix_spawn_file_actions_adddup2(&files, stderr_fd, 2)) == 0 &&
        (code = posix_spawn_file_actions_adddup2(&files, fd, GV__WIRE_FD)) == 0 &&
        (code = posix_spawnattr_setsigdefault(&attributes, &defaults)) == 0 &&
        (code = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (code = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
        (code = posix_spawnattr_setflags(&attributes, (short)flags)) == 0) {
        code = posix_spawn(pid, path, &files, &attributes, arguments, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

gv_status gv__spawn(const char *program, const char *argument, gv__spawned *out, gv_error *err)
{
    char path[PATH_MAX];
    gv_status status = find_program(program, path, sizeof path, err);
    if (status != GV_OK) {
        return status;
    }
    /* [0] is ours, [1] the worker's. */
    int connection[2] = {-1, -1};
    int words[2] = {-1, -1};
    pid_t pid = 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, connection) != 0 ||
        pipe2(words, O_CLOEXEC) != 0 || (connection[1] = lift(connection[1])) < 0 ||
        (words[1] = lift(words[1])) < 0 || fcntl(words[0], F_SETFL, O_NONBLOCK) != 0) {
        status = gv__fail(err, GV_IO, errno, "socketpair", "cannot connect a worker: %s",
                          strerror(errno));
        goto cleanup;
    }
    int code = start(path, program, argument, connection[1], words[1], &pid);
    if (code != 0) {
        status =
            gv__fail(err, GV_IO, code, "posix_spawn", "cannot start %s: %s", path, strerror(code));
        goto cleanup;
    }
    *out = (gv__spawned){.pid = pid, .fd = connection[0], .stderr_fd = words[0]};
    connection[0] = words[0] = -1;
cleanup:
    for (size_t i = 0; i < 2; i++) {
        if (connection[i] >= 0) {
            close(connection[i]);
        }
        if (words[i] >= 0) {
            close(words[i]);
        }
    }
    return status;
}
