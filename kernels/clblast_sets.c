/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/clblast_sets.h"
#include "kernels/gemm_shape.h"
#include "kernels/tiles.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Where a GPU multiplies a cube with edges of so many numbers or fewer, copying the operands first
 * seldom pays; CLBlast's own limits lie around here. On processors it nearly always does. */
static const double DIRECT_EDGE = 512.0;

/* Tiles of Xgemm: C in blocks of mwg x nwg, kwg terms at a time, a work-group of mdim x ndim, each
 * item taking vectors of vwm and vwn. XgemmDirect has one block edge for all three. */
typedef struct tile {
    bool direct;
    int32_t mwg, nwg, kwg, mdim, ndim, vwm, vwn;
    int32_t staged_a, staged_b; /* in local memory; XgemmDirect always does */
    int32_t pad_a, pad_b;       /* columns beside the staged blocks */
    int32_t unroll;
} tile;

/* A tunable that a set names, and its range; what CLBlast wants besides takes the same value. */
typedef struct tunable {
    const char *name, *tied;
    int32_t least, most;
    size_t at;
} tunable;

#define AT(field) offsetof(tile, field)
static const tunable of_xgemm[] = {
    {"MWG", NULL, 8, 256, AT(mwg)},      {"NWG", NULL, 8, 256, AT(nwg)},
    {"KWG", NULL, 2, 128, AT(kwg)},      {"MDIMC", "MDIMA", 1, 64, AT(mdim)},
    {"NDIMC", "NDIMB", 1, 64, AT(ndim)}, {"VWM", NULL, 1, 8, AT(vwm)},
    {"VWN", NULL, 1, 8, AT(vwn)},        {"SA", NULL, 0, 1, AT(staged_a)},
    {"SB", NULL, 0, 1, AT(staged_b)},
};
static const tunable of_direct[] = {
    {"WGD", NULL, 8, 128, AT(mwg)},        {"MDIMCD", "MDIMAD", 1, 64, AT(mdim)},
    {"NDIMCD", "NDIMBD", 1, 64, AT(ndim)}, {"VWMD", NULL, 1, 8, AT(vwm)},
    {"VWND", NULL, 1, 8, AT(vwn)},         {"PADA", NULL, 0, 1, AT(pad_a)},
    {"PADB", NULL, 0, 1, AT(pad_b)},       {"KWID", NULL, 1, 16, AT(unroll)},
};
#undef AT

/* Xgemm in its first form, with loops as its tuner always has them. */
static const struct {
    const char *name;
    size_t value;
} fixed[] = {{"GEMMK", 0}, {"KREG", 1}, {"KWI", 2}, {"STRM", 0}, {"STRN", 0}};
enum { XGEMM_UNROLL = 2 };

_Static_assert(GV__COUNT(of_xgemm) + 2 + GV__COUNT(fixed) <= GV__MAX_PARAMETERS, "Xgemm's fit");

static const tunable *tunables(bool direct, size_t *count)
{
    *count = direct ? GV__COUNT(of_direct) : GV__COUNT(of_xgemm);
    return direct ? of_direct : of_xgemm;
}

/* ---- what may be ---- */

/* False where a tunable is missing, out of range, or of the other kernel. */
static bool read_tile(const gv__parameters *set, tile *out)
{
    size_t count = 0;
    *out = (tile){.direct = gv__parameters_get(set, "WGD", 0) != 0};
    const tunable *rows = tunables(out->direct, &count);
    for (size_t i = 0; i < count; i++) {
        const int32_t value = gv__parameters_get(set, rows[i].name, rows[i].least - 1);
        if (value < rows[i].least || value > rows[i].most) {
            return false;
        }
        memcpy((char *)out + rows[i].at, &value, sizeof value);
    }
    if (out->direct) {
        out->nwg = out->kwg = out->mwg;
        out->staged_a = out->staged_b = 1;
    } else {
        out->unroll = XGEMM_UNROLL;
    }
    return set->count == count;
}

static bool is_power_of_two(int32_t value)
{
    return (value & (value - 1)) == 0;
}

/* Items load a block's rows of vectors together, so that whole rounds fill it. */
static bool divides(const tile *t)
{
    return t->mwg % (t->mdim * t->vwm) == 0 && t->nwg % (t->ndim * t->vwn) == 0 &&
           t->kwg % t->ndim == 0 && t->kwg % t->mdim == 0 && t->kwg % t->unroll == 0 &&
           is_power_of_two(t->vwm) && is_power_of_two(t->vwn);
}

static bool fits(const gv_device *facts, gv_precision precision, const tile *t)
{
    const double items = (double)t->mdim * t->ndim;
    const double bytes = (double)gv_precision_bytes(precision) * t->kwg *
                         (t->staged_a * (t->mwg + t->pad_a) + t->staged_b * (t->nwg + t->pad_b));
    return !(items > gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP)) &&
           !(bytes > gv_device_number(facts, GV_DEVICE_LOCAL_MEM));
}

static void add(gv__clblast_set *set, const char *name, size_t value)
{
    set->name[set->count] = name;
    set->value[set->count++] = value;
}

gv_status gv__clblast_complete(const gv_device *facts, gv_precision precision,
                               const gv__parameters *set, gv__clblast_set *out, gv_error *err)
{
    gv__clblast_set made = {.kernel = NULL};
    tile t;
    if (set == NULL || set->count == 0) {
        *out = made;
        return GV_OK;
    }
    if (!read_tile(set, &t) || !divides(&t)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables are outside of what CLBlast's kernels are made for");
    }
    if (!fits(facts, precision, &t)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables do not fit the device's work-groups or local memory");
    }
    size_t count = 0;
    const tunable *rows = tunables(t.direct, &count);
    made.kernel = t.direct ? "XgemmDirect" : "Xgemm";
    for (size_t i = 0; i < count; i++) {
        const size_t value = (size_t)gv__parameters_get(set, rows[i].name, 0);
        add(&made, rows[i].name, value);
        if (rows[i].tied != NULL) {
            add(&made, rows[i].tied, value);
        }
    }
    for (size_t i = 0; i < GV__COUNT(fixed) && !t.direct; i++) {
        add(&made, fixed[i].name, fixed[i].value);
    }
    *out = made;
    return GV_OK;
}

/* ---- what is worth a try ---- */

/* Sums that an item holds in registers, and items of a group, between too few to hide anything and
 * too many to fit. A processor keeps what it does not hold in its first cache. */
static bool is_promising(const gv_device *facts, gv_precision precision, const tile *t)
{
    const bool cpu = gv__device_is_cpu_like(facts);
    const int32_t sums = t->mwg / t->mdim * (t->nwg / t->ndim);
    const int32_t items = t->mdim * t->ndim;
    int32_t most = cpu ? 128 : gv__registers_are_few(facts) ? 32 : 64;
    most = precision == GV_PRECISION_F64 ? most / 2 : most;
    return sums <= most && sums >= (t->direct ? 1 : 8) && items <= 256 && items >= (cpu ? 1 : 64);
}

enum { XGEMM_AXES = 7, DIRECT_AXES = 6 };

/* One kernel's grid, point by point. Vectors, staging and padding are the same on both sides. */
typedef struct walk {
    bool direct;
    gv__axis axes[XGEMM_AXES];
    uint32_t axis_count;
    uint64_t point;
} walk;

static walk walk_xgemm(bool cpu)
{
    return (walk){.axis_count = XGEMM_AXES,
                  .axes = {{"MWG", cpu ? 128 : 64, {32, 64, 128}, 3},
                           {"VWM", cpu ? 8 : 4, {4, 8, 2}, 3},
                           {"NWG", 64, {128, 32}, 2},
                           {"SA", !cpu, {1, 0}, 2},
                           {"NDIMC", 8, {16}, 1},
                           {"MDIMC", cpu ? 8 : 16, {8, 16}, 2},
                           {"KWG", 32, {0}, 0}}};
}

static walk walk_direct(bool cpu)
{
    return (walk){.direct = true,
                  .axis_count = DIRECT_AXES,
                  .axes = {{"WGD", 32, {16, 8}, 2},
                           {"VWMD", cpu ? 4 : 2, {4, 2, 1}, 3},
                           {"NDIMCD", 8, {16}, 1},
                           {"MDIMCD", cpu ? 8 : 16, {8, 16}, 2},
                           {"PADA", 1, {0}, 1},
                           {"KWID", 2, {0}, 0}}};
}

static bool next(walk *w, const gv_device *facts, gv_precision precision, gv__parameters *out)
{
    tile t;
    while (gv__grid_point(w->axes, w->axis_count, w->point++, out)) {
        if (w->direct) {
            gv__parameters_set(out, "VWND", gv__parameters_get(out, "VWMD", 1));
            gv__parameters_set(out, "PADB", gv__parameters_get(out, "PADA", 1));
        } else {
            gv__parameters_set(out, "VWN", gv__parameters_get(out, "VWM", 1));
            gv__parameters_set(out, "SB", gv__parameters_get(out, "SA", 1));
        }
        if (read_tile(out, &t) && divides(&t) && fits(facts, precision, &t) &&
            is_promising(facts, precision, &t)) {
            return true;
        }
    }
    return false;
}

bool gv__clblast_candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                           gv__parameters *out)
{
    const gv_matmul *matmul = &workload->as.matmul;
    const bool cpu = gv__device_is_cpu_like(facts);
    const bool small =
        !cpu && cbrt((double)matmul->m * (double)matmul->n * (double)matmul->k) <= DIRECT_EDGE;
    walk xgemm = walk_xgemm(cpu), direct = walk_direct(cpu);
    walk *turn[2] = {small ? &direct : &xgemm, small ? &xgemm : &direct};
    *out = (gv__parameters){0};
    if (index == 0) {
        return true;
    }
    for (bool any = true; any;) {
        any = false;
        for (int i = 0; i < 2; i++) {
            const bool found = next(turn[i], facts, workload->precision, out);
            if (found && --index == 0) {
                return true;
            }
            any = any || found;
        }
    }
    return false;
}
