/* SPDX-License-Identifier: Apache-2.0 */
/* What comes with the program names providers that there are, and tunables that they know. */
#include "bench/tuning_file.h"
#include "kernels/device_provider.h"
#include "tests/gv_test.h"

/* A device of which nothing is known but what the shipped data asks for. */
static gv_device device_like(const gv__tuned_for *who)
{
    gv_device device = {.index = 0};
    for (int f = 0; f < GV_DEVICE_FACT_COUNT; f++) {
        device.fact[f] = (gv_fact){.error = GV_FACT_ABSENT, .number = NAN};
    }
    device.fact[GV_DEVICE_TYPE].error = 0;
    gv__copy_text(device.fact[GV_DEVICE_TYPE].text, sizeof device.fact[0].text, who->type);
    device.fact[GV_DEVICE_VECTOR_WIDTH] = (gv_fact){.number = who->vector_width};
    device.fact[GV_DEVICE_COMPUTE_UNITS] = (gv_fact){.number = 4};
    device.fact[GV_DEVICE_MAX_WORK_GROUP] = (gv_fact){.number = 1024};
    device.fact[GV_DEVICE_LOCAL_MEM] = (gv_fact){.number = 32768};
    return device;
}

static const gv__device_provider *provider_of(gv_op op, const char *name)
{
    size_t count = 0;
    const gv__device_provider *const *rows = gv__device_providers(op, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i]->name, name) == 0) {
            return rows[i];
        }
    }
    return NULL;
}

static bool is_known(const gv_device *device, const gv__tuned_class *class,
                     const gv__tuned_set *set)
{
    const gv__device_provider *provider = provider_of(class->workload.op, set->provider);
    gv__parameters shipped, own;
    gv_error err = {0};
    if (provider == NULL || provider->candidate == NULL ||
        gv__parameters_read(set->parameters, &shipped, &err) != GV_OK ||
        !provider->candidate(device, &class->workload, 0, &own)) {
        return false;
    }
    for (uint32_t i = 0; i < shipped.count; i++) {
        if (gv__parameters_get(&own, shipped.at[i].name, INT32_MIN) == INT32_MIN) {
            return false;
        }
    }
    return shipped.count == own.count;
}

static void shipped_sets_are_of_providers_and_tunables_that_exist(void **state)
{
    (void)state;
    gv_error err = {0};
    gv__tuning shipped = {.devices = NULL};
    assert_status(gv__tuning_shipped(&shipped, &err), GV_OK, err);
    assert_true(shipped.device_count > 0);
    for (size_t d = 0; d < shipped.device_count; d++) {
        const gv_device device = device_like(&shipped.devices[d].who);
        for (size_t i = 0; i < shipped.devices[d].class_count; i++) {
            const gv__tuned_class *class = &shipped.devices[d].classes[i];
            for (uint32_t s = 0; s < class->set_count; s++) {
                if (!is_known(&device, class, &class->set[s])) {
                    fail_msg("%s: %s does not know %s", class->text, class->set[s].provider,
                             class->set[s].parameters);
                }
            }
        }
    }
    gv__tuning_free(&shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_sets_are_of_providers_and_tunables_that_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
