/* SPDX-License-Identifier: Apache-2.0 */
/* The words of GPUVERDICT_FAULT, and reading them. fault_layer.c says what they mean. */
#include "tests/fault/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

fault faults[MOST_FAULTS];
size_t fault_count;
disguise dress;

static const char *const call_words[] = {
#define CALL_WORD(code, word) word,
    CALL_MAP(CALL_WORD)
#undef CALL_WORD
};

#define BIT(call) (1UL << CALL_##call)
#define ANYWHERE  (~0UL)

/* An effect's word, and the calls that can have it. */
static const struct {
    const char *word;
    effect effect;
    unsigned long calls;
} effect_words[] = {
    {"crash", CRASH, ANYWHERE},
    {"abort", ABORT, ANYWHERE},
    {"exit", EXIT, ANYWHERE},
    {"hang", HANG, ANYWHERE},
    {"sleep:", SLEEP, ANYWHERE},
    {"skip", SKIP, BIT(WRITE) | BIT(READ) | BIT(FILL) | BIT(COPY) | BIT(ENQUEUE)},
    {"none", NONE, BIT(PLATFORMS) | BIT(DEVICES)},
    {"twice", TWICE, BIT(DEVICES)},
    {"corrupt", CORRUPT, BIT(READ)},
    {"zero", ZERO, BIT(READ) | BIT(EVENTS)},
    {"nan", NAN_BITS, BIT(READ)},
    {"constant", CONSTANT, BIT(EVENTS)},
    {"reversed", REVERSED, BIT(EVENTS)},
    {"short", SHORT, BIT(EVENTS)},
    {"long", LONG, BIT(EVENTS)},
};

/* The codes worth faking, by name; any other by number. */
static const struct {
    const char *name;
    cl_int code;
} codes[] = {
    {"CL_SUCCESS", 0},
    {"CL_DEVICE_NOT_FOUND", -1},
    {"CL_DEVICE_NOT_AVAILABLE", -2},
    {"CL_MEM_OBJECT_ALLOCATION_FAILURE", -4},
    {"CL_OUT_OF_RESOURCES", -5},
    {"CL_OUT_OF_HOST_MEMORY", -6},
    {"CL_PROFILING_INFO_NOT_AVAILABLE", -7},
    {"CL_BUILD_PROGRAM_FAILURE", -11},
    {"CL_MAP_FAILURE", -12},
    {"CL_INVALID_VALUE", -30},
    {"CL_INVALID_COMMAND_QUEUE", -36},
    {"CL_INVALID_PROGRAM_EXECUTABLE", -45},
    {"CL_INVALID_KERNEL_NAME", -46},
    {"CL_INVALID_WORK_GROUP_SIZE", -54},
    {"CL_PLATFORM_NOT_FOUND_KHR", -1001},
};

static const struct {
    const char *word;
    const char **value;
} dress_words[] = {
    {"name", &dress.name},
    {"vendor", &dress.vendor},
    {"driver", &dress.driver},
    {"extensions", &dress.extensions},
    {"platform", &dress.platform},
    {"type", &dress.type},
    {"global_mem", &dress.global_mem},
    {"max_alloc", &dress.max_alloc},
    {"fp64", &dress.fp64},
    {"pci", &dress.pci},
};

void refuse(const char *item)
{
    fprintf(stderr, "gv_fault_layer: GPUVERDICT_FAULT: \"%s\" is not understood\n", item);
    _exit(125);
}

static bool parse_code(const char *text, cl_int *code)
{
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (strcmp(text, codes[i].name) == 0) {
            *code = codes[i].code;
            return true;
        }
    }
    char *end = NULL;
    long number = strtol(text, &end, 10);
    *code = (cl_int)number;
    return end != text && *end == 0;
}

static bool parse_effect(const char *text, fault *f)
{
    for (size_t i = 0; i < COUNT(effect_words); i++) {
        size_t length = strlen(effect_words[i].word);
        bool argument = effect_words[i].word[length - 1] == ':';
        if (argument ? strncmp(text, effect_words[i].word, length) == 0
                     : strcmp(text, effect_words[i].word) == 0) {
            f->effect = effect_words[i].effect;
            f->seconds = argument ? strtod(text + length, NULL) : 0;
            return (effect_words[i].calls & (1UL << f->call)) != 0 && (!argument || f->seconds > 0);
        }
    }
    f->effect = FAIL;
    return parse_code(text, &f->code);
}

static bool parse_call(const char *word, size_t length, call *out)
{
    for (size_t i = 0; i < CALL_COUNT; i++) {
        if (strlen(call_words[i]) == length && strncmp(call_words[i], word, length) == 0) {
            *out = (call)i;
            return true;
        }
    }
    return false;
}

/* "enqueue:3+=crash" */
static bool parse_fault(const char *item, const char *equals, fault *f)
{
    const char *colon = memchr(item, ':', (size_t)(equals - item));
    const char *word_end = colon != NULL ? colon : equals;
    *f = (fault){.item = item, .first = 1, .last = ~0UL};
    if (!parse_call(item, (size_t)(word_end - item), &f->call)) {
        return false;
    }
    if (colon != NULL) {
        char *end = NULL;
        f->first = strtoul(colon + 1, &end, 0);
        f->last = *end == '+' ? ~0UL : f->first;
        end += *end == '+';
        if (end != equals || f->first == 0) {
            return false;
        }
    }
    return parse_effect(equals + 1, f);
}

static bool parse_dress(const char *item, const char *equals)
{
    for (size_t i = 0; i < COUNT(dress_words); i++) {
        if (strlen(dress_words[i].word) == (size_t)(equals - item) &&
            strncmp(dress_words[i].word, item, (size_t)(equals - item)) == 0) {
            *dress_words[i].value = equals + 1;
            return true;
        }
    }
    return false;
}

void faults_read(void)
{
    static char copy[4096]; /* faults and dress point into it */
    const char *text = getenv("GPUVERDICT_FAULT");
    snprintf(copy, sizeof copy, "%s", text != NULL ? text : "");
    char *rest = NULL;
    for (char *item = strtok_r(copy, ";", &rest); item != NULL; item = strtok_r(NULL, ";", &rest)) {
        const char *equals = strchr(item, '=');
        if (equals == NULL || fault_count == MOST_FAULTS) {
            refuse(item);
        } else if (!parse_dress(item, equals)) {
            if (!parse_fault(item, equals, &faults[fault_count])) {
                refuse(item);
            }
            fault_count++;
        }
    }
}
