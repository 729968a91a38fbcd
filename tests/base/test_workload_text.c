/* SPDX-License-Identifier: Apache-2.0 */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/workload.h>
#include <locale.h>

static void canonical_forms_come_back_as_they_went_in(void **state)
{
    (void)state;
    static const struct {
        const char *text, *canonical; /* NULL: the same */
    } cases[] = {
        {"matmul:m=1,n=2,k=3", NULL},
        {"matmul:k=3,n=2,m=1", "matmul:m=1,n=2,k=3"},
        {"matmul:m=1,n=2,k=3,batch=1,ta=n,tb=n,precision=f32", "matmul:m=1,n=2,k=3"},
        {"matmul:m=1,n=2,k=3,batch=4,ta=t,tb=t,precision=f64", NULL},
        {"conv2d:n=1,c=2,h=3,w=4,k=5,r=1,s=1", NULL},
        {"convolution:n=1,c=2,h=3,w=4,k=5,r=1,s=1", "conv2d:n=1,c=2,h=3,w=4,k=5,r=1,s=1"},
        {"conv2d:n=1,c=2,h=3,w=4,k=6,r=1,s=1,pad=1,stride=2x1,dilation=1,groups=2",
         "conv2d:n=1,c=2,h=3,w=4,k=6,r=1,s=1,pad=1x1,stride=2x1,groups=2"},
        {"conv2d:n=1,c=2,h=3,w=4,k=5,r=1,s=1,pad=0x1", NULL},
        {"fft:shape=1024", NULL},
        {"fft:shape=4x5x6,batch=7,dir=inverse,precision=f64", NULL},
        {"fft:shape=8,kind=r2c,dir=forward", "fft:shape=8,kind=r2c"},
        {"fft:shape=8,kind=c2r,dir=inverse", "fft:shape=8,kind=c2r"},
        {"fft:shape=8,kind=c2r", NULL},
        {"dense:batch=1,in=2,out=3", NULL},
        {"dense:batch=1,in=2,out=3,act=gelu", NULL},
        {"custom:flop=1000000000,bytes=25000000.5,in=0,out=0.125", NULL},
        {"custom:flop=1e9,bytes=1e15,in=1e2,out=0,launches=10",
         "custom:flop=1000000000,bytes=1000000000000000,in=100,out=0,launches=10"},
        {"custom:flop=1e+20,bytes=2.5e-07,in=1e-10,out=1.25e+300",
         "custom:flop=1e20,bytes=2.5e-7,in=1e-10,out=1.25e300"},
        {"custom:flop=1,bytes=1,in=0,out=0,parallel=0.95,launches=3", NULL},
        {"dense:batch=1,in=2,out=3,precision=f16", NULL},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload w;
        gv_error err = {0};
        char text[GV_WORKLOAD_TEXT];
        assert_status(gv_workload_parse(cases[i].text, &w, &err), GV_OK, err);
        const char *canonical = cases[i].canonical != NULL ? cases[i].canonical : cases[i].text;
        assert_string_equal(gv_workload_format(&w, text), canonical);
        gv_workload again;
        assert_status(gv_workload_parse(text, &again, &err), GV_OK, err);
        char twice[GV_WORKLOAD_TEXT];
        assert_string_equal(gv_workload_format(&again, twice), canonical);
    }
}

static void each_wrong_text_is_refused_and_its_fault_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *named;
    } cases[] = {
        {"", "unknown operation"},
        {"gemm:m=1", "unknown operation"},
        {"matmulx:m=1,n=1,k=1", "unknown operation"},
        {"matmul", "m is missing"},
        {"matmul:", "m is missing"},
        {"matmul:m=1,n=1", "k is missing"},
        {"matmul:m=1,n=1,k=1,q=1", "no key \"q\""},
        {"matmul:m=1,n=1,k=1,m=2", "m is given twice"},
        {"matmul:m=0,n=1,k=1", "m must be"},
        {"matmul:m=-1,n=1,k=1", "m must be"},
        {"matmul:m=1.5,n=1,k=1", "m must be"},
        {"matmul:m=1e3,n=1,k=1", "m must be"},
        {"matmul:m= 1,n=1,k=1", "m must be"},
        {"matmul:m=,n=1,k=1", "m must be"},
        {"matmul:m=1,n=1,k", "\"k\" is not key=value"},
        {"matmul:m=1,n=1,k=1,", "nothing follows"},
        {"matmul:m=18446744073709551616,n=1,k=1", "m must be"},
        {"matmul:m=99999999999999999999999,n=1,k=1", "m must be"},
        {"matmul:m=9007199254740992,n=9007199254740992,k=1", "array"},
        {"matmul:m=9007199254740992,n=1,k=1", "array A"},
        {"matmul:m=1,n=1,k=1,ta=yes", "ta must be one of n, t"},
        {"matmul:m=1,n=1,k=1,precision=f128", "precision must be one of f32, f64, f16"},
        {"conv2d:n=1,c=1,h=2,w=2,k=1,r=3,s=3", "larger than the padded input"},
        {"conv2d:n=1,c=1,h=2,w=2,k=1,r=9007199254740992,s=3,dilation=9", "larger than"},
        {"conv2d:n=1,c=3,h=2,w=2,k=4,r=1,s=1,groups=2", "groups must divide"},
        {"conv2d:n=1,c=1,h=2,w=2,k=1,r=1,s=1,stride=0", "stride must be"},
        {"conv2d:n=1,c=1,h=2,w=2,k=1,r=1,s=1,stride=0x1", "stride must be"},
        {"conv2d:n=1,c=1,h=2,w=2,k=1,r=1,s=1,pad=1x2x3", "pad must be"},
        {"conv2d:n=1,c=1,h=2,w=2,k=1,r=1,s=1,pad=70000", "pad must be"},
        {"fft:shape=", "shape must be"},
        {"fft:shape=4x", "shape must be"},
        {"fft:shape=0x4", "shape must be"},
        {"fft:shape=2x2x2x2", "shape must be"},
        {"fft:shape=4,kind=r2c,dir=inverse", "r2c is always forward"},
        {"fft:shape=4,kind=c2r,dir=forward", "c2r is always inverse"},
        {"dense:batch=1,in=1,out=1,act=swish", "act must be one of"},
        {"custom:flop=0,bytes=1,in=1,out=1", "flop must be a number above 0"},
        {"custom:flop=nan,bytes=1,in=1,out=1", "flop must be"},
        {"custom:flop=1e999,bytes=1,in=1,out=1", "flop must be"},
        {"custom:flop=1,bytes=1,in=-1,out=1", "in must be a number from 0"},
        {"custom:flop=1,bytes=1,in=1,out=1,parallel=1.5", "parallel must be"},
        {"custom:flop=1,bytes=1,in=1,out=1,launches=0", "launches must be a number from 1"},
    };
    for (size_t i = 0; i < GV__COUNT(cases); i++) {
        gv_workload w = {.op = GV_OP_CUSTOM};
        gv_error err = {0};
        gv_status status = gv_workload_parse(cases[i].text, &w, &err);
        if (status != GV_ARGUMENT || strstr(err.text, cases[i].named) == NULL) {
            print_error("%s: %s: %s\n", cases[i].text, gv_status_name(status), err.text);
        }
        assert_int_equal(status, GV_ARGUMENT);
        assert_non_null(strstr(err.text, cases[i].named));
        assert_int_equal(w.op, GV_OP_CUSTOM); /* untouched */
    }
}

static void the_longest_canonical_form_fits(void **state)
{
    (void)state;
    gv_workload longest[] = {
        {.op = GV_OP_CONV2D,
         .precision = GV_PRECISION_F64,
         /* The most digits that sizes whose product stays below 2^53 bytes can have. */
         .as.conv2d = {11, 9007199254740, 10, 10, 9007199254740, 10, 10, 65535, 65535, 65534, 65534,
                       65535, 65535, 9007199254740}},
        {.op = GV_OP_CUSTOM,
         .precision = GV_PRECISION_F64,
         .as.custom = {1.2345678901234567e+300, 1.2345678901234567e+300, 1.2345678901234567e+300,
                       1.2345678901234567e+300, 0.12345678901234568, 123456789.12345679}},
    };
    for (size_t i = 0; i < GV__COUNT(longest); i++) {
        char text[GV_WORKLOAD_TEXT];
        gv_workload_format(&longest[i], text);
        assert_true(strlen(text) < GV_WORKLOAD_TEXT - 1);
        /* The last key is whole. */
        assert_string_equal(text + strlen(text) - strlen("precision=f64"), "precision=f64");
    }
}

static void a_decimal_comma_locale_changes_nothing(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "de_DE") == NULL) {
        print_message("no decimal-comma locale here: only the C locale was tried\n");
    }
    gv_workload w;
    gv_error err = {0};
    char text[GV_WORKLOAD_TEXT];
    assert_status(gv_workload_parse("custom:flop=1.5,bytes=2,in=0,out=0", &w, &err), GV_OK, err);
    assert_close(w.as.custom.flop, 1.5, 0);
    assert_string_equal(gv_workload_format(&w, text), "custom:flop=1.5,bytes=2,in=0,out=0");
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_forms_come_back_as_they_went_in),
        cmocka_unit_test(each_wrong_text_is_refused_and_its_fault_named),
        cmocka_unit_test(the_longest_canonical_form_fits),
        cmocka_unit_test(a_decimal_comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
