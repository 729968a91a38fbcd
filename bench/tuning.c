/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/tuning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of one class are within this factor of each other. */
static const double class_factor = 2.0;
/* Devices that a tuning holds; the oldest make room. */
enum { MOST_DEVICES = 64 };

/* ---- classes ---- */

enum { MOST_SIZES = 8 };

/* A workload as what must be equal and what may differ. */
typedef struct features {
    uint64_t exact[16];
    uint64_t size[MOST_SIZES];
    size_t exact_count, size_count;
} features;

static void exactly(features *f, uint64_t value)
{
    f->exact[f->exact_count++] = value;
}

static void about(features *f, uint64_t size)
{
    f->size[f->size_count++] = size;
}

static void conv2d_features(const gv_conv2d *conv, features *f)
{
    exactly(f, conv->r);
    exactly(f, conv->s);
    exactly(f, conv->stride_h);
    exactly(f, conv->stride_w);
    exactly(f, conv->dilation_h);
    exactly(f, conv->dilation_w);
    exactly(f, conv->groups == 1);
    exactly(f, conv->groups == conv->c);
    about(f, conv->n);
    about(f, conv->c / conv->groups);
    about(f, conv->k / conv->groups);
    about(f, conv->groups);
    about(f, conv->h);
    about(f, conv->w);
}

static features features_of(const gv_workload *workload)
{
    features f = {.exact_count = 0};
    exactly(&f, workload->op);
    exactly(&f, workload->precision);
    switch (workload->op) {
    case GV_OP_MATMUL:
        exactly(&f, workload->as.matmul.ta);
        exactly(&f, workload->as.matmul.tb);
        exactly(&f, workload->as.matmul.batch > 1);
        about(&f, workload->as.matmul.m);
        about(&f, workload->as.matmul.n);
        about(&f, workload->as.matmul.k);
        about(&f, workload->as.matmul.batch);
        break;
    case GV_OP_CONV2D:
        conv2d_features(&workload->as.conv2d, &f);
        break;
    case GV_OP_FFT:
        /* A plan is made for a length: the next one has other factors. */
        exactly(&f, workload->as.fft.kind);
        exactly(&f, workload->as.fft.inverse);
        exactly(&f, workload->as.fft.dims);
        for (uint32_t i = 0; i < workload->as.fft.dims; i++) {
            exactly(&f, workload->as.fft.shape[i]);
        }
        about(&f, workload->as.fft.batch);
        break;
    case GV_OP_DENSE:
        /* A single row reads the weights once and computes nearly nothing. */
        exactly(&f, workload->as.dense.batch == 1);
        about(&f, workload->as.dense.batch);
        about(&f, workload->as.dense.in);
        about(&f, workload->as.dense.out);
        break;
    case GV_OP_CUSTOM:
        break;
    }
    return f;
}

double gv__class_distance(const gv_workload *a, const gv_workload *b)
{
    const features x = features_of(a), y = features_of(b);
    double sum = 0;
    if (x.exact_count != y.exact_count ||
        memcmp(x.exact, y.exact, x.exact_count * sizeof *x.exact) != 0) {
        return INFINITY;
    }
    for (size_t i = 0; i < x.size_count; i++) {
        const double apart = fabs(log2((double)x.size[i] / (double)y.size[i]));
        if (apart > log2(class_factor)) {
            return INFINITY;
        }
        sum += apart;
    }
    return sum;
}

/* ---- devices ---- */

static void copy_fact(const gv_device *device, gv_device_fact fact, char *to, size_t size)
{
    gv__copy_text(to, size, gv_device_text(device, fact));
}

gv__tuned_for gv__tuned_for_device(const gv_device *device, const char *kernels)
{
    gv__tuned_for who = {.compute_units = gv_device_number(device, GV_DEVICE_COMPUTE_UNITS),
                         .vector_width = gv_device_number(device, GV_DEVICE_VECTOR_WIDTH)};
    copy_fact(device, GV_DEVICE_NAME, who.name, sizeof who.name);
    copy_fact(device, GV_DEVICE_PLATFORM, who.platform, sizeof who.platform);
    copy_fact(device, GV_DEVICE_DRIVER, who.driver, sizeof who.driver);
    copy_fact(device, GV_DEVICE_TYPE, who.type, sizeof who.type);
    gv__copy_text(who.kernels, sizeof who.kernels, kernels);
    return who;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* The same hardware through the same platform. */
static bool same_device(const gv__tuned_for *a, const gv__tuned_for *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->platform, b->platform) == 0 &&
           strcmp(a->type, b->type) == 0 && same_number(a->compute_units, b->compute_units) &&
           same_number(a->vector_width, b->vector_width);
}

static bool same_software(const gv__tuned_for *a, const gv__tuned_for *b)
{
    return strcmp(a->driver, b->driver) == 0 && strcmp(a->kernels, b->kernels) == 0;
}

gv__tuned_device *gv__tuning_device(const gv__tuning *tuning, const gv__tuned_for *who)
{
    for (size_t i = 0; i < tuning->device_count; i++) {
        gv__tuned_device *device = &tuning->devices[i];
        if (same_device(&device->who, who) && same_software(&device->who, who)) {
            return device;
        }
    }
    return NULL;
}

bool gv__tuning_is_stale(const gv__tuning *tuning, const gv__tuned_for *who)
{
    bool known = false;
    for (size_t i = 0; i < tuning->device_count; i++) {
        known = known || same_device(&tuning->devices[i].who, who);
    }
    return known && gv__tuning_device(tuning, who) == NULL;
}

static void free_device(gv__tuned_device *device)
{
    free(device->classes);
    *device = (gv__tuned_device){.classes = NULL};
}

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, "realloc", "no room for what was tuned");
}

static gv__tuned_device *add_device(gv__tuning *tuning, const gv__tuned_for *who)
{
    if (tuning->device_count == MOST_DEVICES) {
        free_device(&tuning->devices[0]);
        tuning->device_count--;
        memmove(tuning->devices, tuning->devices + 1,
                tuning->device_count * sizeof *tuning->devices);
    }
    gv__tuned_device *roomy =
        realloc(tuning->devices, (tuning->device_count + 1) * sizeof *tuning->devices);
    if (roomy == NULL) {
        return NULL;
    }
    tuning->devices = roomy;
    roomy[tuning->device_count] = (gv__tuned_device){.who = *who};
    return &roomy[tuning->device_count++];
}

gv_status gv__tuning_add(gv__tuning *tuning, const gv__tuned_for *who, const gv__tuned_class *add,
                         gv_error *err)
{
    gv__tuned_device *device = gv__tuning_device(tuning, who);
    if (device == NULL) {
        device = add_device(tuning, who);
    }
    if (device == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < device->class_count; i++) {
        if (strcmp(device->classes[i].text, add->text) == 0) {
            device->classes[i] = *add;
            return GV_OK;
        }
    }
    gv__tuned_class *roomy =
        realloc(device->classes, (device->class_count + 1) * sizeof *device->classes);
    if (roomy == NULL) {
        return no_memory(err);
    }
    device->classes = roomy;
    roomy[device->class_count++] = *add;
    return GV_OK;
}

gv_status gv__tuning_merge(gv__tuning *tuning, const gv__tuning *from, gv_error *err)
{
    gv_status status = GV_OK;
    for (size_t d = 0; d < from->device_count; d++) {
        const gv__tuned_device *device = &from->devices[d];
        for (size_t i = 0; i < device->class_count && status == GV_OK; i++) {
            status = gv__tuning_add(tuning, &device->who, &device->classes[i], err);
        }
    }
    return status;
}

void gv__tuning_free(gv__tuning *tuning)
{
    for (size_t i = 0; i < tuning->device_count; i++) {
        free_device(&tuning->devices[i]);
    }
    free(tuning->devices);
    *tuning = (gv__tuning){.devices = NULL};
}

/* ---- finding ---- */

static bool text_fits(const char *wanted, const char *is)
{
    return wanted[0] == 0 || strcmp(wanted, is) == 0;
}

static bool number_fits(double wanted, double is)
{
    return isnan(wanted) || wanted == is;
}

static bool fits(const gv__tuned_for *wanted, const gv__tuned_for *is)
{
    return text_fits(wanted->name, is->name) && text_fits(wanted->platform, is->platform) &&
           text_fits(wanted->driver, is->driver) && text_fits(wanted->type, is->type) &&
           text_fits(wanted->kernels, is->kernels) &&
           number_fits(wanted->compute_units, is->compute_units) &&
           number_fits(wanted->vector_width, is->vector_width);
}

const gv__tuned_class *gv__tuning_find(const gv__tuning *tuning, const gv__tuned_for *who,
                                       const gv_workload *workload)
{
    for (size_t d = 0; d < tuning->device_count; d++) {
        const gv__tuned_device *device = &tuning->devices[d];
        const gv__tuned_class *nearest = NULL;
        double least = INFINITY;
        for (size_t i = 0; i < device->class_count && fits(&device->who, who); i++) {
            const double distance = gv__class_distance(&device->classes[i].workload, workload);
            if (distance < least) {
                least = distance;
                nearest = &device->classes[i];
            }
        }
        if (nearest != NULL) {
            return nearest;
        }
    }
    return NULL;
}
