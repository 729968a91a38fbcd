/* SPDX-License-Identifier: Apache-2.0 */
/* matmul by CLBlast. */
#include "base/support.h"
#include "kernels/clblast_override.h"
#include "kernels/device_rows.h"
#include "opencl/cl_names.h"

#include <clblast_c.h>
#include <limits.h>
#include <stdlib.h>

typedef struct matmul_plan {
    gv__context *context; /* borrowed */
    gv_matmul matmul;
    bool f64;
    gv__clblast_set set;
    cl_mem space; /* CLBlast's work space, which it would otherwise allocate in each call */
} matmul_plan;

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

static const char *version(void)
{
    return TEXT(CLBLAST_VERSION_MAJOR) "." TEXT(CLBLAST_VERSION_MINOR) "." TEXT(
        CLBLAST_VERSION_PATCH);
}

/* The codes that CLBlast adds to OpenCL's and that matmul may meet. */
static const struct {
    CLBlastStatusCode code;
    const char *name;
} names[] = {
#define ROW(code)                                                                                  \
    {                                                                                              \
        code, #code                                                                                \
    }
    ROW(CLBlastNotImplemented),      ROW(CLBlastInvalidMatrixA),
    ROW(CLBlastInvalidMatrixB),      ROW(CLBlastInvalidMatrixC),
    ROW(CLBlastInvalidDimension),    ROW(CLBlastInvalidLeadDimA),
    ROW(CLBlastInvalidLeadDimB),     ROW(CLBlastInvalidLeadDimC),
    ROW(CLBlastInsufficientMemoryA), ROW(CLBlastInsufficientMemoryB),
    ROW(CLBlastInsufficientMemoryC), ROW(CLBlastInsufficientMemoryTemp),
    ROW(CLBlastInvalidBatchCount),   ROW(CLBlastNoDoublePrecision),
    ROW(CLBlastDatabaseError),       ROW(CLBlastUnknownError),
    ROW(CLBlastUnexpectedError),
#undef ROW
};

static gv_status checked(CLBlastStatusCode code, const char *call, gv_error *err)
{
    if (code == CLBlastSuccess) {
        return GV_OK;
    }
    if (code == CLBlastInvalidLocalMemUsage) {
        return gv__fail(err, GV_UNSUPPORTED, code, call,
                        "these tunables of CLBlast need more local memory than the device leaves");
    }
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        if (names[i].code == code) {
            return gv__fail(err, GV_LIBRARY, code, call,
                            "CLBlast's matrix product answered %s (%d): use another provider",
                            names[i].name, (int)code);
        }
    }
    return gv__cl_fail(err, (cl_int)code, call, "CLBlast's matrix product");
}

static gv_status supports(const gv_device *facts, const gv_workload *workload, gv_error *err)
{
    gv_status status = gv__device_fits(facts, workload, err);
    gv_operands operands;
    if (status == GV_OK) {
        status = gv_workload_operands(workload, &operands, err);
    }
    if (status != GV_OK) {
        return status;
    }
    if (workload->precision == GV_PRECISION_F16) {
        return gv__fail(err, GV_UNSUPPORTED, 0, NULL, "CLBlast sums f16 in f16");
    }
    /* Its kernels compute positions with int; the packed copies are a little larger. */
    const size_t most = (size_t)INT_MAX / 2;
    if (operands.input[0].elements > most || operands.input[1].elements > most ||
        operands.output.elements > most) {
        return gv__fail(
            err, GV_UNSUPPORTED, 0, NULL,
            "CLBlast computes positions in 32 bits, and a matrix has over 2^30 numbers");
    }
    return GV_OK;
}

/* Leading dimensions of row-major matrices. */
static size_t left_ld(const gv_matmul *s)
{
    return (size_t)(s->ta ? s->m : s->k);
}

static size_t right_ld(const gv_matmul *s)
{
    return (size_t)(s->tb ? s->k : s->n);
}

static CLBlastTranspose transposed(bool yes)
{
    return yes ? CLBlastTransposeYes : CLBlastTransposeNo;
}

static CLBlastStatusCode multiply_one(const matmul_plan *plan, cl_mem a, cl_mem b, cl_mem c)
{
    const gv_matmul *s = &plan->matmul;
    cl_event *event = gv__last_event(plan->context);
    if (plan->f64) {
        return CLBlastDgemmWithTempBuffer(CLBlastLayoutRowMajor, transposed(s->ta),
                                          transposed(s->tb), s->m, s->n, s->k, 1.0, a, 0,
                                          left_ld(s), b, 0, right_ld(s), 0.0, c, 0, s->n,
                                          &plan->context->queue, event, plan->space);
    }
    return CLBlastSgemmWithTempBuffer(CLBlastLayoutRowMajor, transposed(s->ta), transposed(s->tb),
                                      s->m, s->n, s->k, 1.0F, a, 0, left_ld(s), b, 0, right_ld(s),
                                      0.0F, c, 0, s->n, &plan->context->queue, event, plan->space);
}

static CLBlastStatusCode multiply_batch(const matmul_plan *plan, cl_mem a, cl_mem b, cl_mem c)
{
    const gv_matmul *s = &plan->matmul;
    cl_event *event = gv__last_event(plan->context);
    if (plan->f64) {
        return CLBlastDgemmStridedBatched(
            CLBlastLayoutRowMajor, transposed(s->ta), transposed(s->tb), s->m, s->n, s->k, 1.0, a,
            0, left_ld(s), s->m * s->k, b, 0, right_ld(s), s->k * s->n, 0.0, c, 0, s->n,
            s->m * s->n, s->batch, &plan->context->queue, event);
    }
    return CLBlastSgemmStridedBatched(CLBlastLayoutRowMajor, transposed(s->ta), transposed(s->tb),
                                      s->m, s->n, s->k, 1.0F, a, 0, left_ld(s), s->m * s->k, b, 0,
                                      right_ld(s), s->k * s->n, 0.0F, c, 0, s->n, s->m * s->n,
                                      s->batch, &plan->context->queue, event);
}

static gv_status multiply(const matmul_plan *plan, cl_mem a, cl_mem b, cl_mem c, gv_error *err)
{
    gv_status status = gv__clblast_use(
        plan->context->device, plan->f64 ? GV_PRECISION_F64 : GV_PRECISION_F32, &plan->set, err);
    if (status != GV_OK) {
        return status;
    }
    return plan->matmul.batch == 1
               ? checked(multiply_one(plan, a, b, c), plan->f64 ? "CLBlastDgemm" : "CLBlastSgemm",
                         err)
               : checked(multiply_batch(plan, a, b, c),
                         plan->f64 ? "CLBlastDgemmStridedBatched" : "CLBlastSgemmStridedBatched",
                         err);
}

static gv_status create_space(matmul_plan *plan, gv_error *err)
{
    const gv_matmul *s = &plan->matmul;
    size_t bytes = 0;
    if (s->batch == 1) {
        CLBlastStatusCode code =
            plan->f64
                ? CLBlastDGemmTempBufferSize(CLBlastLayoutRowMajor, transposed(s->ta),
                                             transposed(s->tb), s->m, s->n, s->k, 0, left_ld(s), 0,
                                             right_ld(s), 0, s->n, &plan->context->queue, &bytes)
                : CLBlastSGemmTempBufferSize(CLBlastLayoutRowMajor, transposed(s->ta),
                                             transposed(s->tb), s->m, s->n, s->k, 0, left_ld(s), 0,
                                             right_ld(s), 0, s->n, &plan->context->queue, &bytes);
        gv_status status = checked(code, "CLBlastGemmTempBufferSize", err);
        if (status != GV_OK) {
            return status;
        }
    }
    return bytes == 0 ? GV_OK : gv__buffer_create(plan->context, bytes, &plan->space, err);
}

/* CLBlast compiles in its first call: make one, of a single number. */
static gv_status compile(matmul_plan *plan, gv_error *err)
{
    const gv_matmul wanted = plan->matmul;
    const cl_mem space = plan->space;
    cl_mem number[3] = {NULL, NULL, NULL};
    const uint64_t batch = wanted.batch == 1 ? 1 : 2; /* the batched routine is another program */
    gv_status status = GV_OK;
    for (int i = 0; status == GV_OK && i < 3; i++) {
        status = gv__buffer_create(plan->context, (size_t)batch * sizeof(double), &number[i], err);
    }
    if (status == GV_OK) {
        plan->matmul = (gv_matmul){.m = 1, .n = 1, .k = 1, .batch = batch};
        plan->space = NULL;
        status = multiply(plan, number[0], number[1], number[2], err);
        plan->matmul = wanted;
        plan->space = space;
    }
    if (status == GV_OK) {
        status = gv__finish(plan->context, "CLBlast's first call", err);
    }
    for (int i = 0; i < 3; i++) {
        gv__buffer_free(number[i]);
    }
    return status;
}

static void destroy(void *plan)
{
    matmul_plan *made = plan;
    if (made != NULL) {
        gv__buffer_free(made->space);
        free(made);
    }
}

static gv_status create(gv__context *context, const gv_workload *workload,
                        const gv__parameters *parameters, void **plan, gv__costs *costs,
                        gv_error *err)
{
    gv__clblast_set set;
    gv_status status =
        gv__clblast_complete(&context->facts, workload->precision, parameters, &set, err);
    if (status == GV_OK) {
        status = gv__clblast_use(context->device, workload->precision, &set, err);
    }
    if (status != GV_OK) {
        return status;
    }
    matmul_plan *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return gv__fail(err, GV_MEMORY, 0, NULL, "no memory for a plan");
    }
    made->context = context;
    made->matmul = workload->as.matmul;
    made->f64 = workload->precision == GV_PRECISION_F64;
    made->set = set;
    const double start_s = gv__now_s();
    status = create_space(made, err);
    if (status == GV_OK) {
        status = compile(made, err);
    }
    if (status != GV_OK) {
        destroy(made);
        return status;
    }
    gv__costs_add(costs, GV_COST_BUILD, gv__now_s() - start_s);
    *plan = made;
    return GV_OK;
}

static gv_status enqueue(void *plan, const cl_mem inputs[], cl_mem output, gv_error *err)
{
    return multiply(plan, inputs[0], inputs[1], output, err);
}

static bool own_remains(const gv__context *context, const gv_workload *workload)
{
    return gv__clblast_own_remains(context->device, workload->precision);
}

void gv__clblast_release(void)
{
    CLBlastClearCache();
}

const gv__device_provider gv__clblast_matmul = {
    .name = "CLBlast",
    .op = GV_OP_MATMUL,
    .version = version,
    .supports = supports,
    .candidate = gv__clblast_candidate,
    .own_remains = own_remains,
    .create = create,
    .enqueue = enqueue,
    .destroy = destroy,
};
