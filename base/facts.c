/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of devices and hosts: their descriptions, and how a person reads them. */
#include "base/support.h"
#include <gpuverdict/device.h>

#include <math.h>
#include <stdio.h>

static const gv_fact_info device_facts[] = {
#define GV_FACT_ROW(code, key, kind, label) {key, label, GV_KIND_##kind},
    GV_DEVICE_FACT_MAP(GV_FACT_ROW)
#undef GV_FACT_ROW
};

static const gv_fact_info host_facts[] = {
#define GV_FACT_ROW(code, key, kind, label) {key, label, GV_KIND_##kind},
    GV_HOST_FACT_MAP(GV_FACT_ROW)
#undef GV_FACT_ROW
};

const gv_fact_info *gv_device_fact_info(gv_device_fact fact)
{
    return &device_facts[fact];
}

const gv_fact_info *gv_host_fact_info(gv_host_fact fact)
{
    return &host_facts[fact];
}

static void format_scaled(double value, double step, const char *const units[], size_t count,
                          char *text, size_t size)
{
    size_t unit = 0;
    while (unit + 1 < count && fabs(value) >= step) {
        value /= step;
        unit++;
    }
    /* Whole numbers stay whole, others get three digits: 512 KiB, 7.75 GiB, 2.45 GHz. */
    int decimals = value == floor(value) ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
    snprintf(text, size, "%.*f %s", decimals, value, units[unit]);
}

char *gv_fact_format(const gv_fact *fact, gv_fact_kind kind, char *text, size_t size)
{
    static const char *const byte_units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    static const char *const hertz_units[] = {"Hz", "kHz", "MHz", "GHz"};
    if (fact->error == GV_FACT_ABSENT) {
        return gv__copy_text(text, size, "—");
    }
    if (fact->error != 0) {
        /* The query's failure, by name where whoever asked left it in the text. */
        snprintf(text, size, "<%s (%d)>", fact->text[0] != 0 ? fact->text : "error",
                 (int)fact->error);
        return text;
    }
    switch (kind) {
    case GV_KIND_TEXT:
        gv__copy_text(text, size, fact->text);
        break;
    case GV_KIND_COUNT:
        snprintf(text, size, "%.0f", fact->number);
        break;
    case GV_KIND_BYTES:
        format_scaled(fact->number, 1024, byte_units, GV__COUNT(byte_units), text, size);
        break;
    case GV_KIND_HZ:
        format_scaled(fact->number, 1000, hertz_units, GV__COUNT(hertz_units), text, size);
        break;
    case GV_KIND_FLAG:
        gv__copy_text(text, size, fact->number != 0 ? "yes" : "no");
        break;
    }
    return text;
}

double gv_device_number(const gv_device *device, gv_device_fact fact)
{
    const gv_fact *f = &device->fact[fact];
    return f->error == 0 && device_facts[fact].kind != GV_KIND_TEXT ? f->number : NAN;
}

const char *gv_device_text(const gv_device *device, gv_device_fact fact)
{
    const gv_fact *f = &device->fact[fact];
    return f->error == 0 && device_facts[fact].kind == GV_KIND_TEXT ? f->text : "";
}
