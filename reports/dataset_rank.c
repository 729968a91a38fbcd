/* SPDX-License-Identifier: Apache-2.0 */
/* Which driver stands for a card, which workloads count in the means, who ranks where, and how a
 * device is called so that nobody takes it for another. */
#include "reports/dataset_rank.h"
#include "base/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the better driver of a card ---- */

static bool answers(const gv_dataset_pair *pair)
{
    return pair != NULL && !gv_is_absent(pair->headline.value);
}

/* Pairs are sorted by device: where each device's begin; one more for the end. NULL: no memory. */
static uint32_t *first_pairs(const gv_dataset *d)
{
    uint32_t *first = calloc((size_t)d->device_count + 1, sizeof(*first));
    for (uint32_t i = 0; first != NULL && i < d->pair_count; i++) {
        first[d->pairs[i].device + 1] = i + 1;
    }
    for (uint32_t i = 1; first != NULL && i <= d->device_count; i++) {
        first[i] = first[i] > first[i - 1] ? first[i] : first[i - 1];
    }
    return first;
}

/* True if `a` beats `b`: over what both answered, else by how much each answered. */
static bool is_better(const gv_dataset *d, const uint32_t *first, uint32_t a, uint32_t b)
{
    double sum = 0;
    uint32_t both = 0;
    for (uint32_t i = first[a]; i < first[a + 1]; i++) {
        const gv_dataset_pair *mine = &d->pairs[i];
        const gv_dataset_pair *other = gv_dataset_find(d, b, mine->workload);
        if (answers(mine) && answers(other)) {
            sum += log(mine->headline.value / other->headline.value);
            both++;
        }
    }
    return both > 0 ? sum > 0 : d->devices[a].answered > d->devices[b].answered;
}

static bool choose_drivers(gv_dataset *d)
{
    uint32_t *first = first_pairs(d);
    uint32_t *best = malloc(((size_t)d->device_count + 1) * sizeof(*best)); /* of each card */
    if (first == NULL || best == NULL) {
        free(first);
        free(best);
        return false;
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        best[i] = GV__NONE;
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        uint32_t *of_card = &best[d->devices[i].card];
        if (d->devices[i].answered > 0 &&
            (*of_card == GV__NONE || is_better(d, first, i, *of_card))) {
            *of_card = i;
        }
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        uint32_t of_card = best[d->devices[i].card];
        d->devices[i].better = of_card != i ? of_card : GV__NONE;
    }
    free(first);
    free(best);
    return true;
}

static bool is_ranked(const gv_dataset_device *device)
{
    return device->answered > 0 && device->better == GV__NONE;
}

/* ---- means over what all answered ---- */

typedef struct log_sums {
    double value, low, high; /* sums of logarithms */
    uint32_t count;
} log_sums;

static void mean_add(log_sums *sum, const gv_ratio *ratio)
{
    sum->value += log(ratio->value);
    sum->low += log(ratio->low);
    sum->high += log(ratio->high);
    sum->count++;
}

static gv_ratio mean_of(const log_sums *sum)
{
    double n = sum->count; /* 0 / 0 is NAN: no mean */
    return (gv_ratio){exp(sum->value / n), exp(sum->low / n), exp(sum->high / n)};
}

static bool find_means(gv_dataset *d)
{
    struct two {
        log_sums headline, kernel_only;
    } *sums = calloc((size_t)d->device_count + 1, sizeof(*sums));
    if (sums == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        d->ranked_count += is_ranked(&d->devices[i]);
    }
    for (uint32_t i = 0; i < d->pair_count; i++) {
        const gv_dataset_pair *pair = &d->pairs[i];
        d->workloads[pair->workload].answered +=
            is_ranked(&d->devices[pair->device]) && answers(pair);
    }
    for (uint32_t i = 0; i < d->workload_count; i++) {
        gv_dataset_workload *workload = &d->workloads[i];
        workload->common = d->ranked_count > 0 && workload->answered == d->ranked_count;
        d->common_count += workload->common;
    }
    for (uint32_t i = 0; i < d->pair_count; i++) {
        const gv_dataset_pair *pair = &d->pairs[i];
        if (d->workloads[pair->workload].common && answers(pair)) {
            mean_add(&sums[pair->device].headline, &pair->headline);
            mean_add(&sums[pair->device].kernel_only, &pair->kernel_only);
        }
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        gv_dataset_device *device = &d->devices[i];
        /* A driver that another one replaces may lack some: no mean that could be set against. */
        bool all = sums[i].headline.count == d->common_count && d->common_count > 0;
        const log_sums none = {0};
        device->headline = mean_of(all ? &sums[i].headline : &none);
        device->kernel_only = mean_of(all ? &sums[i].kernel_only : &none);
    }
    free(sums);
    return true;
}

/** What the devices' means are made of. */
static void find_origins(gv_dataset *d)
{
    for (uint32_t i = 0; i < d->pair_count; i++) {
        const gv_dataset_pair *pair = &d->pairs[i];
        gv_dataset_device *device = &d->devices[pair->device];
        bool counts = d->workloads[pair->workload].common || gv_is_absent(device->headline.value);
        if (device->answered == 0 || (answers(pair) && counts)) {
            device->origins[pair->origin]++;
            device->origin = pair->origin > device->origin ? pair->origin : device->origin;
        }
    }
}

/* ---- order ---- */

typedef struct place {
    const gv_dataset_device *device;
    uint32_t old;
} place;

static int compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (is_ranked(x->device) != is_ranked(y->device)) {
        return is_ranked(x->device) ? -1 : 1;
    }
    double left = x->device->headline.value, right = y->device->headline.value;
    if (is_ranked(x->device) && !gv_is_absent(left) && !gv_is_absent(right) && left != right) {
        return left > right ? -1 : 1;
    }
    if (x->device->answered != y->device->answered) {
        return x->device->answered > y->device->answered ? -1 : 1;
    }
    return (x->old > y->old) - (x->old < y->old);
}

static int compare_pairs(const void *a, const void *b)
{
    const gv_dataset_pair *x = a, *y = b;
    if (x->device != y->device) {
        return x->device < y->device ? -1 : 1;
    }
    return (x->workload > y->workload) - (x->workload < y->workload);
}

static void renumber(uint32_t *number, const uint32_t *position)
{
    if (*number != GV__NONE) {
        *number = position[*number];
    }
}

/* Devices by rank; `position` gets where each went. False: out of memory. */
static bool order_devices(gv_dataset *d, uint32_t *position)
{
    place *places = malloc(((size_t)d->device_count + 1) * sizeof(*places));
    gv_dataset_device *ordered = malloc(((size_t)d->device_count + 1) * sizeof(*ordered));
    if (places == NULL || ordered == NULL) {
        free(places);
        free(ordered);
        return false;
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        places[i] = (place){&d->devices[i], i};
    }
    qsort(places, d->device_count, sizeof(*places), compare_places);
    for (uint32_t i = 0; i < d->device_count; i++) {
        ordered[i] = *places[i].device;
        position[places[i].old] = i;
    }
    for (uint32_t i = 0; i < d->device_count; i++) {
        renumber(&ordered[i].better, position);
        bool mean = i < d->ranked_count && !gv_is_absent(ordered[i].headline.value);
        bool tie = mean && i > 0 && ordered[i].headline.value == ordered[i - 1].headline.value;
        ordered[i].rank = !mean ? 0 : tie ? ordered[i - 1].rank : i + 1;
    }
    free(places);
    free(d->devices);
    d->devices = ordered;
    return true;
}

/** Which places a device may have: behind those that are surely better, before those that are
 * surely worse. Nothing is sure without an interval. */
static void find_places(gv_dataset *d)
{
    for (uint32_t i = 0; i < d->ranked_count && d->common_count > 0; i++) {
        gv_dataset_device *device = &d->devices[i];
        device->first_place = 1;
        device->last_place = d->ranked_count;
        for (uint32_t k = 0; k < d->ranked_count; k++) {
            device->first_place += d->devices[k].headline.low > device->headline.high;
            device->last_place -= d->devices[k].headline.high < device->headline.low;
        }
    }
}

/* Common workloads first, both parts in the order of the journal. False: out of memory. */
static bool order_workloads(gv_dataset *d, uint32_t *position)
{
    gv_dataset_workload *ordered = malloc(((size_t)d->workload_count + 1) * sizeof(*ordered));
    if (ordered == NULL) {
        return false;
    }
    uint32_t common = 0, other = d->common_count;
    for (uint32_t i = 0; i < d->workload_count; i++) {
        position[i] = d->workloads[i].common ? common++ : other++;
        ordered[position[i]] = d->workloads[i];
    }
    free(d->workloads);
    d->workloads = ordered;
    return true;
}

static bool order_all(gv_dataset *d)
{
    uint32_t *devices = malloc(((size_t)d->device_count + 1) * sizeof(*devices));
    uint32_t *workloads = malloc(((size_t)d->workload_count + 1) * sizeof(*workloads));
    bool done = devices != NULL && workloads != NULL && order_devices(d, devices) &&
                order_workloads(d, workloads);
    for (uint32_t i = 0; done && i < d->pair_count; i++) {
        renumber(&d->pairs[i].device, devices);
        renumber(&d->pairs[i].workload, workloads);
    }
    for (uint32_t i = 0; done && i < d->incident_count; i++) {
        renumber(&d->incidents[i].device, devices);
        renumber(&d->incidents[i].workload, workloads);
    }
    for (uint32_t i = 0; done && i < d->ceiling_count; i++) {
        renumber(&d->ceilings[i].device, devices);
    }
    for (size_t i = 0; done && i < d->journal->measurement_count; i++) {
        renumber(&d->device_of[i], devices);
    }
    if (done && d->pair_count > 0) {
        qsort(d->pairs, d->pair_count, sizeof(*d->pairs), compare_pairs);
    }
    if (done) {
        gv__dataset_sort_incidents(d);
    }
    free(devices);
    free(workloads);
    return done;
}

/* ---- labels ---- */

enum { LABEL_PIECES = 5 };

/* What is put behind a name, one after the other, until no other device has the same label. */
static void add_piece(const gv_dataset *d, uint32_t index, int piece, gv__text *label)
{
    const gv_dataset_device *device = &d->devices[index];
    const gv_device *facts = device->record != NULL ? device->record->device : NULL;
    switch (piece) {
    case 0:
        if (facts != NULL && gv_device_text(facts, GV_DEVICE_PCI)[0] != 0) {
            gv__text_printf(label, " @ %s", gv_device_text(facts, GV_DEVICE_PCI));
        }
        break;
    case 1:
        if (device->host != GV__NONE) {
            const gv_fact *name = &d->hosts[device->host].record->host->fact[GV_HOST_NAME];
            gv__text_printf(label, " in %s", name->error == 0 ? name->text : "?");
        }
        break;
    case 2:
        if (facts != NULL) {
            gv__text_printf(label, " (%s)", gv_device_text(facts, GV_DEVICE_PLATFORM));
        }
        break;
    case 3:
        gv__text_printf(label, " (%s)", device->driver);
        break;
    default:
        gv__text_printf(label, " #%u", (unsigned)index + 1);
        break;
    }
}

static void add_name(const gv_dataset_device *device, gv__text *label)
{
    const gv_device *facts = device->record != NULL ? device->record->device : NULL;
    const char *board = facts != NULL ? gv_device_text(facts, GV_DEVICE_BOARD) : "";
    const char *name = facts != NULL ? gv_device_text(facts, GV_DEVICE_NAME) : "";
    gv__text_add(label, board[0] != 0 ? board : name[0] != 0 ? name : device->key);
}

static int compare_labels(const void *a, const void *b)
{
    const gv__text *const *x = a, *const *y = b;
    return strcmp((*x)->data, (*y)->data);
}

/* A piece for `count` devices whose labels are equal, unless it is the same for all of them. */
static bool part(const gv_dataset *d, gv__text *labels, gv__text *const *equal, uint32_t count,
                 int piece)
{
    bool differs = false, done = true;
    gv__text first = {0};
    add_piece(d, (uint32_t)(equal[0] - labels), piece, &first);
    for (uint32_t i = 1; i < count && !differs; i++) {
        gv__text other = {0};
        add_piece(d, (uint32_t)(equal[i] - labels), piece, &other);
        differs =
            strcmp(first.data != NULL ? first.data : "", other.data != NULL ? other.data : "") != 0;
        done = done && !other.failed;
        gv__text_free(&other);
    }
    for (uint32_t i = 0; i < count && differs; i++) {
        add_piece(d, (uint32_t)(equal[i] - labels), piece, equal[i]);
        done = done && !equal[i]->failed;
    }
    done = done && !first.failed;
    gv__text_free(&first);
    return done;
}

static bool part_equal_labels(const gv_dataset *d, gv__text *labels, gv__text **sorted)
{
    bool done = true;
    for (int piece = 0; piece < LABEL_PIECES && done; piece++) {
        qsort(sorted, d->device_count, sizeof(gv__text *), compare_labels);
        for (uint32_t i = 0, end; i < d->device_count && done; i = end) {
            for (end = i + 1;
                 end < d->device_count && compare_labels(&sorted[i], &sorted[end]) == 0; end++) {
            }
            done = end == i + 1 || part(d, labels, &sorted[i], end - i, piece);
        }
    }
    return done;
}

static bool label_devices(gv_dataset *d)
{
    gv__text *labels = calloc((size_t)d->device_count + 1, sizeof(*labels));
    gv__text **sorted = malloc(((size_t)d->device_count + 1) * sizeof(gv__text *));
    bool done = labels != NULL && sorted != NULL;
    for (uint32_t i = 0; done && i < d->device_count; i++) {
        add_name(&d->devices[i], &labels[i]);
        sorted[i] = &labels[i];
        done = !labels[i].failed;
    }
    done = done && part_equal_labels(d, labels, sorted);
    for (uint32_t i = 0; i < d->device_count && labels != NULL; i++) {
        d->devices[i].label = done ? gv__dataset_keep(d, labels[i].data) : NULL;
        done = done && d->devices[i].label != NULL;
        gv__text_free(&labels[i]);
    }
    free(labels);
    free(sorted);
    return done;
}

/* A host is its processor; with several of the same, its name too. */
static bool label_hosts(gv_dataset *d)
{
    for (uint32_t i = 0; i < d->host_count; i++) {
        const gv_fact *facts = d->hosts[i].record->host->fact;
        const char *model = facts[GV_HOST_MODEL].error == 0 && facts[GV_HOST_MODEL].text[0] != 0
                                ? facts[GV_HOST_MODEL].text
                                : "host";
        gv__text label = {0};
        gv__text_add(&label, model);
        if (d->host_count > 1 && facts[GV_HOST_NAME].error == 0) {
            gv__text_printf(&label, " (%s)", facts[GV_HOST_NAME].text);
        }
        d->hosts[i].label = label.failed ? NULL : gv__dataset_keep(d, label.data);
        gv__text_free(&label);
        if (d->hosts[i].label == NULL) {
            return false;
        }
    }
    return true;
}

static void count_answers(gv_dataset *d)
{
    for (uint32_t i = 0; i < d->pair_count; i++) {
        d->devices[d->pairs[i].device].answered += answers(&d->pairs[i]);
    }
}

static bool rank(gv_dataset *d)
{
    if (!find_means(d)) {
        return false;
    }
    find_origins(d);
    if (!order_all(d)) {
        return false;
    }
    find_places(d);
    return label_devices(d) && label_hosts(d);
}

bool gv__dataset_rank(gv_dataset *d)
{
    count_answers(d);
    return choose_drivers(d) && rank(d);
}

bool gv__dataset_rank_anew(gv_dataset *d)
{
    for (uint32_t i = 0; i < d->device_count; i++) {
        gv_dataset_device *device = &d->devices[i];
        device->answered = 0;
        device->origin = GV_ORIGIN_ABSENT;
        memset(device->origins, 0, sizeof device->origins);
    }
    for (uint32_t i = 0; i < d->workload_count; i++) {
        d->workloads[i].answered = 0;
    }
    d->ranked_count = d->common_count = 0;
    count_answers(d);
    return rank(d);
}
