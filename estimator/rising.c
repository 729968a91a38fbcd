/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator/rising.h"

#include <math.h>
#include <stdbool.h>

/* Neighbours that share one time. */
typedef struct block {
    double value, weight; /* of ln(time) */
    size_t count;
    double time_s; /* of the one that stays, to its last digit */
} block;

static block joined(const block *a, const block *b)
{
    size_t count = a->count + b->count;
    if (isinf(a->weight) || isinf(b->weight)) {
        const block *stays = isinf(a->weight) ? a : b;
        return (block){stays->value, INFINITY, count, stays->time_s};
    }
    double weight = a->weight + b->weight;
    return (block){a->value + (b->value - a->value) * (b->weight / weight), weight, count, NAN};
}

/* Adjacent violators are pooled (Ayer and others, 1955), but for two that both stay. */
void gv__make_rising(double *time_s, const double *weight, size_t count)
{
    block blocks[GV__RISING_MOST];
    size_t depth = 0, next = 0;
    for (size_t i = 0; i < count; i++) {
        blocks[depth++] = (block){log(time_s[i]), weight[i], 1, time_s[i]};
        while (depth > 1) {
            const block *below = &blocks[depth - 2], *top = &blocks[depth - 1];
            bool stay = isinf(below->weight) && isinf(top->weight);
            if (below->value <= top->value || stay) {
                break;
            }
            blocks[depth - 2] = joined(below, top);
            depth--;
        }
    }
    for (size_t b = 0; b < depth; b++) {
        for (size_t end = next + blocks[b].count; next < end; next++) {
            time_s[next] = isnan(blocks[b].time_s) ? exp(blocks[b].value) : blocks[b].time_s;
        }
    }
}
