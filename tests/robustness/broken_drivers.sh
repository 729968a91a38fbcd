#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Drivers that crash, exit and hang while they are loaded, and .icd files that lead nowhere: the host is
# measured all the same, and each is named: broken_drivers.sh PROGRAM FOLDER-OF-ICD-FILES
icds=$(realpath "$2")
. "$(dirname "$0")/lib.sh"
export OCL_ICD_VENDORS=$icds GPUVERDICT_DRIVER_LIMIT_S=8 # for the others to load and die
expect 3 "no usable OpenCL device" "$program" run --workload fft:shape=64 -o j.jsonl
for name in abort crash exit loop; do
  grep -q "the driver .*/$name.icd: the device worker" stderr || fault "$name.icd is not named: $(cat stderr)"
  grep '"type":"failure"' j.jsonl | grep -q "/$name.icd: " || fault "$name.icd is not in the journal"
done
for name in empty missing no_driver; do
  grep -q "/$name.icd: no platform" stderr || fault "$name.icd is not named: $(cat stderr)"
done
[ "$(count measurement j.jsonl)" = 1 ] || fault "the host was not measured"
grep -q '^fft 64' stdout || fault "the host's time is not told: $(cat stdout)"
expect 0 "" "$program" report j.jsonl --csv tables
[ "$(grep -c '^failure,' tables/problems.csv)" = 4 ] || fault "not four failures: $(cat tables/problems.csv)"
whole j.jsonl
finish
