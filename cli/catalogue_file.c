/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/catalogue_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gv_status gv_cli_read_file(const char *path, char **text, size_t *length, gv_error *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (file == NULL) {
        return gv__fail(err, GV_IO, errno, "fopen", "%s cannot be read: %s", path, strerror(errno));
    }
    size_t used = 0, capacity = 1 << 16;
    char *data = malloc(capacity + 1);
    bool more = data != NULL;
    errno = 0;
    while (more) {
        size_t got = fread(data + used, 1, capacity - used, file);
        used += got;
        more = got > 0;
        if (used == capacity) {
            char *moved = realloc(data, 2 * capacity + 1);
            if (moved == NULL) {
                free(data);
                data = NULL;
                break;
            }
            data = moved;
            capacity *= 2;
        }
    }
    int failure = ferror(file) ? errno : 0;
    if (file != stdin) {
        fclose(file);
    }
    if (data == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "malloc", "%s does not fit into memory", path);
    }
    if (failure != 0) {
        free(data);
        return gv__fail(err, GV_IO, failure, "fread", "%s cannot be read: %s", path,
                        strerror(failure));
    }
    *text = data;
    *length = used;
    return GV_OK;
}

gv__text gv_cli_catalogue_path(void)
{
    gv__text path = {0};
    const char *file = getenv("GPUVERDICT_CATALOGUE");
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (file != NULL && file[0] != 0) {
        gv__text_add(&path, file);
    } else if (config != NULL && config[0] == '/') {
        gv__text_printf(&path, "%s/gpuverdict/catalogue.csv", config);
    } else if (home != NULL && home[0] == '/') {
        gv__text_printf(&path, "%s/.config/gpuverdict/catalogue.csv", home);
    }
    return path;
}

gv_status gv_cli_catalogue_add_users(gv_catalogue *catalogue, gv_error *err)
{
    gv__text path = gv_cli_catalogue_path();
    char *text = NULL;
    size_t length = 0;
    gv_error why = {0};
    gv_status status = path.length > 0 ? gv_cli_read_file(path.data, &text, &length, &why) : GV_OK;
    if (status == GV_OK && text != NULL) {
        status = gv_catalogue_add(catalogue, text, length, path.data, &why);
        free(text);
    } else if (status == GV_IO && why.code == ENOENT) {
        status = GV_OK; /* nobody has added anything yet */
    }
    gv__text_free(&path);
    if (status != GV_OK && err != NULL) {
        *err = why;
    }
    return status;
}

gv_status gv_cli_catalogue_load(gv_catalogue **out, gv_error *err)
{
    gv_catalogue *made;
    gv_status status = gv_catalogue_create(&made, err);
    if (status != GV_OK) {
        return status;
    }
    status = gv_cli_catalogue_add_users(made, err);
    if (status != GV_OK) {
        gv_catalogue_free(made);
        return status;
    }
    *out = made;
    return GV_OK;
}

gv_catalogue *gv_cli_catalogue_if_sound(gv_verb verb)
{
    gv_catalogue *catalogue = NULL;
    gv_error err = {0};
    if (gv_cli_catalogue_load(&catalogue, &err) != GV_OK) {
        gv_cli_say(verb, "%s; without it, the program's own data sheets are taken", err.text);
        return NULL;
    }
    return catalogue;
}
