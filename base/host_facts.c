/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity and CPU_COUNT */
#endif
#include "base/host_facts.h"

#include "base/support.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(GV_HAVE_HWLOC)
#include <hwloc.h>
#endif
#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

static void set_number(gv_host *host, gv_host_fact which, double number)
{
    if (number > 0) {
        host->fact[which] = (gv_fact){.error = 0, .number = number};
    }
}

static void set_text(gv_host *host, gv_host_fact which, const char *text)
{
    if (text != NULL && text[0] != 0) {
        gv_fact *fact = &host->fact[which];
        fact->error = 0;
        gv__copy_text(fact->text, sizeof fact->text, text);
    }
}

/* The first line of a file that starts with `prefix`, what follows it without leading blanks and
 * without the line's end. */
static bool read_line(const char *path, const char *prefix, char *out, size_t size)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    char line[512];
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        size_t length = strlen(prefix);
        if (strncmp(line, prefix, length) == 0) {
            const char *value = line + length + strspn(line + length, " \t:");
            line[strcspn(line, "\n")] = 0;
            gv__copy_text(out, size, value);
            found = true;
        }
    }
    fclose(file);
    return found;
}

/* ---- the processor's vector instructions --------------------------------------------------- */

static void find_isa(gv_host *host)
{
    gv__text words = {0};
#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__)
    /* The builtin also asks whether the system saves the wide registers. */
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) {
        gv__text_add(&words, " AVX-512");
    } else if (__builtin_cpu_supports("avx2")) {
        gv__text_add(&words, __builtin_cpu_supports("fma") ? " AVX2 FMA" : " AVX2");
    } else if (__builtin_cpu_supports("avx")) {
        gv__text_add(&words, __builtin_cpu_supports("fma") ? " AVX FMA" : " AVX");
    } else if (__builtin_cpu_supports("sse2")) {
        gv__text_add(&words, " SSE2");
    }
#elif defined(__aarch64__)
    gv__text_add(&words, " NEON");
#if defined(__linux__) && defined(HWCAP_SVE)
    if ((getauxval(AT_HWCAP) & HWCAP_SVE) != 0) {
        gv__text_add(&words, " SVE");
    }
#endif
#elif defined(__riscv_vector)
    gv__text_add(&words, " RVV");
#elif defined(__VSX__)
    gv__text_add(&words, " VSX");
#endif
    if (words.length > 0 && !words.failed) {
        set_text(host, GV_HOST_ISA, words.data + 1);
    }
    gv__text_free(&words);
}

/* ---- what the system says ------------------------------------------------------------------ */

static void find_system(gv_host *host)
{
    struct utsname names;
    if (uname(&names) == 0) {
        set_text(host, GV_HOST_NAME, names.nodename);
        char text[512];
        char release[256]; /* "Debian GNU/Linux 12 (bookworm)", in quotes */
        if (read_line("/etc/os-release", "PRETTY_NAME=", release, sizeof release)) {
            char *name = release + strspn(release, "\"'");
            name[strcspn(name, "\"'")] = 0;
            snprintf(text, sizeof text, "%s, %s %s %s", name, names.sysname, names.release,
                     names.machine);
        } else {
            snprintf(text, sizeof text, "%s %s %s", names.sysname, names.release, names.machine);
        }
        set_text(host, GV_HOST_OS, text);
    }
    char model[256];
    if (read_line("/proc/cpuinfo", "model name", model, sizeof model) ||
        read_line("/sys/firmware/devicetree/base/model", "", model, sizeof model)) {
        set_text(host, GV_HOST_MODEL, model);
    }
    long pages = sysconf(_SC_PHYS_PAGES);
    long page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0) {
        set_number(host, GV_HOST_MEMORY, (double)pages * (double)page);
    }
}

/* A container may give less processor time than there are cores: threads beyond that would only be
 * throttled. Returns 0 where there is no such limit. */
static uint32_t quota_cores(void)
{
    char text[64];
    double quota = 0;
    double period = 0;
    if (read_line("/sys/fs/cgroup/cpu.max", "", text, sizeof text)) {
        char *rest = text;
        quota = strtod(text, &rest); /* 0 for the word "max" */
        period = strtod(rest, NULL);
    } else if (read_line("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "", text, sizeof text)) {
        quota = strtod(text, NULL);
        if (read_line("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "", text, sizeof text)) {
            period = strtod(text, NULL);
        }
    }
    if (!(quota > 0) || !(period > 0)) {
        return 0;
    }
    double cores = quota / period;
    return cores < 1 ? 1 : (uint32_t)(cores + 0.5);
}

static void limit_by_quota(gv_host *host)
{
    uint32_t quota = quota_cores();
    gv_fact *usable = &host->fact[GV_HOST_USABLE_CORES];
    if (quota > 0 && (usable->error != 0 || usable->number > quota)) {
        *usable = (gv_fact){.error = 0, .number = quota};
    }
}

/* ---- cores and caches ---------------------------------------------------------------------- */

#if defined(GV_HAVE_HWLOC)

static double object_count(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    int count = hwloc_get_nbobjs_by_type(topology, type);
    return count > 0 ? count : 0;
}

static double cache_bytes(hwloc_topology_t topology, hwloc_obj_type_t type, bool all)
{
    double sum = 0;
    hwloc_obj_t cache = NULL;
    while ((cache = hwloc_get_next_obj_by_type(topology, type, cache)) != NULL) {
        if (!all) {
            return (double)cache->attr->cache.size;
        }
        sum += (double)cache->attr->cache.size;
    }
    return sum;
}

/* Cores of which this process may use at least one hardware thread. */
static double bound_cores(hwloc_topology_t topology)
{
    hwloc_bitmap_t bound = hwloc_bitmap_alloc();
    double cores = 0;
    if (bound != NULL && hwloc_get_cpubind(topology, bound, HWLOC_CPUBIND_PROCESS) == 0) {
        hwloc_bitmap_and(bound, bound, hwloc_topology_get_allowed_cpuset(topology));
        hwloc_obj_t core = NULL;
        while ((core = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_CORE, core)) != NULL) {
            cores += hwloc_bitmap_intersects(core->cpuset, bound);
        }
    }
    hwloc_bitmap_free(bound);
    return cores;
}

static void find_topology(gv_host *host)
{
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0) {
        return;
    }
    /* The whole machine, also what a container hides. Devices are filtered out by default, which
     * matters here: hwloc would list OpenCL's by loading every driver. */
    hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    if (hwloc_topology_load(topology) == 0) {
        set_number(host, GV_HOST_PACKAGES, object_count(topology, HWLOC_OBJ_PACKAGE));
        set_number(host, GV_HOST_CORES, object_count(topology, HWLOC_OBJ_CORE));
        set_number(host, GV_HOST_THREADS, object_count(topology, HWLOC_OBJ_PU));
        set_number(host, GV_HOST_NUMA, object_count(topology, HWLOC_OBJ_NUMANODE));
        set_number(host, GV_HOST_L1D, cache_bytes(topology, HWLOC_OBJ_L1CACHE, false));
        set_number(host, GV_HOST_L2, cache_bytes(topology, HWLOC_OBJ_L2CACHE, false));
        set_number(host, GV_HOST_L3, cache_bytes(topology, HWLOC_OBJ_L3CACHE, true));
        set_number(host, GV_HOST_USABLE_CORES, bound_cores(topology));
        hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
        if (package != NULL && host->fact[GV_HOST_MODEL].error != 0) {
            set_text(host, GV_HOST_MODEL, hwloc_obj_get_info_by_name(package, "CPUModel"));
        }
    }
    hwloc_topology_destroy(topology);
}

#else

static long read_cpu_number(int cpu, const char *name)
{
    char path[128];
    char text[64];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, name);
    return read_line(path, "", text, sizeof text) ? strtol(text, NULL, 10) : -1;
}

/* The first of the hardware threads that share what the file at `name` lists, so that a core or a
 * cache is counted once. */
static bool is_first_of(int cpu, const char *name)
{
    long first = read_cpu_number(cpu, name); /* "0-3", "0,64": the number before the mark */
    return first < 0 || first == cpu;
}

/* Bytes of the data cache of `level` that belongs to `cpu`; 0 where another thread has counted it.
 */
static double first_cache_bytes(int cpu, long level)
{
    for (int index = 0; index < 8; index++) {
        char name[64];
        char path[128];
        char text[64];
        snprintf(name, sizeof name, "cache/index%d/level", index);
        if (read_cpu_number(cpu, name) != level) {
            continue;
        }
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index%d/type", cpu, index);
        if (read_line(path, "Instruction", text, sizeof text)) {
            continue;
        }
        snprintf(name, sizeof name, "cache/index%d/shared_cpu_list", index);
        if (!is_first_of(cpu, name)) {
            return 0;
        }
        snprintf(name, sizeof name, "cache/index%d/size", index); /* "32768K" */
        return 1024.0 * (double)read_cpu_number(cpu, name);
    }
    return 0;
}

/* Cores of which this process may use at least one hardware thread. */
static double bound_cores(void)
{
    cpu_set_t bound;
    if (sched_getaffinity(0, sizeof bound, &bound) != 0) {
        return 0;
    }
    long seen[CPU_SETSIZE]; /* the first thread of each core that was counted */
    int cores = 0;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &bound)) {
            continue;
        }
        long core = read_cpu_number((int)cpu, "topology/thread_siblings_list");
        core = core < 0 ? (long)cpu : core;
        int i = 0;
        while (i < cores && seen[i] != core) {
            i++;
        }
        seen[i] = core;
        cores += i == cores;
    }
    return cores;
}

static void find_topology(gv_host *host)
{
    long threads = sysconf(_SC_NPROCESSORS_ONLN);
    double cores = 0;
    double l3 = 0;
    long last_package = -1;
    for (int cpu = 0; cpu < threads; cpu++) {
        long package = read_cpu_number(cpu, "topology/physical_package_id");
        last_package = package > last_package ? package : last_package;
        cores += is_first_of(cpu, "topology/thread_siblings_list");
        l3 += first_cache_bytes(cpu, 3);
    }
    set_number(host, GV_HOST_PACKAGES, (double)(last_package + 1));
    set_number(host, GV_HOST_CORES, cores);
    set_number(host, GV_HOST_THREADS, (double)threads);
    set_number(host, GV_HOST_USABLE_CORES, bound_cores());
    set_number(host, GV_HOST_L1D, first_cache_bytes(0, 1));
    set_number(host, GV_HOST_L2, first_cache_bytes(0, 2));
    set_number(host, GV_HOST_L3, l3);
}

#endif

void gv__host_facts(gv_host *out)
{
    gv_host host;
    memset(&host, 0, sizeof host);
    for (size_t i = 0; i < GV_HOST_FACT_COUNT; i++) {
        host.fact[i].error = GV_FACT_ABSENT;
    }
    find_isa(&host);
    find_system(&host);
    find_topology(&host);
    limit_by_quota(&host);
    *out = host;
}

uint32_t gv__host_cores(void)
{
    gv_host host;
    memset(&host, 0, sizeof host);
    host.fact[GV_HOST_USABLE_CORES].error = GV_FACT_ABSENT;
    find_topology(&host);
    limit_by_quota(&host);
    const gv_fact *usable = &host.fact[GV_HOST_USABLE_CORES];
    return usable->error == 0 && usable->number >= 1 ? (uint32_t)usable->number : 1;
}
