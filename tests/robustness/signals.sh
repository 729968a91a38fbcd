#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A run that is ended from outside, in three ways, and resumed after each: signals.sh PROGRAM FAULT-LAYER
layer=$(realpath "$2")
. "$(dirname "$0")/lib.sh"
need_device
let_slow_down "$layer"
workloads=()
for size in 40 48 56 64 72 80 88 96; do
  workloads+=(--workload "matmul:m=$size,n=$size,k=$size")
done
run=("$program" run --device 0 "${workloads[@]}" --resume -o j.jsonl)

# Workers of this script's runs that outlived them.
orphans() {
  local pid
  for pid in $(pgrep -f "gpuverdict-(device|host)-worker"); do
    grep -qzxF "GPUVERDICT_TEST_ID=$GPUVERDICT_TEST_ID" "/proc/$pid/environ" 2> /dev/null && echo "$pid"
  done
}
export GPUVERDICT_TEST_ID=$work

# end_by SIGNAL CODE: one more workload is finished, the next is in flight.
end_by() {
  local before code pid
  before=$(count measurement j.jsonl)
  env --default-signal=INT,TERM,HUP "${run[@]}" > stdout 2> stderr &
  pid=$!
  slow_down $((before + 1))
  kill -s "$1" $pid
  wait $pid 2> /dev/null
  code=$?
  go_on
  [ $code -eq "$2" ] || fault "$1: exit $code, not $2: $(cat stderr)"
  [ "$(count measurement j.jsonl)" -gt "$before" ] || fault "$1: nothing was finished"
  for _ in $(seq 600); do
    [ -z "$(orphans)" ] && break
    sleep 0.1
  done
  [ -z "$(orphans)" ] || fault "$1: workers are left: $(orphans)"
  whole j.jsonl
}

: > j.jsonl
end_by KILL 137
[ "$(count end j.jsonl)" = 0 ] || fault "a killed run wrote its end"
end_by INT 130
end_by HUP 130
[ "$(grep -c '"how":"interrupted"' j.jsonl)" = 2 ] || fault "not two interrupted ends"
# What a power cut leaves.
printf '{"schema":1,"type":"measurement","run":"' >> j.jsonl
expect 0 "" "${run[@]}"
[ "$(count measurement j.jsonl)" = 17 ] || fault "$(count measurement j.jsonl) measurements, not 16 and a torn one"
twice=$(grep '"type":"measurement","run".*views_us' j.jsonl |
  sed -E 's/.*"device":"([^"]*)".*"workload":"([^"]*)".*/\1 \2/' | sort | uniq -d)
[ -z "$twice" ] || fault "measured twice: $twice"
[ "$(count run j.jsonl)" = 1 ] || fault "$(count run j.jsonl) runs"
expect 0 "nothing is left to measure" "${run[@]}"
expect 0 "line" "$program" report j.jsonl --csv tables
[ "$(grep -c '^"matmul:' tables/speedup.csv)" = 8 ] || fault "not eight pairs in the report"
finish
