#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Progress on terminals of three kinds: terminal.sh PROGRAM. Measures the host.
. "$(dirname "$0")/lib.sh"
command -v script > why || {
  echo "skipped: no script(1) to make a terminal"
  exit 77
}

# on_terminal COLUMNS: a run there; every state that a line went through becomes a line of `shown`.
on_terminal() {
  rm -f j.jsonl
  script -qec "stty cols $1; '$program' run --device host --workload matmul:m=64,n=64,k=64 \
    --workload matmul:m=65,n=64,k=64 -o j.jsonl" /dev/null < /dev/null | tr '\r' '\n' > raw
  sed $'s/\e\\[K//g' raw > shown
  [ "$(count measurement j.jsonl)" = 2 ] || fault "$TERM, $1 columns: not measured: $(cat shown)"
}

for columns in 40 80; do
  TERM=xterm on_terminal $columns
  bars=$(grep -c '^\[[#-]*\] 1/2 ' shown)
  [ "$bars" -ge 1 ] || fault "$columns columns: no bar: $(cat shown)"
  ! grep -q '0/0' shown || fault "$columns columns: a bar before there is a plan: $(cat shown)"
  wide=$(grep '^\[[#-]*\] ' shown | awk -v most=$((columns - 1)) 'length($0) > most')
  [ -z "$wide" ] || fault "$columns columns: wraps: $wide"
done
for TERM in dumb ''; do
  export TERM
  on_terminal 80
  ! grep -q $'\e' raw || fault "TERM=$TERM: escapes for a terminal that has none: $(cat -v raw)"
  grep -q '2/2 matmul:m=65' shown || fault "TERM=$TERM: no plain progress: $(cat shown)"
done
finish
