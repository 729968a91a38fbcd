/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/power.h"

#include "base/support.h"

#include <dlfcn.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 16 };

/* Counters move every 1 to 100 ms: over less than this a difference says little. */
static const double least_s = 0.1;

/* The part of NVML (nvml.h, CUDA 11 and later) that is used: opened at run time, so that nothing of
 * NVIDIA's is needed to build. */
typedef struct nvml {
    void *library, *device;
    int (*shutdown)(void);
    int (*energy)(void *device, unsigned long long *millijoules);
    int (*power)(void *device, unsigned *milliwatts);
} nvml;

struct gv__power {
    const char *source;
    bool counts;              /* an energy counter, and not a momentary power */
    char *files[MOST_FILES];  /* of hwmon or RAPL: all are added */
    double range[MOST_FILES]; /* of an energy counter, in its unit; 0 where it never wraps */
    uint32_t file_count;
    nvml nv;
    double start_s, start[MOST_FILES];
    double sum_w; /* of momentary powers */
    uint32_t looks;
};

/* ---- files of the kernel ---- */

static double read_number(const char *path)
{
    FILE *file = fopen(path, "re");
    double number = NAN;
    if (file != NULL) {
        char text[64];
        char *end = text;
        double read = fgets(text, sizeof text, file) != NULL ? strtod(text, &end) : NAN;
        if (end != text && read >= 0) {
            number = read;
        }
        fclose(file);
    }
    return number;
}

/* Take what matches and can be read: all of it, or the first. */
static void take_files(gv__power *p, const char *pattern, bool all)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0) {
        return;
    }
    for (size_t i = 0; i < found.gl_pathc && p->file_count < MOST_FILES; i++) {
        if ((p->file_count > 0 && !all) || isnan(read_number(found.gl_pathv[i]))) {
            continue;
        }
        char *path = strdup(found.gl_pathv[i]);
        if (path != NULL) {
            p->files[p->file_count++] = path;
        }
    }
    globfree(&found);
}

/* A wrapping counter says in a file beside it where it does. */
static void read_ranges(gv__power *p)
{
    for (uint32_t i = 0; i < p->file_count; i++) {
        char path[512];
        const char *slash = strrchr(p->files[i], '/');
        snprintf(path, sizeof path, "%.*s/max_energy_range_uj", (int)(slash - p->files[i]),
                 p->files[i]);
        double range = read_number(path);
        p->range[i] = isnan(range) ? 0 : range;
    }
}

static void find_rapl(gv__power *p, const char *root)
{
    char pattern[512];
    /* One colon: packages, and not the cores or the memory within them. */
    snprintf(pattern, sizeof pattern, "%s/sys/class/powercap/intel-rapl:[0-9]/energy_uj", root);
    take_files(p, pattern, true);
    if (p->file_count > 0) {
        p->source = "RAPL";
        p->counts = true;
        read_ranges(p);
    }
}

static void find_hwmon(gv__power *p, const char *root, const char *pci)
{
    static const struct {
        const char *file;
        bool counts;
    } kinds[] = {{"energy1_input", true}, {"power1_average", false}, {"power1_input", false}};
    for (size_t i = 0; i < GV__COUNT(kinds) && p->file_count == 0; i++) {
        char pattern[512];
        snprintf(pattern, sizeof pattern, "%s/sys/bus/pci/devices/%s/hwmon/hwmon*/%s", root, pci,
                 kinds[i].file);
        take_files(p, pattern, false);
        p->counts = kinds[i].counts;
    }
    if (p->file_count > 0) {
        p->source = "hwmon";
    }
}

/* ---- NVML ---- */

static void *symbol(const nvml *nv, const char *name)
{
    return dlsym(nv->library, name);
}

static void close_nvml(nvml *nv)
{
    if (nv->shutdown != NULL) {
        nv->shutdown();
    }
    if (nv->library != NULL) {
        dlclose(nv->library);
    }
    *nv = (nvml){0};
}

/* ISO C has no way from dlsym's pointer to a function but through its bytes. */
#define TAKE(to, name)                                                                             \
    do {                                                                                           \
        void *found_ = symbol(nv, name);                                                           \
        memcpy(&(to), &found_, sizeof found_);                                                     \
    } while (0)

static bool open_nvml(nvml *nv, const char *library, const char *pci)
{
    int (*init)(void) = NULL;
    int (*find)(const char *pci, void **device) = NULL;
    nv->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (nv->library == NULL) {
        return false;
    }
    TAKE(init, "nvmlInit_v2");
    TAKE(find, "nvmlDeviceGetHandleByPciBusId_v2");
    TAKE(nv->energy, "nvmlDeviceGetTotalEnergyConsumption");
    TAKE(nv->power, "nvmlDeviceGetPowerUsage");
    if (init == NULL || find == NULL || init() != 0) {
        close_nvml(nv);
        return false;
    }
    TAKE(nv->shutdown, "nvmlShutdown");
    if (find(pci, &nv->device) != 0) {
        close_nvml(nv);
        return false;
    }
    return true;
}

static void find_nvml(gv__power *p, const char *library, const char *pci)
{
    unsigned long long millijoules;
    unsigned milliwatts;
    if (!open_nvml(&p->nv, library, pci)) {
        return;
    }
    p->counts = p->nv.energy != NULL && p->nv.energy(p->nv.device, &millijoules) == 0;
    if (p->counts || (p->nv.power != NULL && p->nv.power(p->nv.device, &milliwatts) == 0)) {
        p->source = "NVML";
    } else {
        close_nvml(&p->nv);
    }
}

/* ---- reading ---- */

static double joules_of_nvml(const nvml *nv)
{
    unsigned long long millijoules = 0;
    return nv->energy(nv->device, &millijoules) == 0 ? (double)millijoules * 1e-3 : NAN;
}

static double watts_now(const gv__power *p)
{
    unsigned milliwatts = 0;
    if (p->nv.library != NULL) {
        return p->nv.power(p->nv.device, &milliwatts) == 0 ? milliwatts * 1e-3 : NAN;
    }
    return read_number(p->files[0]) * 1e-6;
}

gv__power *gv__power_open_at(const gv_device *device, const char *root, const char *library)
{
    gv__power *p = calloc(1, sizeof *p);
    const char *pci = gv_device_text(device, GV_DEVICE_PCI);
    if (p == NULL) {
        return NULL;
    }
    p->source = "";
    if (device->is_host_silicon) {
        find_rapl(p, root);
    } else if (pci[0] != 0) {
        find_nvml(p, library, pci);
        if (p->source[0] == 0) {
            find_hwmon(p, root, pci);
        }
    }
    return p;
}

gv__power *gv__power_open(const gv_device *device)
{
    return gv__power_open_at(device, "", "libnvidia-ml.so.1");
}

void gv__power_close(gv__power *p)
{
    if (p == NULL) {
        return;
    }
    for (uint32_t i = 0; i < p->file_count; i++) {
        free(p->files[i]);
    }
    close_nvml(&p->nv);
    free(p);
}

void gv__power_begin(gv__power *p)
{
    if (p == NULL) {
        return;
    }
    p->sum_w = 0;
    p->looks = 0;
    if (p->counts && p->nv.library != NULL) {
        p->start[0] = joules_of_nvml(&p->nv);
    }
    for (uint32_t i = 0; p->counts && i < p->file_count; i++) {
        p->start[i] = read_number(p->files[i]);
    }
    p->start_s = gv__now_s();
}

void gv__power_look(gv__power *p)
{
    if (p == NULL || p->source[0] == 0 || p->counts) {
        return;
    }
    p->sum_w += watts_now(p); /* one that failed makes the mean absent */
    p->looks++;
}

static double joules_since(const gv__power *p)
{
    if (p->nv.library != NULL) {
        return joules_of_nvml(&p->nv) - p->start[0];
    }
    double microjoules = 0;
    for (uint32_t i = 0; i < p->file_count; i++) {
        double passed = read_number(p->files[i]) - p->start[i];
        microjoules += passed < 0 && p->range[i] > 0 ? passed + p->range[i] : passed;
    }
    return microjoules * 1e-6;
}

double gv__power_end(gv__power *p)
{
    if (p == NULL || p->source[0] == 0) {
        return NAN;
    }
    if (!p->counts) {
        return p->looks > 0 ? p->sum_w / p->looks : NAN;
    }
    const double passed_s = gv__now_s() - p->start_s;
    const double watts = joules_since(p) / passed_s;
    return passed_s >= least_s && watts > 0 ? watts : NAN;
}

const char *gv__power_source(const gv__power *p)
{
    return p != NULL ? p->source : "";
}
