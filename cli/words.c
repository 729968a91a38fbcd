/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/words.h"

#include "base/support.h"
#include "bench/suite.h"

#include <string.h>

static const struct {
    const char *word;
    gv_op op;
} ops[] = {
    {"matmul", GV_OP_MATMUL}, {"convolution", GV_OP_CONV2D}, {"conv2d", GV_OP_CONV2D},
    {"fft", GV_OP_FFT},       {"dense", GV_OP_DENSE},        {"custom", GV_OP_CUSTOM},
};

static const char *const size_units[] = {
    [GV_SIZE_ELEMENTS] = "elements",
    [GV_SIZE_FLOP] = "flop",
    [GV_SIZE_BYTES] = "bytes",
};

const char *gv_cli_suite_word(size_t i)
{
    const gv_suite *suite = gv_suite_at(i);
    return suite != NULL ? suite->name : NULL;
}

const char *gv_cli_model_word(size_t i)
{
    static const char *const models[] = {"fitted", "simple"};
    return i < GV__COUNT(models) ? models[i] : NULL;
}

const char *gv_cli_op_word(size_t i)
{
    return i < GV__COUNT(ops) ? ops[i].word : NULL;
}

const char *gv_cli_size_unit_word(size_t i)
{
    return i < GV__COUNT(size_units) ? size_units[i] : NULL;
}

const char *gv_cli_shell_word(size_t i)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    return i < GV__COUNT(shells) ? shells[i] : NULL;
}

const char *gv_cli_catalogue_word(size_t i)
{
    static const char *const actions[GV_CATALOGUE_NONE] = {
        [GV_CATALOGUE_LIST] = "list",
        [GV_CATALOGUE_SHOW] = "show",
        [GV_CATALOGUE_CHECK] = "check",
        [GV_CATALOGUE_ADD] = "add",
    };
    return i < GV__COUNT(actions) ? actions[i] : NULL;
}

const char *gv_cli_software_word(size_t i)
{
    return i < GV_SOFTWARE_COUNT ? gv_software_key((gv_software)i) : NULL;
}

gv_software gv_cli_software_of(const char *word)
{
    const char *known;
    for (size_t i = 0; word != NULL && (known = gv_cli_software_word(i)) != NULL; i++) {
        if (strcmp(known, word) == 0) {
            return (gv_software)i;
        }
    }
    return GV_SOFTWARE_VENDOR;
}

gv_catalogue_action gv_cli_catalogue_action_of(const char *word)
{
    const char *action;
    for (size_t i = 0; (action = gv_cli_catalogue_word(i)) != NULL; i++) {
        if (strcmp(action, word) == 0) {
            return (gv_catalogue_action)i;
        }
    }
    return GV_CATALOGUE_NONE;
}

gv_op gv_cli_op_of(const char *word)
{
    for (size_t i = 0; i < GV__COUNT(ops); i++) {
        if (strcmp(ops[i].word, word) == 0) {
            return ops[i].op;
        }
    }
    return GV_OP_CUSTOM;
}

gv_size_unit gv_cli_size_unit_of(const char *word)
{
    for (size_t i = 0; word != NULL && i < GV__COUNT(size_units); i++) {
        if (strcmp(size_units[i], word) == 0) {
            return (gv_size_unit)i;
        }
    }
    return GV_SIZE_ELEMENTS;
}
