/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the arrays before a run: random inputs, and outputs full of NaN. */
#include "base/support.h"
#include "kernels/check.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

uint16_t gv__to_f16(double x)
{
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    double magnitude = fabs(x);
    if (isnan(x)) {
        return 0x7E00;
    }
    if (magnitude >= 65520) { /* rounds to infinity */
        return sign | 0x7C00;
    }
    if (magnitude < 0x1p-14) { /* subnormal: units of 2^-24 */
        return (uint16_t)(sign | (uint16_t)nearbyint(magnitude * 0x1p24));
    }
    int exponent = 15;
    while (magnitude >= 2) {
        magnitude /= 2;
        exponent++;
    }
    while (magnitude < 1) {
        magnitude *= 2;
        exponent--;
    }
    double scaled = magnitude * 1024; /* 1024 … 2048: what is behind the point is rounded off */
    uint32_t mantissa = (uint32_t)scaled;
    double rest = scaled - mantissa;
    if (rest > 0.5 || (rest == 0.5 && (mantissa & 1U) != 0)) {
        mantissa++;
    }
    /* A mantissa of 2048 carries into the exponent, as it should. */
    return (uint16_t)(sign | (uint16_t)(((uint32_t)exponent << 10) + (mantissa - 1024)));
}

double gv__from_f16(uint16_t bits)
{
    const int exponent = bits >> 10 & 31;
    const double mantissa = bits & 1023;
    double magnitude;
    if (exponent == 31) {
        magnitude = mantissa == 0 ? (double)INFINITY : (double)NAN;
    } else {
        magnitude = exponent == 0 ? ldexp(mantissa, -24) : ldexp(mantissa + 1024, exponent - 25);
    }
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

static void store(void *array, gv_precision precision, size_t i, double value)
{
    switch (precision) {
    case GV_PRECISION_F32:
        ((float *)array)[i] = (float)value;
        break;
    case GV_PRECISION_F64:
        ((double *)array)[i] = value;
        break;
    case GV_PRECISION_F16:
        ((uint16_t *)array)[i] = gv__to_f16(value);
        break;
    }
}

void gv__operand_fill(void *array, const gv_operand *operand, gv_precision precision, uint64_t seed,
                      uint32_t index)
{
    gv__random random;
    gv__random_seed(&random, seed ^ ((uint64_t)index + 1) * UINT64_C(0xD1B54A32D192ED03));
    bool all_zero = true;
    for (size_t i = 0; i < operand->elements; i++) {
        double value = gv__random_unit(&random);
        all_zero = all_zero && value == 0;
        store(array, precision, i, value);
    }
    if (all_zero && operand->elements > 0) {
        store(array, precision, 0, 0.5);
    }
}

/* array[to] = conjugate of array[from], complex numbers of any precision. */
static void copy_conjugate(void *array, size_t bytes, size_t to, size_t from)
{
    unsigned char *target = (unsigned char *)array + 2 * to * bytes;
    memmove(target, (unsigned char *)array + 2 * from * bytes, 2 * bytes);
    /* Little-endian: the sign is the top bit of the imaginary part's last byte. */
    target[2 * bytes - 1] ^= 0x80;
}

/* The spectrum of real numbers has X[-k] = conj X[k]. Only the planes where the last index is its
 * own negative, 0 and n/2, hold both; there the second half is made from the first. */
static void make_hermitian(void *array, const gv_fft *fft, size_t bytes)
{
    size_t rows = 1; /* all axes but the last, as one index */
    for (uint32_t d = 0; d + 1 < fft->dims; d++) {
        rows *= fft->shape[d];
    }
    size_t n = fft->shape[fft->dims - 1];
    size_t half = n / 2 + 1;
    size_t inner = fft->dims == 3 ? fft->shape[1] : 1;
    size_t outer = rows / inner;
    for (size_t transform = 0; transform < fft->batch; transform++) {
        for (size_t row = 0; row < rows; row++) {
            size_t i = row / inner;
            size_t j = row % inner;
            size_t mirror = (outer - i) % outer * inner + (inner - j) % inner;
            size_t base = transform * rows;
            /* 0, and n/2 of an even length */
            size_t step = n % 2 == 0 && n > 1 ? n / 2 : n;
            for (size_t last = 0; mirror <= row && last < half; last += step) {
                size_t at = (base + row) * half + last;
                if (mirror == row) { /* its own mirror image is real */
                    memset((unsigned char *)array + (2 * at + 1) * bytes, 0, bytes);
                } else {
                    copy_conjugate(array, bytes, at, (base + mirror) * half + last);
                }
            }
        }
    }
}

gv_status gv__input_fill(void *array, const gv_workload *workload, uint32_t index, uint64_t seed,
                         gv_error *err)
{
    gv_operands operands;
    gv_status status = gv_workload_operands(workload, &operands, err);
    if (status != GV_OK) {
        return status;
    }
    if (index >= operands.inputs) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "the workload has no input %u", index);
    }
    gv__operand_fill(array, &operands.input[index], workload->precision, seed, index);
    if (workload->op == GV_OP_FFT && workload->as.fft.kind == GV_FFT_C2R) {
        make_hermitian(array, &workload->as.fft, gv_precision_bytes(workload->precision));
    }
    return GV_OK;
}

void gv__operand_poison(void *array, const gv_operand *operand)
{
    memset(array, 0xFF, operand->bytes); /* all bits set is a NaN in every precision */
}
