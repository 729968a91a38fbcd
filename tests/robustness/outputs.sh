#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Outputs that cannot be written, and files that must not be: outputs.sh PROGRAM. Measures the host.
. "$(dirname "$0")/lib.sh"
run=("$program" run --device host --workload fft:shape=64)

# With descriptors closed the journal must not be opened as one of them.
for closed in '>&-' '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
  rm -f j.jsonl
  eval '"${run[@]}" -o j.jsonl > out 2> err' "$closed"
  [ "$(count measurement j.jsonl)" = 1 ] || fault "$closed: the journal has no measurement"
  whole j.jsonl
done
cp j.jsonl kept.jsonl

# A journal is not replaced by its own report, whatever it is called.
ln -s j.jsonl link.jsonl
for output in "-o j.jsonl" "-o ./j.jsonl" "-o link.jsonl" "--json j.jsonl"; do
  expect 2 "is one of the journals" "$program" report j.jsonl $output
done
cmp -s j.jsonl kept.jsonl || fault "a report replaced its journal"

for output in "-o -" "--json -"; do
  words=$("$program" report j.jsonl $output 2>&1 > /dev/full)
  code=$?
  [ $code -eq 1 ] || fault "report $output into a full disk: exit $code, not 1"
  [ "$words" = "gpuverdict report: standard output cannot be written: No space left on device" ] ||
    fault "report $output into a full disk says: $words"
done
exec 3> >(exec true)
wait $!
words=$( { "$program" report j.jsonl -o -; echo "code $?" >&2; } 2>&1 >&3 3>&-)
exec 3>&-
[ "$words" = "code 141" ] || fault "report into a closed pipe: $words"

mkdir folder
expect 1 "folder cannot be written: Is a directory" "${run[@]}" -o folder
expect 1 "folder cannot be written: Is a directory" "$program" report j.jsonl -o folder
expect 1 "/dev/full" "${run[@]}" -o /dev/full
expect 1 "is not a journal" "$program" report "$program" -o r.xlsx
expect 2 "its value is empty" "${run[@]}" -o ""
[ ! -e r.xlsx ] || fault "a workbook without a journal"

# Names that a careless program stumbles over.
for name in ' größe ☃.jsonl' ./-o.jsonl $'per%scent%n\n.jsonl'; do
  expect 0 "" "${run[@]}" -o "$name"
  whole "$name"
  expect 0 "" "$program" report "$name" --csv "$name.csv" -o "$name.xlsx"
  [ -s "$name.xlsx" ] && [ -s "$name.csv/measurements.csv" ] || fault "no report of $name"
done
expect 1 "File name too long" "${run[@]}" -o "$(printf 'x%.0s' {1..300})"
long=./$(printf 'folder/%.0s' {1..200})
mkdir -p "$long"
expect 0 "" "${run[@]}" -o "${long}j.jsonl"
expect 0 "" "$program" report "${long}j.jsonl" -o "${long}r.xlsx"
[ -s "${long}r.xlsx" ] || fault "no workbook at the end of a long path"
finish
