/* SPDX-License-Identifier: Apache-2.0 */
/* Any lines as the arguments of a command line: it is taken, or refused in one clause that fits,
 * and nothing else. */
#include "base/support.h"
#include "cli/options.h"
#include "tests/fuzz/fuzz.h"

#include <gpuverdict/workload.h>
#include <math.h>
#include <string.h>

enum { MOST = 24 };

static void check_taken(const gv_cli_options *options)
{
    FUZZ_CHECK(options->verb < GV_VERB_COUNT);
    FUZZ_CHECK(strncmp(options->command_line, "gpuverdict", strlen("gpuverdict")) == 0);
    FUZZ_CHECK(isnan(options->time_budget) ||
               (options->time_budget > 0 && isfinite(options->time_budget)));
    FUZZ_CHECK(isnan(options->transfer_ms) ||
               (options->transfer_ms >= 0 && isfinite(options->transfer_ms)));
    FUZZ_CHECK(isnan(options->gpu_cores) || options->gpu_cores == floor(options->gpu_cores));
    for (size_t i = 0; i < options->workload.count; i++) {
        gv_workload workload;
        char text[GV_WORKLOAD_TEXT];
        const char *canonical = options->workload.items[i];
        FUZZ_CHECK(gv_workload_parse(canonical, &workload, NULL) == GV_OK);
        FUZZ_CHECK(strcmp(gv_workload_format(&workload, text), canonical) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    unsetenv("GPUVERDICT_DEVICE");
    char *copy = malloc(size + 1);
    FUZZ_CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    copy[size] = 0;
    const char *argv[MOST] = {"gpuverdict"};
    int argc = 1;
    for (char *line = copy; line != NULL && argc < MOST;) {
        char *end = strchr(line, '\n');
        if (end != NULL) {
            *end = 0;
        }
        if (end != NULL || *line != 0) { /* nothing follows the last newline */
            argv[argc++] = line;
        }
        line = end != NULL ? end + 1 : NULL;
    }
    gv_cli_options options;
    gv_error err = {0};
    gv_status status = gv_cli_parse(argc, argv, &options, &err);
    FUZZ_CHECK(status == GV_OK || status == GV_ARGUMENT);
    if (status == GV_OK) {
        check_taken(&options);
        gv_cli_options_free(&options);
    } else {
        FUZZ_CHECK(err.text[0] != 0 && strlen(err.text) < sizeof err.text);
        FUZZ_CHECK(err.call[0] == 0 || gv_cli_verb_find(err.call) < GV_VERB_COUNT);
    }
    free(copy);
    return 0;
}
