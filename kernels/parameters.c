/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/parameters.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const gv__parameter *find(const gv__parameters *set, const char *name)
{
    for (uint32_t i = 0; set != NULL && i < set->count; i++) {
        if (strcmp(set->at[i].name, name) == 0) {
            return &set->at[i];
        }
    }
    return NULL;
}

void gv__parameters_set(gv__parameters *set, const char *name, int32_t value)
{
    gv__parameter *at = (gv__parameter *)find(set, name);
    if (at == NULL) {
        assert(set->count < GV__MAX_PARAMETERS && strlen(name) < GV__PARAMETER_NAME);
        at = &set->at[set->count++];
        gv__copy_text(at->name, sizeof at->name, name);
    }
    at->value = value;
}

int32_t gv__parameters_get(const gv__parameters *set, const char *name, int32_t otherwise)
{
    const gv__parameter *at = find(set, name);
    return at != NULL ? at->value : otherwise;
}

bool gv__parameters_take(const gv__parameters *set, const gv__tunable rows[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int32_t value = gv__parameters_get(set, rows[i].name, (int32_t)*rows[i].to);
        if (value < rows[i].least || value > rows[i].most) {
            return false;
        }
        *rows[i].to = (uint32_t)value;
    }
    return true;
}

bool gv__parameters_equal(const gv__parameters *a, const gv__parameters *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const gv__parameter *other = find(b, a->at[i].name);
        if (other == NULL || other->value != a->at[i].value) {
            return false;
        }
    }
    return true;
}

char *gv__parameters_text(const gv__parameters *set, char text[GV__PARAMETERS_TEXT])
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < set->count && used < GV__PARAMETERS_TEXT; i++) {
        used += (size_t)snprintf(text + used, GV__PARAMETERS_TEXT - used, "%s%s=%d",
                                 i > 0 ? " " : "", set->at[i].name, set->at[i].value);
    }
    return text;
}

/* One "NAME=value" of `length` bytes. */
static bool read_one(const char *text, size_t length, gv__parameters *set)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    char name[GV__PARAMETER_NAME];
    const size_t named = strspn(text, letters);
    if (named == 0 || named >= sizeof name || named >= length || text[named] != '=' ||
        set->count == GV__MAX_PARAMETERS) {
        return false;
    }
    memcpy(name, text, named);
    name[named] = 0;
    char *end = NULL;
    errno = 0;
    const long value = strtol(text + named + 1, &end, 10);
    if (errno != 0 || end != text + length || end == text + named + 1 || value < INT32_MIN ||
        value > INT32_MAX || find(set, name) != NULL) {
        return false;
    }
    gv__parameters_set(set, name, (int32_t)value);
    return true;
}

gv_status gv__parameters_read(const char *text, gv__parameters *out, gv_error *err)
{
    gv__parameters set = {0};
    while (*text != 0) {
        const size_t length = strcspn(text, " ");
        if (!read_one(text, length, &set)) {
            return gv__fail(err, GV_FORMAT, 0, NULL, "\"%.*s\" is no NAME=value of a tunable",
                            (int)(length < 64 ? length : 64), text);
        }
        text += length + (text[length] == ' ');
    }
    *out = set;
    return GV_OK;
}

void gv__parameters_options(const gv__parameters *set, gv__text *options)
{
    for (uint32_t i = 0; i < set->count; i++) {
        gv__text_printf(options, " -D %s=%d", set->at[i].name, set->at[i].value);
    }
}
