/* SPDX-License-Identifier: Apache-2.0 */
/* The 2-D convolution where every channel has filters of its own, by conv2d_depthwise.cl. */
#include "kernels/device_rows.h"
#include "kernels/gemm_shape.h"
#include "kernels/own_kernel.h"
#include "kernels/sources.h"
#include "kernels/tiles.h"

#include <stdlib.h>

/* The products of all taps and rows of a tile are one run of instructions, without a loop. */
enum { MOST_TAPS = 64 };

/* Work-groups for each compute unit that we want at least, so that all of them end together. */
static const double GROUPS_PER_UNIT = 4.0;
/* A strip should stay in a core's first cache, or let several groups share a GPU's local memory. */
static const double STRIP_BYTES = 0x1.8p13;

/* The tunables of conv2d_depthwise.cl; each field is the one of that name there. */
typedef struct strip_sizes {
    uint32_t width, tile_rows, strip_rows, planes, group;
} strip_sizes;

static const gv__embedded *const sources[] = {&gv__cl_common, &gv__cl_conv2d_depthwise};

static const char *version(void)
{
    static char text[9];
    return gv__sources_version(sources, GV__COUNT(sources), text);
}

/* ---- sizes ---- */

static double strip_bytes(const strip_sizes *sizes, const gv_workload *workload)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const size_t number = gv__real_bytes(workload->precision);
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    const uint64_t rows = sizes->strip_rows + (conv->r - 1) * conv->dilation_h / conv->stride_h;
    const uint64_t pitch = q + (conv->s - 1) * conv->dilation_w / conv->stride_w;
    return (double)rows * (double)pitch * (double)conv->stride_h * (double)conv->stride_w *
           sizes->planes * (double)number;
}

static uint64_t tile_count(const strip_sizes *sizes, uint64_t q)
{
    return sizes->strip_rows / sizes->tile_rows * gv__divide_up(q, sizes->width) * sizes->planes;
}

static uint32_t round_up(uint64_t x, uint32_t to)
{
    return (uint32_t)gv__divide_up(x, to) * to;
}

/* A strip as high as fits, with a share for each compute unit. Small images on a GPU: as many
 * channels together as give two work-items out of three something to do. */
static strip_sizes choose(const gv_device *facts, const gv_workload *workload)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    const bool cpu = gv__device_is_cpu_like(facts);
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    strip_sizes sizes = {.width = cpu ? gv__vector_width(facts, workload->precision) : 1,
                         .tile_rows = p >= 4   ? 4
                                      : p >= 2 ? 2
                                               : 1,
                         .planes = 1,
                         .group = 1};
    while (sizes.width > q) {
        sizes.width /= 2;
    }
    const double wanted = GROUPS_PER_UNIT * gv__compute_units(facts);
    const double planes = (double)conv->n * (double)conv->c;
    sizes.strip_rows = round_up(p < 1024 ? p : 1024, sizes.tile_rows);
    while (sizes.strip_rows > sizes.tile_rows &&
           (strip_bytes(&sizes, workload) > STRIP_BYTES ||
            planes * (double)gv__divide_up(p, sizes.strip_rows) < wanted)) {
        sizes.strip_rows = round_up(sizes.strip_rows / 2, sizes.tile_rows);
    }
    if (cpu) {
        return sizes;
    }
    const double most = gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP);
    sizes.group = most < 64.0 ? (uint32_t)most : 64;
    while (sizes.strip_rows >= p && 3 * tile_count(&sizes, q) < 2 * (uint64_t)sizes.group &&
           planes / sizes.planes > wanted && 2.0 * strip_bytes(&sizes, workload) <= STRIP_BYTES) {
        sizes.planes *= 2;
    }
    while (sizes.group < 256 && 2.0 * sizes.group <= most && tile_count(&sizes, q) > sizes.group) {
        sizes.group *= 2;
    }
    return sizes;
}

static bool fits(const gv_device *facts, const gv_workload *workload, const strip_sizes *sizes)
{
    return !(strip_bytes(sizes, workload) > gv_device_number(facts, GV_DEVICE_LOCAL_MEM)) &&
           !(sizes->group > gv_device_number(facts, GV_DEVICE_MAX_WORK_GROUP));
}

/* Take the values of a set; what it does not name is as `choose` says. False outside of what can
 * be. */
static bool sizes_of(const gv_device *facts, const gv_workload *workload, const gv__parameters *set,
                     strip_sizes *out)
{
    *out = choose(facts, workload);
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(&workload->as.conv2d, &p, &q);
    const gv__tunable rows[] = {
        {"WIDTH", 1, 16, &out->width},
        {"TILE_ROWS", 1, 16, &out->tile_rows},
        {"STRIP_ROWS", 1, 1 << 12, &out->strip_rows},
        {"PLANES", 1, 64, &out->planes},
        {"GROUP", 1, 1024, &out->group},
    };
    if (!gv__parameters_take(set, rows, GV__COUNT(rows))) {
        return false;
    }
    return (out->width & (out->width - 1)) == 0 && out->width <= q &&
           out->strip_rows % out->tile_rows == 0 && out->strip_rows < p + out->tile_rows &&
           fits(facts, workload, out);
}

/* The grid, what matters most first. */
static bool candidate(const gv_device *facts, const gv_workload *workload, uint32_t index,
                      gv__parameters *out)
{
    const strip_sizes first = choose(facts, workload);
    const int32_t strip = (int32_t)first.strip_rows;
    const int32_t width = (int32_t)first.width;
    const bool cpu = gv__device_is_cpu_like(facts);
    const gv__axis axes[] = {
        {"TILE_ROWS", (int32_t)first.tile_rows, {4, 2, 8, 1}, 4},
        {"STRIP_ROWS", strip, {2 * strip, strip / 2}, 2},
        {"WIDTH", width, {cpu ? width / 2 : 2, cpu ? width : 4}, 2},
        {"PLANES", (int32_t)first.planes, {1, 2, 4}, 3},
        {"GROUP", (int32_t)first.group, {64, 128, 256}, cpu ? 0 : 3},
    };
    for (uint64_t point = 0; gv__grid_point(axes, GV__COUNT(axes), point, out); point++) {
        strip_sizes sizes;
        if ((point == 0 || sizes_of(facts, workload, out, &sizes)) && index-- == 0) {
            return true;
        }
    }
    return false;
}

/* ---- plan ---- */

/* Within a plane the kernel counts in 32 bits. */
static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    if (status != GV_OK) {
        return status;
    }
    const gv_conv2d *conv = &workload->as.conv2d;
    if (conv->groups != conv->c || conv->r * conv->s > MOST_TAPS) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "the depthwise convolution has a group for each channel, and filters of up "
                        "to %d numbers",
                        MOST_TAPS);
    }
    const double most = 0x1p29;
    const strip_sizes sizes = choose(facts, workload);
    if (!fits(facts, workload, &sizes) || (double)conv->h * (double)conv->w > most ||
        (double)(conv->h + 2 * conv->pad_h) * (double)(conv->w + 2 * conv->pad_w) > most ||
        (double)conv->n * (double)conv->c > most || (double)conv->k > most) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "a strip of rows must fit into local memory, and a plane into 2^29 pixels");
    }
    return GV_OK;
}

static void write_options(const gv_workload *workload, const strip_sizes *sizes, gv__text *options)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"WIDTH", sizes->width},
        {"TILE_ROWS", sizes->tile_rows},
        {"STRIP_ROWS", sizes->strip_rows},
        {"PLANES", sizes->planes},
        {"GROUP", sizes->group},
        {"FILTERS", conv->k / conv->c},
        {"PLANE_COUNT", conv->n * conv->c},
        {"CHANNELS", conv->c},
        {"IN_ROWS", conv->h},
        {"IN_COLUMNS", conv->w},
        {"OUT_ROWS", p},
        {"OUT_COLUMNS", q},
        {"FILTER_ROWS", conv->r},
        {"FILTER_COLUMNS", conv->s},
        {"PAD_ROWS", conv->pad_h},
        {"PAD_COLUMNS", conv->pad_w},
        {"STRIDE_ROWS", conv->stride_h},
        {"STRIDE_COLUMNS", conv->stride_w},
        {"DILATION_ROWS", conv->dilation_h},
        {"DILATION_COLUMNS", conv->dilation_w},
    };
    gv__text_printf(options, "-D REAL=%s -D HALF_STORED=%d",
                    workload->precision == GV_PRECISION_F64 ? "double" : "float",
                    workload->precision == GV_PRECISION_F16);
    for (size_t i = 0; i < GV__COUNT(numbers); i++) {
        gv__text_printf(options, " -D %s=%llu", numbers[i].name,
                        (unsigned long long)numbers[i].value);
    }
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    const gv_conv2d *conv = &workload->as.conv2d;
    strip_sizes sizes;
    if (!sizes_of(&context->facts, workload, parameters, &sizes)) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL,
                        "these tunables do not fit the image, or the device's local memory");
    }
    gv__kernel *made = calloc(1, sizeof *made);
    gv__text options = {0};
    write_options(workload, &sizes, &options);
    gv_status status = made == NULL || options.failed
                           ? gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan")
                           : gv__kernel_create(context, sources, GV__COUNT(sources), options.data,
                                               "conv2d_depthwise", made, costs, err);
    gv__text_free(&options);
    if (made == NULL || status != GV_OK) {
        free(made);
        return status;
    }
    uint64_t p = 0;
    uint64_t q = 0;
    gv_conv2d_output(conv, &p, &q);
    const size_t groups[3] = {(size_t)gv__divide_up(p, sizes.strip_rows),
                              (size_t)gv__divide_up(conv->n * conv->c, sizes.planes), 1};
    const size_t local[3] = {sizes.group, 1, 1};
    for (int i = 0; i < 3; i++) {
        made->local[i] = local[i];
        made->global[i] = local[i] * groups[i];
    }
    *plan = made;
    return GV_OK;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    const gv__argument arguments[] = {GV__ARGUMENT(inputs[0]), GV__ARGUMENT(inputs[1]),
                                      GV__ARGUMENT(output)};
    return gv__kernel_enqueue(plan, arguments, GV__COUNT(arguments), err);
}

static void destroy(void *plan)
{
    if (plan != NULL) {
        gv__kernel_release(plan);
        free(plan);
    }
}

const gv__device_provider gv__depthwise_conv2d = {
    .name = "gpuverdict depthwise",
    .op = GV_OP_CONV2D,
    .algorithm = GV__ALGORITHM_SUMS,
    .version = version,
    .supports = supports,
    .candidate = candidate,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
