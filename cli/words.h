/* SPDX-License-Identifier: Apache-2.0 */
/* The words that options of type WORD accept, and what they stand for. */
#ifndef GPUVERDICT_CLI_WORDS_H
#define GPUVERDICT_CLI_WORDS_H

#include <gpuverdict/estimate.h>
#include <gpuverdict/model.h>
#include <stddef.h>

/** The i-th word; NULL past the last. */
const char *gv_cli_suite_word(size_t i);
const char *gv_cli_model_word(size_t i);
const char *gv_cli_op_word(size_t i);
const char *gv_cli_size_unit_word(size_t i);
const char *gv_cli_shell_word(size_t i);
const char *gv_cli_catalogue_word(size_t i);
const char *gv_cli_software_word(size_t i);

/** What `gpuverdict catalogue` can do, in the order of its words. */
typedef enum gv_catalogue_action {
    GV_CATALOGUE_LIST,
    GV_CATALOGUE_SHOW,
    GV_CATALOGUE_CHECK,
    GV_CATALOGUE_ADD,
    GV_CATALOGUE_NONE /**< no such word */
} gv_catalogue_action;

gv_catalogue_action gv_cli_catalogue_action_of(const char *word);

/** What an accepted word means. `word` must be one; NULL for a unit is elements. */
gv_op gv_cli_op_of(const char *word);
gv_size_unit gv_cli_size_unit_of(const char *word);
/** NULL is the vendor's. */
gv_software gv_cli_software_of(const char *word);

#endif
