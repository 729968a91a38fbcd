/* SPDX-License-Identifier: Apache-2.0 */
/* The build describes itself: cli/CMakeLists.txt gives the lists. The program itself links none of
 * the compute libraries; its workers do. */
#include "cli/help.h"

#include "reports/text.h"

void gv_cli_print_version(FILE *out)
{
    fputs("gpuverdict " GPUVERDICT_VERSION "\n", out);
    size_t first = (size_t)fprintf(out, "built with ");
    gv_text_paragraph(out, GV_BUILT_WITH, first, first, GV_TEXT_COLUMNS);
    if (GV_BUILT_WITHOUT[0] != 0) {
        first = (size_t)fprintf(out, "built without ");
        gv_text_paragraph(out, GV_BUILT_WITHOUT, first, first, GV_TEXT_COLUMNS);
    }
}
