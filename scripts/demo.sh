#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures this machine's OpenCL devices against its processor and writes a workbook.
#
#   scripts/demo.sh
#
# Installs what is missing (Debian 12 or 13; as root, or with sudo), builds, runs the quick suite
# (about a minute a device) and leaves in the current folder:
#   journal.jsonl   every measurement; a second run appends to it
#   report.xlsx     the verdict, made anew from the whole journal
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/packages.sh"

[ $# -eq 0 ] || die "takes no arguments; for more, run $root/build/release/gpuverdict --help"

need_packages "${build_packages[@]}"
build release gpuverdict gpuverdict-device-worker gpuverdict-host-worker
gpuverdict=$root/build/release/gpuverdict

# No device at all: PoCL makes one of the host's processor, so that there is something to measure.
devices=$("$gpuverdict" devices --json)
if [ -z "${OCL_ICD_VENDORS:-}" ] && [[ $devices != *'"host_silicon"'* ]]; then
  printf 'No OpenCL device found: PoCL will make one of the processor.\n' >&2
  need_packages pocl-opencl-icd
fi

rc=0
"$gpuverdict" run --suite quick -o journal.jsonl || rc=$?
# 3 and 4 left a journal that is worth a report: no device, or some workloads without a time.
case $rc in 0 | 3 | 4) ;; *) exit "$rc" ;; esac
"$gpuverdict" report journal.jsonl -o report.xlsx
printf '\nThe workbook: %s/report.xlsx\nThe journal:  %s/journal.jsonl\n' "$PWD" "$PWD"
exit "$rc"
