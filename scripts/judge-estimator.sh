#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the estimator against our own measurements: calibrated with the 20 workloads that `run --suite
# calibrate` would choose, it predicts the rest of the suite full on each device and on the host, and
# from which size on the device wins.
#
#   scripts/judge-estimator.sh [--keep DIR] [--shapes K] [--write] [ICD…]
#
# An ICD is what OCL_ICD_VENDORS takes (an .icd file or a folder): each is measured by itself; without
# one, what the environment offers. --keep: where journals go, so that a run that was cut short goes on;
# those that are whole are judged again. --write: put the tables into docs/model.md. Six minutes for each
# platform on a quiet machine of two cores. Builds first.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/packages.sh"

build release gpuverdict gpuverdict-device-worker gpuverdict-host-worker
exec python3 "$root/scripts/judge_estimator.py" "$root" "$@"
