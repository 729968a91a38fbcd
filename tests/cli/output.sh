#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What becomes of standard output: output.sh PROGRAM. Prints each fault and exits 1.
set -u
program=$1
faults=0
fault() {
  echo "$*"
  faults=1
}

# A full disk is a failure that is named, and the exit code says so.
for arguments in "--help" "estimate --op fft --size 9 --gpu-cores 9 --cpu-factor 1 --bandwidth 1 --transfer-ms 1"; do
  words=$("$program" $arguments 2>&1 > /dev/full)
  code=$?
  [ $code -eq 1 ] || fault "$arguments into a full disk: exit $code, not 1"
  [[ $words == *"No space left"* ]] || fault "$arguments into a full disk says: $words"
done

# Whoever closes the pipe early has what they wanted: no message, and the end of any filter.
words=$( { "$program" --print-man; echo "code $?" >&2; } 2>&1 >/dev/null | cat)
[ "$words" = "code 0" ] || fault "--print-man says: $words"
for arguments in --print-man "catalogue list"; do
  exec 3> >(exec true)
  wait $!
  words=$( { "$program" $arguments; echo "code $?" >&2; } 2>&1 >&3 3>&-)
  exec 3>&-
  [ "$words" = "code 141" ] || fault "$arguments into a closed pipe: $words"
done

# A decimal comma of the user's never reaches a number.
for locale in C de_DE.UTF-8; do
  LC_ALL=$locale "$program" estimate --op fft --size 1e6 --gpu-cores 2560 --cpu-factor 1 \
    --bandwidth 12 --transfer-ms 1.4 2> /dev/null | grep -q '1\.4 ms' || fault "$locale: no 1.4 ms"
done
[ $faults -eq 0 ] && echo "nothing found"
exit $faults
