# SPDX-License-Identifier: Apache-2.0
# For the scripts here: source lib.sh PROGRAM. A folder of their own, and words for what must hold.
set -u
script=$(realpath "$0")
program=$(realpath "$1")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset GPUVERDICT_DEVICE OPENCL_LAYERS GPUVERDICT_FAULT GPUVERDICT_FAULT_WHEN
faults=0

fault() {
  echo "$*"
  faults=1
}

# expect CODE WORDS COMMAND…: the exit code, and one clear line on standard error that holds WORDS
# ("": nothing is demanded there). Progress is no matter here. Leaves stdout and stderr as files.
expect() {
  local code=$1 words=$2 actual
  shift 2
  "$@" > stdout 2> stderr
  actual=$?
  [ $actual -eq "$code" ] || fault "$*: exit $actual, not $code: $(cat stderr)"
  [ -z "$words" ] || grep -qF -- "$words" stderr || fault "$*: no \"$words\" in: $(cat stderr)"
}

# count TYPE JOURNAL: how many records of a type.
count() {
  grep -c "\"type\":\"$1\"" "$2"
}

# whole JOURNAL: nothing but records.
whole() {
  if grep -qv '^{"schema":1,.*}$' "$1"; then
    fault "$1 holds more than records: $(grep -v '^{"schema":1,.*}$' "$1" | head -3)"
  fi
}

# slow_down N: when the journal j.jsonl holds so many measurements, every call of the device that is waited for takes
# seconds, so that the run is in the middle of something for sure. For runs after let_slow_down LAYER; go_on ends it.
let_slow_down() {
  export OPENCL_LAYERS=$1 GPUVERDICT_FAULT='finish=sleep:2' GPUVERDICT_FAULT_LOG=$work/log \
    GPUVERDICT_FAULT_WHEN=$work/slow
}

slow_down() {
  until [ "$(count measurement j.jsonl)" -ge "$1" ] || ! kill -0 "$pid" 2> /dev/null; do
    sleep 0.05
  done
  : > log
  : > slow
  until grep -q 'finish=sleep' log || ! kill -0 "$pid" 2> /dev/null; do
    sleep 0.05
  done
}

go_on() {
  rm -f slow
}

finish() {
  [ $faults -eq 0 ] && echo "nothing found"
  exit $faults
}

# Device tests: skipped without a device, and a fault where one is required.
need_device() {
  "$program" devices --json | grep -q '"index": 0,' && return
  echo "skipped: no OpenCL device"
  [ "${GPUVERDICT_REQUIRE_DEVICE:-}" = 1 ] && exit 1
  exit 77
}
