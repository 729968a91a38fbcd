/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory_cap.h"

#include <math.h>
#include <stdlib.h>

double gv__memory_cap_bytes(void)
{
    const char *text = getenv("GPUVERDICT_DEVICE_MEMORY");
    const double bytes = text != NULL ? floor(strtod(text, NULL)) : NAN;
    return bytes > 0 && isfinite(bytes) ? bytes : NAN;
}
