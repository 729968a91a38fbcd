/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine has: OpenCL platforms and devices, and the host, as plain data.
 *
 *     drivers -> [inventory] -> which device to measure
 *
 * A fact that a driver would not tell is not a number: it carries the driver's error in the value's
 * place. SI units: bytes, hertz. Drivers are often wrong about compute units and clocks (RDNA
 * counts pairs of units, CPU runtimes say 0 Hz): these are what the driver claims, not a roof. */
#ifndef GPUVERDICT_DEVICE_H
#define GPUVERDICT_DEVICE_H

#include <gpuverdict/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gv_fact_kind {
    GV_KIND_TEXT,
    GV_KIND_COUNT,
    GV_KIND_BYTES,
    GV_KIND_HZ,
    GV_KIND_FLAG /**< number is 0 or 1 */
} gv_fact_kind;

/** Facts of a device: code, key in JSON and tables, kind, label for people. */
#define GV_DEVICE_FACT_MAP(X)                                                                      \
    X(NAME, "name", TEXT, "Name")                                                                  \
    X(BOARD, "board", TEXT, "Board")                                                               \
    X(VENDOR, "vendor", TEXT, "Vendor")                                                            \
    X(TYPE, "type", TEXT, "Type")                                                                  \
    X(PLATFORM, "platform", TEXT, "Platform")                                                      \
    X(PLATFORM_VERSION, "platform_version", TEXT, "Platform version")                              \
    X(DRIVER, "driver", TEXT, "Driver")                                                            \
    X(VERSION, "opencl_version", TEXT, "OpenCL version")                                           \
    X(C_VERSION, "opencl_c_version", TEXT, "OpenCL C version")                                     \
    X(COMPUTE_UNITS, "compute_units", COUNT, "Compute units")                                      \
    X(CLOCK, "clock_hz", HZ, "Clock")                                                              \
    X(GLOBAL_MEM, "global_mem_bytes", BYTES, "Global memory")                                      \
    X(MAX_ALLOC, "max_alloc_bytes", BYTES, "Largest buffer")                                       \
    X(LOCAL_MEM, "local_mem_bytes", BYTES, "Local memory")                                         \
    X(LOCAL_MEM_TYPE, "local_mem_type", TEXT, "Local memory is")                                   \
    X(CACHE, "cache_bytes", BYTES, "Cache")                                                        \
    X(MAX_WORK_GROUP, "max_work_group", COUNT, "Largest work-group")                               \
    X(VECTOR_WIDTH, "vector_width_f32", COUNT, "Native float vector")                              \
    X(FP64, "fp64", FLAG, "Double precision")                                                      \
    X(FP16, "fp16", FLAG, "Half precision")                                                        \
    X(UNIFIED, "unified_memory", FLAG, "Memory shared with host")                                  \
    X(PCI, "pci", TEXT, "PCI address")                                                             \
    X(UUID, "uuid", TEXT, "UUID")                                                                  \
    X(EXTENSIONS, "extensions", COUNT, "Extensions")                                               \
    X(TIMER, "timer_resolution_ns", COUNT, "Timer resolution, ns")                                 \
    X(SUBGROUP, "smallest_subgroup", COUNT, "Smallest sub-group")

typedef enum gv_device_fact {
#define GV_DEVICE_FACT_ENUM(code, key, kind, label) GV_DEVICE_##code,
    GV_DEVICE_FACT_MAP(GV_DEVICE_FACT_ENUM)
#undef GV_DEVICE_FACT_ENUM
        GV_DEVICE_FACT_COUNT
} gv_device_fact;

/** Facts of the host, from hwloc and the kernel. */
#define GV_HOST_FACT_MAP(X)                                                                        \
    X(NAME, "name", TEXT, "Host name")                                                             \
    X(MODEL, "model", TEXT, "Processor")                                                           \
    X(ISA, "isa", TEXT, "Vector instructions")                                                     \
    X(PACKAGES, "packages", COUNT, "Packages")                                                     \
    X(CORES, "cores", COUNT, "Physical cores")                                                     \
    X(THREADS, "threads", COUNT, "Hardware threads")                                               \
    X(USABLE_CORES, "usable_cores", COUNT, "Cores this process may use")                           \
    X(L1D, "l1d_bytes", BYTES, "L1 data cache, each")                                              \
    X(L2, "l2_bytes", BYTES, "L2 cache, each")                                                     \
    X(L3, "l3_bytes", BYTES, "L3 cache, all")                                                      \
    X(NUMA, "numa_nodes", COUNT, "NUMA nodes")                                                     \
    X(CORE_DISTANCE, "core_distance_ns", COUNT, "From core to core, ns")                           \
    X(MEMORY, "memory_bytes", BYTES, "Memory")                                                     \
    X(OS, "os", TEXT, "Operating system")

typedef enum gv_host_fact {
#define GV_HOST_FACT_ENUM(code, key, kind, label) GV_HOST_##code,
    GV_HOST_FACT_MAP(GV_HOST_FACT_ENUM)
#undef GV_HOST_FACT_ENUM
        GV_HOST_FACT_COUNT
} gv_host_fact;

/** `gv_fact.error` where nobody offers the value (an extension or a library is absent). */
#define GV_FACT_ABSENT INT32_MIN

/** One value, or why there is none. Where a query failed, `text` holds its code by name. */
typedef struct gv_fact {
    int32_t error;  /**< 0: the value stands; GV_FACT_ABSENT; else the OpenCL code of the query */
    double number;  /**< for every kind but text */
    char text[164]; /**< for kind text, cut at a character's edge if longer */
} gv_fact;

/** How one row of the maps above is called and read. */
typedef struct gv_fact_info {
    const char *key;   /**< "global_mem_bytes" */
    const char *label; /**< "Global memory" */
    gv_fact_kind kind;
} gv_fact_info;

enum { GV_DEVICE_KEY = 128 };

/** One OpenCL device. */
typedef struct gv_device {
    uint32_t index;          /**< position in the inventory, what `--device N` means */
    uint32_t platform_index; /**< position among the inventory's platforms */
    uint32_t device_index;   /**< position within its platform */
    char key[GV_DEVICE_KEY]; /**< identity across runs: PCI address or UUID, else
                                  platform/name/driver/ordinal */
    bool is_host_silicon;    /**< the device computes on the host's own processor: a verdict then
                                  compares software, not hardware */
    gv_fact fact[GV_DEVICE_FACT_COUNT];
} gv_device;

/** One OpenCL platform, or a driver that could not become one. */
typedef struct gv_platform {
    uint32_t index;
    uint32_t devices; /**< how many of the inventory's devices are its own */
    char name[128], vendor[128], version[128];
    char driver[256];  /**< the .icd file or library it comes from, "" where the loader chose */
    char problem[384]; /**< why it has no device, or how its driver died; "" where all is well */
    bool failed;       /**< its driver crashed, hung or went away while it was asked */
} gv_platform;

/** The host processor, which every device has to beat. */
typedef struct gv_host {
    gv_fact fact[GV_HOST_FACT_COUNT];
} gv_host;

/** Static description of one fact. */
GV_API const gv_fact_info *gv_device_fact_info(gv_device_fact fact);
GV_API const gv_fact_info *gv_host_fact_info(gv_host_fact fact);

/** A fact as text for people ("7.8 GiB", "yes", "2.45 GHz"; "—" where absent; the error's name in
 * the value's place). `size` of 192 holds any. Returns `text`. */
GV_API char *gv_fact_format(const gv_fact *fact, gv_fact_kind kind, char *text, size_t size);

/** A numeric fact, or NAN where there is none. */
GV_API double gv_device_number(const gv_device *device, gv_device_fact fact);
/** A text fact, or "" where there is none. */
GV_API const char *gv_device_text(const gv_device *device, gv_device_fact fact);

#ifdef __cplusplus
}
#endif
#endif
