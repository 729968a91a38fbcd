#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is kept between runs - compiled programs, plans, tunables - is damaged in every way, and made by four
# processes at once: caches.sh PROGRAM
. "$(dirname "$0")/lib.sh"
need_device
export XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
unset GPUVERDICT_TUNING GPUVERDICT_NO_CACHE
workloads=(--workload dense:batch=8,in=64,out=33,act=gelu --workload fft:shape=96)

# measure NAME WORDS: both workloads have their checked times, of the device and the host, and nothing was wrong.
measure() {
  expect 0 "$2" "$program" run --device 0 "${workloads[@]}" -o "$1.jsonl"
  sound "$1"
}

sound() {
  whole "$1.jsonl"
  # A baseline may have been measured twice.
  [ "$(count measurement "$1.jsonl")" -ge 4 ] || fault "$1: $(count measurement "$1.jsonl") measurements"
  ! grep -E 'wrong_result|"type":"failure"' "$1.jsonl" || fault "$1: the above"
}

# damage: everything in the cache, each file in another way.
damage() {
  local file previous=/dev/null size i=0
  while read -r file; do
    size=$(stat -c %s "$file")
    case $((i++ % 7)) in
    0) : >"$file" ;;
    1) truncate -s $((size / 2)) "$file" ;;
    2) printf '\377\0?' | dd of="$file" bs=1 seek=$((size * 2 / 3)) conv=notrunc status=none ;;
    3) head -c 5000 /dev/urandom >"$file" ;;
    4) rm "$file" && ln -s nowhere "$file" ;;
    5) rm "$file" && mkdir "$file" ;;
    6) cp "$previous" "$file" ;;
    esac
    [ ! -f "$file" ] || previous=$file
  done < <(find cache -type f | sort)
  [ "$i" -ge 7 ] || fault "only $i files in the cache: not every damage was tried"
}

# Without PoCL's own cache, or we keep none of its programs.
POCL_KERNEL_CACHE=0 measure fresh ""
damage
POCL_KERNEL_CACHE=0 measure damaged ""

# Tunables that cannot be, of a provider that is not here, in a file that is torn or none at all; and a cache
# that cannot be made.
tuning=config/gpuverdict/tuning.json
expect 0 "" "$program" tune --device 0 "${workloads[@]:0:2}" --time-budget 15
[ -s $tuning ] || fault "nothing was tuned"
cp $tuning tuned
sed -i -E 's/=[0-9]+/=30/g' $tuning
measure impossible ""
rm -r cache/gpuverdict/programs && echo "no folder" >cache/gpuverdict/programs
sed -E 's/(TILE_[A-Z]+)=[0-9]+/\1=1/g; s/"provider": "[^"]*"/"provider": "nobody 1.0"/2' tuned >$tuning
POCL_KERNEL_CACHE=0 measure barred ""
head -c $(($(stat -c %s tuned) / 2)) tuned >$tuning
measure torn "is no tuning file"

# Four at once, on a cache that none of them has yet.
rm -r cache config
for i in 1 2 3 4; do
  "$program" run --device 0 "${workloads[@]}" -o together$i.jsonl >together$i.out 2>&1 &
  pids[i]=$!
done
for i in 1 2 3 4; do
  wait "${pids[i]}" || fault "together$i: exit $?: $(cat together$i.out)"
  sound together$i
done
finish
