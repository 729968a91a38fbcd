#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the program and runs all its tests.
#
#   scripts/test.sh [--full] [CTEST ARGUMENT…]      e.g. scripts/test.sh -L unit
#
# Installs what is missing (Debian 12 or 13; as root, or with sudo). A missing OpenCL device is a
# failure here, since PoCL makes one anywhere. With --full also what the heavier tests need:
# LibreOffice, compilers for GPUs (ptxas from PyPI), Intel's CPU runtime from PyPI, and on Debian 12
# Mesa's OpenCL, Oclgrind and Intel's GPU compiler.
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
  # Debian 13 has no compiler for Intel's GPUs; elsewhere a missing one is a failure.
  export GPUVERDICT_REQUIRE_ISA="nvidia amd"
  case "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" in
  bookworm)
    need_packages "${full_packages_bookworm[@]}"
    GPUVERDICT_REQUIRE_ISA+=" intel"
    ;;
  trixie) need_packages "${full_packages_trixie[@]}" ;;
  esac
  "$root/scripts/intel-runtime.sh" "$root/build/intel"
  export GPUVERDICT_TEST_INTEL=$root/build/intel
  if [ -z "${GPUVERDICT_PTXAS:-}" ]; then
    "$root/scripts/ptxas.sh" "$root/build/ptxas"
    export GPUVERDICT_PTXAS=$root/build/ptxas/ptxas
  fi
fi

build release
export GPUVERDICT_REQUIRE_DEVICE=1
ctest --test-dir "$root/build/release" --output-on-failure --no-tests=error \
  --parallel "$(nproc)" --output-junit tests.xml "$@"
