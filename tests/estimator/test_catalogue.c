/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in data, and how names and users' files find their way into it. */
#include "base/support.h"
#include "tests/gv_test.h"
#include <gpuverdict/catalogue.h>

static gv_catalogue *catalogue;

static int make(void **state)
{
    (void)state;
    return gv_catalogue_create(&catalogue, NULL) == GV_OK ? 0 : 1;
}

static int drop(void **state)
{
    (void)state;
    gv_catalogue_free(catalogue);
    return 0;
}

/* ---- the data ---- */

static void it_holds_the_devices_of_four_vendors(void **state)
{
    (void)state;
    static const struct {
        const char *vendor;
        size_t least;
    } vendors[] = {{"NVIDIA", 700}, {"AMD", 700}, {"Intel", 150}, {"Apple", 30}};
    size_t sum = 0;
    for (size_t v = 0; v < GV__COUNT(vendors); v++) {
        size_t count = 0;
        for (size_t i = 0; i < gv_catalogue_count(catalogue); i++) {
            count += strcmp(gv_catalogue_at(catalogue, i)->vendor, vendors[v].vendor) == 0;
        }
        assert_in_range(count, vendors[v].least, 2000);
        sum += count;
    }
    assert_int_equal(sum, gv_catalogue_count(catalogue));
    assert_null(gv_catalogue_at(catalogue, sum));
}

static void no_figure_is_absurd_and_what_disagrees_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < gv_catalogue_count(catalogue); i++) {
        const gv_spec *spec = gv_catalogue_at(catalogue, i);
        gv_spec_finding finding;
        if (gv_spec_check(spec, &finding, 1) > 0 && (finding.is_error || spec->flag[0] == 0)) {
            fail_msg("%s: %s", spec->name, finding.text);
        }
    }
}

static void every_device_has_a_source_a_date_a_year_and_a_peak(void **state)
{
    (void)state;
    for (size_t i = 0; i < gv_catalogue_count(catalogue); i++) {
        const gv_spec *spec = gv_catalogue_at(catalogue, i);
        if (spec->source[0] == 0 || strlen(spec->date) != 10 || !(spec->year >= 2012) ||
            !(spec->fp32_flop_per_s > 0) || !(spec->units > 0) || spec->chip[0] == 0) {
            fail_msg("%s has none of a source, a date, a year, a peak, units or a chip",
                     spec->name);
        }
    }
}

static void a_device_without_bandwidth_shares_the_hosts_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < gv_catalogue_count(catalogue); i++) {
        const gv_spec *spec = gv_catalogue_at(catalogue, i);
        bool shares = strstr(spec->flag, "shares the host's memory") != NULL;
        bool no_bandwidth = isnan(spec->bandwidth_bytes_per_s);
        if ((no_bandwidth && !shares) || (shares && !isnan(spec->pcie_generation))) {
            fail_msg("%s: bandwidth %g, PCIe %g, \"%s\"", spec->name, spec->bandwidth_bytes_per_s,
                     spec->pcie_generation, spec->flag);
        }
    }
}

static void every_name_finds_its_own_device(void **state)
{
    (void)state;
    for (size_t i = 0; i < gv_catalogue_count(catalogue); i++) {
        const gv_spec *spec = gv_catalogue_at(catalogue, i), *found;
        gv_error err = {0};
        assert_status(gv_catalogue_find(catalogue, spec->name, &found, &err), GV_OK, err);
        assert_string_equal(found->name, spec->name);
    }
}

/* Figures of makers' data sheets and white papers, written down apart from the table's making. */
static const struct {
    const char *name;
    double fp32, fp64, fp16_matrix, bandwidth, gib;
} known[] = {
    {"H100 SXM5 80 GB", 66.9e12, 33.5e12, 989.4e12, 3.35e12, 80},
    {"A100 SXM4 80 GB", 19.5e12, 9.7e12, 312e12, 2.039e12, 80},
    {"A40", 37.4e12, 0.585e12, 149.7e12, 696e9, 48},
    {"Tesla T4", 8.1e12, 0.254e12, 65e12, 320e9, 16},
    {"Tesla V100 SXM2 16 GB", 15.7e12, 7.8e12, 125e12, 900e9, 16},
    {"B200", 75e12, 37e12, 2250e12, 8e12, 180},
    {"L40S", 91.6e12, 1.43e12, 362e12, 864e9, 48},
    {"GeForce RTX 4090", 82.6e12, 1.29e12, 165.2e12, 1008e9, 24},
    {"Instinct MI100", 23.1e12, 11.5e12, 184.6e12, 1.23e12, 32},
    {"Instinct MI250X", 23.95e12, 23.95e12, 191.5e12, 1.6384e12, 64},
    {"Instinct MI300X", 163.4e12, 81.7e12, 1307.4e12, 5.3e12, 192},
    {"Radeon RX 7900 XTX", 61.4e12, 1.92e12, 122.8e12, 960e9, 24},
    {"Arc A770", 19.66e12, NAN, 157.3e12, 512e9, 16},
    {"Data Center GPU Max 1550", 52.4e12, 52.4e12, 839e12, 3.2768e12, 128},
};

static void known_figures_are_those_of_the_makers(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(known); i++) {
        const gv_spec *spec;
        gv_error err = {0};
        assert_status(gv_catalogue_find(catalogue, known[i].name, &spec, &err), GV_OK, err);
        assert_close(spec->fp32_flop_per_s, known[i].fp32, 0.02);
        assert_close(spec->fp64_flop_per_s, known[i].fp64, 0.02);
        assert_close(spec->fp16_matrix_flop_per_s, known[i].fp16_matrix, 0.02);
        assert_close(spec->bandwidth_bytes_per_s, known[i].bandwidth, 0.02);
        assert_close(spec->memory_bytes, known[i].gib * 0x1p30, 0.001);
    }
}

/* ---- names ---- */

static const struct {
    const char *written, *meant;
} names[] = {
    {"NVIDIA H100 80GB HBM3", "NVIDIA H100 SXM5 80 GB"},
    {"NVIDIA H100 PCIe", "NVIDIA H100 PCIe 80 GB"},
    {"NVIDIA A100-SXM4-80GB", "NVIDIA A100 SXM4 80 GB"},
    {"A100 SXM 80GB", "NVIDIA A100 SXM4 80 GB"},
    {"a100-pcie-40gb", "NVIDIA A100 PCIe 40 GB"},
    {"Tesla V100-SXM2-16GB", "NVIDIA Tesla V100 SXM2 16 GB"},
    {"Tesla P100-PCIE-16GB", "NVIDIA Tesla P100 PCIe 16 GB"},
    {"NVIDIA GH200 480GB", "NVIDIA GH200 96 GB"},
    {"NVIDIA H200", "NVIDIA H200 SXM 141 GB"},
    {"T4", "NVIDIA Tesla T4"},
    {"K80", "NVIDIA Tesla K80"},
    {"A40", "NVIDIA A40 PCIe"},
    {"GeForce RTX 3070", "NVIDIA GeForce RTX 3070"},
    {"RTX 3070", "NVIDIA GeForce RTX 3070"},
    {"rtx3070ti", "NVIDIA GeForce RTX 3070 Ti"},
    {"NVIDIA GeForce RTX 3070 Laptop GPU", "NVIDIA GeForce RTX 3070 Mobile"},
    {"NVIDIA GeForce GTX 1060 6GB", "NVIDIA GeForce GTX 1060 6 GB"},
    {"NVIDIA RTX 6000 Ada Generation", "NVIDIA RTX 6000 Ada Generation"},
    {"NVIDIA TITAN X (Pascal)", "NVIDIA TITAN X Pascal"},
    {"TITAN Xp", "NVIDIA TITAN Xp"},
    {"GTX 1080 Ti", "NVIDIA GeForce GTX 1080 Ti"},
    {"AMD Instinct MI100", "AMD Instinct MI100"},
    {"Radeon Instinct MI250X", "AMD Instinct MI250X"},
    {"gfx908:sramecc+:xnack-", "AMD Instinct MI100"},
    {"AMD Radeon RX 6600 (radeonsi, navi23, LLVM 15.0.7, DRM 3.49, 6.1.0)", "AMD Radeon RX 6600"},
    {"RX6800XT", "AMD Radeon RX 6800 XT"},
    {"Radeon VII", "AMD Radeon VII"},
    {"Radeon RX Vega 64", "AMD Radeon RX Vega 64"},
    {"Intel(R) Arc(TM) A770 Graphics", "Intel Arc A770"},
    {"Mesa Intel(R) Arc(tm) A770 Graphics (DG2)", "Intel Arc A770"},
    {"Intel(R) Data Center GPU Max 1550", "Intel Data Center GPU Max 1550"},
    {"Intel(R) HD Graphics 530", "Intel HD Graphics 530"},
    {"Apple M2 Max", "Apple M2 Max (38 GPU)"},
    {"Apple M2 Max 30-core GPU", "Apple M2 Max (30 GPU)"},
};

static void names_are_found_as_people_and_drivers_write_them(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < GV__COUNT(names); i++) {
        const gv_spec *spec = NULL;
        gv_error err = {0};
        gv_catalogue_find(catalogue, names[i].written, &spec, &err);
        if (spec == NULL || strcmp(spec->name, names[i].meant) != 0) {
            print_error("\"%s\" is not %s: %s\n", names[i].written, names[i].meant,
                        spec != NULL ? spec->name : err.text);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static const struct {
    const char *written, *listed;
} refused[] = {
    {"A100", "\"A100\" may be any of NVIDIA A100 PCIe 40 GB, NVIDIA A100 SXM4 40 GB"},
    {"gfx1100", "AMD Radeon RX 7900 XTX"},
    {"gfx90a", "\"gfx90a\" may be any of AMD Instinct MI210, AMD Instinct MI250, AMD Instinct "
               "MI250X"},
    {"GTX 1060", "NVIDIA GeForce GTX 1060 3 GB"},
    {"RTX 3070 Super", "no device of the catalogue is called \"RTX 3070 Super\"; near are NVIDIA "
                       "GeForce RTX 2070 SUPER, NVIDIA GeForce RTX 3070"},
    {"RTX 4O90", "NVIDIA GeForce RTX 4090"},
    {"Quantum 9000", "no device of the catalogue is called \"Quantum 9000\""},
    {"NVIDIA GPU", "no device of the catalogue is called \"NVIDIA GPU\""},
    {"", "no device of the catalogue is called \"\""},
};

static void what_is_unknown_or_ambiguous_is_refused_with_candidates(void **state)
{
    (void)state;
    for (size_t i = 0; i < GV__COUNT(refused); i++) {
        const gv_spec *spec = NULL;
        gv_error err = {0};
        assert_int_equal(gv_catalogue_find(catalogue, refused[i].written, &spec, &err),
                         GV_ARGUMENT);
        assert_null(spec);
        if (strstr(err.text, refused[i].listed) == NULL) {
            fail_msg("\"%s\": %s", refused[i].written, err.text);
        }
    }
}

static void a_name_of_any_length_is_read(void **state)
{
    (void)state;
    char name[4096];
    const gv_spec *spec = NULL;
    for (size_t i = 0; i + 1 < sizeof name; i++) {
        name[i] = "rtx 3070 "[i % 9];
    }
    name[sizeof name - 1] = 0;
    assert_int_equal(gv_catalogue_find(catalogue, name, &spec, NULL), GV_ARGUMENT);
    memset(name, 'x', sizeof name - 1);
    assert_int_equal(gv_catalogue_find(catalogue, name, &spec, NULL), GV_ARGUMENT);
}

/* ---- a user's file ---- */

static gv_status add(gv_catalogue *to, const char *text, gv_error *err)
{
    return gv_catalogue_add(to, text, strlen(text), "mine.csv", err);
}

static void a_users_row_is_added_or_stands_in_the_place_of_its_name(void **state)
{
    (void)state;
    gv_catalogue *mine;
    gv_error err = {0};
    const gv_spec *spec;
    assert_status(gv_catalogue_create(&mine, &err), GV_OK, err);
    size_t count = gv_catalogue_count(mine);
    assert_status(add(mine,
                      "name,fp32_flop_per_s,aliases\r\nAcme X1,1.5e13,X One\r\n"
                      "\"nvidia tesla t4\",,\r\n",
                      &err),
                  GV_OK, err);
    assert_int_equal(gv_catalogue_count(mine), count + 1);
    assert_status(gv_catalogue_find(mine, "x one", &spec, &err), GV_OK, err);
    assert_string_equal(spec->name, "Acme X1");
    assert_close(spec->fp32_flop_per_s, 1.5e13, 0);
    assert_true(isnan(spec->year));
    assert_string_equal(spec->vendor, "");
    assert_status(gv_catalogue_find(mine, "Tesla T4", &spec, &err), GV_OK, err);
    assert_true(isnan(spec->fp32_flop_per_s));
    gv_catalogue_free(mine);
}

static const struct {
    const char *text, *complaint;
} faults[] = {
    {"", "mine.csv: its first line names no column \"name\""},
    {"vendor,year\nX,2020\n", "mine.csv: its first line names no column \"name\""},
    {"name,speed\nA,1\n", "mine.csv, line 1: a specification has no column \"speed\""},
    {"name,year,year\nA,1,1\n", "mine.csv, line 1: two columns are \"year\""},
    {"name,year\nA,2020\nB,new\n", "mine.csv, line 3, column year: \"new\" is not a number"},
    {"name,year\nA,nan\n", "mine.csv, line 2, column year: \"nan\" is not a number"},
    {"name,power_w\nA,1e999\n", "mine.csv, line 2, column power_w: \"1e999\" is not a number"},
    {"name,year\nA\n", "mine.csv, line 2: 1 fields where the first line has 2 columns"},
    {"name,year\n,2020\n", "mine.csv, line 2, column name: it is empty"},
    {"name\nA 1\na1\n", "mine.csv, line 3: \"a1\" stands there twice"},
};

static void a_file_with_a_fault_adds_nothing(void **state)
{
    (void)state;
    gv_catalogue *mine;
    gv_error err = {0};
    assert_status(gv_catalogue_create(&mine, &err), GV_OK, err);
    size_t count = gv_catalogue_count(mine);
    for (size_t i = 0; i < GV__COUNT(faults); i++) {
        assert_int_equal(add(mine, faults[i].text, &err), GV_FORMAT);
        if (strstr(err.text, faults[i].complaint) == NULL) {
            fail_msg("case %zu: %s", i, err.text);
        }
        assert_int_equal(gv_catalogue_count(mine), count);
    }
    const gv_spec *spec;
    assert_status(gv_catalogue_find(mine, "RTX 3070", &spec, &err), GV_OK, err);
    gv_catalogue_free(mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_the_devices_of_four_vendors),
        cmocka_unit_test(no_figure_is_absurd_and_what_disagrees_says_so),
        cmocka_unit_test(every_device_has_a_source_a_date_a_year_and_a_peak),
        cmocka_unit_test(a_device_without_bandwidth_shares_the_hosts_memory),
        cmocka_unit_test(every_name_finds_its_own_device),
        cmocka_unit_test(known_figures_are_those_of_the_makers),
        cmocka_unit_test(names_are_found_as_people_and_drivers_write_them),
        cmocka_unit_test(what_is_unknown_or_ambiguous_is_refused_with_candidates),
        cmocka_unit_test(a_name_of_any_length_is_read),
        cmocka_unit_test(a_users_row_is_added_or_stands_in_the_place_of_its_name),
        cmocka_unit_test(a_file_with_a_fault_adds_nothing),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
