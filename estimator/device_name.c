/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/device_name.h"

#include "base/support.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Say nothing about which device it is. */
static const char *const noise[] = {
    "nvidia", "amd",     "ati",    "intel", "apple",    "mesa",       "corporation",
    "corp",   "inc",     "r",      "tm",    "graphics", "gpu",        "card",
    "video",  "adapter", "series", "with",  "design",   "generation", "processor",
    "core",   "cores",   "the",    "xnack", "sramecc",  "sramecc+",   "xnack+"};
/* Names of product lines, which people leave out and makers change. */
static const char *const brands[] = {"geforce", "quadro", "tesla", "radeon", "instinct",
                                     "firepro", "arc",    "data",  "center"};
/* The same thing in other words. */
static const struct {
    const char *from, *to;
} synonyms[] = {{"laptop", "mobile"}, {"notebook", "mobile"}, {"gib", "gb"}, {"maxq", "max q"}};

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void append(char to[GV_DEVICE_NAME_TEXT], const char *word, const char *behind)
{
    size_t used = strlen(to);
    snprintf(to + used, GV_DEVICE_NAME_TEXT - used, "%s%s", word, behind);
}

/** A character of a word: a letter, a digit, the point of a number, the plus of "Rembrandt+". */
static bool is_inside(const char *c, const char *start)
{
    bool follows = c > start && isalnum((unsigned char)c[-1]);
    bool is_point = *c == '.' && follows && isdigit((unsigned char)c[1]);
    return isalnum((unsigned char)*c) || is_point || (*c == '+' && follows);
}

/** "8" and "gb" are one word, as "8gb" is. */
static bool continues_a_number(const char *word, const char *words)
{
    size_t length = strlen(words);
    return strcmp(word, "gb") == 0 && length > 1 && isdigit((unsigned char)words[length - 2]);
}

static void add_word(gv__device_name *name, const char *word)
{
    for (size_t i = 0; i < GV__COUNT(synonyms); i++) {
        if (strcmp(word, synonyms[i].from) == 0) {
            word = synonyms[i].to;
        }
    }
    if (is_one_of(word, noise, GV__COUNT(noise))) {
        return;
    }
    if (continues_a_number(word, name->words)) {
        name->words[strlen(name->words) - 1] = 0;
    }
    append(name->words, word, " ");
    for (const char *part = word; part != NULL; part = strchr(part, ' ')) {
        part += *part == ' ';
        char piece[64];
        snprintf(piece, sizeof piece, "%.*s", (int)strcspn(part, " "), part);
        append(name->whole, piece, "");
        if (!is_one_of(word, brands, GV__COUNT(brands))) {
            append(name->bare, piece, "");
        }
    }
}

void gv__device_name_read(const char *text, gv__device_name *out)
{
    *out = (gv__device_name){.words = " "};
    const char *end = strstr(text, " (radeonsi"); /* Mesa adds its own versions and the kernel's */
    for (const char *c = text; *c != 0 && (end == NULL || c < end);) {
        char word[64];
        size_t length = 0;
        for (; *c != 0 && is_inside(c, text); c++) {
            if (length + 1 < sizeof word) {
                word[length++] = (char)tolower((unsigned char)*c);
            }
        }
        word[length] = 0;
        if (length > 0) {
            add_word(out, word);
        } else {
            c++;
        }
    }
}

/* A name that was cut may end without the space that stands behind each word. */
static const char *next_word(const char *behind)
{
    return behind + strspn(behind, " ");
}

static const char *first_word(const gv__device_name *name)
{
    return next_word(name->words);
}

bool gv__device_name_within(const gv__device_name *name, const char *words)
{
    size_t length = 0;
    for (const char *word = first_word(name); *word != 0; word = next_word(word + length)) {
        char wanted[GV_DEVICE_NAME_TEXT];
        length = strcspn(word, " ");
        bool any_number = length == 3 && strncmp(word, "sxm", 3) == 0;
        snprintf(wanted, sizeof wanted, " %.*s%s", (int)length, word, any_number ? "" : " ");
        if (strstr(words, wanted) == NULL) {
            return false;
        }
    }
    return length > 0;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/** Edits that make one text of the other. */
static int edits(const char *a, const char *b)
{
    int row[GV_DEVICE_NAME_TEXT + 1];
    int columns = (int)strlen(b);
    for (int j = 0; j <= columns; j++) {
        row[j] = j;
    }
    for (int i = 0; a[i] != 0; i++) {
        int diagonal = row[0];
        row[0] = i + 1;
        for (int j = 0; j < columns; j++) {
            int changed = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(changed, smaller(row[j], row[j + 1]) + 1);
        }
    }
    return row[columns];
}

int gv__device_name_distance(const gv__device_name *a, const char *b_bare, const char *b_words)
{
    int distance = 2 * edits(a->bare, b_bare);
    size_t length;
    for (const char *word = first_word(a); *word != 0; word = next_word(word + length)) {
        char wanted[GV_DEVICE_NAME_TEXT];
        length = strcspn(word, " ");
        snprintf(wanted, sizeof wanted, " %.*s ", (int)length, word);
        bool has_digit = strcspn(word, "0123456789") < length;
        if (has_digit && strstr(b_words, wanted) != NULL) {
            distance -= 2 * (int)length;
        }
    }
    return distance;
}
