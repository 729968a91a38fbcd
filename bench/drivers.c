/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/drivers.h"
#include "base/support.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char default_folder[] = "/etc/OpenCL/vendors";

static bool is_icd_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".icd") == 0;
}

static bool is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static gv__driver *add(gv__drivers *drivers, gv_error *err)
{
    gv__driver *grown = realloc(drivers->driver, (drivers->count + 1) * sizeof *grown);
    if (grown == NULL) {
        gv__fail(err, GV_MEMORY, 0, NULL, "no room for the list of drivers");
        return NULL;
    }
    drivers->driver = grown;
    gv__driver *added = &grown[drivers->count++];
    *added = (gv__driver){.path = ""};
    return added;
}

/* The library that an .icd file names: its first line, as loaders read it. */
static void read_icd(gv__driver *driver)
{
    FILE *file = fopen(driver->path, "r");
    if (file == NULL) {
        snprintf(driver->problem, sizeof driver->problem,
                 "no platform: the .icd file cannot be read (%s)", strerror(errno));
        return;
    }
    char line[sizeof driver->library + 2] = "";
    if (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = 0;
    }
    fclose(file);
    gv__copy_text(driver->library, sizeof driver->library, line);
    if (line[0] == 0) {
        gv__copy_text(driver->problem, sizeof driver->problem,
                      "no platform: the .icd file names no library");
    }
}

static gv_status add_icd(gv__drivers *drivers, const char *folder, const char *name, gv_error *err)
{
    gv__driver *driver = add(drivers, err);
    if (driver == NULL) {
        return GV_MEMORY;
    }
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s%s%s", folder, folder[0] != 0 ? "/" : "", name);
    gv__copy_text(driver->path, sizeof driver->path, path);
    if (strlen(path) >= sizeof driver->path) {
        gv__copy_text(driver->problem, sizeof driver->problem,
                      "not listed: the path of this .icd file is too long");
        return GV_OK;
    }
    read_icd(driver);
    return GV_OK;
}

static gv_status add_folder(gv__drivers *drivers, const char *folder, gv_error *err)
{
    DIR *stream = opendir(folder);
    if (stream == NULL) {
        return GV_OK;
    }
    gv_status status = GV_OK;
    const struct dirent *entry;
    while (status == GV_OK && (entry = readdir(stream)) != NULL) {
        if (is_icd_name(entry->d_name)) {
            status = add_icd(drivers, folder, entry->d_name, err);
        }
    }
    closedir(stream);
    return status;
}

/* OCL_ICD_VENDORS that is no folder. */
static gv_status add_named(gv__drivers *drivers, const char *named, gv_error *err)
{
    const char *slash = strchr(named, '/');
    if (is_icd_name(named)) {
        /* A bare name lies in the default folder. */
        return add_icd(drivers, slash == NULL ? default_folder : "", named, err);
    }
    struct stat facts;
    if (slash != NULL && stat(named, &facts) != 0) {
        return GV_OK;
    }
    gv__driver *driver = add(drivers, err);
    if (driver == NULL) {
        return GV_MEMORY;
    }
    gv__copy_text(driver->path, sizeof driver->path, named);
    gv__copy_text(driver->library, sizeof driver->library, named);
    return GV_OK;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const gv__driver *)a)->path, ((const gv__driver *)b)->path);
}

/* Whether two names lead to one file; names without a folder are compared as they are. */
static bool same_library(const char *a, const char *b)
{
    struct stat first, second;
    if (a[0] == 0 || b[0] == 0) {
        return false;
    }
    if (strcmp(a, b) == 0) {
        return true;
    }
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static void mark_duplicates(gv__drivers *drivers)
{
    for (size_t i = 1; i < drivers->count; i++) {
        gv__driver *later = &drivers->driver[i];
        for (size_t j = 0; j < i && later->problem[0] == 0; j++) {
            const gv__driver *earlier = &drivers->driver[j];
            if (earlier->problem[0] == 0 && same_library(earlier->library, later->library)) {
                snprintf(later->problem, sizeof later->problem,
                         "the same driver as %.180s, listed there: other programs see its devices "
                         "twice until one of the two files is removed",
                         earlier->path);
            }
        }
    }
}

gv_status gv__drivers_list(const char *vendors, const char *vendor_path, gv__drivers *out,
                           gv_error *err)
{
    gv__drivers found = {0};
    gv_status status;
    if (vendors != NULL && vendors[0] != 0 && !is_folder(vendors)) {
        status = add_named(&found, vendors, err);
    } else {
        const char *folder = vendors != NULL && vendors[0] != 0           ? vendors
                             : vendor_path != NULL && vendor_path[0] != 0 ? vendor_path
                                                                          : default_folder;
        status = add_folder(&found, folder, err);
    }
    if (status != GV_OK) {
        gv__drivers_free(&found);
        return status;
    }
    if (found.count > 0) {
        qsort(found.driver, found.count, sizeof *found.driver, compare_paths);
    }
    mark_duplicates(&found);
    *out = found;
    return GV_OK;
}

void gv__drivers_free(gv__drivers *drivers)
{
    free(drivers->driver);
    *drivers = (gv__drivers){0};
}
