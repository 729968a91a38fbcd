/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/device_fresh.h"
#include "bench/task.h"

#include <string.h>

/* "CLBlast" or "CLBlast 1.5.3", whole or in pieces. */
static bool is_of(const gv__tuned_set *set, const gv__device_provider *row)
{
    const size_t length = strlen(row->name);
    const char *rest = set->provider + length;
    return strncmp(set->provider, row->name, length) == 0 && (*rest == 0 || *rest == ' ');
}

static bool own_is_gone(const gv__device_provider *row, const gv__context *context,
                        const gv_workload *workload)
{
    return row->own_remains != NULL && !row->own_remains(context, workload);
}

bool gv__device_fresh_for_prepare(const gv__context *context, const gv__ask_prepare *ask)
{
    gv_workload workload;
    gv_error ignored = {0};
    size_t count = 0;
    if (gv_workload_parse(ask->workload, &workload, &ignored) != GV_OK) {
        return true;
    }
    const gv__device_provider *const *rows = gv__device_providers(workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        bool tuned = false;
        for (uint32_t s = 0; s < ask->tuned_count && s < GV__MAX_TUNED; s++) {
            tuned = tuned || (is_of(&ask->tuned[s], rows[i]) && ask->tuned[s].parameters[0] != 0);
        }
        char text[GV_PROVIDER_TEXT];
        gv__provider_text(text, rows[i]->name, rows[i]->version());
        if (!tuned && !gv__provider_excluded(ask, text) &&
            own_is_gone(rows[i], context, &workload)) {
            return false;
        }
    }
    return true;
}

bool gv__device_fresh_for_try(const gv__context *context, const gv__ask_try *ask)
{
    gv_workload workload;
    gv_error ignored = {0};
    size_t count = 0;
    if (ask->set.parameters[0] != 0 ||
        gv_workload_parse(ask->workload, &workload, &ignored) != GV_OK) {
        return true;
    }
    const gv__device_provider *const *rows = gv__device_providers(workload.op, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_of(&ask->set, rows[i]) && own_is_gone(rows[i], context, &workload)) {
            return false;
        }
    }
    return true;
}
