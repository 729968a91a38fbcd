#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the program and runs all its tests.
#
#   scripts/test.sh [--full] [CTEST ARGUMENT…]      e.g. scripts/test.sh -L unit
#
# Installs what is missing (Debian 12 or 13; as root, or with sudo). A missing OpenCL device is a
# failure here, since PoCL makes one anywhere. With --full also what the heavier tests need:
# LibreOffice, on Debian 12 Mesa's OpenCL and Oclgrind, and Intel's CPU runtime from PyPI.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/packages.sh"

full=
if [ "${1:-}" = --full ]; then
  full=1
  shift
fi

need_packages "${build_packages[@]}" "${test_packages[@]}"
if [ -n "$full" ]; then
  need_packages "${full_packages[@]}"
  if [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = bookworm ]; then
    need_packages "${full_packages_bookworm[@]}"
  fi
  "$root/scripts/intel-runtime.sh" "$root/build/intel"
  export GPUVERDICT_TEST_INTEL=$root/build/intel
fi

build release
export GPUVERDICT_REQUIRE_DEVICE=1
ctest --test-dir "$root/build/release" --output-on-failure --no-tests=error \
  --output-junit tests.xml "$@"
