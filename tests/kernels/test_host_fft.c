/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernels/host_case.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const texts[] = {
    "fft:shape=1",
    "fft:shape=2",
    "fft:shape=64,batch=5",
    "fft:shape=360,dir=inverse",
    "fft:shape=1009,batch=2",
    "fft:shape=64,batch=3,kind=r2c",
    "fft:shape=45,kind=r2c",
    "fft:shape=64,batch=3,kind=c2r",
    "fft:shape=45,kind=c2r",
    "fft:shape=12x10",
    "fft:shape=32x64,batch=2,dir=inverse",
    "fft:shape=9x8,batch=2,kind=r2c",
    "fft:shape=16x12,batch=3,kind=c2r",
    "fft:shape=7x9,kind=c2r",
    "fft:shape=4x6x5,dir=inverse",
    "fft:shape=8x3x6,batch=2,kind=r2c",
    "fft:shape=4x6x8,batch=2,kind=c2r",
    "fft:shape=5x1x9,kind=c2r",
    "fft:shape=96x64,kind=c2r",
    "fft:shape=128,batch=300,dir=inverse",
};

static void every_provider_transforms_right(void **state)
{
    (void)state;
    host_expect_all_right(GV_OP_FFT, texts, sizeof texts / sizeof texts[0], 2);
}

static size_t count_files(const char *folder, const char *ending)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name);
        size_t tail = strlen(ending);
        count += length > tail && strcmp(entry->d_name + length - tail, ending) == 0;
        if (entry->d_name[0] != '.') {
            assert_true(length > tail && strcmp(entry->d_name + length - tail, ending) == 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return count;
}

/* One whole file a precision, and nothing left of what it was renamed from. */
static void wisdom_is_kept_in_the_cache_folder(void **state)
{
    (void)state;
    size_t rows;
    gv__host_providers(GV_OP_FFT, &rows);
    char folder[512];
    snprintf(folder, sizeof folder, "%s/gpuverdict", getenv("XDG_CACHE_HOME"));
    size_t files = count_files(folder, ".wisdom");
    assert_true(rows == 0 ? files == 0 : files == 1 || files == 2);
}

int main(void)
{
    setenv("XDG_CACHE_HOME", gv_test_folder(), 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_provider_transforms_right),
        cmocka_unit_test(wisdom_is_kept_in_the_cache_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
