/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/output.h"
#include "base/support.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gv_status io_error(const char *path, int code, const char *call, gv_error *err)
{
    const char *shown = strcmp(path, "-") == 0 ? "standard output" : path;
    return gv__fail(err, GV_IO, code, call, "%s cannot be written: %s", shown, strerror(code));
}

/* A new, empty file whose name starts with `stem`; NULL and errno on failure. */
static char *make_temporary(const char *stem, mode_t mode)
{
    size_t size = strlen(stem) + sizeof(".XXXXXX");
    char *name = malloc(size);
    if (name == NULL) {
        return NULL;
    }
    snprintf(name, size, "%s.XXXXXX", stem);
    int file = mkstemp(name);
    if (file < 0 || fchmod(file, mode) != 0) {
        int code = errno;
        if (file >= 0) {
            close(file);
            unlink(name);
        }
        free(name);
        errno = code;
        return NULL;
    }
    close(file);
    return name;
}

/* mkstemp() makes files that only the owner reads: the replaced file's mode, or what a plain open()
 * would give. */
static mode_t mode_of(const struct stat *existing)
{
    if (existing != NULL) {
        return existing->st_mode & 07777;
    }
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static char *temporary_folder_stem(void)
{
    const char *folder = getenv("TMPDIR");
    gv__text stem = {0};
    gv__text_printf(&stem, "%s/gpuverdict", folder != NULL && folder[0] != 0 ? folder : "/tmp");
    return stem.data;
}

/* A device, a pipe, standard output: bytes go through a file in the temporary folder. */
static gv_status reserve_stream(gv_output *output, gv_error *err)
{
    char *stem = temporary_folder_stem();
    output->temporary = stem != NULL ? make_temporary(stem, 0600) : NULL;
    int code = errno;
    gv_status status = GV_OK;
    if (output->temporary == NULL) {
        status = io_error(stem != NULL ? stem : "temporary file", code, "mkstemp", err);
    }
    free(stem);
    return status;
}

static gv_status reserve_file(gv_output *output, gv_error *err)
{
    struct stat found;
    bool exists = stat(output->path, &found) == 0;
    if (!exists && errno != ENOENT) {
        return io_error(output->path, errno, "stat", err);
    }
    if (exists && S_ISDIR(found.st_mode)) {
        return io_error(output->path, EISDIR, "open", err);
    }
    if (exists && access(output->path, W_OK) != 0) {
        return io_error(output->path, errno, "access", err);
    }
    if (exists && !S_ISREG(found.st_mode)) {
        return reserve_stream(output, err);
    }
    output->target = exists ? realpath(output->path, NULL) : strdup(output->path);
    output->temporary = output->target != NULL
                            ? make_temporary(output->target, mode_of(exists ? &found : NULL))
                            : NULL;
    return output->temporary != NULL ? GV_OK : io_error(output->path, errno, "mkstemp", err);
}

gv_status gv_output_reserve(const char *path, gv_output *out, gv_error *err)
{
    gv_output output = {.path = strdup(path)};
    if (output.path == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory");
    }
    gv_status status =
        strcmp(path, "-") == 0 ? reserve_stream(&output, err) : reserve_file(&output, err);
    if (status != GV_OK) {
        gv_output_release(&output);
        return status;
    }
    *out = output;
    return GV_OK;
}

const char *gv_output_path(const gv_output *output)
{
    return output->temporary;
}

static gv_status copy_bytes(FILE *from, FILE *to)
{
    char bytes[1 << 14];
    size_t count;
    while ((count = fread(bytes, 1, sizeof(bytes), from)) > 0) {
        /* glibc answers `count` for a first write that failed. */
        if (fwrite(bytes, 1, count, to) != count || ferror(to)) {
            return GV_IO;
        }
    }
    return ferror(from) || fflush(to) != 0 ? GV_IO : GV_OK;
}

static gv_status copy_to_stream(const gv_output *output, gv_error *err)
{
    bool is_stdout = strcmp(output->path, "-") == 0;
    FILE *from = fopen(output->temporary, "rb");
    FILE *to = from == NULL ? NULL : is_stdout ? stdout : fopen(output->path, "wb");
    gv_status status = from != NULL && to != NULL ? copy_bytes(from, to) : GV_IO;
    int code = errno;
    if (to != NULL && !is_stdout && fclose(to) != 0 && status == GV_OK) {
        code = errno;
        status = GV_IO;
    }
    if (from != NULL) {
        fclose(from);
    }
    return status == GV_OK ? GV_OK : io_error(output->path, code, "write", err);
}

gv_status gv_output_commit(gv_output *output, gv_error *err)
{
    gv_status status = GV_OK;
    if (output->target == NULL) {
        status = copy_to_stream(output, err);
    } else if (rename(output->temporary, output->target) != 0) {
        status = io_error(output->path, errno, "rename", err);
    } else {
        free(output->temporary);
        output->temporary = NULL; /* it is the file now */
    }
    gv_output_release(output);
    return status;
}

void gv_output_release(gv_output *output)
{
    if (output->temporary != NULL) {
        unlink(output->temporary);
    }
    free(output->path);
    free(output->target);
    free(output->temporary);
    *output = (gv_output){0};
}

gv_status gv_output_write(gv_output *output,
                          gv_status (*write)(void *context, FILE *file, gv_error *err),
                          void *context, gv_error *err)
{
    FILE *file = fopen(output->temporary, "wb");
    if (file == NULL) {
        return io_error(output->path, errno, "fopen", err);
    }
    void *locale = gv__locale_enter();
    gv_status status = locale != NULL ? write(context, file, err)
                                      : gv__fail(err, GV_MEMORY, 0, "newlocale", "no memory");
    gv__locale_leave(locale);
    errno = 0;
    bool failed = ferror(file) != 0;
    int code = errno;
    if (fclose(file) != 0) {
        failed = true;
        code = errno;
    }
    if (status == GV_OK && failed) {
        status = io_error(output->path, code != 0 ? code : EIO, "write", err);
    }
    return status == GV_OK ? gv_output_commit(output, err) : status;
}

/* uselocale() wants the old locale back and the new one freed. */
typedef struct entered_locale {
    locale_t c, before;
} entered_locale;

void *gv__locale_enter(void)
{
    entered_locale *entered = malloc(sizeof(*entered));
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (entered == NULL || c == (locale_t)0) {
        free(entered);
        return NULL;
    }
    *entered = (entered_locale){c, uselocale(c)};
    return entered;
}

void gv__locale_leave(void *entered)
{
    entered_locale *state = entered;
    if (state != NULL) {
        uselocale(state->before);
        freelocale(state->c);
        free(state);
    }
}
