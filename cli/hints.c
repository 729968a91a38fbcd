/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hints.h"

#include "base/support.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 32 }; /* no word of ours is longer */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** Insertions, deletions, exchanges and swaps of neighbours that turn one word into the other;
 * LONGEST for words too long to be one of ours. */
static size_t distance(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b);
    size_t d[LONGEST][LONGEST];
    if (m >= LONGEST || n >= LONGEST) {
        return LONGEST;
    }
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = smaller(best, smaller(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = smaller(best, d[i - 2][j - 2] + 1);
            }
            d[i][j] = best;
        }
    }
    return d[m][n];
}

const char *gv_hint_nearest(const char *word, gv_hint_words words, const void *context)
{
    const char *nearest = NULL, *continued = NULL;
    size_t least = LONGEST, continuations = 0, length = strlen(word);
    const char *candidate;
    for (size_t i = 0; (candidate = words(context, i)) != NULL; i++) {
        size_t d = distance(word, candidate);
        if (d < least) {
            least = d;
            nearest = candidate;
        }
        if (length > 0 && strncmp(word, candidate, length) == 0) {
            continuations++;
            continued = candidate;
        }
    }
    if (nearest != NULL && least <= (strlen(nearest) + 2) / 3) {
        return nearest;
    }
    return continuations == 1 ? continued : NULL;
}

char *gv_hint_quote(const char *word, char text[GV_QUOTED])
{
    char kept[GV_QUOTED - 8];
    gv__copy_text(kept, sizeof kept, word);
    snprintf(text, GV_QUOTED, "\"%s%s\"", kept, strlen(word) > strlen(kept) ? "…" : "");
    return text;
}
