#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every exit code is earned: exit_codes.sh PROGRAM alone|device
#
# alone: what needs no OpenCL device. device: what needs one, or is skipped (77).
# Usage errors, all of them: golden/usage.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset GPUVERDICT_DEVICE
faults=0
small=fft:shape=64

# expect CODE WORDS COMMAND…: the exit code, and a pattern of what it says on standard error.
expect() {
  local code=$1 words=$2 actual
  shift 2
  "$@" > stdout 2> stderr
  actual=$?
  if [ $actual -ne "$code" ] || ! [[ $(cat stderr) =~ $words ]]; then
    echo "$*: exit $actual, not $code with \"$words\":"
    cat stderr
    faults=1
  fi
}

# journal PATTERN: a line of the last journal has it.
journal() {
  grep -qE "$1" j.jsonl || { echo "no line of the journal has $1"; faults=1; }
}

alone() {
  export OCL_ICD_VENDORS=$work/nothing
  expect 0 '' "$program" devices
  grep -q 'No OpenCL device' stdout || { echo "devices without one says:"; cat stdout; faults=1; }
  expect 0 '' "$program" run --device host --workload $small -o host.jsonl
  expect 3 'pocl-opencl-icd' "$program" run --workload $small -o j.jsonl
  journal '"measurement".*"host"'
  expect 3 '' "$program" run --device 0 --workload $small -o j.jsonl
  expect 1 'nowhere' "$program" run --workload $small -o nowhere/j.jsonl
  echo 'my notes' > notes.txt
  expect 1 'notes.txt' "$program" run --workload $small -o notes.txt
  [ "$(cat notes.txt)" = 'my notes' ] || { echo "a foreign file was touched"; faults=1; }
  expect 4 'no program gpuverdict-host-worker' env GPUVERDICT_WORKER_DIR="$work/nothing" "$program" run --device host \
    --workload $small -o k.jsonl
  expect 2 'no workload to tune for' "$program" tune --suite ceilings -o t.json
  expect 3 'no usable OpenCL device' "$program" tune --workload $small -o t.json
  expect 1 'notes.txt is no tuning file' "$program" tune --workload $small -o notes.txt
  [ "$(cat notes.txt)" = 'my notes' ] || { echo "a foreign file was touched"; faults=1; }
  expect 1 'nowhere' "$program" tune --workload $small -o nowhere/t.json
  expect 1 'missing.jsonl' "$program" report missing.jsonl -o r.xlsx
  expect 1 'notes.txt' "$program" report notes.txt -o r.xlsx
  [ ! -e r.xlsx ] || { echo "a report was written without a journal"; faults=1; }
  expect 1 'nowhere' "$program" report host.jsonl -o nowhere/r.xlsx
  expect 0 '' "$program" report host.jsonl -o r.xlsx
  interrupt --device host
}

device() {
  if ! "$program" devices --json | grep -q '"index": 0,'; then
    echo "skipped: no OpenCL device"
    [ "${GPUVERDICT_REQUIRE_DEVICE:-}" = 1 ] && exit 1
    exit 77
  fi
  expect 0 '' "$program" run --device 0 --workload $small -o j.jsonl
  journal '"measurement"'
  expect 0 "tuning file: t.json; .* export GPUVERDICT_TUNING='$work/t.json'" \
    "$program" tune --device 0 --workload $small --time-budget 60 -o t.json
  expect 0 'tuning file: t.json; `gpuverdict run` uses it$' \
    env GPUVERDICT_TUNING="$work/t.json" "$program" tune --device 0 --workload $small --time-budget 60 -o t.json
  expect 0 '' env GPUVERDICT_TUNING=t.json "$program" run --device 0 --workload $small -o tuned.jsonl
  grep '"measurement".*"tune"' tuned.jsonl | grep -qv not_tuned || {
    echo "the tuning was not used:"
    cat t.json tuned.jsonl
    faults=1
  }
  expect 4 'budget' "$program" tune --device 0 --time-budget 0.01 -o t.json
  expect 2 'no such card' "$program" run --device 'no such card' --workload $small -o j.jsonl
  expect 2 '99' "$program" run --device 99 --workload $small -o j.jsonl
  expect 4 'budget' "$program" run --device 0 --suite quick --time-budget 0.01 -o b.jsonl
  interrupt --device 0
}

# interrupt OPTION…: Ctrl-C in the middle of a long run; what was finished is in the journal.
interrupt() {
  rm -f j.jsonl
  # A shell's background job ignores SIGINT; env gives it back.
  env --default-signal=INT "$program" run "$@" --suite full --no-tune -o j.jsonl > stdout 2> stderr &
  local pid=$!
  until grep -q '"measurement"' j.jsonl 2> /dev/null || ! kill -0 $pid 2> /dev/null; do
    sleep 0.2
  done
  kill -INT $pid
  wait $pid
  local code=$?
  [ $code -eq 130 ] || { echo "interrupted: exit $code, not 130"; cat stderr; faults=1; }
  journal '"measurement"'
  journal '"end".*"interrupted"'
}

"$2"
[ $faults -eq 0 ] && echo "every exit code as it should be"
exit $faults
