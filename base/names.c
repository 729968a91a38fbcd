/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the enums of measurements and ceilings, from the maps in the public headers. */
#include "base/support.h"
#include <gpuverdict/ceiling.h>

static const struct {
    const char *name, *meaning;
} origins[] = {
#define GV_ORIGIN_ROW(code, name, meaning) {name, meaning},
    GV_ORIGIN_MAP(GV_ORIGIN_ROW)
#undef GV_ORIGIN_ROW
};

static const struct {
    const char *key, *label, *meaning;
} views[] = {
#define GV_VIEW_ROW(code, key, label, meaning) {key, label, meaning},
    GV_VIEW_MAP(GV_VIEW_ROW)
#undef GV_VIEW_ROW
};

static const struct {
    const char *name, *meaning;
} flags[] = {
#define GV_FLAG_ROW(code, bit, name, meaning) [bit] = {name, meaning},
    GV_FLAG_MAP(GV_FLAG_ROW)
#undef GV_FLAG_ROW
};

const char *gv_origin_name(gv_origin origin)
{
    return (size_t)origin < GV__COUNT(origins) ? origins[origin].name : "?";
}

const char *gv_origin_meaning(gv_origin origin)
{
    return (size_t)origin < GV__COUNT(origins) ? origins[origin].meaning : "?";
}

const char *gv_view_key(gv_view view)
{
    return (size_t)view < GV__COUNT(views) ? views[view].key : "?";
}

const char *gv_view_label(gv_view view)
{
    return (size_t)view < GV__COUNT(views) ? views[view].label : "?";
}

const char *gv_view_meaning(gv_view view)
{
    return (size_t)view < GV__COUNT(views) ? views[view].meaning : "?";
}

const char *gv_stage_key(gv_stage stage)
{
    static const char *const keys[GV_STAGE_COUNT] = {"h2d", "kernel", "d2h", "total"};
    return (size_t)stage < GV__COUNT(keys) ? keys[stage] : "?";
}

const char *gv_cost_key(gv_cost cost)
{
    static const char *const keys[GV_COST_COUNT] = {"build", "plan", "pack", "tune"};
    return (size_t)cost < GV__COUNT(keys) ? keys[cost] : "?";
}

const char *gv_incident_kind_key(gv_incident_kind kind)
{
    static const char *const keys[GV_INCIDENT_KIND_COUNT] = {"wrong_result", "above_roof",
                                                             "unsupported", "failure"};
    return (size_t)kind < GV__COUNT(keys) ? keys[kind] : "?";
}

const char *gv_flag_name(uint32_t index)
{
    return index < GV__COUNT(flags) ? flags[index].name : NULL;
}

const char *gv_flag_meaning(uint32_t index)
{
    return index < GV__COUNT(flags) ? flags[index].meaning : NULL;
}

static const struct {
    const char *key, *label, *meaning;
    gv_ceiling_unit unit;
} ceilings[] = {
#define GV_CEILING_ROW(code, key, label, unit, meaning) {key, label, meaning, GV_UNIT_##unit},
    GV_CEILING_MAP(GV_CEILING_ROW)
#undef GV_CEILING_ROW
};

const char *gv_ceiling_key(gv_ceiling_kind kind)
{
    return (size_t)kind < GV__COUNT(ceilings) ? ceilings[kind].key : "?";
}

const char *gv_ceiling_label(gv_ceiling_kind kind)
{
    return (size_t)kind < GV__COUNT(ceilings) ? ceilings[kind].label : "?";
}

const char *gv_ceiling_meaning(gv_ceiling_kind kind)
{
    return (size_t)kind < GV__COUNT(ceilings) ? ceilings[kind].meaning : "?";
}

gv_ceiling_unit gv_ceiling_unit_of(gv_ceiling_kind kind)
{
    return (size_t)kind < GV__COUNT(ceilings) ? ceilings[kind].unit : GV_UNIT_SECONDS;
}

const char *gv_ceiling_unit_text(gv_ceiling_unit unit)
{
    static const char *const texts[] = {"B/s", "flop/s", "op/s", "s"};
    return (size_t)unit < GV__COUNT(texts) ? texts[unit] : "?";
}
