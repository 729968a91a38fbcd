/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/clblast_override.h"

#include <clblast_c.h>
#include <string.h>

/* CLBlast takes the direct kernel where m n k is below this one's cube. */
static const char *const limit_name = "XGEMM_MIN_INDIRECT_SIZE";
static const size_t always_direct = (size_t)1 << 20;

/* What is in force for one device and precision; `overridden` stays for good. */
typedef struct in_force {
    cl_device_id device;
    gv_precision precision;
    bool overridden;
    gv__clblast_set set; /* none, if an override went half way */
} in_force;

enum { MOST_IN_FORCE = 16 };
static in_force known[MOST_IN_FORCE];
static uint32_t known_count;

static in_force *find(cl_device_id device, gv_precision precision)
{
    for (uint32_t i = 0; i < known_count; i++) {
        if (known[i].device == device && known[i].precision == precision) {
            return &known[i];
        }
    }
    return NULL;
}

/* NULL where there is no room, which 8 devices in one process would take. */
static in_force *find_or_add(cl_device_id device, gv_precision precision)
{
    in_force *at = find(device, precision);
    if (at == NULL && known_count < MOST_IN_FORCE) {
        at = &known[known_count++];
        *at = (in_force){.device = device, .precision = precision};
    }
    return at;
}

static bool is_same(const gv__clblast_set *a, const gv__clblast_set *b)
{
    bool same = a->kernel == b->kernel && a->count == b->count;
    for (uint32_t i = 0; i < a->count && same; i++) {
        same = a->value[i] == b->value[i];
    }
    return same;
}

static gv_status override(const in_force *of, const char *kernel, uint32_t count,
                          const char *const names[], const size_t values[], gv_error *err)
{
    const CLBlastPrecision precision =
        of->precision == GV_PRECISION_F64 ? CLBlastPrecisionDouble : CLBlastPrecisionSingle;
    const CLBlastStatusCode code = CLBlastOverrideParameters(of->device, kernel, precision, count,
                                                             (const char **)names, values);
    return code == CLBlastSuccess
               ? GV_OK
               : gv__fail(err, GV_UNSUPPORTED, (int32_t)code, "CLBlastOverrideParameters",
                          "this version of CLBlast has other tunables for its kernel %s", kernel);
}

gv_status gv__clblast_use(cl_device_id device, gv_precision precision, const gv__clblast_set *set,
                          gv_error *err)
{
    const bool own = set->kernel == NULL;
    if (own && gv__clblast_own_remains(device, precision)) {
        return GV_OK;
    }
    if (own) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "CLBlast keeps other tunables until this process ends");
    }
    in_force *now = find_or_add(device, precision);
    if (now == NULL) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "tunables for one device too many");
    }
    if (is_same(&now->set, set)) {
        return GV_OK;
    }
    const size_t limit = strcmp(set->kernel, "XgemmDirect") == 0 ? always_direct : 0;
    now->set = (gv__clblast_set){.kernel = NULL};
    gv_status status = override(now, set->kernel, set->count, set->name, set->value, err);
    if (status == GV_OK) {
        now->overridden = true;
        status = override(now, "GemmRoutine", 1, &limit_name, &limit, err);
    }
    if (status == GV_OK) {
        now->set = *set;
    }
    return status;
}

bool gv__clblast_own_remains(cl_device_id device, gv_precision precision)
{
    const in_force *now = find(device, precision);
    return now == NULL || !now->overridden;
}
