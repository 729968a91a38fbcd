/* SPDX-License-Identifier: Apache-2.0 */
/* Writes every program of our own kernels as the providers build it for a GPU of each vendor, by
 * default parameters: FOLDER/<number>.cl, and a line in FOLDER/index.tsv of
 *
 *     vendor[:chips] <tab> provider <tab> kernels <tab> file <tab> workload <tab> options
 *
 * A program that several workloads share is written once. Exit 1 where a card has none for one of
 * the workloads. Usage: gv_isa_programs FOLDER */
#include "base/support.h"
#include "kernels/device_provider.h"
#include "recording_cl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the drivers of these vendors answer for a card of the middle. */
static const struct {
    const char *vendor, *chips, *name;
    double compute_units, local_bytes, work_group, memory_bytes, smallest_subgroup;
} cards[] = {
    {"NVIDIA", "", "an NVIDIA GPU", 80, 48 << 10, 1024, 0x1p34, NAN},
    {"AMD", "", "an AMD GPU", 60, 64 << 10, 256, 0x1p34, NAN},
    {"Intel", ":skl,dg2", "an Intel GPU", 128, 64 << 10, 512, 0x1p34, 8},
    {"Intel", ":pvc", "an Intel GPU of a data centre", 512, 128 << 10, 1024, 0x1p35, 16},
};

/* One for each path of a provider. A provider that does not support one is left out, as long as
 * another does. */
static const char *const workloads[] = {
    "matmul:m=2048,n=2048,k=2048",
    "matmul:m=256,n=256,k=256",
    "matmul:m=2048,n=2048,k=2048,ta=t",
    "matmul:m=2048,n=2048,k=2048,tb=t",
    "matmul:m=8,n=4096,k=4096",
    "matmul:m=2048,n=2048,k=2048,precision=f64",
    "matmul:m=2048,n=2048,k=2048,precision=f16",
    "matmul:m=2048,n=2048,k=2048,ta=t,precision=f16",
    "matmul:m=2048,n=2048,k=2048,tb=t,precision=f16",
    "matmul:m=8,n=4096,k=4096,precision=f16",
    "dense:batch=1,in=4096,out=4096",
    "dense:batch=4,in=4096,out=4096,act=relu",
    "dense:batch=32,in=4096,out=4096,act=relu",
    "dense:batch=256,in=4096,out=4096,act=gelu",
    "dense:batch=256,in=1024,out=1024,act=tanh",
    "dense:batch=1,in=1024,out=1024,precision=f64",
    "dense:batch=1,in=4096,out=4096,precision=f16",
    "dense:batch=4,in=4096,out=4096,act=relu,precision=f16",
    "dense:batch=256,in=1024,out=1024,precision=f16",
    "conv2d:n=8,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
    "conv2d:n=8,c=256,h=56,w=56,k=64,r=1,s=1",
    "conv2d:n=8,c=64,h=56,w=56,k=64,r=5,s=5,pad=2x2,stride=2x2",
    "conv2d:n=8,c=128,h=28,w=28,k=128,r=3,s=3,pad=1x1,groups=128",
    "conv2d:n=8,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1,precision=f64",
    "conv2d:n=8,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1,precision=f16",
    "fft:shape=1024,batch=256",
    "fft:shape=1048576",
    "fft:shape=1000,batch=64",
    "fft:shape=1024x1024",
    "fft:shape=4096,batch=256,kind=r2c",
    "fft:shape=4096,batch=256,kind=c2r,dir=inverse",
    "fft:shape=1048576,kind=r2c",
    "fft:shape=1024,batch=256,precision=f64",
};

static gv__context context_of(size_t card)
{
    gv__context context = {.queue = NULL};
    gv_device *facts = &context.facts;
    for (size_t i = 0; i < GV_DEVICE_FACT_COUNT; i++) {
        facts->fact[i].error = GV_FACT_ABSENT;
    }
    const struct {
        gv_device_fact fact;
        const char *text;
        double number;
    } known[] = {
        {GV_DEVICE_NAME, cards[card].name, 0},
        {GV_DEVICE_VENDOR, cards[card].vendor, 0},
        {GV_DEVICE_TYPE, "GPU", 0},
        {GV_DEVICE_LOCAL_MEM_TYPE, "dedicated", 0},
        {GV_DEVICE_C_VERSION, "OpenCL C 1.2", 0},
        {GV_DEVICE_COMPUTE_UNITS, "", cards[card].compute_units},
        {GV_DEVICE_LOCAL_MEM, "", cards[card].local_bytes},
        {GV_DEVICE_MAX_WORK_GROUP, "", cards[card].work_group},
        {GV_DEVICE_GLOBAL_MEM, "", cards[card].memory_bytes},
        {GV_DEVICE_MAX_ALLOC, "", cards[card].memory_bytes / 4},
        {GV_DEVICE_CACHE, "", 4 << 20},
        {GV_DEVICE_VECTOR_WIDTH, "", 1},
        {GV_DEVICE_FP64, "", 1},
        {GV_DEVICE_FP16, "", 1},
        {GV_DEVICE_SUBGROUP, "", cards[card].smallest_subgroup},
        {GV_DEVICE_UNIFIED, "", 0},
    };
    for (size_t i = 0; i < GV__COUNT(known); i++) {
        gv_fact *fact = &facts->fact[known[i].fact];
        *fact = (gv_fact){.number = known[i].number};
        gv__copy_text(fact->text, sizeof fact->text, known[i].text);
    }
    return context;
}

/* ---- what was written already ---- */

typedef struct written {
    char *source, *options;
    size_t card;
} written;

static written *all;
static size_t all_count;

static bool is_new(size_t card, const recorded_program *program)
{
    for (size_t i = 0; i < all_count; i++) {
        if (all[i].card == card && strcmp(all[i].options, program->options) == 0 &&
            strcmp(all[i].source, program->source) == 0) {
            return false;
        }
    }
    written *more = realloc(all, (all_count + 1) * sizeof *all);
    if (more == NULL) {
        perror("realloc");
        exit(1);
    }
    all = more;
    all[all_count++] = (written){strdup(program->source), strdup(program->options), card};
    return true;
}

static void write_program(const char *folder, FILE *index, size_t card, const char *provider,
                          const char *workload, const recorded_program *program)
{
    char path[4096];
    if (program->options == NULL || !is_new(card, program)) {
        return;
    }
    snprintf(path, sizeof path, "%s/%zu.cl", folder, all_count);
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(program->source, file) < 0 || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    fprintf(index, "%s%s\t%s\t", cards[card].vendor, cards[card].chips, provider);
    for (size_t i = 0; i < program->kernel_count; i++) {
        fprintf(index, "%s%s", i > 0 ? "," : "", program->kernels[i]);
    }
    fprintf(index, "\t%zu.cl\t%s\t%s\n", all_count, workload, program->options);
}

/* How many programs the provider builds for the workload. */
static size_t write_programs(const char *folder, FILE *index, size_t card,
                             const gv__device_provider *provider, const char *text)
{
    gv__context context = context_of(card);
    gv_workload workload;
    gv_error err = {0};
    if (gv_workload_parse(text, &workload, &err) != GV_OK) {
        fprintf(stderr, "%s: %s\n", text, err.text);
        exit(1);
    }
    if (provider->op != workload.op ||
        provider->supports(&context.facts, &workload, &err) != GV_OK) {
        return 0;
    }
    void *plan = NULL;
    gv__costs costs = gv__costs_none();
    if (provider->create(&context, &workload, NULL, &plan, &costs, &err) != GV_OK) {
        fprintf(stderr, "%s on %s: %s: %s\n", provider->name, cards[card].name, text, err.text);
        exit(1);
    }
    size_t count = 0;
    const recorded_program *programs = recorder_programs(&count);
    for (size_t i = 0; i < count; i++) {
        write_program(folder, index, card, provider->name, text, &programs[i]);
    }
    provider->destroy(plan);
    recorder_forget();
    return count;
}

/* Libraries bring their own kernels, and would not be content with this driver. */
static bool is_ours(const gv__device_provider *provider)
{
    return strncmp(provider->name, "gpuverdict", strlen("gpuverdict")) == 0;
}

/* False where no provider has a program for one of the workloads. */
static bool write_card(const char *folder, FILE *index, size_t card)
{
    size_t written_for[GV__COUNT(workloads)] = {0};
    for (int op = GV_OP_MATMUL; op <= GV_OP_DENSE; op++) {
        size_t count = 0;
        const gv__device_provider *const *rows = gv__device_providers((gv_op)op, &count);
        for (size_t i = 0; i < count; i++) {
            for (size_t w = 0; is_ours(rows[i]) && w < GV__COUNT(workloads); w++) {
                written_for[w] += write_programs(folder, index, card, rows[i], workloads[w]);
            }
        }
    }
    bool all_served = true;
    for (size_t w = 0; w < GV__COUNT(workloads); w++) {
        if (written_for[w] == 0) {
            fprintf(stderr, "no kernel of ours serves %s on %s\n", workloads[w], cards[card].name);
            all_served = false;
        }
    }
    return all_served;
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    snprintf(path, sizeof path, "%s/index.tsv", argv[1]);
    FILE *index = fopen(path, "w");
    if (index == NULL) {
        perror(path);
        return 1;
    }
    bool all_served = true;
    for (size_t card = 0; card < GV__COUNT(cards); card++) {
        all_served = write_card(argv[1], index, card) && all_served;
    }
    for (size_t i = 0; i < all_count; i++) {
        free(all[i].source);
        free(all[i].options);
    }
    free(all);
    return fclose(index) == 0 && all_served ? 0 : 1;
}
