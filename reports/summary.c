/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/summary.h"
#include "reports/brief.h"
#include "reports/headline.h"
#include "reports/output.h"
#include "reports/tables.h"
#include "reports/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- numbers and names as people read them ---- */

static void add_time(gv_text_table *table, double seconds)
{
    static const struct {
        double below, scale;
        const char *unit;
    } units[] = {{1e-3, 1e6, "µs"}, {1, 1e3, "ms"}, {INFINITY, 1, "s"}};
    size_t u = 0;
    while (seconds >= units[u].below) {
        u++;
    }
    double value = seconds * units[u].scale;
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    if (gv_is_absent(seconds)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%.*f %s", decimals, value, units[u].unit);
    }
}

static void add_ratio(gv_text_table *table, double ratio)
{
    if (gv_is_absent(ratio)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%.*f×", gv__ratio_decimals(ratio), ratio);
    }
}

static void add_range(gv_text_table *table, const gv_ratio *ratio)
{
    if (gv_is_absent(ratio->low) || gv_is_absent(ratio->high)) {
        gv_text_table_cell(table, "");
    } else {
        gv_text_table_printf(table, "%.*f–%.*f", gv__ratio_decimals(ratio->low), ratio->low,
                             gv__ratio_decimals(ratio->high), ratio->high);
    }
}

static void add_rate(gv_text_table *table, double flop_per_s)
{
    double value = flop_per_s * 1e-9;
    if (gv_is_absent(value)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
    }
}

/* "62 c", "<1 m": in percent, and what bounds it. */
static void add_share(gv_text_table *table, gv__roof_share share)
{
    if (gv_is_absent(share.value)) {
        gv_text_table_cell(table, "—");
    } else {
        const char bound = share.by_memory ? 'm' : 'c';
        if (share.value < 0.01) {
            gv_text_table_printf(table, "<1 %c", bound);
        } else {
            gv_text_table_printf(table, "%.0f %c", 100 * share.value, bound);
        }
    }
}

/* ---- devices ---- */

static void add_pair(gv_text_table *table, const gv_dataset *d, const gv_dataset_pair *pair)
{
    double share = gv_dataset_transfer_share(pair);
    add_time(table, pair->stage_s[GV_STAGE_TOTAL]);
    if (gv_is_absent(share)) {
        gv_text_table_cell(table, "—");
    } else {
        gv_text_table_printf(table, "%.0f %%", 100 * share);
    }
    add_rate(table, d->workloads[pair->workload].flop / pair->kernel_only_s);
    add_share(table, gv_dataset_roof_share(d, pair));
    add_ratio(table, pair->kernel_only.value);
    add_ratio(table, pair->headline.value);
    add_range(table, &pair->headline);
    bool known = !gv_is_absent(pair->headline.value);
    gv_text_table_printf(
        table, "%s%s%s", known ? gv_verdict_word(gv_verdict_of(pair->headline.value)) : "—",
        gv_ratio_holds_one(&pair->headline) ? "?" : "", gv_dataset_is_cut(d, pair) ? ", cut" : "");
}

static void add_gap(gv_text_table *table, const gv_dataset *d, uint32_t device, uint32_t workload)
{
    static const char *const words[GV_INCIDENT_KIND_COUNT] = {"wrong result", "above roof",
                                                              "unsupported", "failed"};
    const gv_incident *why = gv_dataset_why(d, device, workload);
    for (int i = 0; i < 7; i++) {
        gv_text_table_cell(table, i < 6 ? "—" : "");
    }
    gv_text_table_cell(table, why != NULL ? words[why->kind] : "not run");
}

static gv_status print_table(const gv_dataset *d, uint32_t device, FILE *out, gv_error *err)
{
    static const struct {
        const char *heading;
        bool minor; /* goes below where the terminal is narrow */
    } columns[] = {{"Time", false},   {"Moved", true},  {"GFLOP/s", true}, {"Roof", true},
                   {"Kernel", false}, {"Total", false}, {"Range", true}};
    gv_text_table table = {0};
    char text[GV__BRIEF];
    gv_text_table_column(&table, "Workload", GV_TEXT_LEFT);
    for (size_t i = 0; i < GV__COUNT(columns); i++) {
        gv_text_table_column(&table, columns[i].heading, GV_TEXT_RIGHT);
        if (columns[i].minor) {
            gv_text_table_minor(&table);
        }
    }
    gv_text_table_column(&table, "Verdict", GV_TEXT_LEFT);
    for (uint32_t w = 0; w < d->workload_count; w++) {
        const gv_dataset_pair *pair = gv_dataset_find(d, device, w);
        gv_text_table_cell(&table, gv__workload_brief(d->workloads[w].text, text));
        if (pair != NULL) {
            add_pair(&table, d, pair);
        } else {
            add_gap(&table, d, device, w);
        }
    }
    gv_status status = gv_text_table_print(&table, out, 0, err);
    gv_text_table_free(&table);
    return status;
}

static void print_advice(const gv_dataset *d, uint32_t device, FILE *out)
{
    bool told[GV_VERDICT_COUNT] = {false};
    uint32_t uncertain = 0;
    for (uint32_t w = 0; w < d->workload_count; w++) {
        const gv_dataset_pair *pair = gv_dataset_find(d, device, w);
        told[pair != NULL ? gv_verdict_of(pair->headline.value) : GV_VERDICT_UNKNOWN] = true;
        uncertain += pair != NULL && gv_ratio_holds_one(&pair->headline);
    }
    for (int v = GV_VERDICT_COUNT - 1; v > GV_VERDICT_UNKNOWN; v--) {
        if (told[v]) {
            fprintf(out, "  %s: %s\n", gv_verdict_word((gv_verdict)v),
                    gv_verdict_advice((gv_verdict)v));
        }
    }
    if (uncertain > 0) {
        fprintf(out, "  ?: not certain: the range of %u %s holds 1, so that either may be faster\n",
                (unsigned)uncertain, gv__workloads(uncertain));
    }
}

/* Who computed what in how many pieces, and why it has one time alone. */
static void print_cut(const gv_dataset *d, uint32_t device, FILE *out)
{
    gv__text text = {0};
    char name[GV__BRIEF];
    uint32_t told = 0;
    for (uint32_t w = 0; w < d->workload_count; w++) {
        const gv_dataset_pair *pair = gv_dataset_find(d, device, w);
        if (pair != NULL && gv_dataset_is_cut(d, pair)) {
            gv__text_printf(&text, "%s%s by %s", told++ > 0 ? "; " : "",
                            gv__workload_brief(d->workloads[w].text, name),
                            gv_dataset_provider(d, pair));
        }
    }
    if (told > 0) {
        fputs("  cut: ", out);
        gv__text_add(&text, ". Larger than the device: timed as a whole, since copies run beside "
                            "the computation.");
        gv_text_paragraph(out, text.failed ? "larger than the device" : text.data, 7, 4,
                          GV_TEXT_COLUMNS);
    }
    gv__text_free(&text);
}

/* The device as it is would have been measured with all of its memory. */
static void print_limit(const gv_dataset *d, uint32_t device, FILE *out)
{
    const gv_dataset_limit limit = gv_dataset_find_limit(d, device);
    gv__text text = {0};
    gv__memory_cap_add(&text, limit.bytes);
    if (limit.pairs > 0 && !text.failed) {
        fprintf(out, "Mind: %s in %u of %u %s (--device-memory).\n", text.data,
                (unsigned)limit.pairs, (unsigned)limit.of, gv__workloads(limit.of));
    }
    gv__text_free(&text);
}

static gv_status print_device(const gv_dataset *d, uint32_t index, FILE *out, gv_error *err)
{
    const gv_dataset_device *device = &d->devices[index];
    gv__text title = {0};
    gv__text_printf(&title, "%s: %s", device->label, device->driver);
    fputc('\n', out);
    gv_text_paragraph(out, title.failed ? device->label : title.data, 0, 2, GV_TEXT_COLUMNS);
    gv__text_free(&title);
    if (device->record != NULL && device->record->device->is_host_silicon) {
        fputs("The host's own processor: this compares software, not hardware.\n", out);
    }
    print_limit(d, index, out);
    fputc('\n', out);
    gv_status status = print_table(d, index, out, err);
    print_advice(d, index, out);
    print_cut(d, index, out);
    return status;
}

/* What a device took where the host has no time to set against it. */
static gv_status print_times(const gv_dataset *d, uint32_t device, FILE *out, gv_error *err)
{
    gv_text_table table = {0};
    char text[GV__BRIEF];
    gv_text_table_column(&table, "Workload", GV_TEXT_LEFT);
    gv_text_table_column(&table, "With transfers", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "Kernel", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "GFLOP/s", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "By", GV_TEXT_LEFT);
    for (uint32_t w = 0; w < d->workload_count; w++) {
        const gv_dataset_pair *pair = gv_dataset_find(d, device, w);
        if (pair != NULL) {
            gv_text_table_cell(&table, gv__workload_brief(d->workloads[w].text, text));
            add_time(&table, pair->stage_s[GV_STAGE_TOTAL]);
            add_time(&table, pair->kernel_only_s);
            add_rate(&table, d->workloads[w].flop / pair->kernel_only_s);
            gv_text_table_cell(&table, gv_dataset_provider(d, pair));
        }
    }
    fputc('\n', out);
    gv_status status = gv_text_table_print(&table, out, 0, err);
    gv_text_table_free(&table);
    return status;
}

static gv_status print_unranked(const gv_dataset *d, FILE *out, gv_error *err)
{
    gv_status status = GV_OK;
    for (uint32_t i = d->ranked_count; i < d->device_count && status == GV_OK; i++) {
        const gv_dataset_device *device = &d->devices[i];
        const bool alone = device->better == GV__NONE && gv_dataset_lacks_host(device);
        gv__text text = {0};
        if (device->better != GV__NONE) {
            gv__text_printf(&text, "Not ranked: %s; the same card answers better through %s.",
                            device->label, d->devices[device->better].driver);
        } else {
            gv__text_printf(&text, "Not ranked: %s (%s); %s.", device->label, device->driver,
                            alone ? "the host has no time for what it computed, and so there is "
                                    "no speed-up"
                                  : "it has no workload with a checked time");
        }
        fputc('\n', out);
        gv_text_paragraph(out, text.failed ? device->label : text.data, 0, 2, GV_TEXT_COLUMNS);
        gv__text_free(&text);
        status = alone ? print_times(d, i, out, err) : GV_OK;
    }
    return status;
}

/* ---- the host, the chart, the problems ---- */

/* Where no device has a speed-up, the host's own times are an answer. */
static gv_status print_host(const gv_dataset *d, FILE *out, gv_error *err)
{
    const gv_journal *j = d->journal;
    gv_text_table table = {0};
    char text[GV__BRIEF];
    gv_text_table_column(&table, "Workload", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Time", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "GFLOP/s", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "By", GV_TEXT_LEFT);
    for (size_t i = 0; i < j->measurement_count; i++) {
        const gv_measurement *m = &j->measurements[i];
        double time_s = m->view[GV_VIEW_KERNEL_ONLY].stage[GV_STAGE_TOTAL].median_s;
        gv_workload workload;
        bool known = gv_workload_parse(m->workload, &workload, NULL) == GV_OK;
        if (d->run_of[i] == GV__NONE || d->device_of[i] != GV__NONE) {
            continue;
        }
        gv_text_table_cell(&table, gv__workload_brief(m->workload, text));
        add_time(&table, time_s);
        add_rate(&table, known ? gv_workload_flop(&workload) / time_s : (double)NAN);
        gv_text_table_cell(&table, m->provider);
    }
    fputs(table.cells > 0 ? "\n" : "", out);
    gv_status status = table.cells > 0 ? gv_text_table_print(&table, out, 0, err) : GV_OK;
    gv_text_table_free(&table);
    return status;
}

enum { CHART_BARS = 40, BAR_TEXT = 24 };

/* Means of the devices; of a single one, its workloads. */
static void print_chart(const gv_dataset *d, FILE *out)
{
    gv_text_bar bars[CHART_BARS];
    char texts[CHART_BARS][BAR_TEXT], labels[CHART_BARS][GV__BRIEF];
    bool devices = d->ranked_count > 1;
    uint32_t all = devices ? d->ranked_count : d->workload_count;
    uint32_t shown = all < CHART_BARS ? all : CHART_BARS;
    if (d->ranked_count == 0 || (devices && d->common_count == 0)) {
        return;
    }
    for (uint32_t i = 0; i < shown; i++) {
        const gv_dataset_pair *pair = devices ? NULL : gv_dataset_find(d, 0, i);
        double value = devices        ? d->devices[i].headline.value
                       : pair != NULL ? pair->headline.value
                                      : (double)NAN;
        gv__copy_text(labels[i], GV__BRIEF,
                      devices ? d->devices[i].label
                              : gv__workload_brief(d->workloads[i].text, labels[i]));
        snprintf(texts[i], BAR_TEXT, gv_is_absent(value) ? "—" : "%.*f×", gv__ratio_decimals(value),
                 value);
        bars[i] = (gv_text_bar){labels[i], value, texts[i]};
    }
    fprintf(out, "\nSpeed-up over the host, with transfers%s\n\n",
            devices ? " (geometric mean)" : "");
    gv_text_bars(out, bars, shown, 2);
    if (shown < all) {
        fprintf(out, "  … and %u more\n", (unsigned)(all - shown));
    }
}

static const char *cell_of(const gv_table *table, size_t row, const char *key)
{
    for (size_t c = 0; c < table->column_count; c++) {
        if (strcmp(table->columns[c].key, key) == 0) {
            return table->cells[row * table->column_count + c].text;
        }
    }
    return "";
}

static void print_problem(const gv_table *table, size_t row, FILE *out)
{
    static const char *const keys[] = {"provider", "device", "workload"};
    static const char *const joints[] = {": ", " on ", ", "};
    const char *doing = cell_of(table, row, "doing"), *other = cell_of(table, row, "replaced");
    gv__text text = {0};
    gv__text_add(&text, cell_of(table, row, "kind"));
    for (size_t i = 0; i < GV__COUNT(keys); i++) {
        const char *value = cell_of(table, row, keys[i]);
        if (value[0] != 0) {
            gv__text_printf(&text, "%s%s", joints[i], value);
        }
    }
    gv__text_printf(&text, ": %s%s%s", cell_of(table, row, "what"), doing[0] != 0 ? ", while " : "",
                    doing);
    gv__text_printf(&text, "%s%s", other[0] != 0 ? ". Served instead by " : "", other);
    fputs("- ", out);
    gv_text_paragraph(out, text.failed ? "" : text.data, 2, 2, GV_TEXT_COLUMNS);
    gv__text_free(&text);
}

static gv_status print_problems(const gv_dataset *d, FILE *out, gv_error *err)
{
    enum { SHOWN = 25 };
    gv_table table;
    gv_status status = gv_table_make(GV_TABLE_PROBLEMS, d, &table, err);
    if (status != GV_OK) {
        return status;
    }
    if (table.row_count > 0) {
        fputs("\nWithout a time, or rejected\n\n", out);
    }
    for (size_t row = 0; row < table.row_count && row < SHOWN; row++) {
        print_problem(&table, row, out);
    }
    if (table.row_count > SHOWN) {
        fprintf(out, "… and %zu more: see the sheet Problems of `gpuverdict report`\n",
                table.row_count - SHOWN);
    }
    gv_table_free(&table);
    return GV_OK;
}

/* ---- the whole ---- */

static gv_status print_summary(const gv_dataset *d, FILE *out, gv_error *err)
{
    gv__text sentence = {0}, remarks = {0};
    gv__headline_add(d, &sentence);
    gv__headline_add_remarks(d, &remarks);
    gv_status status = sentence.failed || remarks.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "not enough memory for a summary")
                           : GV_OK;
    if (status == GV_OK) {
        gv_text_paragraph(out, sentence.data, 0, 0, GV_TEXT_COLUMNS);
        if (remarks.length > 0) {
            gv_text_paragraph(out, remarks.data, 0, 0, GV_TEXT_COLUMNS);
        }
    }
    gv__text_free(&sentence);
    gv__text_free(&remarks);
    if (status == GV_OK && d->ranked_count > 0) {
        fputc('\n', out);
        gv_text_paragraph(
            out,
            "Time, Moved (share of transfers) and Total (speed-up, with its range) are "
            "with transfers; GFLOP/s, Roof and Kernel (speed-up) are of the kernel "
            "alone. Roof: percent of the peak (c) or of the memory bandwidth (m) that "
            "was measured; over 100 where Winograd computes less or caches serve.",
            0, 0, GV_TEXT_COLUMNS);
    }
    for (uint32_t i = 0; i < d->ranked_count && status == GV_OK; i++) {
        status = print_device(d, i, out, err);
    }
    if (status == GV_OK && d->ranked_count == 0) {
        status = print_host(d, out, err);
    }
    if (status == GV_OK) {
        status = print_unranked(d, out, err);
    }
    if (status != GV_OK) {
        return status;
    }
    print_chart(d, out);
    return print_problems(d, out, err);
}

gv_status gv__summary_print(const gv_journal *journal, const char *run,
                            const gv_catalogue *catalogue, const char *what,
                            gv__summary_printer print, FILE *out, gv_error *err)
{
    gv_dataset dataset;
    gv_status status = gv_dataset_build(journal, run, &dataset, err);
    if (status != GV_OK) {
        return status;
    }
    dataset.catalogue = catalogue;
    void *locale = gv__locale_enter();
    status = locale != NULL ? print(&dataset, out, err)
                            : gv__fail(err, GV_MEMORY, 0, "newlocale", "not enough memory");
    gv__locale_leave(locale);
    gv_dataset_free(&dataset);
    if (status == GV_OK && ferror(out)) {
        status = gv__fail(err, GV_IO, EIO, "write", "the %s could not be written", what);
    }
    return status;
}

gv_status gv_report_print_summary(const gv_journal *journal, const char *run, FILE *out,
                                  gv_error *err)
{
    return gv__summary_print(journal, run, NULL, "summary", print_summary, out, err);
}
