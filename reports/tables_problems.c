/* SPDX-License-Identifier: Apache-2.0 */
/* What has no time, and why. Equal problems of several processes are one row. */
#include "reports/tables.h"

#include <math.h>
#include <string.h>

static const gv_column columns[] = {
    {"kind", "Kind", "", "", 1, NULL, 14, GV_ORIGIN_ABSENT, false, NULL},
    {"device", "Device", "", "", 1, NULL, 34, GV_ORIGIN_ABSENT, false, NULL},
    {"workload", "Workload", "", "", 1, NULL, 50, GV_ORIGIN_ABSENT, false, NULL},
    {"provider", "Provider", "", "", 1, NULL, 32, GV_ORIGIN_ABSENT, false, NULL},
    {"what", "What was found", "", "", 1, NULL, 70, GV_ORIGIN_ABSENT, false, NULL},
    {"doing", "While", "", "", 1, NULL, 34, GV_ORIGIN_ABSENT, false, NULL},
    {"replaced", "Served instead by", "", "", 1, NULL, 22, GV_ORIGIN_ABSENT, false,
     "blank: nobody"},
    {"run", "Run", "", "", 1, "0", 8, GV_ORIGIN_ABSENT, false,
     "number of the run: see Method; blank: an estimate"},
    {"times", "Times", "", "", 1, "0", 8, GV_ORIGIN_ABSENT, false, "in how many processes"},
};

static const char *kind_word(gv_incident_kind kind)
{
    static const char *const words[GV_INCIDENT_KIND_COUNT] = {"wrong result", "above the roof",
                                                              "unsupported", "failure"};
    return words[kind];
}

static bool is_same(const gv_dataset_incident *a, const gv_dataset_incident *b)
{
    return a->run == b->run && a->device == b->device && a->workload == b->workload &&
           a->record->kind == b->record->kind &&
           strcmp(a->record->provider, b->record->provider) == 0 &&
           strcmp(a->record->what, b->record->what) == 0 &&
           strcmp(a->record->doing, b->record->doing) == 0 &&
           strcmp(a->record->replaced, b->record->replaced) == 0;
}

/* Incidents are sorted by device, workload and run, so that equal ones are near each other: the
 * problem at `i` was told already where it equals an earlier one of its group. */
static bool is_repeated(const gv_dataset *d, uint32_t i)
{
    for (uint32_t k = i; k > 0; k--) {
        const gv_dataset_incident *earlier = &d->incidents[k - 1], *this = &d->incidents[i];
        if (earlier->run != this->run || earlier->workload != this->workload ||
            earlier->device != this->device) {
            return false;
        }
        if (is_same(earlier, this)) {
            return true;
        }
    }
    return false;
}

static uint32_t times_told(const gv_dataset *d, uint32_t i)
{
    uint32_t times = 1;
    for (uint32_t k = i + 1; k < d->incident_count && d->incidents[k].run == d->incidents[i].run &&
                             d->incidents[k].workload == d->incidents[i].workload &&
                             d->incidents[k].device == d->incidents[i].device;
         k++) {
        times += is_same(&d->incidents[i], &d->incidents[k]);
    }
    return times;
}

void gv__table_problems(const gv_dataset *dataset, gv_table *table)
{
    table->columns = columns;
    table->column_count = GV__COUNT(columns);
    for (uint32_t i = 0; i < dataset->incident_count; i++) {
        const gv_dataset_incident *incident = &dataset->incidents[i];
        const gv_incident *r = incident->record;
        if (is_repeated(dataset, i)) {
            continue;
        }
        gv_table_add_text(table, kind_word(r->kind));
        gv_table_add_text(table, incident->device != GV__NONE
                                     ? dataset->devices[incident->device].label
                                     : r->device);
        gv_table_add_text(table, r->workload);
        gv_table_add_text(table, r->provider);
        gv_table_add_text(table, r->what);
        gv_table_add_text(table, r->doing);
        gv_table_add_text(table, r->replaced);
        gv_table_add_number(table,
                            incident->run != GV__NONE ? (double)incident->run + 1 : (double)NAN);
        gv_table_add_number(table, times_told(dataset, i));
    }
}
