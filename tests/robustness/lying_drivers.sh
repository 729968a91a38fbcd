#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real driver that lies, hangs, and runs out of resources: lying_drivers.sh PROGRAM FAULT-LAYER
layer=$(realpath "$2")
. "$(dirname "$0")/lib.sh"
need_device

# under FAULT: from here on the driver has this fault, and no journal is there yet.
under() {
  export OPENCL_LAYERS=$layer GPUVERDICT_FAULT=$1 GPUVERDICT_FAULT_LOG=$work/log
  rm -f j.jsonl log once
}

struck() {
  grep -q "${GPUVERDICT_FAULT##*;}" log || fault "$GPUVERDICT_FAULT did not strike: $(cat log)"
}

run=("$program" run --device 0 -o j.jsonl --workload matmul:m=64,n=64,k=64)

under 'read:6+=corrupt'
expect 4 "computed a wrong result" "${run[@]}"
struck
! grep '"measurement"' j.jsonl | grep -qv '"device":"host"' || fault "a wrong result has a time"
"$program" report j.jsonl --csv tables > out
grep -q '^wrong result,.*CLBlast' tables/problems.csv ||
  ! "$program" --version | grep -q CLBlast || fault "not named: $(cat tables/problems.csv)"

under 'events=zero'
expect 0 "" "${run[@]}"
struck
"$program" report j.jsonl --csv tables > out
grep -q 'not a clock' tables/devices.csv || fault "a clock that stands still is not named"
! grep -q '"clock":"events"' j.jsonl || fault "a time from a clock that stands still"

# Once over all processes: the next provider, or the same after a resume, serves.
under 'finish:20=hang'
export GPUVERDICT_FAULT_ONCE=$work/once
# Time enough for what does not hang, however busy the machine is.
GPUVERDICT_TIMEOUT_S=20 "${run[@]}" > out 2> err
code=$?
struck
[ $code -eq 0 ] || [ $code -eq 4 ] || fault "a hang: exit $code: $(cat err)"
grep -q '"failure".*did not answer within 20 s' j.jsonl || fault "the hang is not in the journal"
expect 0 "" "${run[@]}" --resume
[ "$(count measurement j.jsonl)" -ge 2 ] || fault "the hang took the rest with it"

under 'buffer:6+=CL_OUT_OF_RESOURCES'
expect 4 "CL_OUT_OF_RESOURCES (-5)" "${run[@]}"
struck
whole j.jsonl
finish
