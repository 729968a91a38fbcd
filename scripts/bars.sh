#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures our kernels against the host's best libraries and writes docs/kernels-results.md.
#
#   scripts/bars.sh [--only GROUP,…] [--tune SECONDS] [--rounds N] [--keep DIR] [-o FILE.md] [ICD…]
#
# An ICD is what OCL_ICD_VENDORS takes (an .icd file or a folder): each is measured by itself; without
# one, what the environment offers. --only: some of conv2d, matmul, dense, fft, pieces, choice, whole; --tune:
# seconds of search for each shape (4; 0: none); --rounds: processes for each shape (1);
# --keep: where journals go, so that a run that was cut short goes on. All of it takes ten minutes for
# each platform on a quiet machine of two cores. Builds first; the page names the commit, and says so where the
# sources have changed since.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/packages.sh"

build release gpuverdict gpuverdict-device-worker gpuverdict-host-worker
exec python3 "$root/scripts/bars.py" "$root" "$@"
