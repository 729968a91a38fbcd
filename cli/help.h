/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables say to people and shells: --help, the manual page and the completions. */
#ifndef GPUVERDICT_CLI_HELP_H
#define GPUVERDICT_CLI_HELP_H

#include "cli/options.h"
#include <stdio.h>

/** Environment variables that the program reads: name, meaning. */
#define GV_ENVIRONMENT_MAP(X)                                                                      \
    X("GPUVERDICT_DEVICE", "a comma list of devices that replaces the default of --device (all)")  \
    X("GPUVERDICT_WORKER_DIR", "the folder of the worker programs, where it is not the default")   \
    X("GPUVERDICT_DRIVER_LIMIT_S", "how long a driver may take to list its devices (default: 10)") \
    X("GPUVERDICT_TIMEOUT_S", "how long a worker may take over anything else, for slow machines")  \
    X("GPUVERDICT_CATALOGUE", "the file of your own data sheets of devices")                       \
    X("GPUVERDICT_TUNING", "the file of kernels that `tune` found, which `run` uses")              \
    X("OCL_ICD_VENDORS", "the folder of .icd files, or the one file, that names OpenCL drivers")   \
    X("OPENCL_VENDOR_PATH", "the folder of .icd files, where OCL_ICD_VENDORS is not set")          \
    X("XDG_CONFIG_HOME", "where gpuverdict/catalogue.csv and gpuverdict/tuning.json are, without " \
                         "the two above (~/.config)")                                              \
    X("XDG_CACHE_HOME", "where compiled programs and FFTW's plans are kept (default: ~/.cache)")

/** The help of a command, or of the program for GV_VERB_PROGRAM. */
void gv_cli_print_help(FILE *out, gv_verb verb);
/** The manual page gpuverdict(1), in man(7) macros. */
void gv_cli_print_man(FILE *out);
/** The completions of a shell: "bash", "zsh" or "fish". */
void gv_cli_print_completion(FILE *out, const char *shell);
/** The version, and the libraries this build uses and lacks. */
void gv_cli_print_version(FILE *out);

#endif
