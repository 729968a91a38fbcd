/* SPDX-License-Identifier: Apache-2.0 */
/* The journal in memory: arrays of records that share their texts and facts. */
#include "bench/journal_store.h"

#include <stdlib.h>
#include <string.h>

static gv_status no_memory(gv_error *err)
{
    return gv__fail(err, GV_MEMORY, 0, NULL,
                    "The host ran out of memory while it collected the records of a journal.");
}

gv_status gv__journal_prepare(gv_journal *journal, gv_error *err)
{
    if (journal->store != NULL) {
        return GV_OK;
    }
    struct gv__journal_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return no_memory(err);
    }
    store->strings = gv__strings_create();
    store->workloads = gv__strings_create();
    if (store->strings == NULL || store->workloads == NULL) {
        gv__strings_free(store->workloads);
        gv__strings_free(store->strings);
        free(store);
        return no_memory(err);
    }
    journal->store = store;
    return GV_OK;
}

void gv_journal_free(gv_journal *journal)
{
    if (journal == NULL) {
        return;
    }
    gv__journal_return_to(journal, (gv__journal_mark){0});
    free(journal->runs);
    free(journal->devices);
    free(journal->measurements);
    free(journal->incidents);
    free(journal->ceilings);
    free(journal->trials);
    free(journal->ends);
    free(journal->warnings);
    free(journal->files);
    free(journal->sha256);
    if (journal->store != NULL) {
        gv__hash_set_free(&journal->store->lines);
        gv__strings_free(journal->store->workloads);
        gv__strings_free(journal->store->strings);
        free(journal->store);
    }
    *journal = (gv_journal){0};
}

/* ---- texts ---- */

/* Bytes of the well-formed UTF-8 character at `at` (Unicode 15, table 3-7); 0 where there is none.
 * Neither surrogates nor needlessly long forms are well-formed. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    unsigned char first = at[0];
    if (first < 0x80) {
        return 1;
    }
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > left) {
        return 0;
    }
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

bool gv__text_is_clean(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;
    while (at < end) {
        size_t step = utf8_length(at, (size_t)(end - at));
        if (step == 0 || is_control(*at)) {
            return false;
        }
        at += step;
    }
    return true;
}

void gv__text_add_clean(gv__text *out, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        size_t step = utf8_length((const unsigned char *)text, (size_t)(end - text));
        if (step == 0) {
            gv__text_add(out, "?");
            step = 1;
        } else if (is_control((unsigned char)*text)) {
            gv__text_add(out, " ");
        } else {
            gv__text_add_n(out, text, step);
        }
        text += step;
    }
}

const char *gv__journal_clean_text(struct gv__journal_store *store, const char *text, size_t length)
{
    return gv__strings_add(store->strings, text, length);
}

const char *gv__journal_text(struct gv__journal_store *store, const char *text)
{
    if (text == NULL) {
        text = "";
    }
    size_t length = strlen(text);
    if (gv__text_is_clean(text, length)) {
        return gv__strings_add(store->strings, text, length);
    }
    gv__text clean = {0};
    gv__text_add_clean(&clean, text);
    const char *kept =
        clean.failed ? NULL : gv__strings_add(store->strings, clean.data, clean.length);
    gv__text_free(&clean);
    return kept;
}

const char *gv__journal_workload(struct gv__journal_store *store, const char *text, size_t length,
                                 bool *memory)
{
    *memory = false;
    char canonical[GV_WORKLOAD_TEXT];
    if (gv__strings_find(store->workloads, text, length) == NULL) {
        char copy[4 * GV_WORKLOAD_TEXT];
        if (length >= sizeof copy) {
            return NULL;
        }
        memcpy(copy, text, length);
        copy[length] = 0;
        gv_workload workload;
        if (strlen(copy) != length || !gv__workload_is_measurable(copy, &workload)) {
            return NULL;
        }
        text = gv_workload_format(&workload, canonical);
        length = strlen(text);
        *memory = gv__strings_add(store->workloads, text, length) == NULL;
    }
    const char *kept = *memory ? NULL : gv__strings_add(store->strings, text, length);
    *memory = kept == NULL;
    return kept;
}

/* ---- facts ---- */

/* Equal facts must be equal bytes, whatever stood behind the texts and between the members. */
static void copy_facts(gv_fact *to, const gv_fact *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i].error = from[i].error;
        to[i].number = from[i].number;
        gv__copy_text(to[i].text, sizeof to[i].text, from[i].text);
    }
}

const gv_device *gv__journal_device(struct gv__journal_store *store, const gv_device *device)
{
    gv_device copy;
    memset(&copy, 0, sizeof copy);
    copy.index = device->index;
    copy.platform_index = device->platform_index;
    copy.device_index = device->device_index;
    copy.is_host_silicon = device->is_host_silicon;
    gv__copy_text(copy.key, sizeof copy.key, device->key);
    copy_facts(copy.fact, device->fact, GV_DEVICE_FACT_COUNT);
    return (const gv_device *)(const void *)gv__strings_add(store->strings, &copy, sizeof copy);
}

const gv_host *gv__journal_host(struct gv__journal_store *store, const gv_host *host)
{
    gv_host copy;
    memset(&copy, 0, sizeof copy);
    copy_facts(copy.fact, host->fact, GV_HOST_FACT_COUNT);
    return (const gv_host *)(const void *)gv__strings_add(store->strings, &copy, sizeof copy);
}

/* ---- arrays ---- */

/* `array` with room for one more element than `count`. It doubles whenever the count is a power of
 * two, so that no capacity needs to be kept. NULL when out of memory; `array` is then unchanged. */
static void *with_room(void *array, size_t count, size_t size)
{
    if (count != 0 && (count & (count - 1)) != 0) {
        return array;
    }
    size_t capacity = count == 0 ? 1 : 2 * count;
    return capacity > SIZE_MAX / size ? NULL : realloc(array, capacity * size);
}

#define PUSH(journal, array, count, record)                                                        \
    do {                                                                                           \
        void *roomy = with_room((journal)->array, (journal)->count, sizeof *(journal)->array);     \
        if (roomy == NULL) {                                                                       \
            return false;                                                                          \
        }                                                                                          \
        (journal)->array = roomy;                                                                  \
        (journal)->array[(journal)->count++] = (record);                                           \
        return true;                                                                               \
    } while (0)

bool gv__journal_push_run(gv_journal *journal, const gv_run_record *r)
{
    PUSH(journal, runs, run_count, *r);
}

bool gv__journal_push_device(gv_journal *journal, const gv_device_record *r)
{
    PUSH(journal, devices, device_count, *r);
}

bool gv__journal_push_measurement(gv_journal *journal, const gv_measurement *r)
{
    PUSH(journal, measurements, measurement_count, *r);
}

bool gv__journal_push_incident(gv_journal *journal, const gv_incident *r)
{
    PUSH(journal, incidents, incident_count, *r);
}

bool gv__journal_push_ceiling(gv_journal *journal, const gv_ceiling *r)
{
    PUSH(journal, ceilings, ceiling_count, *r);
}

bool gv__journal_push_trial(gv_journal *journal, const gv_trial *r)
{
    PUSH(journal, trials, trial_count, *r);
}

bool gv__journal_push_end(gv_journal *journal, const gv_end_record *r)
{
    PUSH(journal, ends, end_count, *r);
}

bool gv__journal_push_warning(gv_journal *journal, gv__text *text)
{
    if (text->failed || text->data == NULL) {
        gv__text_free(text);
        return false;
    }
    char **roomy = with_room(journal->warnings, journal->warning_count, sizeof *roomy);
    if (roomy == NULL) {
        gv__text_free(text);
        return false;
    }
    journal->warnings = roomy;
    roomy[journal->warning_count++] = text->data;
    *text = (gv__text){0};
    return true;
}

bool gv__journal_push_file(gv_journal *journal, const char *path, const char sha256[65])
{
    char(*digests)[65] = with_room(journal->sha256, journal->file_count, sizeof *digests);
    if (digests == NULL) {
        return false;
    }
    journal->sha256 = digests;
    char **files = with_room(journal->files, journal->file_count, sizeof *files);
    if (files == NULL) {
        return false;
    }
    journal->files = files;
    files[journal->file_count] = strdup(path);
    if (files[journal->file_count] == NULL) {
        return false;
    }
    memcpy(digests[journal->file_count], sha256, sizeof *digests);
    journal->file_count++;
    return true;
}

gv__journal_mark gv__journal_mark_of(const gv_journal *journal)
{
    return (gv__journal_mark){.runs = journal->run_count,
                              .devices = journal->device_count,
                              .measurements = journal->measurement_count,
                              .ceilings = journal->ceiling_count,
                              .incidents = journal->incident_count,
                              .trials = journal->trial_count,
                              .ends = journal->end_count,
                              .warnings = journal->warning_count,
                              .files = journal->file_count,
                              .lines = journal->store != NULL ? journal->store->lines.count : 0};
}

void gv__journal_return_to(gv_journal *journal, gv__journal_mark mark)
{
    journal->run_count = mark.runs;
    journal->device_count = mark.devices;
    journal->measurement_count = mark.measurements;
    journal->incident_count = mark.incidents;
    journal->ceiling_count = mark.ceilings;
    journal->trial_count = mark.trials;
    journal->end_count = mark.ends;
    while (journal->warning_count > mark.warnings) {
        free(journal->warnings[--journal->warning_count]);
    }
    while (journal->file_count > mark.files) {
        free(journal->files[--journal->file_count]);
    }
    if (journal->store != NULL) {
        gv__hash_set_truncate(&journal->store->lines, mark.lines);
    }
}

/* ---- records from elsewhere ---- */

bool gv__run_is_capped(const gv_run_record *run)
{
    return run->device_memory_bytes > 0; /* neither NAN nor a record that was filled with zeros */
}

/* Replace each of these texts by the store's copy of it. */
static bool keep_texts(struct gv__journal_store *store, const char **texts[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *texts[i] = gv__journal_text(store, *texts[i]);
        if (*texts[i] == NULL) {
            return false;
        }
    }
    return true;
}

#define KEEP_TEXTS(store, ...)                                                                     \
    keep_texts((store), (const char **[]){__VA_ARGS__},                                            \
               sizeof((const char **[]){__VA_ARGS__}) / sizeof(const char **))

gv_status gv_journal_keep_run(gv_journal *journal, const gv_run_record *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_run_record kept = *r;
    bool ok = KEEP_TEXTS(journal->store, &kept.run, &kept.time, &kept.command, &kept.version,
                         &kept.suite, &kept.libraries, &kept.kernels, &kept.tuning) &&
              gv__journal_push_run(journal, &kept);
    return ok ? GV_OK : no_memory(err);
}

gv_status gv_journal_keep_device(gv_journal *journal, const gv_device_record *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_device_record kept = *r;
    bool ok = KEEP_TEXTS(journal->store, &kept.run, &kept.key);
    const char *fault = ok ? gv__device_fault(&kept) : NULL;
    if (fault != NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "A device cannot be kept: %s.", fault);
    }
    if (ok && r->device != NULL) {
        ok = (kept.device = gv__journal_device(journal->store, r->device)) != NULL;
    }
    if (ok && r->host != NULL) {
        ok = (kept.host = gv__journal_host(journal->store, r->host)) != NULL;
    }
    return ok && gv__journal_push_device(journal, &kept) ? GV_OK : no_memory(err);
}

gv_status gv_journal_keep_measurement(gv_journal *journal, const gv_measurement *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_measurement kept = *r;
    if (!KEEP_TEXTS(journal->store, &kept.run, &kept.device, &kept.provider, &kept.parameters,
                    &kept.check, &kept.clock)) {
        return no_memory(err);
    }
    bool memory;
    kept.workload = gv__journal_workload(journal->store, r->workload, strlen(r->workload), &memory);
    if (memory) {
        return no_memory(err);
    }
    const char *fault = kept.workload == NULL ? GV__NOT_MEASURABLE : gv__measurement_fault(&kept);
    if (fault != NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL,
                        "The measurement of %s on %s cannot be kept: %s.", r->workload, kept.device,
                        fault);
    }
    return gv__journal_push_measurement(journal, &kept) ? GV_OK : no_memory(err);
}

gv_status gv_journal_keep_incident(gv_journal *journal, const gv_incident *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_incident kept = *r;
    bool ok = KEEP_TEXTS(journal->store, &kept.run, &kept.device, &kept.provider, &kept.workload,
                         &kept.doing, &kept.what, &kept.replaced);
    if (!ok) {
        return no_memory(err);
    }
    const char *fault = gv__incident_fault(&kept);
    if (fault != NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "An incident cannot be kept: %s.", fault);
    }
    return gv__journal_push_incident(journal, &kept) ? GV_OK : no_memory(err);
}

gv_status gv_journal_keep_ceiling(gv_journal *journal, const gv_ceiling *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_ceiling kept = *r;
    if (!KEEP_TEXTS(journal->store, &kept.run, &kept.device, &kept.variant, &kept.check,
                    &kept.power_source)) {
        return no_memory(err);
    }
    const char *fault = gv__ceiling_fault(&kept);
    if (fault != NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "A ceiling cannot be kept: %s.", fault);
    }
    return gv__journal_push_ceiling(journal, &kept) ? GV_OK : no_memory(err);
}

gv_status gv_journal_keep_trial(gv_journal *journal, const gv_trial *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_trial kept = *r;
    if (!KEEP_TEXTS(journal->store, &kept.run, &kept.device, &kept.provider, &kept.workload,
                    &kept.parameters)) {
        return no_memory(err);
    }
    const char *fault = gv__trial_fault(&kept);
    if (fault != NULL) {
        return gv__fail(err, GV_ARGUMENT, 0, NULL, "A trial cannot be kept: %s.", fault);
    }
    return gv__journal_push_trial(journal, &kept) ? GV_OK : no_memory(err);
}

gv_status gv_journal_keep_end(gv_journal *journal, const gv_end_record *r, gv_error *err)
{
    gv_status status = gv__journal_prepare(journal, err);
    if (status != GV_OK) {
        return status;
    }
    gv_end_record kept = *r;
    bool ok =
        KEEP_TEXTS(journal->store, &kept.run, &kept.how) && gv__journal_push_end(journal, &kept);
    return ok ? GV_OK : no_memory(err);
}
