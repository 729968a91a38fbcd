/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a workload: refused by an error with a text, or sound, and its canonical form is the
 * same workload with a canonical form of its own: itself. */
#include "tests/fuzz/fuzz.h"

#include <gpuverdict/workload.h>
#include <math.h>
#include <string.h>

static void check_sound(const gv_workload *workload)
{
    char once[GV_WORKLOAD_TEXT], twice[GV_WORKLOAD_TEXT];
    gv_workload again;
    gv_operands operands;
    gv_workload_format(workload, once);
    FUZZ_CHECK(strlen(once) < sizeof once);
    FUZZ_CHECK(gv_workload_parse(once, &again, NULL) == GV_OK);
    FUZZ_CHECK(strcmp(gv_workload_format(&again, twice), once) == 0);
    FUZZ_CHECK(gv_workload_flop(workload) == gv_workload_flop(&again));
    FUZZ_CHECK(isfinite(gv_workload_flop(workload)) && gv_workload_flop(workload) >= 0);
    FUZZ_CHECK(gv_workload_bytes_in(workload, true) <= gv_workload_bytes_in(workload, false));
    if (workload->op != GV_OP_CUSTOM) {
        FUZZ_CHECK(gv_workload_operands(workload, &operands, NULL) == GV_OK);
        FUZZ_CHECK(operands.inputs >= 1 && operands.inputs <= GV_MAX_INPUTS);
        FUZZ_CHECK(operands.output.elements > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    FUZZ_CHECK(text != NULL);
    if (size > 0) {
        memcpy(text, bytes, size);
    }
    text[size] = 0;
    gv_workload workload;
    gv_error err = {0};
    gv_status status = gv_workload_parse(text, &workload, &err);
    FUZZ_CHECK(status == GV_OK || status == GV_ARGUMENT);
    if (status == GV_OK) {
        check_sound(&workload);
    } else {
        FUZZ_CHECK(err.text[0] != 0);
    }
    free(text);
    return 0;
}
