/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/tuning_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where ---- */

/* What follows "$XDG_CONFIG_HOME" or "$HOME/.config"; false where there is neither. */
static bool config_path(const char *rest, char path[GV__TUNING_PATH])
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int length = GV__TUNING_PATH;
    if (config != NULL && config[0] == '/') {
        length = snprintf(path, GV__TUNING_PATH, "%s%s", config, rest);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(path, GV__TUNING_PATH, "%s/.config%s", home, rest);
    }
    return length < GV__TUNING_PATH;
}

char *gv__tuning_path(char path[GV__TUNING_PATH])
{
    const char *named = getenv("GPUVERDICT_TUNING");
    if (named != NULL && named[0] != 0) {
        return gv__copy_text(path, GV__TUNING_PATH, named);
    }
    if (!config_path("/gpuverdict/tuning.json", path)) {
        path[0] = 0;
    }
    return path;
}

#ifdef GV_HAVE_JANSSON

#include "base/embedded.h"
#include <jansson.h>

extern const gv__embedded gv__tuning_json;

enum {
    VERSION = 1,
    MOST_BYTES = 16 << 20,
    MOST_CLASSES = 4096,
    LOCK_TRIES = 600 /* a tenth of a second each */
};

/* The folders of the usual place; where that fails, so will the file's opening. */
static void make_folders(void)
{
    char path[GV__TUNING_PATH];
    const char *named = getenv("GPUVERDICT_TUNING");
    if ((named == NULL || named[0] == 0) && config_path("", path)) {
        mkdir(path, 0700);
        if (config_path("/gpuverdict", path)) {
            mkdir(path, 0700);
        }
    }
}

/* ---- from JSON: the first thing that cannot be is remembered, and ends it ---- */

static void read_text(const json_t *object, const char *key, char *to, size_t size, bool *sound)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    bool fits = (value == NULL || json_is_string(value)) && strlen(text) < size;
    *sound = *sound && fits;
    gv__copy_text(to, size, text);
}

static double read_number(const json_t *object, const char *key, bool *sound)
{
    const json_t *value = json_object_get(object, key);
    const double number = json_is_number(value) ? json_number_value(value) : NAN;
    *sound = *sound && (value == NULL || (number >= 0 && number < 1e12));
    return number;
}

static bool read_set(const json_t *object, gv__tuned_set *set)
{
    bool sound = json_is_object(object);
    gv__parameters parameters;
    read_text(object, "provider", set->provider, sizeof set->provider, &sound);
    read_text(object, "parameters", set->parameters, sizeof set->parameters, &sound);
    return sound && set->provider[0] != 0 &&
           gv__parameters_read(set->parameters, &parameters, NULL) == GV_OK;
}

static bool read_class(const json_t *object, bool searched, gv__tuned_class *class)
{
    bool sound = json_is_object(object);
    *class = (gv__tuned_class){.search_s = 0};
    read_text(object, "workload", class->text, sizeof class->text, &sound);
    class->search_s = read_number(object, "search_s", &sound);
    class->default_s = read_number(object, "default_s", &sound);
    class->best_s = read_number(object, "best_s", &sound);
    const json_t *sets = json_object_get(object, "sets");
    size_t count = json_array_size(sets);
    sound = sound && count <= GV__MAX_TUNED &&
            gv_workload_parse(class->text, &class->workload, NULL) == GV_OK &&
            class->workload.op != GV_OP_CUSTOM;
    for (size_t i = 0; i < count && sound; i++) {
        sound = read_set(json_array_get(sets, i), &class->set[i]);
        class->set[i].searched = searched;
        class->set_count++;
    }
    if (sound) {
        gv_workload_format(&class->workload, class->text);
    }
    return sound;
}

static gv_status read_device(const json_t *object, bool searched, gv__tuning *out, bool *sound,
                             gv_error *err)
{
    gv__tuned_for who = {.name = ""};
    *sound = json_is_object(object);
    read_text(object, "name", who.name, sizeof who.name, sound);
    read_text(object, "platform", who.platform, sizeof who.platform, sound);
    read_text(object, "driver", who.driver, sizeof who.driver, sound);
    read_text(object, "type", who.type, sizeof who.type, sound);
    read_text(object, "kernels", who.kernels, sizeof who.kernels, sound);
    who.compute_units = read_number(object, "compute_units", sound);
    who.vector_width = read_number(object, "vector_width_f32", sound);
    const json_t *classes = json_object_get(object, "classes");
    *sound = *sound && json_array_size(classes) <= MOST_CLASSES;
    gv_status status = GV_OK;
    for (size_t i = 0; i < json_array_size(classes) && *sound && status == GV_OK; i++) {
        gv__tuned_class class;
        *sound = read_class(json_array_get(classes, i), searched, &class);
        if (*sound) {
            status = gv__tuning_add(out, &who, &class, err);
        }
    }
    return status;
}

static gv_status read_tuning(const char *path, const json_t *root, bool searched, gv__tuning *out,
                             gv_error *err)
{
    const json_t *version = json_object_get(root, "gpuverdict_tuning");
    if (!json_is_integer(version)) {
        return gv__fail(err, GV_FORMAT, 0, NULL, "%s is no tuning file", path);
    }
    if (json_integer_value(version) != VERSION) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s is a tuning file of version %lld, and this program reads %d", path,
                        (long long)json_integer_value(version), VERSION);
    }
    gv__tuning read = {.devices = NULL};
    bool sound = true;
    const json_t *devices = json_object_get(root, "devices");
    gv_status status = GV_OK;
    for (size_t i = 0; i < json_array_size(devices) && sound && status == GV_OK; i++) {
        status = read_device(json_array_get(devices, i), searched, &read, &sound, err);
    }
    if (status == GV_OK && !sound) {
        status = gv__fail(err, GV_FORMAT, 0, NULL, "the tuning file %s holds what cannot be", path);
    }
    if (status == GV_OK) {
        *out = read;
    } else {
        gv__tuning_free(&read);
    }
    return status;
}

static gv_status parse(const char *path, const char *text, size_t length, bool searched,
                       gv__tuning *out, gv_error *err)
{
    json_error_t problem;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        return gv__fail(err, GV_FORMAT, 0, NULL,
                        "%s is no tuning file: no JSON from its byte %d on", path,
                        problem.position);
    }
    gv_status status = read_tuning(path, root, searched, out, err);
    json_decref(root);
    return status;
}

gv_status gv__tuning_load(const char *path, gv__tuning *out, gv_error *err)
{
    struct stat found;
    if (stat(path, &found) == 0 && (S_ISFIFO(found.st_mode) || S_ISSOCK(found.st_mode))) {
        /* Reading it would wait for ever. */
        return gv__fail(err, GV_FORMAT, 0, NULL, "%s is no tuning file", path);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return errno == ENOENT || errno == ENOTDIR
                   ? GV_OK
                   : gv__fail(err, GV_IO, errno, "open", "the tuning file %s cannot be read: %s",
                              path, strerror(errno));
    }
    gv__text text = {0};
    char piece[4096];
    size_t got;
    gv_status status = GV_OK;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0 && text.length <= MOST_BYTES) {
        gv__text_add_n(&text, piece, got);
    }
    if (ferror(file)) {
        status = gv__fail(err, GV_IO, errno, "read", "the tuning file %s cannot be read: %s", path,
                          strerror(errno));
    } else if (text.failed) {
        status = gv__fail(err, GV_MEMORY, 0, NULL, "no room for the tuning file %s", path);
    } else if (text.length > MOST_BYTES) {
        status = gv__fail(err, GV_FORMAT, 0, NULL, "%s is too large for a tuning file", path);
    } else {
        status = parse(path, text.data != NULL ? text.data : "", text.length, true, out, err);
    }
    fclose(file);
    gv__text_free(&text);
    return status;
}

gv_status gv__tuning_shipped(gv__tuning *out, gv_error *err)
{
    return parse(gv__tuning_json.path, (const char *)gv__tuning_json.text, gv__tuning_json.length,
                 false, out, err);
}

/* ---- to JSON ---- */

/* Takes `value`; remembers the first failure. */
static void put(json_t *object, const char *key, json_t *value, bool *failed)
{
    *failed = json_object_set_new(object, key, value) != 0 || *failed;
}

static void put_text(json_t *object, const char *key, const char *text, bool *failed)
{
    if (text[0] != 0) {
        put(object, key, json_string(text), failed);
    }
}

static void put_number(json_t *object, const char *key, double number, bool *failed)
{
    if (isfinite(number)) {
        put(object, key,
            number == floor(number) ? json_integer((json_int_t)number) : json_real(number), failed);
    }
}

static void append(json_t *list, json_t *value, bool *failed)
{
    *failed = json_array_append_new(list, value) != 0 || *failed;
}

static json_t *class_value(const gv__tuned_class *class, bool *failed)
{
    json_t *object = json_object(), *sets = json_array();
    put_text(object, "workload", class->text, failed);
    put_number(object, "search_s", class->search_s, failed);
    put_number(object, "default_s", class->default_s, failed);
    put_number(object, "best_s", class->best_s, failed);
    for (uint32_t i = 0; i < class->set_count; i++) {
        json_t *set = json_object();
        put_text(set, "provider", class->set[i].provider, failed);
        put_text(set, "parameters", class->set[i].parameters, failed);
        append(sets, set, failed);
    }
    put(object, "sets", sets, failed);
    return object;
}

static json_t *device_value(const gv__tuned_device *device, bool *failed)
{
    const gv__tuned_for *who = &device->who;
    json_t *object = json_object(), *classes = json_array();
    put_text(object, "name", who->name, failed);
    put_text(object, "platform", who->platform, failed);
    put_text(object, "driver", who->driver, failed);
    put_text(object, "type", who->type, failed);
    put_text(object, "kernels", who->kernels, failed);
    put_number(object, "compute_units", who->compute_units, failed);
    put_number(object, "vector_width_f32", who->vector_width, failed);
    for (size_t i = 0; i < device->class_count; i++) {
        append(classes, class_value(&device->classes[i], failed), failed);
    }
    put(object, "classes", classes, failed);
    return object;
}

static char *dump(const gv__tuning *tuning)
{
    bool failed = false;
    json_t *root = json_object(), *devices = json_array();
    put(root, "gpuverdict_tuning", json_integer(VERSION), &failed);
    for (size_t i = 0; i < tuning->device_count; i++) {
        append(devices, device_value(&tuning->devices[i], &failed), &failed);
    }
    put(root, "devices", devices, &failed);
    char *text = failed ? NULL : json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
    json_decref(root);
    return text;
}

/* ---- the file ---- */

static gv_status cannot_write(const char *path, gv_error *err)
{
    return gv__fail(err, GV_IO, errno, "write", "the tuning file %s cannot be written: %s", path,
                    strerror(errno));
}

/* Hold "PATH.lock" until its descriptor is closed; -1 where that cannot be. */
static int take_lock(const char *path)
{
    char name[GV__TUNING_PATH + 8];
    snprintf(name, sizeof name, "%s.lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (i == LOCK_TRIES || (errno != EWOULDBLOCK && errno != EINTR)) {
            int code = errno;
            close(fd);
            errno = code;
            return -1;
        }
        gv__sleep_s(0.1);
    }
    return fd;
}

/* The lock is held, so that nobody else has the file beside it. */
static gv_status replace(const char *path, const char *text, gv_error *err)
{
    char beside[GV__TUNING_PATH + 8];
    snprintf(beside, sizeof beside, "%s.new", path);
    FILE *file = fopen(beside, "wb");
    if (file == NULL) {
        return cannot_write(path, err);
    }
    bool ok = fputs(text, file) >= 0 && fputc('\n', file) != EOF && fflush(file) == 0 &&
              fsync(fileno(file)) == 0;
    ok = fclose(file) == 0 && ok;
    if (!ok || rename(beside, path) != 0) {
        gv_status status = cannot_write(path, err);
        unlink(beside);
        return status;
    }
    return GV_OK;
}

gv_status gv__tuning_save(const char *path, const gv__tuning *add, gv_error *err)
{
    make_folders();
    int lock = take_lock(path);
    if (lock < 0) {
        return cannot_write(path, err);
    }
    gv__tuning all = {.devices = NULL};
    char *text = NULL;
    gv_status status = gv__tuning_load(path, &all, err);
    if (status == GV_OK) {
        status = gv__tuning_merge(&all, add, err);
    }
    if (status == GV_OK) {
        text = dump(&all);
        status = text != NULL ? replace(path, text, err)
                              : gv__fail(err, GV_MEMORY, 0, NULL, "no room for a tuning file");
    }
    free(text);
    gv__tuning_free(&all);
    close(lock);
    return status;
}

#else /* without Jansson */

static gv_status not_built(gv_error *err)
{
    return gv__fail(
        err, GV_UNSUPPORTED, 0, NULL,
        "this program was built without Jansson (libjansson-dev): no tuning file can be "
        "read or written");
}

gv_status gv__tuning_load(const char *path, gv__tuning *out, gv_error *err)
{
    (void)path;
    (void)out;
    return not_built(err);
}

gv_status gv__tuning_shipped(gv__tuning *out, gv_error *err)
{
    (void)out;
    return not_built(err);
}

gv_status gv__tuning_save(const char *path, const gv__tuning *add, gv_error *err)
{
    (void)add;
    (void)path;
    return not_built(err);
}

#endif
