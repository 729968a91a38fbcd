#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches two versions of Intel's OpenCL runtime for processors from PyPI, as further platforms for
# tests: one whose FFTs are right, and one whose compiler refuses clFFT's kernels of some lengths.
#
#   scripts/intel-runtime.sh FOLDER
#
# Leaves FOLDER/<version>/intel.icd; use one with OCL_ICD_VENDORS=FOLDER/<version>/intel.icd.
set -euo pipefail
[ $# -eq 1 ] || {
  sed -n '3,8p' "$0" | cut -c3- >&2
  exit 2
}
folder=$1

for version in 2025.3.3 2026.2.0; do
  target=$folder/$version
  [ ! -e "$target/intel.icd" ] || continue
  printf "Fetching Intel's OpenCL runtime %s from PyPI\n" "$version" >&2
  python3 -m venv "$target"
  # The second package holds libraries that the first needs and does not ask for; without them there
  # is no device and no message.
  "$target/bin/pip" install --quiet "intel-opencl-rt==$version" "intel-cmplr-lib-rt==$version"
  library=$(find "$target" -name libintelocl.so -print -quit)
  [ -n "$library" ] || {
    echo "intel-opencl-rt $version holds no libintelocl.so" >&2
    exit 1
  }
  # The wheel's own .icd names a place that does not exist.
  printf '%s\n' "$(realpath "$library")" >"$target/intel.icd"
done
