/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads as text: "matmul:m=512,n=512,k=512". One table of keys makes parser and writer. */
#include "base/support.h"
#include <gpuverdict/workload.h>

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum key_kind {
    KEY_COUNT, /* uint64_t */
    KEY_PAIR,  /* two uint64_t: "AxB", or "A" for both */
    KEY_SHAPE, /* gv_fft: "A", "AxB" or "AxBxC" */
    KEY_REAL,  /* double */
    KEY_FLAG,  /* bool by two names */
    KEY_CHOICE /* enum by its names */
} key_kind;

typedef struct key_row {
    gv_op op;
    const char *key;
    key_kind kind;
    size_t offset; /* within gv_workload */
    bool optional;
    double low, high; /* allowed numbers */
    double fallback;  /* of an optional number; flags and choices fall back to their first name */
    const char *const *names;
} key_row;

static const char *const transpose_names[] = {"n", "t", NULL};
static const char *const direction_names[] = {"forward", "inverse", NULL};
static const char *const kind_names[] = {"c2c", "r2c", "c2r", NULL};
static const char *const act_names[] = {"none", "relu", "gelu", "sigmoid", "tanh", NULL};
static const char *const precision_names[] = {"f32", "f64", "f16", NULL};

_Static_assert(sizeof(gv_fft_kind) == sizeof(int) && sizeof(gv_activation) == sizeof(int) &&
                   sizeof(gv_precision) == sizeof(int),
               "choices are stored as int");

/* 2^53: the largest count that a double still tells from its neighbour. */
#define LARGEST 9007199254740992.0
/* Paddings, strides and dilations beyond 16 bits are accepted by no library. */
#define LARGEST_STEP 65535.0

#define AT(field) offsetof(gv_workload, as.field)
#define SIZE(op, key, field)                                                                       \
    {                                                                                              \
        op, key, KEY_COUNT, AT(field), false, 1, LARGEST, 0, NULL                                  \
    }
#define SIZE_OR_1(op, key, field)                                                                  \
    {                                                                                              \
        op, key, KEY_COUNT, AT(field), true, 1, LARGEST, 1, NULL                                   \
    }
#define STEP(op, key, field, least)                                                                \
    {                                                                                              \
        op, key, KEY_PAIR, AT(field), true, least, LARGEST_STEP, least, NULL                       \
    }
#define REAL(key, field, least)                                                                    \
    {                                                                                              \
        GV_OP_CUSTOM, key, KEY_REAL, AT(field), false, least, DBL_MAX, 0, NULL                     \
    }
#define NAMED(op, key, kind, field, names)                                                         \
    {                                                                                              \
        op, key, kind, AT(field), true, 0, 0, 0, names                                             \
    }

/* In the canonical order. */
static const key_row keys[] = {
    SIZE(GV_OP_MATMUL, "m", matmul.m),
    SIZE(GV_OP_MATMUL, "n", matmul.n),
    SIZE(GV_OP_MATMUL, "k", matmul.k),
    SIZE_OR_1(GV_OP_MATMUL, "batch", matmul.batch),
    NAMED(GV_OP_MATMUL, "ta", KEY_FLAG, matmul.ta, transpose_names),
    NAMED(GV_OP_MATMUL, "tb", KEY_FLAG, matmul.tb, transpose_names),
    SIZE(GV_OP_CONV2D, "n", conv2d.n),
    SIZE(GV_OP_CONV2D, "c", conv2d.c),
    SIZE(GV_OP_CONV2D, "h", conv2d.h),
    SIZE(GV_OP_CONV2D, "w", conv2d.w),
    SIZE(GV_OP_CONV2D, "k", conv2d.k),
    SIZE(GV_OP_CONV2D, "r", conv2d.r),
    SIZE(GV_OP_CONV2D, "s", conv2d.s),
    STEP(GV_OP_CONV2D, "pad", conv2d.pad_h, 0),
    STEP(GV_OP_CONV2D, "stride", conv2d.stride_h, 1),
    STEP(GV_OP_CONV2D, "dilation", conv2d.dilation_h, 1),
    SIZE_OR_1(GV_OP_CONV2D, "groups", conv2d.groups),
    {GV_OP_FFT, "shape", KEY_SHAPE, AT(fft), false, 1, LARGEST, 0, NULL},
    SIZE_OR_1(GV_OP_FFT, "batch", fft.batch),
    NAMED(GV_OP_FFT, "kind", KEY_CHOICE, fft.kind, kind_names),
    NAMED(GV_OP_FFT, "dir", KEY_FLAG, fft.inverse, direction_names),
    SIZE(GV_OP_DENSE, "batch", dense.batch),
    SIZE(GV_OP_DENSE, "in", dense.in),
    SIZE(GV_OP_DENSE, "out", dense.out),
    NAMED(GV_OP_DENSE, "act", KEY_CHOICE, dense.act, act_names),
    REAL("flop", custom.flop, DBL_MIN),
    REAL("bytes", custom.bytes, DBL_MIN),
    REAL("in", custom.in, 0),
    REAL("out", custom.out, 0),
    {GV_OP_CUSTOM, "parallel", KEY_REAL, AT(custom.parallel), true, DBL_MIN, 1, 1, NULL},
    {GV_OP_CUSTOM, "launches", KEY_REAL, AT(custom.launches), true, 1, 1e9, 1, NULL},
};

/* Every operation has it, last; its `op` is not looked at. */
static const key_row precision_key = {
    GV_OP_CUSTOM,   "precision", KEY_CHOICE, offsetof(gv_workload, precision), true, 0, 0, 0,
    precision_names};

/* The i-th key of an operation, NULL past the last. */
static const key_row *key_at(gv_op op, size_t i)
{
    for (size_t row = 0; row < GV__COUNT(keys); row++) {
        if (keys[row].op == op && i-- == 0) {
            return &keys[row];
        }
    }
    return i == 0 ? &precision_key : NULL;
}

static void *field_of(gv_workload *workload, const key_row *row)
{
    return (char *)workload + row->offset;
}

static const void *const_field_of(const gv_workload *workload, const key_row *row)
{
    return (const char *)workload + row->offset;
}

/* ---- reading ---- */

/* Digits alone: no sign, no space, no exponent. False where it is something else or too large. */
static bool read_count(const char *text, size_t length, uint64_t *out)
{
    uint64_t value = 0;
    if (length == 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || value > (UINT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    *out = value;
    return true;
}

/* A decimal number under the C locale, whatever the caller's is. */
static bool read_real(const char *text, double *out)
{
    if (text[strspn(text, "0123456789.eE+-")] != 0 || text[0] == 0) {
        return false;
    }
    locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0) {
        return false;
    }
    locale_t before = uselocale(c_locale);
    char *end;
    double value = strtod(text, &end);
    uselocale(before);
    freelocale(c_locale);
    if (*end != 0) {
        return false;
    }
    *out = value;
    return true;
}

static bool in_range(const key_row *row, double value)
{
    return value >= row->low && value <= row->high;
}

/* Up to `most` counts separated by x. Returns how many there are, 0 where one is wrong. */
static uint32_t read_counts(const key_row *row, const char *text, uint64_t *out, uint32_t most)
{
    uint32_t count = 0;
    for (;;) {
        size_t length = strcspn(text, "x");
        if (count == most || !read_count(text, length, &out[count]) ||
            !in_range(row, (double)out[count])) {
            return 0;
        }
        count++;
        if (text[length] == 0) {
            return count;
        }
        text += length + 1;
    }
}

static bool read_value(const key_row *row, const char *text, gv_workload *workload)
{
    void *field = field_of(workload, row);
    switch (row->kind) {
    case KEY_COUNT:
        return read_counts(row, text, field, 1) == 1;
    case KEY_PAIR: {
        uint64_t *pair = field;
        uint32_t count = read_counts(row, text, pair, 2);
        if (count == 1) {
            pair[1] = pair[0];
        }
        return count != 0;
    }
    case KEY_SHAPE: {
        gv_fft *fft = field;
        fft->dims = read_counts(row, text, fft->shape, GV_FFT_MAX_DIMS);
        return fft->dims != 0;
    }
    case KEY_REAL: {
        double *real = field;
        return read_real(text, real) && in_range(row, *real);
    }
    case KEY_FLAG:
    case KEY_CHOICE:
        for (int i = 0; row->names[i] != NULL; i++) {
            if (strcmp(text, row->names[i]) == 0) {
                if (row->kind == KEY_FLAG) {
                    *(bool *)field = i == 1;
                } else {
                    memcpy(field, &i, sizeof i);
                }
                return true;
            }
        }
        return false;
    }
    return false;
}

static void set_fallback(const key_row *row, gv_workload *workload)
{
    void *field = field_of(workload, row);
    uint64_t count = (uint64_t)row->fallback;
    switch (row->kind) {
    case KEY_COUNT:
        memcpy(field, &count, sizeof count);
        break;
    case KEY_PAIR:
        memcpy(field, &count, sizeof count);
        memcpy((char *)field + sizeof count, &count, sizeof count);
        break;
    case KEY_REAL:
        memcpy(field, &row->fallback, sizeof row->fallback);
        break;
    default: /* flags and choices are zero already, a shape is never optional */
        break;
    }
}

GV__PRINTF(3, 4)
static gv_status refuse(gv_error *err, const char *text, const char *format, ...)
{
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    char shown[96];
    gv__copy_text(shown, sizeof shown, text);
    return gv__fail(err, GV_ARGUMENT, 0, NULL, "workload \"%s%s\": %s", shown,
                    strlen(text) >= sizeof shown ? "…" : "", reason);
}

/* What a key accepts, for an error's text. */
static const char *describe_values(const key_row *row, char text[128])
{
    gv__text list = {0};
    switch (row->kind) {
    case KEY_FLAG:
    case KEY_CHOICE:
        for (int i = 0; row->names[i] != NULL; i++) {
            gv__text_printf(&list, "%s%s", i == 0 ? "one of " : ", ", row->names[i]);
        }
        gv__copy_text(text, 128, list.data != NULL ? list.data : "");
        gv__text_free(&list);
        break;
    case KEY_REAL:
        snprintf(text, 128, "a number %s%s",
                 row->low == 0   ? "from 0"
                 : row->low == 1 ? "from 1"
                                 : "above 0",
                 row->high == 1        ? " up to 1"
                 : row->high < DBL_MAX ? " up to 1e9"
                                       : "");
        break;
    default:
        snprintf(text, 128, "%s from %.0f to %.0f",
                 row->kind == KEY_PAIR    ? "a whole number or AxB, each"
                 : row->kind == KEY_SHAPE ? "A, AxB or AxBxC, each a whole number"
                                          : "a whole number",
                 row->low, row->high);
        break;
    }
    return text;
}

static gv_status read_operation(const char *text, gv_op *op, const char **rest, gv_error *err)
{
    size_t length = strcspn(text, ":");
    for (int i = 0; i < GV_OP_COUNT; i++) {
        const char *name = gv_op_name((gv_op)i);
        if ((strlen(name) == length && strncmp(text, name, length) == 0) ||
            (i == GV_OP_CONV2D && length == strlen("convolution") &&
             strncmp(text, "convolution", length) == 0)) {
            *op = (gv_op)i;
            *rest = text + length + (text[length] == ':');
            return GV_OK;
        }
    }
    return refuse(err, text,
                  "unknown operation; one of matmul, conv2d (or convolution), fft, dense, custom");
}

enum { MOST_KEYS = 12 };

/* One "key=value"; `seen` has a place for each key of the operation. */
static gv_status read_pair(const char *text, const char *pair, bool seen[MOST_KEYS],
                           gv_workload *workload, gv_error *err)
{
    const char *equals = strchr(pair, '=');
    if (equals == NULL) {
        return refuse(err, text, "\"%.40s\" is not key=value", pair);
    }
    size_t length = (size_t)(equals - pair);
    const key_row *row = NULL;
    size_t i = 0;
    for (; (row = key_at(workload->op, i)) != NULL; i++) {
        if (strlen(row->key) == length && strncmp(row->key, pair, length) == 0) {
            break;
        }
    }
    if (row == NULL) {
        return refuse(err, text, "%s has no key \"%.*s\"", gv_op_name(workload->op),
                      (int)(length < 40 ? length : 40), pair);
    }
    if (seen[i]) {
        return refuse(err, text, "%s is given twice", row->key);
    }
    seen[i] = true;
    if (!read_value(row, equals + 1, workload)) {
        char values[128];
        return refuse(err, text, "%s must be %s, not \"%.40s\"", row->key,
                      describe_values(row, values), equals + 1);
    }
    return GV_OK;
}

static gv_status read_pairs(const char *text, const char *rest, bool seen[MOST_KEYS],
                            gv_workload *workload, gv_error *err)
{
    while (*rest != 0) {
        size_t length = strcspn(rest, ",");
        char pair[128];
        if (length >= sizeof pair) {
            return refuse(err, text, "\"%.40s…\" is too long for a key and its value", rest);
        }
        memcpy(pair, rest, length);
        pair[length] = 0;
        gv_status status = read_pair(text, pair, seen, workload, err);
        if (status != GV_OK) {
            return status;
        }
        rest += length;
        if (*rest == ',' && *++rest == 0) {
            return refuse(err, text, "nothing follows the last comma");
        }
    }
    return GV_OK;
}

/* What no single value shows: kinds and directions, groups, an empty output, sizes too large. */
static gv_status check_together(const char *text, bool direction_given, gv_workload *workload,
                                gv_error *err)
{
    if (workload->op == GV_OP_FFT) {
        gv_fft *fft = &workload->as.fft;
        bool c2r = fft->kind == GV_FFT_C2R;
        if (direction_given && fft->kind != GV_FFT_C2C && fft->inverse != c2r) {
            return refuse(err, text, "dir: %s is always %s", kind_names[fft->kind],
                          direction_names[c2r]);
        }
        fft->inverse = fft->inverse || c2r;
    }
    if (workload->op == GV_OP_CONV2D) {
        const gv_conv2d *conv = &workload->as.conv2d;
        if (conv->c % conv->groups != 0 || conv->k % conv->groups != 0) {
            return refuse(err, text, "groups must divide both c and k");
        }
        uint64_t p;
        uint64_t q;
        gv_conv2d_output(conv, &p, &q);
        if (p == 0) {
            return refuse(err, text, "r, s: the filter is larger than the padded input");
        }
    }
    gv_operands operands;
    gv_error reason = {0};
    if (workload->op != GV_OP_CUSTOM &&
        gv_workload_operands(workload, &operands, &reason) != GV_OK) {
        return refuse(err, text, "%s", reason.text);
    }
    return GV_OK;
}

gv_status gv_workload_parse(const char *text, gv_workload *out, gv_error *err)
{
    gv_workload workload = {0};
    const char *rest = text;
    gv_status status = read_operation(text, &workload.op, &rest, err);
    if (status != GV_OK) {
        return status;
    }
    bool seen[MOST_KEYS] = {false};
    status = read_pairs(text, rest, seen, &workload, err);
    if (status != GV_OK) {
        return status;
    }
    bool direction_given = false;
    const key_row *row;
    for (size_t i = 0; (row = key_at(workload.op, i)) != NULL; i++) {
        if (!seen[i] && !row->optional) {
            return refuse(err, text, "%s is missing", row->key);
        }
        if (!seen[i]) {
            set_fallback(row, &workload);
        }
        direction_given = direction_given || (seen[i] && strcmp(row->key, "dir") == 0);
    }
    status = check_together(text, direction_given, &workload, err);
    if (status == GV_OK) {
        *out = workload;
    }
    return status;
}

/* ---- writing ---- */

/* "1e+06" as "1e6". */
static void shorten_exponent(char *text)
{
    char *to = strchr(text, 'e');
    if (to == NULL) {
        return;
    }
    const char *from = ++to;
    if (*from == '-') {
        to++;
    }
    from += strspn(from, "+-0");
    memmove(to, from, strlen(from) + 1);
}

/* Counts as they are counted; else the shortest decimal that reads back as the same number. */
static void write_real(char *text, size_t size, double value)
{
    if (value == floor(value) && fabs(value) <= 1e15) {
        snprintf(text, size, "%.0f", value);
        return;
    }
    locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    locale_t before = uselocale(c_locale);
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    shorten_exponent(text);
    uselocale(before);
    if (c_locale != (locale_t)0) {
        freelocale(c_locale);
    }
}

static void write_value(const key_row *row, const gv_workload *workload, char *text, size_t size)
{
    const void *field = const_field_of(workload, row);
    switch (row->kind) {
    case KEY_COUNT:
        snprintf(text, size, "%llu", (unsigned long long)*(const uint64_t *)field);
        break;
    case KEY_PAIR: {
        const uint64_t *pair = field;
        snprintf(text, size, "%llux%llu", (unsigned long long)pair[0], (unsigned long long)pair[1]);
        break;
    }
    case KEY_SHAPE: {
        const gv_fft *fft = field;
        size_t length = 0;
        for (uint32_t i = 0; i < fft->dims && length < size; i++) {
            length += (size_t)snprintf(text + length, size - length, "%s%llu", i == 0 ? "" : "x",
                                       (unsigned long long)fft->shape[i]);
        }
        break;
    }
    case KEY_REAL:
        write_real(text, size, *(const double *)field);
        break;
    case KEY_FLAG:
        gv__copy_text(text, size, row->names[*(const bool *)field ? 1 : 0]);
        break;
    case KEY_CHOICE: {
        int choice;
        memcpy(&choice, field, sizeof choice);
        gv__copy_text(text, size, row->names[choice]);
        break;
    }
    }
}

static bool is_fallback(const key_row *row, const gv_workload *workload)
{
    const void *field = const_field_of(workload, row);
    if (!row->optional) {
        return false;
    }
    if (strcmp(row->key, "dir") == 0 && workload->as.fft.kind != GV_FFT_C2C) {
        return true; /* r2c and c2r have one direction */
    }
    gv_workload plain = {0};
    set_fallback(row, &plain);
    static const size_t bytes[] = {[KEY_COUNT] = sizeof(uint64_t),
                                   [KEY_PAIR] = 2 * sizeof(uint64_t),
                                   [KEY_SHAPE] = 0,
                                   [KEY_REAL] = sizeof(double),
                                   [KEY_FLAG] = sizeof(bool),
                                   [KEY_CHOICE] = sizeof(int)};
    return memcmp(field, const_field_of(&plain, row), bytes[row->kind]) == 0;
}

char *gv_workload_format(const gv_workload *workload, char text[GV_WORKLOAD_TEXT])
{
    size_t length = (size_t)snprintf(text, GV_WORKLOAD_TEXT, "%s", gv_op_name(workload->op));
    const char *separator = ":";
    const key_row *row;
    for (size_t i = 0; (row = key_at(workload->op, i)) != NULL; i++) {
        if (is_fallback(row, workload) || length >= GV_WORKLOAD_TEXT) {
            continue;
        }
        char value[64] = "";
        write_value(row, workload, value, sizeof value);
        length += (size_t)snprintf(text + length, GV_WORKLOAD_TEXT - length, "%s%s=%s", separator,
                                   row->key, value);
        separator = ",";
    }
    return text;
}
