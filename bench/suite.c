/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/suite.h"

#include "base/support.h"

#include <string.h>

/* One of each kind of answer, within a coffee's first sip: small (launch-bound), large
 * (compute-bound), and in between, for each operation. */
static const char *const quick[] = {
    "matmul:m=128,n=128,k=128",
    "matmul:m=512,n=512,k=512",
    "matmul:m=1024,n=1024,k=1024",
    "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=256,h=56,w=56,k=64,r=1,s=1",
    "conv2d:n=1,c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
    "fft:shape=1024",
    "fft:shape=65536",
    "fft:shape=1024x1024",
    "dense:batch=1,in=1024,out=1024",
    "dense:batch=32,in=1024,out=1024",
    "dense:batch=32,in=4096,out=4096",
};

/* Sizes a factor of two to four apart, so that the size from which a device pays can be read off;
 * odd sizes, which padding and tails make slow; both precisions; the layers of known networks. */
static const char *const standard[] = {
    "matmul:m=64,n=64,k=64",
    "matmul:m=128,n=128,k=128",
    "matmul:m=256,n=256,k=256",
    "matmul:m=512,n=512,k=512",
    "matmul:m=1000,n=1000,k=1000",
    "matmul:m=1024,n=1024,k=1024",
    "matmul:m=2048,n=2048,k=2048",
    "matmul:m=4096,n=4096,k=64",
    "matmul:m=64,n=64,k=64,batch=256",
    "matmul:m=1024,n=1024,k=1024,tb=t",
    "matmul:m=512,n=512,k=512,precision=f64",
    "matmul:m=1024,n=1024,k=1024,precision=f64",
    /* ResNet-50, first to last stage. */
    "conv2d:n=1,c=3,h=224,w=224,k=64,r=7,s=7,pad=3x3,stride=2x2",
    "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=256,h=56,w=56,k=64,r=1,s=1",
    "conv2d:n=1,c=128,h=28,w=28,k=128,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=256,h=14,w=14,k=256,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
    "conv2d:n=16,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    /* MobileNet's depthwise layer. */
    "conv2d:n=1,c=256,h=28,w=28,k=256,r=3,s=3,pad=1x1,groups=256",
    "fft:shape=1024",
    "fft:shape=4096",
    "fft:shape=65536",
    "fft:shape=1048576",
    "fft:shape=1000000",
    "fft:shape=65537",
    "fft:shape=1024,batch=1024",
    "fft:shape=1024x1024",
    "fft:shape=1024x1024,kind=r2c",
    "fft:shape=128x128x128",
    "fft:shape=65536,precision=f64",
    "dense:batch=1,in=1024,out=1024",
    "dense:batch=32,in=1024,out=1024",
    "dense:batch=256,in=1024,out=1024,act=relu",
    "dense:batch=1,in=4096,out=4096",
    "dense:batch=32,in=4096,out=4096",
    /* A language model's feed-forward layer, one token and a short prompt. */
    "dense:batch=1,in=4096,out=11008,act=gelu",
    "dense:batch=128,in=4096,out=11008,act=gelu",
    "dense:batch=32,in=1024,out=1024,precision=f64",
};

/* Standard, and what a purchase hangs on: larger sizes, more shapes, every activation and kind. */
static const char *const full[] = {
    "matmul:m=32,n=32,k=32",
    "matmul:m=64,n=64,k=64",
    "matmul:m=128,n=128,k=128",
    "matmul:m=127,n=129,k=131",
    "matmul:m=256,n=256,k=256",
    "matmul:m=512,n=512,k=512",
    "matmul:m=1000,n=1000,k=1000",
    "matmul:m=1024,n=1024,k=1024",
    "matmul:m=2048,n=2048,k=2048",
    "matmul:m=4096,n=4096,k=4096",
    "matmul:m=4096,n=4096,k=64",
    "matmul:m=64,n=64,k=65536",
    "matmul:m=4096,n=16,k=4096",
    "matmul:m=16,n=16,k=16,batch=4096",
    "matmul:m=64,n=64,k=64,batch=256",
    "matmul:m=256,n=256,k=256,batch=16",
    "matmul:m=1024,n=1024,k=1024,ta=t",
    "matmul:m=1024,n=1024,k=1024,tb=t",
    "matmul:m=1024,n=1024,k=1024,ta=t,tb=t",
    "matmul:m=128,n=128,k=128,precision=f64",
    "matmul:m=512,n=512,k=512,precision=f64",
    "matmul:m=1024,n=1024,k=1024,precision=f64",
    "matmul:m=2048,n=2048,k=2048,precision=f64",
    /* ResNet-50: its distinct shapes. */
    "conv2d:n=1,c=3,h=224,w=224,k=64,r=7,s=7,pad=3x3,stride=2x2",
    "conv2d:n=1,c=64,h=56,w=56,k=64,r=1,s=1",
    "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=64,h=56,w=56,k=256,r=1,s=1",
    "conv2d:n=1,c=256,h=56,w=56,k=64,r=1,s=1",
    "conv2d:n=1,c=128,h=56,w=56,k=128,r=3,s=3,pad=1x1,stride=2x2",
    "conv2d:n=1,c=256,h=56,w=56,k=512,r=1,s=1,stride=2x2",
    "conv2d:n=1,c=128,h=28,w=28,k=128,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=512,h=28,w=28,k=128,r=1,s=1",
    "conv2d:n=1,c=256,h=14,w=14,k=256,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=1024,h=14,w=14,k=256,r=1,s=1",
    "conv2d:n=1,c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=2048,h=7,w=7,k=512,r=1,s=1",
    "conv2d:n=16,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "conv2d:n=16,c=256,h=14,w=14,k=256,r=3,s=3,pad=1x1",
    "conv2d:n=32,c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
    /* Depthwise, grouped, dilated, large filters, an image's blur, odd sizes. */
    "conv2d:n=1,c=32,h=112,w=112,k=32,r=3,s=3,pad=1x1,groups=32",
    "conv2d:n=1,c=256,h=28,w=28,k=256,r=3,s=3,pad=1x1,groups=256",
    "conv2d:n=1,c=128,h=56,w=56,k=128,r=3,s=3,pad=1x1,groups=32",
    "conv2d:n=1,c=256,h=33,w=33,k=256,r=3,s=3,pad=2x2,dilation=2x2",
    "conv2d:n=1,c=48,h=27,w=27,k=128,r=5,s=5,pad=2x2",
    "conv2d:n=1,c=1,h=2048,w=2048,k=1,r=5,s=5,pad=2x2",
    "conv2d:n=1,c=61,h=53,w=47,k=67,r=3,s=3,pad=1x1",
    "conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1,precision=f64",
    "fft:shape=64",
    "fft:shape=256",
    "fft:shape=1024",
    "fft:shape=4096",
    "fft:shape=16384",
    "fft:shape=65536",
    "fft:shape=262144",
    "fft:shape=1048576",
    "fft:shape=4194304",
    "fft:shape=1000",
    "fft:shape=10000",
    "fft:shape=1000000",
    "fft:shape=1009",
    "fft:shape=65537",
    "fft:shape=256,batch=4096",
    "fft:shape=1024,batch=1024",
    "fft:shape=1000,batch=1000",
    "fft:shape=512x512",
    "fft:shape=1024x1024",
    "fft:shape=2048x2048",
    "fft:shape=1000x1000",
    "fft:shape=64x64x64",
    "fft:shape=128x128x128",
    "fft:shape=1048576,dir=inverse",
    "fft:shape=1048576,kind=r2c",
    "fft:shape=1024x1024,kind=r2c",
    "fft:shape=1024x1024,kind=c2r",
    "fft:shape=1024,precision=f64",
    "fft:shape=65536,precision=f64",
    "fft:shape=1024x1024,precision=f64",
    "dense:batch=1,in=256,out=256",
    "dense:batch=1,in=1024,out=1024",
    "dense:batch=8,in=1024,out=1024",
    "dense:batch=32,in=1024,out=1024",
    "dense:batch=256,in=1024,out=1024",
    "dense:batch=256,in=1024,out=1024,act=relu",
    "dense:batch=256,in=1024,out=1024,act=gelu",
    "dense:batch=256,in=1024,out=1024,act=sigmoid",
    "dense:batch=256,in=1024,out=1024,act=tanh",
    "dense:batch=1,in=2048,out=1000",
    "dense:batch=64,in=2048,out=1000",
    "dense:batch=1,in=4096,out=4096",
    "dense:batch=8,in=4096,out=4096",
    "dense:batch=32,in=4096,out=4096",
    "dense:batch=256,in=4096,out=4096",
    "dense:batch=17,in=997,out=1009",
    /* Language models: projections and feed-forward layers, one token to a long prompt. */
    "dense:batch=1,in=768,out=3072,act=gelu",
    "dense:batch=128,in=768,out=3072,act=gelu",
    "dense:batch=1,in=4096,out=11008,act=gelu",
    "dense:batch=128,in=4096,out=11008,act=gelu",
    "dense:batch=512,in=4096,out=4096",
    "dense:batch=1,in=4096,out=32000",
    "dense:batch=32,in=1024,out=1024,precision=f64",
    "dense:batch=256,in=1024,out=1024,precision=f64",
};

/* A block of the thorough suites lasts min_s / blocks = 50 ms: at a millisecond a sample that
 * fills, and does not overflow, the samples of one request. */
static const gv_suite suites[] = {
    {.name = "quick",
     .meaning = "every operation small and large; about half a minute",
     .workloads = quick,
     .count = GV__COUNT(quick),
     .processes = 1,
     .blocks = 6,
     .min_samples = 10,
     .min_s = 0.1,
     .max_s = 1,
     .warm_up_s = 0.05},
    {.name = "standard",
     .meaning = "break-even sizes, odd sizes, both precisions; about ten minutes",
     .workloads = standard,
     .count = GV__COUNT(standard),
     .processes = 3,
     .blocks = 10,
     .min_samples = 20,
     .min_s = 0.5,
     .max_s = 3,
     .warm_up_s = 0.5},
    {.name = "full",
     .meaning = "standard with larger sizes, more shapes, every activation; about an hour",
     .workloads = full,
     .count = GV__COUNT(full),
     .processes = 3,
     .blocks = 12,
     .min_samples = 30,
     .min_s = 0.6,
     .max_s = 6,
     .warm_up_s = 0.5},
    {.name = "ceilings",
     .meaning =
         "what each device can do at most: memory, arithmetic, launches, transfers; ten seconds",
     .ceilings = true,
     .processes = 1,
     .blocks = 6,
     .min_samples = 12,
     .min_s = 0.1,
     .max_s = 0.5,
     .warm_up_s = 0.02},
};

const gv_suite *gv_suite_at(size_t i)
{
    return i < GV__COUNT(suites) ? &suites[i] : NULL;
}

const gv_suite *gv_suite_find(const char *name)
{
    for (size_t i = 0; i < GV__COUNT(suites); i++) {
        if (strcmp(suites[i].name, name) == 0) {
            return &suites[i];
        }
    }
    return NULL;
}
