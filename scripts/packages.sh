# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the scripts beside it: which Debian packages the program needs, and how to install what
# is missing. Quiet when nothing is.

# To build the program with every optional library.
build_packages=(
  build-essential cmake ninja-build pkg-config
  ocl-icd-opencl-dev opencl-headers
  libclblast-dev libclfft-dev libvkfft-dev
  libopenblas-dev libfftw3-dev libdnnl-dev
  libhwloc-dev libjansson-dev libxlsxwriter-dev
)

# To run the tests: the framework, an OpenCL compiler without a driver, locales with a decimal comma,
# and a driver without a GPU.
test_packages=(libcmocka-dev clang python3 locales pocl-opencl-icd)

# For `test.sh --full`: a spreadsheet to recalculate workbooks, what the estimator is fitted with,
# further OpenCL platforms, a simulator that finds races, what is fetched from PyPI with, and the GPU
# compilers of tests/kernels/isa (a clang with the libclc of its LLVM, which is the one that Mesa's
# OpenCL needs; Intel's ocloc).
full_packages=(libreoffice-calc-nogui python3-venv python3-numpy python3-scipy)
full_packages_bookworm=(mesa-opencl-icd oclgrind clang-15 libclc-15 intel-opencl-icd)
full_packages_trixie=(clang-19 libclc-19)

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Those of the arguments that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      printf '%s\n' "$package"
    fi
  done
}

# Runs a command as root, with sudo where we are not root already.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root for: $* (run as root, or install sudo)"
  fi
}

# need_packages PACKAGE…: install what is missing, after saying so. Never removes anything: a driver
# that conflicts with one that is installed is an error and not a surprise.
need_packages() {
  command -v dpkg-query >/dev/null ||
    die "this is not a Debian system; install what README.md lists under \"Building by hand\""
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" -eq 0 ]; then
    return 0
  fi
  printf 'Installing %d Debian packages: %s\n' "${#missing[@]}" "${missing[*]}" >&2
  local log
  log=$(mktemp)
  if ! { as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove \
      --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    die "apt-get could not install them (its last lines are above)"
  fi
  rm -f "$log"
}

# build PRESET [TARGET…]: configure and build (everything, or the targets), quietly unless it fails.
# $root is the source folder.
build() {
  local log preset=$1
  shift
  log=$(mktemp)
  if ! { (cd "$root" && cmake --preset "$preset") &&
    cmake --build "$root/build/$preset" ${1:+--target "$@"}; } >"$log" 2>&1; then
    grep -E 'error|Error|FAILED|warning' "$log" | head -n 20 >&2
    tail -n 15 "$log" >&2
    rm -f "$log"
    die "the build failed (its last lines are above)"
  fi
  rm -f "$log"
}
