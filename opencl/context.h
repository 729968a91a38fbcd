/* SPDX-License-Identifier: Apache-2.0 */
/* One opened device: context, in-order queue, buffers, transfers, programs, and whether its events
 * are a clock.
 *
 * One thread at a time may use a gv__context and what was made from it. Each handle is released by
 * its `…_close` or `…_free`, which accept NULL; gv__live_objects() is 0 again afterwards. */
#ifndef GPUVERDICT_OPENCL_CONTEXT_H
#define GPUVERDICT_OPENCL_CONTEXT_H

#include "base/embedded.h"
#include "base/sha256.h"
#include "opencl/cl_include.h"
#include <gpuverdict/device.h>
#include <gpuverdict/measurement.h>

typedef struct gv__context {
    cl_platform_id platform;
    cl_device_id device;
    cl_context context;
    cl_command_queue queue; /**< in order, without profiling: stamping events could cost time */
    gv_device facts;
    /* How gv__finish() waits: */
    double poll_s; /**< set by the caller: for so long it asks again and again; 0: it sleeps */
    cl_event last; /**< of the command to ask for; NULL: of all that was enqueued */
    /* Compiled programs of earlier processes (opencl/program_cache.h): */
    char *programs;                 /**< their folder; NULL where none are used or kept */
    char identity[GV__SHA256_TEXT]; /**< of device and driver, in every program's key */
    bool driver_keeps;              /**< the driver keeps them itself: nothing of ours is there */
    bool rebuild;                   /**< set by the caller: use none of them, and replace them */
    uint32_t loaded_programs;       /**< how many were used so far: not the driver's own cache */
} gv__context;

/** Open the device at these positions of this process (see gv__enumerate). Its facts say that it
 * has no more memory than GPUVERDICT_DEVICE_MEMORY (bytes; `--device-memory`) allows.
 * @param host  to tell whether the device is the host's own silicon; borrowed
 * @retval GV_NO_DEVICE  there is no such device
 * @retval GV_OPENCL     the driver lists it but cannot open it */
gv_status gv__context_open(uint32_t platform, uint32_t device, const gv_host *host,
                           gv__context **out, gv_error *err);
void gv__context_close(gv__context *context);

/** A second queue of an open device, as a context of its own: what is enqueued on one may run
 * beside what is enqueued on the other. Close it before `of`. */
gv_status gv__context_beside(const gv__context *of, gv__context **out, gv_error *err);
/** Accepts NULL. */
void gv__context_beside_close(gv__context *beside);
/** Let the device begin what was enqueued. */
gv_status gv__flush(gv__context *context, gv_error *err);

/** What was enqueued so far, as an event that another queue can wait for. It becomes the caller's.
 */
gv_status gv__mark(gv__context *context, cl_event *out, gv_error *err);
/** Begin nothing that is enqueued later before `event` has come; NULL: there is nothing to wait
 * for. The queue that it was marked on must be flushed before anybody waits for this one. */
gv_status gv__await(gv__context *context, cl_event event, gv_error *err);
/** Return when it has come, at once for NULL. */
gv_status gv__event_wait(cl_event event, gv_error *err);
/** Accepts NULL. */
void gv__event_free(cl_event event);

/** Contexts, buffers and programs of this process not yet released. */
int gv__live_objects(void);

/** A device buffer of `bytes` (at least 1). Its memory is touched here, so that no first-touch cost
 * falls into a timed loop; every byte is 0xFF, which is a NaN in any precision. */
gv_status gv__buffer_create(gv__context *context, size_t bytes, cl_mem *out, gv_error *err);
void gv__buffer_free(cl_mem buffer);

/** Blocking copies from and to ordinary pageable memory: the data has arrived when they return. */
gv_status gv__buffer_write(gv__context *context, cl_mem to, const void *from, size_t bytes,
                           gv_error *err);
gv_status gv__buffer_read(gv__context *context, cl_mem from, void *to, size_t bytes, gv_error *err);

/** Stretches that an ordinary array and a buffer have in common: `rows` of `row_bytes`. In the
 * array the first is at the pointer and they are `pitch` bytes apart, in the buffer it is at
 * `buffer_offset` and they are `buffer_pitch` apart. */
typedef struct gv__rows {
    size_t row_bytes, rows, pitch, buffer_offset, buffer_pitch;
} gv__rows;

/** Enqueue copies of rows, from and to memory that must stay as it is until the queue is finished.
 */
gv_status gv__buffer_write_rows(gv__context *context, cl_mem to, const void *from,
                                const gv__rows *rows, gv_error *err);
gv_status gv__buffer_read_rows(gv__context *context, cl_mem from, void *to, const gv__rows *rows,
                               gv_error *err);
/** Enqueue zeros into the first `bytes`. */
gv_status gv__buffer_zero(gv__context *context, cl_mem buffer, size_t bytes, gv_error *err);
/** Enqueue a copy of the first `bytes`, on the device. */
gv_status gv__buffer_copy(gv__context *context, cl_mem from, cl_mem to, size_t bytes,
                          gv_error *err);

/** Memory that the driver allocated for fast transfers (CL_MEM_ALLOC_HOST_PTR, mapped once). The
 * caller fills and reads `host`; copies go through gv__buffer_write and gv__buffer_read, which the
 * driver then does by DMA. */
typedef struct gv__pinned {
    cl_mem buffer;
    void *host;
    size_t bytes;
} gv__pinned;
gv_status gv__pinned_create(gv__context *context, size_t bytes, gv__pinned *out, gv_error *err);
/** Also accepts one that was unmapped meanwhile, whose `host` is then NULL. */
void gv__pinned_free(gv__context *context, gv__pinned *pinned);

/** Make a buffer's contents readable and writable at `*host`, and wait for it. Where the device
 * computes in the host's memory nothing is copied. No kernel may use the buffer meanwhile. */
gv_status gv__buffer_map(gv__context *context, cl_mem buffer, size_t bytes, void **host,
                         gv_error *err);
/** Give it back to the device, and wait for that. */
gv_status gv__buffer_unmap(gv__context *context, cl_mem buffer, void *host, gv_error *err);

/** Compile the sources, in their order as one program, with `options` (may be NULL), or load what
 * an earlier process compiled from them; context->loaded_programs then grows.
 * @param build_s  may be NULL; gets the seconds it took. Some drivers compile only at the first
 *                 launch: that is not in it
 * @retval GV_BUILD  err->text holds the first line of the build log that tells of an error */
gv_status gv__program_build(gv__context *context, const gv__embedded *const sources[],
                            size_t source_count, const char *options, cl_program *out,
                            double *build_s, gv_error *err);
void gv__program_free(cl_program program);
/** clBuildProgram; CL_BUILD_PROGRAM_FAILURE where it answers CL_SUCCESS for what was not built. */
cl_int gv__program_compile(cl_program program, cl_device_id device, const char *options);

/** clFinish that names what was waited for. A thread that sleeps has to be woken, which can take
 * longer than a brief kernel; one that polls takes a processor from a device that computes on it.
 * What is quicker has to be tried: context->poll_s. */
gv_status gv__finish(gv__context *context, const char *what, gv_error *err);

/** Where the call that enqueues the last command of several may leave its event, for gv__finish()
 * to ask; NULL while that sleeps. Saves it a marker. */
cl_event *gv__last_event(gv__context *context);

/** Calls of the same work, each of which ends in a gv__finish() with `*poll_s` in its context. */
typedef gv_status (*gv__waited_call)(void *of, gv_error *err);

/** Try in turn, where calls are brief (up to 200 µs), whether they end sooner asleep or polling:
 * `*poll_s` stays at what is quicker. */
gv_status gv__wait_choose(gv__waited_call call, void *of, double *poll_s, gv_error *err);

/** Prove the event clock with a kernel of at least 10 ms of this device's time (contract: end -
 * start within 0.5 to 1.05 of the wall time, ordered, ticking). Nothing in this program takes a
 * time from events that were not proven.
 * @retval GV_OK            out says what was found, also where events turned out to be worthless
 * @retval GV_WRONG_RESULT  the kernel ran but did not compute what it should */
gv_status gv__event_clock_prove(gv__context *context, gv_event_clock *out, gv_error *err);

#endif
