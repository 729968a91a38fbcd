/* SPDX-License-Identifier: Apache-2.0 */
/* The host's side of a worker: the native libraries that every device has to beat. */
#include "bench/worker.h"

int main(void)
{
    static const gv__worker_side side = {0};
    return gv__worker_run(&side);
}
