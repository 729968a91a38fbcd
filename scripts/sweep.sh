#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every provider through odd sizes on each OpenCL platform that is here, and writes
# docs/sweep-results.md (tests/sweep/README.md tells what is tried, and how to read it).
#
#   scripts/sweep.sh [-o FILE.md] [--keep FOLDER] [PLATFORM…]
#
# A PLATFORM is what OCL_ICD_VENDORS takes (an .icd file or a folder), or "oclgrind": small sizes under
# that simulator, with its watch over accesses and races. Without any: every .icd file of
# /etc/OpenCL/vendors, those of Intel's CPU runtimes in GPUVERDICT_TEST_INTEL, and oclgrind where it is
# installed. --keep: where the outputs go, so that a later call sweeps only what is missing there.
# About 5 minutes a platform on two cores. Exits 1 where a result was wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/packages.sh"

page=$root/docs/sweep-results.md
folder=
while [ $# -gt 0 ]; do
  case $1 in
  -o) page=$(realpath -m "$2") && shift 2 ;;
  --keep) folder=$(realpath -m "$2") && shift 2 ;;
  -*) die "what is $1? The head of this script tells what there is" ;;
  *) break ;;
  esac
done
platforms=("$@")
if [ ${#platforms[@]} -eq 0 ]; then
  shopt -s nullglob
  platforms=(/etc/OpenCL/vendors/*.icd "${GPUVERDICT_TEST_INTEL:-/nonexistent}"/*/intel.icd)
  ! command -v oclgrind >/dev/null || platforms+=(oclgrind)
fi

build release gv_sweep
sweep=$root/build/release/tests/sweep/gv_sweep
export POCL_CACHE_DIR=$root/build/pocl-cache XDG_CACHE_HOME=$root/build/cache RUSTICL_ENABLE=llvmpipe
unset OPENCL_LAYERS GPUVERDICT_DEVICE_MEMORY
kept=$folder
folder=${folder:-$(mktemp -d)}
[ -n "$kept" ] || trap 'rm -rf "$folder"' EXIT

# on PLATFORM ARGUMENT…: the program on that platform; under Oclgrind its findings go to ./found.
on() {
  local platform=$1
  shift
  if [ "$platform" = oclgrind ]; then
    oclgrind --data-races --log found "$sweep" --plain --largest 12 "$@"
  else
    OCL_ICD_VENDORS=$platform "$sweep" "$@"
  fi
}

for i in "${!platforms[@]}"; do
  platform=${platforms[$i]}
  mkdir -p "$folder/$i"
  cd "$folder/$i"
  on "$platform" --list >rows 2>/dev/null || true
  if ! grep -q '^[0-9]' rows; then
    echo "$platform: no device" >&2
    rm -r "$folder/$i"
    continue
  fi
  for row in $(sed -n 's/^\([0-9][0-9]*\)\t.*/\1/p' rows); do
    [ ! -e "$row.out" ] || continue
    rm -f found
    printf '%s: row %s, %s\n' "$platform" "$row" "$(sed -n "s/^$row\t//p" rows | tr '\t' ' ')" >&2
    code=0
    on "$platform" --row "$row" >part 2>"$row.err" || code=$?
    [ ! -s found ] || sed 's/^/found\t/' found >>part
    printf 'exit\t%s\n' "$code" >>part
    mv part "$row.out"
  done
done
cd "$root"
exec python3 "$root/tests/sweep/page.py" "$folder" "$page" "$(git -C "$root" describe --always --dirty)"
