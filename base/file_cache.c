/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_cache.h"

#include "base/support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    KEY_DIGITS = GV__SHA256_TEXT - 1,
    /* "gpuverdict 1 <key> <length> <sha-256>\n", of one length whatever it says. */
    HEADER_BYTES = 13 + KEY_DIGITS + 1 + 20 + 1 + KEY_DIGITS + 1,
    ABANDONED_S = 3600 /* how old a file is that some process began to write and left */
};

char *gv__cache_folder(const char *name)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    gv__text path = {0};
    if (cache != NULL && cache[0] == '/') {
        gv__text_add(&path, cache);
    } else if (home != NULL && home[0] == '/') {
        gv__text_printf(&path, "%s/.cache", home);
    } else {
        return NULL;
    }
    const char *const parts[] = {"", "/gpuverdict", "/", name};
    const size_t count = name != NULL ? 4 : 2;
    bool made = false;
    for (size_t i = 0; i < count; i++) {
        gv__text_add(&path, parts[i]);
        /* There already, mostly; where one fails, so does the last. */
        made = !path.failed && (mkdir(path.data, 0700) == 0 || errno == EEXIST);
    }
    if (!made) {
        gv__text_free(&path);
        return NULL;
    }
    return path.data;
}

static char *path_of(const char *folder, const char *name)
{
    gv__text path = {0};
    gv__text_printf(&path, "%s/%s", folder, name);
    if (path.failed) {
        gv__text_free(&path);
    }
    return path.data;
}

static void write_header(char header[HEADER_BYTES + 1], const char *key, const void *bytes,
                         size_t length)
{
    char digest[GV__SHA256_TEXT];
    gv__sha256 sha;
    gv__sha256_start(&sha);
    gv__sha256_add(&sha, bytes, length);
    gv__sha256_end(&sha, digest);
    snprintf(header, HEADER_BYTES + 1, "gpuverdict 1 %.*s %020llu %s\n", (int)KEY_DIGITS, key,
             (unsigned long long)length, digest);
}

/* ---- get ---- */

/* The whole file, header included; NULL where it cannot be read. */
static char *read_whole(const char *path, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    char *bytes = NULL;
    size_t filled = 0;
    if (file < 0) {
        return NULL;
    }
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > HEADER_BYTES) {
        *length = (size_t)status.st_size;
        bytes = malloc(*length);
    }
    while (bytes != NULL && filled < *length) {
        ssize_t n = read(file, bytes + filled, *length - filled);
        if (n > 0) {
            filled += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            free(bytes);
            bytes = NULL;
        }
    }
    close(file);
    return bytes;
}

bool gv__file_cache_get(const char *folder, const char *key, void **bytes, size_t *length)
{
    char *path = path_of(folder, key);
    size_t whole = 0;
    char *read = path != NULL ? read_whole(path, &whole) : NULL;
    bool sound = false;
    if (read != NULL) {
        /* What a sound entry would begin with says all there is to compare. */
        char header[HEADER_BYTES + 1];
        write_header(header, key, read + HEADER_BYTES, whole - HEADER_BYTES);
        sound = memcmp(read, header, HEADER_BYTES) == 0;
    }
    if (sound) {
        utimensat(AT_FDCWD, path, NULL, 0); /* used now */
        memmove(read, read + HEADER_BYTES, whole - HEADER_BYTES);
        *bytes = read;
        *length = whole - HEADER_BYTES;
    } else {
        free(read);
        if (path != NULL) {
            unlink(path); /* mostly there is none */
        }
    }
    free(path);
    return sound;
}

void gv__file_cache_drop(const char *folder, const char *key)
{
    char *path = path_of(folder, key);
    if (path != NULL) {
        unlink(path);
    }
    free(path);
}

/* ---- limit ---- */

typedef struct entry {
    char name[KEY_DIGITS + 1];
    size_t bytes;
    struct timespec used;
} entry;

typedef struct entries {
    entry *items;
    size_t count, capacity, bytes;
} entries;

static int longest_unused_first(const void *a, const void *b)
{
    const struct timespec *x = &((const entry *)a)->used;
    const struct timespec *y = &((const entry *)b)->used;
    if (x->tv_sec != y->tv_sec) {
        return x->tv_sec < y->tv_sec ? -1 : 1;
    }
    return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static bool add_entry(entries *all, const char *name, const struct stat *status)
{
    if (all->count == all->capacity) {
        size_t capacity = 2 * all->capacity + 64;
        entry *items = realloc(all->items, capacity * sizeof *items);
        if (items == NULL) {
            return false;
        }
        all->items = items;
        all->capacity = capacity;
    }
    entry *added = &all->items[all->count++];
    memcpy(added->name, name, sizeof added->name);
    added->bytes = (size_t)status->st_size;
    added->used = status->st_mtim;
    all->bytes += added->bytes;
    return true;
}

/* Entries and what somebody began to write: nothing else in the folder is ours to touch. */
static bool is_ours(const char *name, bool *half_written)
{
    size_t digits = strspn(name, "0123456789abcdef");
    *half_written = name[digits] == '.';
    return digits == KEY_DIGITS && (name[digits] == 0 || *half_written);
}

static void keep_within(const char *folder, size_t limit_bytes)
{
    DIR *directory = opendir(folder);
    entries all = {0};
    if (directory == NULL) {
        return;
    }
    const time_t now = time(NULL);
    for (const struct dirent *found; (found = readdir(directory)) != NULL;) {
        struct stat status;
        bool half_written = false;
        if (!is_ours(found->d_name, &half_written) ||
            fstatat(dirfd(directory), found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        if (half_written && status.st_mtime < now - ABANDONED_S) {
            unlinkat(dirfd(directory), found->d_name, 0);
        } else if (!half_written && !add_entry(&all, found->d_name, &status)) {
            break;
        }
    }
    if (all.bytes > limit_bytes) {
        qsort(all.items, all.count, sizeof *all.items, longest_unused_first);
    }
    for (size_t i = 0; i < all.count && all.bytes > limit_bytes; i++) {
        unlinkat(dirfd(directory), all.items[i].name, 0);
        all.bytes -= all.items[i].bytes;
    }
    free(all.items);
    closedir(directory);
}

/* ---- put ---- */

static bool write_whole(int file, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = write(file, (const char *)bytes + done, length - done);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

void gv__file_cache_put(const char *folder, const char *key, const void *bytes, size_t length,
                        size_t limit_bytes)
{
    static atomic_uint counter;
    char name[KEY_DIGITS + 48];
    char header[HEADER_BYTES + 1];
    if (length == 0 || length > limit_bytes) {
        return;
    }
    snprintf(name, sizeof name, "%.*s.%ld-%u", (int)KEY_DIGITS, key, (long)getpid(),
             atomic_fetch_add(&counter, 1));
    char *path = path_of(folder, key);
    char *half_written = path_of(folder, name);
    int file = -1;
    if (path == NULL || half_written == NULL) {
        goto cleanup;
    }
    file = open(half_written, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        goto cleanup;
    }
    write_header(header, key, bytes, length);
    bool written = write_whole(file, header, HEADER_BYTES) && write_whole(file, bytes, length);
    written = close(file) == 0 && written;
    if (!written || rename(half_written, path) != 0) {
        unlink(half_written);
        goto cleanup;
    }
    keep_within(folder, limit_bytes);
cleanup:
    free(path);
    free(half_written);
}
