/* SPDX-License-Identifier: Apache-2.0 */
/* What is to go wrong, and when: what the parts of the fault layer share.
 *
 *     GPUVERDICT_FAULT -> [faults_read] -> faults, dress -> strike() at each call -> what it does
 */
#ifndef GPUVERDICT_TESTS_FAULT_FAULTS_H
#define GPUVERDICT_TESTS_FAULT_FAULTS_H

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MOST_FAULTS = 32 };

#define CALL_MAP(X)                                                                                \
    X(PLATFORMS, "platforms")                                                                      \
    X(DEVICES, "devices")                                                                          \
    X(CONTEXT, "context")                                                                          \
    X(QUEUE, "queue")                                                                              \
    X(BUFFER, "buffer")                                                                            \
    X(WRITE, "write")                                                                              \
    X(READ, "read")                                                                                \
    X(MAP, "map")                                                                                  \
    X(FILL, "fill")                                                                                \
    X(COPY, "copy")                                                                                \
    X(BUILD, "build")                                                                              \
    X(KERNEL, "kernel")                                                                            \
    X(ENQUEUE, "enqueue")                                                                          \
    X(FINISH, "finish")                                                                            \
    X(WAIT, "wait")                                                                                \
    X(EVENTS, "events")                                                                            \
    X(QUERY, "query")

typedef enum call {
#define CALL_ENUM(code, word) CALL_##code,
    CALL_MAP(CALL_ENUM)
#undef CALL_ENUM
        CALL_COUNT
} call;

typedef enum effect {
    FAIL, /* with `code` */
    CRASH,
    ABORT,
    EXIT,
    HANG,
    SLEEP,
    SKIP,
    NONE,
    TWICE,
    CORRUPT,
    ZERO,
    NAN_BITS,
    CONSTANT,
    REVERSED,
    SHORT,
    LONG
} effect;

typedef struct fault {
    const char *item; /* as it was written */
    call call;
    unsigned long first, last; /* the calls it strikes, or the property of a query */
    effect effect;
    cl_int code;
    double seconds;
} fault;

extern fault faults[MOST_FAULTS];
extern size_t fault_count;

/** How every device is dressed; NULL where it shows itself. */
typedef struct disguise {
    const char *name, *vendor, *driver, *extensions, *platform, *type, *global_mem, *max_alloc,
        *fp64, *pci;
} disguise;

extern disguise dress;

/** Read GPUVERDICT_FAULT into all of these. */
void faults_read(void);
/** End the program with a message: the item is not understood. */
void refuse(const char *item);

/** The driver's answer is to stand. */
extern const fault nothing;

/** Count a call and do what ends or delays it. `&nothing`, or what is left to do. */
const fault *strike(call which);
/** The same for a query, which faults know by its property. */
const fault *strike_property(call which, unsigned long property);
bool is_failure(const fault *f);

/** A line for GPUVERDICT_FAULT_LOG. */
void note(const char *what);

#endif
