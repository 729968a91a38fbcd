/* SPDX-License-Identifier: Apache-2.0 */
/* One question, answered by the original's model. */
#include "cli/command.h"
#include "cli/estimate.h"
#include "cli/words.h"
#include "reports/text.h"

#include <gpuverdict/estimate.h>
#include <gpuverdict/measurement.h>
#include <math.h>
#include <string.h>

#ifdef GV_HAVE_JANSSON
#include <jansson.h>
#endif

/** Say which option is missing; the simple model has no default for a figure of the user's. */
static bool is_complete(const gv_cli_options *options)
{
    const struct {
        const char *name;
        bool given;
    } needed[] = {
        {"--op", options->op != NULL},
        {"--size", !isnan(options->size)},
        {"--gpu-cores", !isnan(options->gpu_cores)},
        {"--cpu-factor", !isnan(options->cpu_factor)},
        {"--bandwidth", !isnan(options->bandwidth)},
        {"--transfer-ms", !isnan(options->transfer_ms)},
    };
    char missing[128];
    size_t used = 0, count = 0;
    for (size_t i = 0; i < GV__COUNT(needed); i++) {
        if (!needed[i].given) {
            used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%s",
                                     count++ > 0 ? ", " : "", needed[i].name);
        }
    }
    if (count > 0) {
        gv_cli_say(options->verb,
                   "%s %s missing: the original's model has no default for %s; --device NAME asks "
                   "about a device instead",
                   missing, count > 1 ? "are" : "is", count > 1 ? "them" : "it");
    }
    return count == 0;
}

gv_simple_question gv_cli_simple_question(const gv_cli_options *options)
{
    return (gv_simple_question){
        .op = gv_cli_op_of(options->op),
        .size = options->size,
        .unit = gv_cli_size_unit_of(options->size_unit),
        .gpu_cores = options->gpu_cores,
        .cpu_factor = options->cpu_factor,
        .bandwidth_bytes_per_s = options->bandwidth * 1e9,
        .transfer_s = options->transfer_ms / 1e3,
    };
}

/** A number with at most one decimal: "45", "13.2". */
static char *one_decimal(double value, char *text, size_t size)
{
    snprintf(text, size, "%.1f", value);
    size_t length = strlen(text);
    if (length > 2 && strcmp(text + length - 2, ".0") == 0) {
        text[length - 2] = 0;
    }
    return text;
}

enum { NUMBER_TEXT = 352 }; /* holds any double in full */

/** "45 ms"; what would read as 0 though it is more, "< 0.1 ms". */
static char *milliseconds(double seconds, char text[NUMBER_TEXT])
{
    char number[NUMBER_TEXT - 8];
    double ms = seconds * 1e3;
    bool below = ms > 0 && ms < 0.05;
    snprintf(text, NUMBER_TEXT, "%s%s ms", below ? "< " : "",
             one_decimal(below ? 0.1 : ms, number, sizeof number));
    return text;
}

static bool is_off_by_ten(const gv_simple_answer *answer)
{
    return answer->transfer_s > 10 * answer->bandwidth_transfer_s ||
           answer->transfer_s * 10 < answer->bandwidth_transfer_s;
}

static gv_status print_times(const gv_simple_answer *answer, gv_error *err)
{
    const struct {
        const char *name;
        double gpu_s, cpu_s;
    } rows[] = {
        {"Computation", answer->gpu_s, answer->cpu_s},
        {"Transfer", answer->transfer_s, answer->transfer_s},
        {"Total", answer->gpu_total_s, answer->cpu_total_s},
    };
    gv_text_table table = {0};
    char text[NUMBER_TEXT];
    gv_text_table_column(&table, "", GV_TEXT_LEFT);
    gv_text_table_column(&table, "GPU", GV_TEXT_RIGHT);
    gv_text_table_column(&table, "CPU", GV_TEXT_RIGHT);
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        gv_text_table_cell(&table, rows[i].name);
        gv_text_table_cell(&table, milliseconds(rows[i].gpu_s, text));
        gv_text_table_cell(&table, milliseconds(rows[i].cpu_s, text));
    }
    gv_status status = gv_text_table_print(&table, stdout, 2, err);
    gv_text_table_free(&table);
    return status;
}

static void print_bars(const gv_simple_answer *answer)
{
    char gpu[NUMBER_TEXT], transfer[NUMBER_TEXT], total[NUMBER_TEXT], cpu[NUMBER_TEXT];
    const gv_text_bar bars[] = {
        {"GPU", answer->gpu_s, milliseconds(answer->gpu_s, gpu)},
        {"Transfer", answer->transfer_s, milliseconds(answer->transfer_s, transfer)},
        {"Total GPU", answer->gpu_total_s, milliseconds(answer->gpu_total_s, total)},
        {"CPU", answer->cpu_s, milliseconds(answer->cpu_s, cpu)},
    };
    gv_text_bars(stdout, bars, GV__COUNT(bars), 2);
}

/** "13.2×"; what would read as 0 though it is more, "< 0.1×". */
static char *ratio(double value, char text[NUMBER_TEXT])
{
    bool below = value > 0 && value < 0.05;
    snprintf(text, NUMBER_TEXT, "%s%.1f×", below ? "< " : "", below ? 0.1 : value);
    return text;
}

static gv_status print_speedups(const gv_simple_answer *answer, gv_error *err)
{
    const struct {
        const char *name, *formula;
        double value;
    } rows[] = {
        {"Both pay the transfer", "(CPU + transfer) / (GPU + transfer)", answer->speedup_both},
        {"With transfers (headline)", "CPU / total GPU", answer->speedup_headline},
        {"Kernel only", "CPU / GPU", answer->speedup_kernel},
    };
    gv_text_table table = {0};
    char text[NUMBER_TEXT];
    gv_text_table_column(&table, "Speed-up", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Formula", GV_TEXT_LEFT);
    gv_text_table_column(&table, "Value", GV_TEXT_RIGHT);
    for (size_t i = 0; i < GV__COUNT(rows); i++) {
        gv_text_table_cell(&table, rows[i].name);
        gv_text_table_cell(&table, rows[i].formula);
        gv_text_table_cell(&table, ratio(rows[i].value, text));
    }
    gv_status status = gv_text_table_print(&table, stdout, 2, err);
    gv_text_table_free(&table);
    return status;
}

static void print_remark(const gv_cli_options *options, const gv_simple_answer *answer)
{
    char remark[1024], rate[NUMBER_TEXT], time[NUMBER_TEXT];
    snprintf(
        remark, sizeof remark,
        "Remark: moving the data once each way at %s GB/s takes %s; the transfer time given is "
        "over 10 times %s.",
        one_decimal(options->bandwidth, rate, sizeof rate),
        milliseconds(answer->bandwidth_transfer_s, time),
        answer->transfer_s > answer->bandwidth_transfer_s ? "longer" : "shorter");
    gv_text_paragraph(stdout, remark, 0, 2, GV_TEXT_COLUMNS);
}

static gv_status print_answer(const gv_cli_options *options, const gv_simple_question *question,
                              const gv_simple_answer *answer, gv_error *err)
{
    printf("Simple model, %s, size %.15g %s\n\n", options->op, question->size,
           gv_cli_size_unit_word((size_t)question->unit));
    gv_status status = print_times(answer, err);
    if (status != GV_OK) {
        return status;
    }
    putchar('\n');
    print_bars(answer);
    putchar('\n');
    status = print_speedups(answer, err);
    if (status != GV_OK) {
        return status;
    }
    char text[NUMBER_TEXT];
    printf("\nVerdict: %s (%s with transfers): %s.\n", gv_verdict_word(answer->verdict),
           ratio(answer->speedup_headline, text), gv_verdict_advice(answer->verdict));
    gv_text_paragraph(stdout,
                      "Origin: the transfer time is as given; every other time is modelled from "
                      "figures alone, never measured.",
                      0, 2, GV_TEXT_COLUMNS);
    if (is_off_by_ten(answer)) {
        print_remark(options, answer);
    }
    return GV_OK;
}

#ifdef GV_HAVE_JANSSON
/** {"value": 0.045, "origin": "modelled"} */
static json_t *json_number(double value, gv_origin origin)
{
    return json_pack("{s:f, s:s}", "value", value, "origin", gv_origin_name(origin));
}

static int print_json(const gv_cli_options *options, const gv_simple_question *question,
                      const gv_simple_answer *answer)
{
    json_t *asked = json_pack(
        "{s:s, s:f, s:s, s:f, s:f, s:f, s:f}", "op", gv_op_name(question->op), "size",
        question->size, "size_unit", gv_cli_size_unit_word((size_t)question->unit), "gpu_cores",
        question->gpu_cores, "cpu_factor", question->cpu_factor, "bandwidth_bytes_per_s",
        question->bandwidth_bytes_per_s, "transfer_s", question->transfer_s);
    const gv_origin modelled = GV_ORIGIN_MODELLED;
    json_t *times =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "gpu_s", json_number(answer->gpu_s, modelled),
                  "cpu_s", json_number(answer->cpu_s, modelled), "transfer_s",
                  json_number(answer->transfer_s, GV_ORIGIN_QUOTED), "gpu_total_s",
                  json_number(answer->gpu_total_s, modelled), "cpu_total_s",
                  json_number(answer->cpu_total_s, modelled), "bandwidth_transfer_s",
                  json_number(answer->bandwidth_transfer_s, modelled));
    json_t *speedups = json_pack("{s:o, s:o, s:o}", "both_pay_transfer",
                                 json_number(answer->speedup_both, modelled), "with_transfers",
                                 json_number(answer->speedup_headline, modelled), "kernel_only",
                                 json_number(answer->speedup_kernel, modelled));
    json_t *document = json_pack(
        "{s:i, s:s, s:o, s:o, s:o, s:s, s:s, s:s, s:b}", "schema", 1, "model", "simple", "question",
        asked, "times", times, "speedups", speedups, "headline", "with_transfers", "verdict",
        gv_verdict_word(answer->verdict), "advice", gv_verdict_advice(answer->verdict),
        "transfer_disagrees_with_bandwidth", is_off_by_ten(answer));
    if (document == NULL ||
        json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0) {
        json_decref(document);
        gv_cli_say(options->verb, "the JSON object could not be written");
        return GV_EXIT_FAILED;
    }
    putchar('\n');
    json_decref(document);
    return GV_EXIT_DONE;
}
#else
static int print_json(const gv_cli_options *options, const gv_simple_question *question,
                      const gv_simple_answer *answer)
{
    (void)question;
    (void)answer;
    gv_cli_say(options->verb,
               "--json: this build has no Jansson; install libjansson-dev and build again");
    return GV_EXIT_FAILED;
}
#endif

int gv_cli_estimate_simple(const gv_cli_options *options)
{
    if (!is_complete(options)) {
        return GV_EXIT_USAGE;
    }
    gv_simple_question question = gv_cli_simple_question(options);
    gv_simple_answer answer;
    gv_error err = {0};
    if (gv_simple_estimate(&question, &answer, &err) != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    if (options->json) {
        return print_json(options, &question, &answer);
    }
    if (print_answer(options, &question, &answer, &err) != GV_OK) {
        return gv_cli_fail(options->verb, &err);
    }
    return GV_EXIT_DONE;
}
