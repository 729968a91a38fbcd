/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "bench/strings.h"
#include "tests/gv_test.h"

static void equal_bytes_have_one_address(void **state)
{
    (void)state;
    gv__strings *strings = gv__strings_create();
    assert_non_null(strings);
    char first[] = "device";
    char second[] = "device";
    const char *kept = gv__strings_add(strings, first, 6);
    assert_ptr_not_equal(kept, first);
    assert_ptr_equal(gv__strings_add(strings, second, 6), kept);
    assert_ptr_equal(gv__strings_find(strings, second, 6), kept);
    assert_ptr_not_equal(gv__strings_add(strings, "device\0", 7), kept);
    assert_ptr_not_equal(gv__strings_add(strings, "devic", 5), kept);
    assert_null(gv__strings_find(strings, "devices", 7));
    assert_string_equal(gv__strings_add(strings, "", 0), "");
    gv__strings_free(strings);
    gv__strings_free(NULL);
}

static void content_stays_where_it_is_however_much_comes(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    gv__strings *strings = gv__strings_create();
    static const char *kept[COUNT];
    char text[600] = "";
    for (int i = 0; i < COUNT; i++) {
        int length = snprintf(text, sizeof text, "%0*d", 1 + i % 500, i);
        kept[i] = gv__strings_add(strings, text, (size_t)length);
        assert_non_null(kept[i]);
        assert_int_equal((uintptr_t)kept[i] % sizeof(double), 0);
    }
    for (int i = 0; i < COUNT; i++) {
        int length = snprintf(text, sizeof text, "%0*d", 1 + i % 500, i);
        assert_string_equal(kept[i], text);
        assert_ptr_equal(gv__strings_find(strings, text, (size_t)length), kept[i]);
    }
    /* Larger than a chunk. */
    char *large = calloc(1, 200000);
    const char *copy = gv__strings_add(strings, large, 200000);
    assert_memory_equal(copy, large, 200000);
    free(large);
    gv__strings_free(strings);
}

static void one_changed_bit_changes_about_half_of_the_hash(void **state)
{
    (void)state;
    unsigned char bytes[67];
    gv__random random;
    gv__random_seed(&random, 5);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)gv__random_next(&random);
    }
    for (size_t length = 1; length <= sizeof bytes; length++) {
        gv__hash before = gv__hash_of(bytes, length);
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
            gv__hash after = gv__hash_of(bytes, length);
            bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
            int changed = __builtin_popcountll(before.low ^ after.low) +
                          __builtin_popcountll(before.high ^ after.high);
            /* 64 expected; six standard deviations of 5.7. */
            assert_in_range(changed, 30, 98);
        }
    }
}

static void a_set_forgets_its_newest_members_only(void **state)
{
    (void)state;
    enum { COUNT = 5000, KEPT = 1234 };
    gv__hash_set set = {0};
    assert_false(gv__hash_set_has(&set, (gv__hash){1, 2}));
    for (uint64_t i = 0; i < COUNT; i++) {
        /* Equal low halves must not be mistaken for equal hashes. */
        assert_true(gv__hash_set_add(&set, (gv__hash){i / 4, i}));
        assert_true(gv__hash_set_add(&set, (gv__hash){i / 4, i}));
    }
    assert_int_equal(set.count, COUNT);
    gv__hash_set_truncate(&set, KEPT);
    for (uint64_t i = 0; i < COUNT; i++) {
        assert_int_equal(gv__hash_set_has(&set, (gv__hash){i / 4, i}), i < KEPT);
    }
    assert_true(gv__hash_set_add(&set, (gv__hash){7, COUNT}));
    assert_true(gv__hash_set_has(&set, (gv__hash){7, COUNT}));
    gv__hash_set_free(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_bytes_have_one_address),
        cmocka_unit_test(content_stays_where_it_is_however_much_comes),
        cmocka_unit_test(one_changed_bit_changes_about_half_of_the_hash),
        cmocka_unit_test(a_set_forgets_its_newest_members_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
