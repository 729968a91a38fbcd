#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the answers of `estimate` hold, whatever the model's constants are: estimate.sh PROGRAM JOURNAL
# Usage errors: golden/usage. Lists and figures: tests/reports/test_forecast.c.
set -u
program=$(realpath "$1")
journal=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export GPUVERDICT_CATALOGUE=$work/none.csv
unset COLUMNS
export LC_ALL=C.UTF-8
faults=0

# holds WORDS… : each is a pattern that a line of the last answer has; none of them is not a number.
holds() {
  local words
  for words in "$@"; do
    grep -qE -- "$words" out || { echo "no line has \"$words\" in:"; cat out; faults=1; }
  done
  if grep -qiwE -- '-?nan|-?inf' out; then
    echo "not a number:"
    cat out
    faults=1
  fi
}

ask() {
  "$program" estimate "$@" > out 2> err
  local code=$?
  [ $code -eq 0 ] && [ ! -s err ] || { echo "estimate $*: exit $code: $(cat err)"; faults=1; }
}

ask --workload matmul:m=512,n=512,k=512 --device 'RTX 3070'
holds '^matmul:m=512,n=512,k=512 on NVIDIA GeForce RTX 3070: modelled$' '^Verdict: none: the CPU' \
  '^Spent on: mostly' '^Origin of the device.s times: modelled from a data sheet'
ask --workload matmul:m=512,n=512,k=512 --device 'RTX 3070' --calibrate "$journal" --explain
holds '^  Total device .* \([0-9.]+ .?s to [0-9.]+ .?s\)$' 'with transfers \(headline\) +[0-9.]+× +[0-9.]+ to [0-9.]+$' '^How sure: ' '^The device wins: ' \
  '^What would change it: ' '^Origin of the CPU.s time: ' '^Arithmetic$' '^  Step +Value'
ask --calibrate "$journal" --device T4 --device MI250X --device 'Arc A770'
holds '^  NVIDIA Tesla T4 ' '^  AMD Instinct MI250X ' '^  Intel Arc A770 ' '^  vendor: a tuned library' \
  '^  NVIDIA Tesla T4 .* [0-9.]+× \([0-9.]+ to [0-9.]+\) '
holds '^  Device +Total ' '^  Device +Kernel only ' '^  Beats the CPU +With transfers +Kernel only$' \
  '^  NVIDIA Tesla T4 +(from|at) .*(from|at) '
[ "$(grep -c '^  NVIDIA Tesla T4 .* vendor$' out)" -gt 1 ] || { echo "one workload only of a journal's"; faults=1; }
# Without a host each view still has its order; what is missing is said, and so are unlike libraries.
ask --workload matmul:m=512,n=512,k=512 --device 'Tesla T4' --device 'Arc A770'
holds '^  No speed-up: the CPU.s time is not known' '^  Device +Kernel only '
grep -q 'Beats the CPU' out && { echo "a device beats a host that nobody knows:"; cat out; faults=1; }
ask --workload matmul:m=512,n=512,k=512 --device 'Arc A770' --device 'Invented NV-1' --calibrate "$journal"
holds '^  Mind: these are unlike libraries'
printf 'device;workload\nTesla T4;matmul:m=512,n=512,k=512\n' > list.csv # as spreadsheets write it
ask --batch list.csv
holds '^Tesla T4,"matmul:m=512,n=512,k=512",[0-9.e-]+,'
ask --op matmul --size 1e7 --gpu-cores 5120 --cpu-factor 2 --bandwidth 1555 --transfer-ms 12 \
  --device 'A100 PCIe 40GB' --calibrate "$journal"
holds '^matmul:m=3162,n=3162,k=1024 on NVIDIA A100 PCIe 40 GB: modelled$' '^Simple model, matmul' \
  '^Assumed: 10000000 elements are matmul:m=3162,n=3162,k=1024: a square result' \
  'With transfers \(headline\).* 38.2×$'
ask --workload 'custom:flop=1e12,bytes=1e9,in=1e6,out=1e6,parallel=0.95' --device T4 --json
holds '"model": "fitted"' '"workload": "custom:' '"dominant": "' '"speedup": \{' '"break_even": '
ask --workload matmul:m=256,n=256,k=256,precision=f64 --device 'M2 Max (38 GPU)' --json
holds '"answers": \[\]' '"unsupported": true' '"reason": "the device has no f64"'
for share in 0.95 0.9999999; do
  ask --workload "custom:flop=1e12,bytes=1e9,in=1e6,out=1e6,parallel=$share" --device T4
  tr '\n' ' ' < out | sed 's/  */ /g' > words && mv words out # paragraphs wrap
  holds "What lessens it: $([ $share = 0.95 ] && echo 'making more of it' || echo 'a device with')"
done
# What is known of a link is used, and said: 3 * 4096^2 * 4 B at 25 GB/s are 8.05 ms.
big='--workload matmul:m=4096,n=4096,k=4096 --device T4'
ask $big --bandwidth 25 --explain
holds '^  Transfer +8\.0[0-9] ms' '^Link: 25 GB/s each way, as given' 'bytes / 25 GB/s back, as given'
ask $big --bandwidth 25 --transfer-ms 4
holds '^  Transfer +4\.00 ms' '^Link: .* 4\.00 ms there and back' '8\.05 ms at the 25 GB/s given'
ask $big --device 'RTX 3070' --transfer-ms 4
holds '^  Link: .* 4\.00 ms'
ask $big --transfer-ms 4 --json
holds '"origin": "given"' '"transfer_s": 0\.004'
# A measured pair has the range of its block ratios, and a noisy host is told of, wherever its times stand.
noisy=$(dirname "$journal")/nvidia-h100.jsonl
ask --calibrate "$noisy" --device H100 --workload conv2d:n=1,c=256,h=56,w=56,k=64,r=1,s=1 --explain
holds '^Arithmetic of the model, whose figures were replaced by measured ones$'
tr '\n' ' ' < out | sed 's/  */ /g' >> out
holds 'headline\) +0\.20× +0\.16 to 5\.' 'measured beside the device .*; 12 of 32 measurements of this host are noisy'
ask --calibrate "$noisy" --device T4 --device H100 --workload matmul:m=512,n=512,k=512
holds 'Mind: 12 of 32 measurements of this host are noisy'
# A report ranks measured and modelled devices together, and marks each.
"$program" report "$journal" --csv tables --device T4 --device MI250X > out || faults=1
cp tables/verdict.csv out
holds '^[0-9]+,[0-9]+,[0-9]+,NVIDIA Tesla T4,modelled,' '^[0-9]+,[0-9]+,[0-9]+,AMD Instinct MI250X,modelled,' \
  '^[0-9]+,[0-9]+,[0-9]+,[^,]+,measured,'
[ "$(grep -cE '^[0-9]' out)" -eq "$(cut -d, -f1 out | grep -E '^[0-9]+$' | sort -u | wc -l)" ] ||
  { echo "ranks are not one each:"; cat out; faults=1; }
cp tables/speedup.csv out
holds '"matmul:.*",NVIDIA Tesla T4,modelled,yes,' '"matmul:.*",[^,]+,measured,yes,'
"$program" report "$journal" --csv tables --device 'Quantum 9000' > /dev/null 2> err
[ $? -eq 2 ] && grep -q 'Quantum 9000' err || { echo "an unknown device: $(cat err)"; faults=1; }
# Whatever the terminal's width, no line is longer.
several='--device T4 --device H100 --calibrate'
COLUMNS=80 ask --workload matmul:m=512,n=512,k=512 $several "$noisy"
holds '^      Than the next: .*Origin: .*Verdict: ' '^      Kernel only: '
while IFS= read -r line; do
  [ ${#line} -le 80 ] || { echo "wider than 80 columns: $line"; faults=1; }
done < out
# What is no journal among others is named and passed over; alone it is refused.
other=$(dirname "$journal")/nvidia-h100-cuda.jsonl
for journals in "$journal $other" "$other $journal"; do
  "$program" report $journals --csv beside > out 2> err
  [ $? -eq 1 ] && grep -q 'nvidia-h100-cuda.jsonl' err && grep -q '1 file was passed over' err || { echo "another file: $(cat err)"; faults=1; }
done
"$program" report "$journal" --csv alone > /dev/null && diff -r beside alone || faults=1
"$program" report "$other" --csv refused > out 2> err
[ $? -eq 1 ] && [ ! -e refused/verdict.csv ] && grep -q 'nvidia-h100-cuda.jsonl' err || { echo "no journal at all: $(cat err)"; faults=1; }
[ $faults -eq 0 ] && echo "every answer holds what it must"
exit $faults
