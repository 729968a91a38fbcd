/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/wire.h"
#include "tests/gv_test.h"

#include <stdalign.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];
static alignas(max_align_t) unsigned char body[GV__WIRE_MAX_BODY];

static int open_pair(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **state)
{
    (void)state;
    close(pair[0]);
    close(pair[1]);
    return 0;
}

static const gv__message_kind kinds[] = {
    GV__ASK_ENUMERATE, GV__ASK_OPEN,      GV__ASK_PROBE,   GV__ASK_PREPARE, GV__ASK_SAMPLE,
    GV__ASK_RELEASE,   GV__ASK_CEILINGS,  GV__SAY_CEILING, GV__SAY_HELLO,   GV__SAY_STEP,
    GV__SAY_PLATFORM,  GV__SAY_DEVICE,    GV__SAY_OPENED,  GV__SAY_ROOF,    GV__SAY_INCIDENT,
    GV__SAY_PREPARED,  GV__SAY_SAMPLES,   GV__SAY_ERROR,   GV__SAY_DONE,    GV__ASK_CANDIDATES,
    GV__ASK_TRY,       GV__SAY_CANDIDATE, GV__SAY_TRIAL,   GV__SAY_TRIED,   GV__SAY_RENEW,
};

static void every_message_arrives_as_it_was_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(kinds); i++) {
        gv_error err = {0};
        unsigned char sent[GV__WIRE_MAX_BODY];
        size_t size = 0, got_size = 1;
        assert_true(gv__wire_size(kinds[i], &size));
        for (size_t b = 0; b < size; b++) {
            sent[b] = (unsigned char)(b * 7 + i);
        }
        gv__message_kind kind = 0;
        assert_status(gv__wire_send(pair[0], kinds[i], sent, size, &err), GV_OK, err);
        assert_status(gv__wire_receive(pair[1], gv__now_s() + 5, &kind, body, &got_size, &err),
                      GV_OK, err);
        assert_int_equal(kind, kinds[i]);
        assert_int_equal(got_size, size);
        assert_memory_equal(body, sent, size);
    }
}

static void silence_is_hung_at_the_deadline_and_not_before(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__message_kind kind;
    size_t size;
    double start_s = gv__now_s();
    assert_status(gv__wire_receive(pair[1], start_s + 0.05, &kind, body, &size, &err), GV_HUNG,
                  err);
    assert_true(gv__now_s() - start_s >= 0.05);
}

static void what_came_before_a_passed_deadline_is_taken(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__message_kind kind = 0;
    size_t size;
    assert_status(gv__wire_send(pair[0], GV__SAY_DONE, NULL, 0, &err), GV_OK, err);
    assert_status(gv__wire_receive(pair[1], gv__now_s() - 1, &kind, body, &size, &err), GV_OK, err);
    assert_int_equal(kind, GV__SAY_DONE);
}

static void a_closed_connection_is_a_crash_to_hear_and_an_io_error_to_speak(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__message_kind kind;
    size_t size;
    shutdown(pair[0], SHUT_RDWR);
    assert_status(gv__wire_receive(pair[1], gv__now_s() + 5, &kind, body, &size, &err), GV_CRASHED,
                  err);
    assert_status(gv__wire_send(pair[1], GV__SAY_DONE, NULL, 0, &err), GV_IO, err);
}

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    static const char text[] = "Segmentation fault, says a driver on descriptor 3";
    gv_error err = {0};
    gv__message_kind kind;
    size_t size;
    assert_int_equal(send(pair[0], text, sizeof text, 0), sizeof text);
    assert_int_equal(send(pair[0], text, 1, 0), 1);
    for (int i = 0; i < 2; i++) {
        assert_status(gv__wire_receive(pair[1], gv__now_s() + 5, &kind, body, &size, &err),
                      GV_FORMAT, err);
    }
}

static void a_body_of_the_wrong_size_is_refused(void **state)
{
    (void)state;
    static unsigned char large[2 * GV__WIRE_MAX_BODY];
    static const struct {
        gv__message_kind kind;
        size_t size;
    } cases[] = {
        {GV__SAY_DONE, 1},
        {GV__SAY_SAMPLES, sizeof(gv__say_samples) - 8},
        {GV__SAY_HELLO, sizeof(gv__say_hello) + 8},
        {GV__SAY_ERROR, sizeof large},
        {(gv__message_kind)999, 0},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_error err = {0};
        gv__message_kind kind;
        size_t size;
        assert_status(gv__wire_send(pair[0], cases[i].kind, large, cases[i].size, &err), GV_OK,
                      err);
        gv_status status = gv__wire_receive(pair[1], gv__now_s() + 5, &kind, body, &size, &err);
        if (status != GV_FORMAT) {
            print_error("case %zu\n", i);
        }
        assert_status(status, GV_FORMAT, err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_message_arrives_as_it_was_sent, open_pair,
                                        close_pair),
        cmocka_unit_test_setup_teardown(silence_is_hung_at_the_deadline_and_not_before, open_pair,
                                        close_pair),
        cmocka_unit_test_setup_teardown(what_came_before_a_passed_deadline_is_taken, open_pair,
                                        close_pair),
        cmocka_unit_test_setup_teardown(
            a_closed_connection_is_a_crash_to_hear_and_an_io_error_to_speak, open_pair, close_pair),
        cmocka_unit_test_setup_teardown(what_is_no_message_is_refused, open_pair, close_pair),
        cmocka_unit_test_setup_teardown(a_body_of_the_wrong_size_is_refused, open_pair, close_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
