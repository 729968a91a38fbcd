/* SPDX-License-Identifier: Apache-2.0 */
/* conv2d by OpenBLAS, for what oneDNN lacks (f64) or where it is absent: tiles of the input are
 * laid out as columns (im2col) and multiplied by the filters.
 *
 * A job is one tile of output pixels of one image and group, and, where those are too few to keep
 * every thread busy, a part of the filters. Its columns fit into the thread's own cache. */
#include "base/support.h"
#include "kernels/host_rows.h"
#include "kernels/host_threads.h"
#include "kernels/openblas.h"

#include <stdlib.h>
#include <string.h>

enum {
    TILE_BYTES = 256 * 1024, /* of columns: half a usual second-level cache */
    LEAST_PIXELS = 64,       /* below, the product is dominated by packing the filters */
    LEAST_FILTERS = 16
};

typedef struct conv_plan {
    gv_conv2d conv;
    gv_precision precision;
    size_t number; /* bytes */
    const char *input, *filters;
    char *output;
    uint64_t p, q;
    size_t depth;              /* rows of the column matrix: C/groups·R·S */
    size_t group_out;          /* filters of a group */
    size_t tile, tiles, parts; /* pixels of a tile; tiles of an image; parts of the filters */
    bool in_place;             /* 1x1: the input is the column matrix */
    char *columns;             /* one tile for each thread */
    gv__threads *pool;
} conv_plan;

static gv_status supports(const gv_workload *workload, gv_error *err)
{
    const gv_conv2d *s = &workload->as.conv2d;
    uint64_t p;
    uint64_t q;
    gv_conv2d_output(s, &p, &q);
    const uint64_t sizes[] = {s->k, s->c / s->groups * s->r * s->s, p * q, s->h * s->w};
    return gv__openblas_fits(workload->precision, sizes, GV__COUNT(sizes), err);
}

static void destroy(void *argument)
{
    conv_plan *plan = argument;
    if (plan != NULL) {
        gv__threads_free(plan->pool);
        free(plan->columns);
        free(plan);
    }
}

/* How the work is cut into jobs. */
static void cut(conv_plan *plan, uint32_t threads)
{
    const gv_conv2d *s = &plan->conv;
    size_t pixels = plan->p * plan->q;
    plan->tile = TILE_BYTES / (plan->depth * plan->number);
    if (plan->tile < LEAST_PIXELS) {
        plan->tile = LEAST_PIXELS;
    }
    if (plan->in_place || plan->tile > pixels) {
        plan->tile = pixels;
    }
    size_t images = s->n * s->groups;
    if (images * gv__divide_up(pixels, plan->tile) < threads && pixels / 2 >= LEAST_PIXELS) {
        size_t wanted = gv__divide_up(threads, images);
        plan->tile = gv__divide_up(pixels, wanted);
        plan->tile = plan->tile < LEAST_PIXELS ? LEAST_PIXELS : plan->tile;
    }
    plan->tiles = gv__divide_up(pixels, plan->tile);
    size_t jobs = images * plan->tiles;
    plan->parts = jobs < threads ? gv__divide_up(threads, jobs) : 1;
    size_t most = gv__divide_up(plan->group_out, LEAST_FILTERS);
    plan->parts = plan->parts < most ? plan->parts : most;
}

static gv_status create(const gv_workload *workload, const void *const inputs[], void *output,
                        uint32_t threads, void **out, gv__costs *costs, gv_error *err)
{
    (void)costs;
    const gv_conv2d *conv = &workload->as.conv2d;
    conv_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a plan");
    }
    *plan = (conv_plan){
        .conv = *conv,
        .precision = workload->precision,
        .number = gv_precision_bytes(workload->precision),
        .input = inputs[0],
        .filters = inputs[1],
        .output = output,
        .depth = conv->c / conv->groups * conv->r * conv->s,
        .group_out = conv->k / conv->groups,
        .in_place = conv->r == 1 && conv->s == 1 && conv->pad_h == 0 && conv->pad_w == 0 &&
                    conv->stride_h == 1 && conv->stride_w == 1,
    };
    gv_conv2d_output(conv, &plan->p, &plan->q);
    cut(plan, threads);
    gv_status status = gv__threads_create(threads, &plan->pool, err);
    if (status == GV_OK && !plan->in_place) {
        plan->columns =
            calloc(gv__threads_count(plan->pool), plan->depth * plan->tile * plan->number);
        if (plan->columns == NULL) {
            status = gv__fail(err, GV_MEMORY, 0, "calloc", "there is no memory for a plan");
        }
    }
    if (status != GV_OK) {
        destroy(plan);
        return status;
    }
    *out = plan;
    return GV_OK;
}

/* `count` pixels of output row p from column q on, for the filter's place (r, s): what of the input
 * they see of one channel, with zeros for the padding. */
static void lay_out_row(const conv_plan *plan, const char *channel, size_t r, size_t s, size_t p,
                        size_t q, size_t count, char *to)
{
    const gv_conv2d *conv = &plan->conv;
    size_t number = plan->number;
    size_t y = p * conv->stride_h + r * conv->dilation_h - conv->pad_h; /* wraps below 0 */
    if (y >= conv->h) {
        memset(to, 0, count * number);
        return;
    }
    const char *line = channel + y * conv->w * number;
    size_t shift = s * conv->dilation_w;
    if (conv->stride_w == 1) { /* zeros, a piece of the line, zeros */
        size_t first = q + shift < conv->pad_w ? conv->pad_w - shift - q : 0;
        first = first < count ? first : count;
        size_t x = q + first + shift - conv->pad_w;
        size_t inside = first < count && x < conv->w ? conv->w - x : 0;
        inside = inside < count - first ? inside : count - first;
        memset(to, 0, first * number);
        memcpy(to + first * number, line + (inside > 0 ? x : 0) * number, inside * number);
        memset(to + (first + inside) * number, 0, (count - first - inside) * number);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        size_t x = (q + i) * conv->stride_w + shift - conv->pad_w;
        if (x >= conv->w) {
            memset(to + i * number, 0, number);
        } else if (number == sizeof(float)) {
            memcpy(to + i * sizeof(float), line + x * sizeof(float), sizeof(float));
        } else {
            memcpy(to + i * sizeof(double), line + x * sizeof(double), sizeof(double));
        }
    }
}

/* The column matrix of pixels [first, first + count): depth x count. */
static void lay_out(const conv_plan *plan, const char *image, size_t first, size_t count, char *to)
{
    const gv_conv2d *conv = &plan->conv;
    for (size_t row = 0; row < plan->depth; row++) {
        size_t s = row % conv->s;
        size_t r = row / conv->s % conv->r;
        const char *channel = image + row / (conv->r * conv->s) * conv->h * conv->w * plan->number;
        char *line = to + row * count * plan->number;
        for (size_t done = 0; done < count;) {
            size_t p = (first + done) / plan->q;
            size_t q = (first + done) % plan->q;
            size_t rest = plan->q - q < count - done ? plan->q - q : count - done;
            lay_out_row(plan, channel, r, s, p, q, rest, line + done * plan->number);
            done += rest;
        }
    }
}

static void convolve(void *context, size_t job, uint32_t thread)
{
    const conv_plan *plan = context;
    const gv_conv2d *conv = &plan->conv;
    size_t number = plan->number;
    size_t pixels = plan->p * plan->q;
    size_t part = job % plan->parts;
    size_t tile = job / plan->parts % plan->tiles;
    size_t image = job / plan->parts / plan->tiles; /* times groups, plus the group */
    size_t group = image % conv->groups;
    size_t first = tile * plan->tile;
    size_t count = pixels - first < plan->tile ? pixels - first : plan->tile;
    size_t from = part * plan->group_out / plan->parts;
    size_t filters = (part + 1) * plan->group_out / plan->parts - from;
    size_t channels = conv->c / conv->groups;
    const char *in = plan->input + image * channels * conv->h * conv->w * number;
    gv__gemm gemm = {.precision = plan->precision,
                     .m = filters,
                     .n = count,
                     .k = plan->depth,
                     .lda = plan->depth,
                     .ldb = count,
                     .ldc = pixels};
    const char *columns = in + first * number;
    if (plan->in_place) {
        gemm.ldb = pixels;
    } else {
        char *own = plan->columns + thread * plan->depth * plan->tile * number;
        lay_out(plan, in, first, count, own);
        columns = own;
    }
    size_t filter = group * plan->group_out + from;
    gv__openblas_gemm(&gemm, plan->filters + filter * plan->depth * number, columns,
                      plan->output + ((image * plan->group_out + from) * pixels + first) * number);
}

static gv_status run(void *argument, gv_error *err)
{
    (void)err;
    conv_plan *plan = argument;
    gv__openblas_use_threads(1);
    gv__threads_run(plan->pool, convolve, plan,
                    plan->conv.n * plan->conv.groups * plan->tiles * plan->parts);
    return GV_OK;
}

const gv__host_provider gv__openblas_conv2d = {
    .name = "OpenBLAS im2col",
    .op = GV_OP_CONV2D,
    .version = gv__openblas_version,
    .supports = supports,
    .create = create,
    .run = run,
    .destroy = destroy,
};
