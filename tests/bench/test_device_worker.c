/* SPDX-License-Identifier: Apache-2.0 */
/* The device worker on the first device of this machine. */
#include "bench/session.h"
#include "tests/bench/worker_case.h"

#include <math.h>

/* Few, since a driver compiles for each: shapes are the providers' own tests' business. */
static const char *const workloads[] = {
    "matmul:m=64,n=48,k=32",
    "conv2d:n=1,c=4,h=9,w=9,k=8,r=3,s=3,pad=1x1",
    "fft:shape=64",
    "fft:shape=16,kind=r2c,precision=f64",
    "dense:batch=4,in=64,out=32,act=gelu",
};

static gv_inventory inventory;
static gv__link device;
static gv__say_opened opened;

static int open_first(void **state)
{
    (void)state;
    gv_error err = {0};
    if (gv_open_first(&inventory, &device, &opened, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    if (strlen(opened.kernels) != 64 || opened.libraries[0] == 0 || opened.events.text[0] == 0) {
        print_error("libraries \"%s\", kernels \"%s\", events \"%s\"\n", opened.libraries,
                    opened.kernels, opened.events.text);
        return 1;
    }
    return 0;
}

static int close_first(void **state)
{
    (void)state;
    gv__link_stop(&device);
    gv_inventory_free(&inventory);
    return 0;
}

static bool is_ours(const char *provider)
{
    return strncmp(provider, "gpuverdict", strlen("gpuverdict")) == 0;
}

static bool is_unsupported_f64(const char *workload)
{
    return strstr(workload, "f64") != NULL &&
           gv_device_number(&inventory.devices[0], GV_DEVICE_FP64) != 1.0;
}

static void check_view(const gv__say_samples *taken, gv_view view)
{
    bool moves = view != GV_VIEW_KERNEL_ONLY;
    assert_in_range(taken->count, 1, GV__MAX_SAMPLES);
    assert_true(taken->calls >= 1);
    for (uint32_t i = 0; i < taken->count; i++) {
        const double *s = taken->stage_s[i];
        assert_true(s[GV_STAGE_KERNEL] > 0);
        assert_true(s[GV_STAGE_TOTAL] >= s[GV_STAGE_KERNEL]);
        assert_int_equal(isnan(s[GV_STAGE_H2D]), !moves);
        assert_int_equal(isnan(s[GV_STAGE_D2H]), !moves);
        if (moves) {
            assert_close(s[GV_STAGE_H2D] + s[GV_STAGE_KERNEL] + s[GV_STAGE_D2H], s[GV_STAGE_TOTAL],
                         1e-9);
        }
    }
}

static void every_operation_is_prepared_and_sampled_in_each_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(workloads); i++) {
        gv__say_prepared said = {.provider = ""};
        gv_heard heard;
        gv__ask_prepare ask = gv_asking_for(workloads[i]);
        if (is_unsupported_f64(workloads[i])) {
            assert_false(gv_prepare(&device, &ask, &said, &heard));
            assert_int_equal(heard.last.kind, GV_INCIDENT_UNSUPPORTED);
            continue;
        }
        if (!gv_prepare(&device, &ask, &said, &heard)) {
            fail_msg("%s: nobody serves it: %s: %s", workloads[i], heard.last.provider,
                     heard.last.what);
        }
        assert_true(said.provider[0] != 0 && said.check[0] != 0);
        assert_true(said.error_rel <= said.bound_rel);
        assert_true(said.first_s > 0 && said.call_s > 0);
        bool weights = workloads[i][0] == 'c' || workloads[i][0] == 'd';
        /* B of a plain product is no weight: both sides of it are data. */
        assert_int_equal(said.has_weights, weights);
        for (int view = 0; view < GV_VIEW_COUNT; view++) {
            gv__say_samples taken;
            gv_error err = {0};
            assert_status(gv_take(&device, (gv_view)view, &taken, &err), GV_OK, err);
            check_view(&taken, (gv_view)view);
        }
    }
}

typedef struct heard_candidates {
    uint32_t count;
    gv__tuned_set first, last;
} heard_candidates;

static void hear_candidate(void *context, gv__message_kind kind, const void *body)
{
    heard_candidates *heard = context;
    if (kind == GV__SAY_CANDIDATE) {
        heard->last = *(const gv__tuned_set *)body;
        heard->first = heard->count++ == 0 ? heard->last : heard->first;
    }
}

static gv_status try_set(const char *workload, const gv__tuned_set *set, gv__say_trial *out,
                         gv_error *err)
{
    gv__ask_try ask = {.seed = 42, .set = *set, .seconds = 0.01, .give_up_s = INFINITY};
    gv__copy_text(ask.workload, sizeof ask.workload, workload);
    return gv__link_ask(&device, GV__ASK_TRY, &ask, gv_patience_s, NULL, NULL, GV__SAY_TRIED, out,
                        NULL, err);
}

static void candidates_are_listed_and_can_be_tried(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(workloads); i++) {
        gv_error err = {0};
        heard_candidates heard = {.count = 0};
        gv__ask_candidates ask = {.workload = ""};
        gv__copy_text(ask.workload, sizeof ask.workload, workloads[i]);
        assert_status(gv__link_ask(&device, GV__ASK_CANDIDATES, &ask, gv_patience_s, hear_candidate,
                                   &heard, GV__SAY_DONE, NULL, NULL, &err),
                      GV_OK, err);
        assert_int_equal(heard.count == 0, is_unsupported_f64(workloads[i]));
        for (int last = 0; last < 2 && heard.count > 0; last++) {
            gv__say_trial trial;
            const gv__tuned_set *set = last ? &heard.last : &heard.first;
            print_message("%s: %s %s\n", workloads[i], set->provider, set->parameters);
            assert_non_null(strstr(opened.libraries, set->provider));
            assert_status(try_set(workloads[i], set, &trial, &err), GV_OK, err);
            assert_string_equal(trial.provider, set->provider);
            assert_string_equal(trial.parameters, set->parameters);
            assert_true(trial.call_s > 0 && !trial.given_up);
        }
    }
}

static void hear_vkfft(void *context, gv__message_kind kind, const void *body)
{
    const gv__tuned_set *set = body;
    if (kind == GV__SAY_CANDIDATE && strncmp(set->provider, "VkFFT ", 6) == 0) {
        *(gv__tuned_set *)context = *set;
    }
}

/* On PoCL, which keeps what a group holds across a barrier on the stack, this takes over 8 MiB. */
static void a_large_group_finds_room_on_the_stack(void **state)
{
    (void)state;
    static const char *const workload = "fft:shape=98304";
    gv_error err = {0};
    gv__tuned_set vkfft = {.provider = ""};
    gv__ask_candidates ask = {.workload = ""};
    gv__copy_text(ask.workload, sizeof ask.workload, workload);
    assert_status(gv__link_ask(&device, GV__ASK_CANDIDATES, &ask, gv_patience_s, hear_vkfft, &vkfft,
                               GV__SAY_DONE, NULL, NULL, &err),
                  GV_OK, err);
    if (vkfft.provider[0] == 0) {
        skip(); /* not built in */
    }
    gv__say_trial trial;
    assert_status(try_set(workload, &vkfft, &trial, &err), GV_OK, err);
    assert_true(trial.call_s > 0);
}

static void a_try_of_nobody_is_unsupported_and_a_hopeless_one_is_given_up(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__say_trial trial;
    const gv__tuned_set nobody = {.provider = "nobody 1.0"};
    assert_status(try_set(workloads[0], &nobody, &trial, &err), GV_UNSUPPORTED, err);
    gv__ask_prepare prepare = gv_asking_for(workloads[0]);
    gv__say_prepared said;
    gv_heard heard;
    assert_true(gv_prepare(&device, &prepare, &said, &heard));
    gv__ask_try ask = {.seed = 42, .seconds = 0.01, .give_up_s = 1e-9};
    gv__copy_text(ask.workload, sizeof ask.workload, workloads[0]);
    gv__copy_text(ask.set.provider, sizeof ask.set.provider, said.provider);
    assert_status(gv__link_ask(&device, GV__ASK_TRY, &ask, gv_patience_s, NULL, NULL, GV__SAY_TRIED,
                               &trial, NULL, &err),
                  GV_OK, err);
    assert_true(trial.given_up);
    /* What was prepared is gone. */
    gv__say_samples taken;
    assert_status(gv_take(&device, GV_VIEW_TRANSFERS, &taken, &err), GV_ARGUMENT, err);
}

static void tunables_that_cannot_be_cost_a_provider_nothing(void **state)
{
    (void)state;
    static const char *const odd[] = {"NO_SUCH_TUNABLE=3", "not a tunable",
                                      "TILE_ROWS=-1 TILE_COLUMNS=0 DEPTH=2147483647"};
    for (size_t i = 0; i < GV__COUNT(odd); i++) {
        for (size_t w = 0; w < GV__COUNT(workloads); w++) {
            gv__ask_prepare ask = gv_asking_for(workloads[w]);
            gv__say_prepared usual, said;
            gv_heard heard;
            if (!gv_prepare(&device, &ask, &usual, &heard)) {
                continue;
            }
            ask.tuned_count = 1;
            gv__copy_text(ask.tuned[0].provider, GV_PROVIDER_TEXT, usual.provider);
            gv__copy_text(ask.tuned[0].parameters, GV__PARAMETERS_TEXT, odd[i]);
            print_message("%s with %s\n", usual.provider, odd[i]);
            assert_true(gv_prepare(&device, &ask, &said, &heard));
            assert_true(said.error_rel <= said.bound_rel);
        }
    }
}

/* clFFT and VkFFT have no tunables: a search leaves nothing to find, even where it dropped them. */
static void what_has_no_tunables_is_tuned_where_a_search_was_made(void **state)
{
    (void)state;
    static const char workload[] = "fft:shape=64";
    gv__ask_prepare all = gv_asking_for(workload);
    gv__ask_prepare ask = gv_asking_for(workload);
    gv__say_prepared said;
    gv_heard heard;
    /* Whoever is the fastest this time, all of ours are excluded. */
    while (gv_prepare(&device, &all, &said, &heard)) {
        assert_true(all.excluded < GV__MAX_EXCLUDED);
        gv__copy_text(all.exclude[all.excluded++], GV_PROVIDER_TEXT, said.provider);
        if (is_ours(said.provider)) {
            gv__copy_text(ask.exclude[ask.excluded++], GV_PROVIDER_TEXT, said.provider);
        }
    }
    if (!gv_prepare(&device, &ask, &said, &heard)) {
        skip(); /* neither library is built in, or serves here */
    }
    assert_false(said.tuned);
    ask.tuned_count = 1;
    gv__copy_text(ask.tuned[0].provider, GV_PROVIDER_TEXT, "nobody 1.0");
    assert_true(gv_prepare(&device, &ask, &said, &heard));
    assert_false(said.tuned);
    ask.tuned[0].searched = true;
    assert_true(gv_prepare(&device, &ask, &said, &heard));
    assert_true(said.tuned);
}

static void an_excluded_provider_leads_to_the_next(void **state)
{
    (void)state;
    gv__ask_prepare ask = gv_asking_for("matmul:m=64,n=64,k=64");
    char served[GV__MAX_EXCLUDED][GV_PROVIDER_TEXT];
    gv__say_prepared said;
    gv_heard heard;
    bool answered = true;
    while (answered && ask.excluded < GV__MAX_EXCLUDED) {
        answered = gv_prepare(&device, &ask, &said, &heard);
        if (answered) {
            for (uint32_t i = 0; i < ask.excluded; i++) {
                assert_string_not_equal(said.provider, served[i]);
            }
            gv__copy_text(served[ask.excluded], GV_PROVIDER_TEXT, said.provider);
            gv__copy_text(ask.exclude[ask.excluded++], GV_PROVIDER_TEXT, said.provider);
        }
    }
    assert_false(answered);
    assert_true(ask.excluded >= 1);
    /* Who is excluded is known already; others may say why they do not serve. */
    assert_true(heard.incidents <= 1);
    for (uint32_t i = 0; i < ask.excluded && heard.incidents == 1; i++) {
        assert_int_equal(heard.last.kind, GV_INCIDENT_UNSUPPORTED);
        assert_null(strstr(heard.last.what, served[i]));
    }
}

static void what_does_not_fit_is_unsupported_and_was_never_allocated(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "matmul:m=1000000,n=1000000,k=1000000",
        "fft:shape=8,precision=f16",
        "custom:flop=1,bytes=1,in=1,out=1",
    };
    for (size_t i = 0; i < GV__COUNT(refused); i++) {
        gv__ask_prepare ask = gv_asking_for(refused[i]);
        gv__say_prepared said;
        gv_heard heard;
        print_message("%s\n", refused[i]);
        assert_false(gv_prepare(&device, &ask, &said, &heard));
        assert_int_equal(heard.incidents, 1);
        assert_int_equal(heard.last.kind, GV_INCIDENT_UNSUPPORTED);
        assert_true(heard.last.what[0] != 0);
    }
}

static void sampling_needs_something_prepared(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__say_samples taken;
    assert_status(gv__link_ask(&device, GV__ASK_RELEASE, NULL, gv_patience_s, NULL, NULL,
                               GV__SAY_DONE, NULL, NULL, &err),
                  GV_OK, err);
    assert_status(gv_take(&device, GV_VIEW_TRANSFERS, &taken, &err), GV_ARGUMENT, err);
}

static void a_workload_that_cannot_be_read_is_an_error_and_the_worker_lives(void **state)
{
    (void)state;
    gv__ask_prepare ask = gv_asking_for("matmul:m=0,n=1,k=1");
    gv_error err = {0};
    assert_status(gv__link_ask(&device, GV__ASK_PREPARE, &ask, gv_patience_s, NULL, NULL,
                               GV__SAY_PREPARED, NULL, NULL, &err),
                  GV_ARGUMENT, err);
    assert_int_not_equal(device.pid, 0);
}

static void a_device_that_is_another_one_now_is_not_opened(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__link other = {0};
    gv__ask_open ask = gv_asking_to_open_first(&inventory);
    gv__copy_text(ask.key, sizeof ask.key, "0000:99:00.0");
    assert_status(gv__link_start(&other, GV__WORKER_DEVICE, gv_driver_of_first(&inventory),
                                 gv_patience_s, &err),
                  GV_OK, err);
    assert_status(gv__link_ask(&other, GV__ASK_OPEN, &ask, gv_patience_s, NULL, NULL,
                               GV__SAY_OPENED, NULL, NULL, &err),
                  GV_NO_DEVICE, err);
    gv__link_stop(&other);
}

static void the_roof_of_the_device_is_a_plain_number(void **state)
{
    (void)state;
    gv__ask_probe ask = {.precision = GV_PRECISION_F32, .seconds = 0.2};
    gv_roof roof;
    gv_error err = {0};
    assert_status(gv__link_ask(&device, GV__ASK_PROBE, &ask, gv_patience_s, NULL, NULL,
                               GV__SAY_ROOF, &roof, NULL, &err),
                  GV_OK, err);
    assert_true(roof.flop_per_s[GV_PRECISION_F32] > 1e8);
    assert_true(isnan(roof.flop_per_s[GV_PRECISION_F64]));
    assert_true(roof.bytes_per_s > 1e8);
}

/* CLBlast as it is and with another set; false where it was not built in. */
static bool find_clblast(gv__tuned_set *own, gv__tuned_set *other)
{
    gv_error err = {0};
    heard_candidates heard = {.count = 0};
    gv__ask_candidates ask = {.workload = ""};
    gv__copy_text(ask.workload, sizeof ask.workload, workloads[0]);
    assert_status(gv__link_ask(&device, GV__ASK_CANDIDATES, &ask, gv_patience_s, hear_candidate,
                               &heard, GV__SAY_DONE, NULL, NULL, &err),
                  GV_OK, err);
    *own = *other = heard.first;
    own->parameters[0] = 0;
    gv__copy_text(other->parameters, sizeof other->parameters,
                  "WGD=16 MDIMCD=8 NDIMCD=8 VWMD=1 VWND=2 PADA=1 PADB=0 KWID=2");
    return strncmp(own->provider, "CLBlast", strlen("CLBlast")) == 0;
}

static gv_status party_try(gv__party *party, const gv__tuned_set *set, gv__say_trial *out,
                           gv_error *err)
{
    gv__ask_try ask = {.seed = 42, .set = *set, .seconds = 0.01, .give_up_s = INFINITY};
    gv__copy_text(ask.workload, sizeof ask.workload, workloads[0]);
    return gv__party_try(party, &ask, INFINITY, out, err);
}

static void a_provider_that_keeps_tunables_has_its_own_in_a_new_worker(void **state)
{
    (void)state;
    gv__tuned_set own, other;
    if (!find_clblast(&own, &other)) {
        print_message("no provider that keeps tunables was built in\n");
        return;
    }
    gv_error err = {0};
    gv__say_trial trial;
    gv__party party;
    gv__party_init(&party, &inventory, &inventory.devices[0]);
    static const bool with_other[] = {false, true, true, false, false, true};
    pid_t last = 0;
    for (size_t i = 0; i < GV__COUNT(with_other); i++) {
        const gv__tuned_set *set = with_other[i] ? &other : &own;
        assert_status(party_try(&party, set, &trial, &err), GV_OK, err);
        assert_string_equal(trial.parameters, set->parameters);
        const bool renewed = i > 0 && with_other[i - 1] && !with_other[i];
        assert_int_equal(party.link.pid != last, i == 0 || renewed);
        last = party.link.pid;
    }
    /* To prepare the workload without a set needs its own too, and with one it does not. */
    gv__message_kind got = GV__SAY_DONE;
    gv__ask_prepare ask = gv_asking_for(workloads[0]);
    assert_status(gv__link_ask(&party.link, GV__ASK_PREPARE, &ask, gv_patience_s, NULL, NULL,
                               GV__SAY_PREPARED, NULL, &got, &err),
                  GV_OK, err);
    assert_int_equal(got, GV__SAY_RENEW);
    ask.tuned_count = 1;
    ask.tuned[0] = other;
    assert_status(gv__link_ask(&party.link, GV__ASK_PREPARE, &ask, gv_patience_s, NULL, NULL,
                               GV__SAY_PREPARED, NULL, &got, &err),
                  GV_OK, err);
    assert_int_equal(got, GV__SAY_PREPARED);
    const gv__preparation plain = {
        .workload = workloads[0], .seed = 42, .deadline_s = INFINITY, .choose_s = 0};
    gv__party_begin(&party);
    assert_status(gv__party_prepare(&party, &plain, &err), GV_OK, err);
    assert_true(party.ready && party.link.pid != last);
    assert_int_equal(party.pending_count, 0);
    gv__party_free(&party);
}

int main(void)
{
    gv_error err = {0};
    setenv("GPUVERDICT_WORKER_DIR", GV_TEST_BINARY_DIR, 1);
    if (gv_inventory_collect(&inventory, &err) != GV_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    if (inventory.device_count == 0) {
        return gv_test_no_device("no OpenCL device on this machine");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_prepared_and_sampled_in_each_view),
        cmocka_unit_test(candidates_are_listed_and_can_be_tried),
        cmocka_unit_test(a_large_group_finds_room_on_the_stack),
        cmocka_unit_test(a_try_of_nobody_is_unsupported_and_a_hopeless_one_is_given_up),
        cmocka_unit_test(tunables_that_cannot_be_cost_a_provider_nothing),
        cmocka_unit_test(a_provider_that_keeps_tunables_has_its_own_in_a_new_worker),
        cmocka_unit_test(what_has_no_tunables_is_tuned_where_a_search_was_made),
        cmocka_unit_test(an_excluded_provider_leads_to_the_next),
        cmocka_unit_test(what_does_not_fit_is_unsupported_and_was_never_allocated),
        cmocka_unit_test(sampling_needs_something_prepared),
        cmocka_unit_test(a_workload_that_cannot_be_read_is_an_error_and_the_worker_lives),
        cmocka_unit_test(a_device_that_is_another_one_now_is_not_opened),
        cmocka_unit_test(the_roof_of_the_device_is_a_plain_number),
    };
    return cmocka_run_group_tests(tests, open_first, close_first);
}
