#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A full disk and a read-only one, in mounts that nobody else sees: full_disk.sh PROGRAM
. "$(dirname "$0")/lib.sh"
if [ "${GPUVERDICT_TEST_MOUNTS:-}" != private ]; then
  export GPUVERDICT_TEST_MOUNTS=private
  unshare --mount true 2> why && exec unshare --mount bash "$script" "$program"
  unshare --mount --map-root-user true 2>> why &&
    exec unshare --mount --map-root-user bash "$script" "$program"
  echo "skipped: no private mounts here: $(cat why)"
  exit 77
fi
mkdir small read_only
trap 'umount small read_only; rm -rf "$work"' EXIT
mount -t tmpfs -o size=16k tmpfs small && mount -t tmpfs -o ro tmpfs read_only || exit 77
workloads=()
for size in 64 128 256 512 1024 2048; do
  workloads+=(--workload fft:shape=$size)
done
run=("$program" run --device host "${workloads[@]}")

head -c 12288 /dev/zero > small/ballast
expect 1 "small/j.jsonl cannot be written: No space left on device" "${run[@]}" -o small/j.jsonl
whole small/j.jsonl
before=$(count measurement small/j.jsonl)
[ "$before" -lt 6 ] || fault "the disk was not full"
# More room: the rest is measured, and nothing twice.
rm small/ballast
cp small/j.jsonl j.jsonl
expect 0 "" "${run[@]}" --resume -o j.jsonl
[ "$(count measurement j.jsonl)" = 6 ] || fault "resumed: $(count measurement j.jsonl) measurements"

head -c 16384 /dev/zero > small/ballast 2> /dev/null
for output in "-o small/r.xlsx" "--json small/r.json" "--csv small/csv"; do
  expect 1 "No space left on device" "$program" report j.jsonl $output
  [ "$(wc -l < stderr)" = 1 ] || fault "report $output says more than one line: $(cat stderr)"
done
[ -z "$(find small -name 'r.*')" ] || fault "left on the full disk: $(find small -name 'r.*')"

# What is kept between runs finds no place: it costs time, and nothing else.
for place in small read_only; do
  export XDG_CACHE_HOME=$PWD/$place XDG_CONFIG_HOME=$PWD/$place
  expect 0 "" "${run[@]}" -o kept.jsonl
  [ "$(count measurement kept.jsonl)" = 6 ] || fault "no cache: $(count measurement kept.jsonl) measurements"
  rm kept.jsonl
done
unset XDG_CACHE_HOME XDG_CONFIG_HOME

expect 1 "read_only/j.jsonl cannot be written: Read-only file system" "${run[@]}" -o read_only/j.jsonl
for output in "-o read_only/r.xlsx" "--json read_only/r.json" "--csv read_only/csv"; do
  expect 1 "Read-only file system" "$program" report j.jsonl $output
done
finish
