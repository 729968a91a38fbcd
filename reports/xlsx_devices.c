/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, the data sheets of those that were asked for, and the hosts: facts from top to bottom,
 * machines side by side. */
#include "reports/xlsx_sheet.h"

enum { ABOUT = 1, FIRST };

void gv__xlsx_devices(gv__xlsx *x)
{
    lxw_worksheet *sheet = x->devices;
    uint32_t machines = x->dataset->device_count > x->dataset->host_count ? x->dataset->device_count
                                                                          : x->dataset->host_count;
    lxw_col_t last = (lxw_col_t)(machines < LXW_COL_MAX - 1 ? machines : LXW_COL_MAX - 1);
    gv__xlsx_check(x, worksheet_set_column(sheet, 0, 0, 34, NULL));
    if (last > 0) {
        gv__xlsx_check(x, worksheet_set_column(sheet, 1, last, GV__SIDEWAYS_WIDTH, NULL));
    }
    gv__xlsx_title(x, sheet, "Devices");
    gv__xlsx_text(
        x, sheet, ABOUT, 0,
        "As the drivers and the system tell; drivers are often wrong about compute units and "
        "clocks. Roofs and bandwidths were measured.",
        gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
    lxw_row_t row = gv__xlsx_sideways(x, sheet, GV_TABLE_DEVICES, FIRST);
    if (x->estimates != NULL) {
        row += row > FIRST;
        gv__xlsx_text(x, sheet, row, 0,
                      "Data sheets that estimates were made of, as quoted: never measured.",
                      gv__xlsx_format(x, GV__ROLE_ASIDE, NULL));
        row = gv__xlsx_sideways(x, sheet, GV_TABLE_DATASHEETS, row + 1);
    }
    gv__xlsx_sideways(x, sheet, GV_TABLE_HOSTS, row + 1);
    worksheet_freeze_panes(sheet, FIRST, 1);
    gv__xlsx_page(x, sheet, 0, 0, 1 + machines / 8);
    worksheet_fit_to_pages(sheet, (uint16_t)(1 + machines / 8), 1);
}
