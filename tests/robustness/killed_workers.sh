#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The device's worker and the host's are killed in the middle, as the kernel does when memory runs out:
# killed_workers.sh PROGRAM FAULT-LAYER
layer=$(realpath "$2")
. "$(dirname "$0")/lib.sh"
need_device
let_slow_down "$layer"
run=("$program" run --device 0 -o j.jsonl)
for size in 40 48 56 64 72 80 88 96; do
  run+=(--workload "matmul:m=$size,n=$size,k=$size")
done

# strike SIDE N: kill that side's worker when N measurements are in the journal and the device is at work.
strike() {
  slow_down "$2"
  pkill -KILL -P "$pid" "gpuverdict-$(cut -c1-4 <<< "$1")" || fault "no worker of the $1 to kill"
  go_on
}

: > j.jsonl
"${run[@]}" > stdout 2> stderr &
pid=$!
strike device 2
strike host 4
wait $pid
code=$?
[ $code -eq 0 ] || [ $code -eq 4 ] || fault "exit $code: $(cat stderr)"
[ "$(grep '"failure"' j.jsonl | grep -c SIGKILL)" -ge 2 ] || fault "no failures by SIGKILL: $(cat stderr)"
[ "$(count measurement j.jsonl)" -ge 14 ] || fault "more than the workload in flight was lost"
whole j.jsonl
expect 0 "" "${run[@]}" --resume
expect 0 "nothing is left" "${run[@]}" --resume
expect 0 "" "$program" report j.jsonl --json tables.json
"$program" report j.jsonl --csv tables > /dev/null
# Column 15 and on may hold commas; the verdict is a word of its own.
[ "$(grep -cE ',(slower|marginal|noticeable|significant),' tables/speedup.csv)" = 8 ] ||
  fault "a pair without a verdict: $(cat tables/speedup.csv)"
finish
