#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# gpuverdict devices, on drivers whose workers are told by fake_worker.c what to be.
#   devices.sh PROGRAM FOLDER-OF-FAKE-WORKERS
set -u
program=$1
export GPUVERDICT_WORKER_DIR=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export OCL_ICD_VENDORS="$work/icd"
failed=0

# expect WHAT TEXT: the last output holds TEXT.
expect()
{
    if ! grep -qF -- "$2" "$work/out"; then
        echo "$1: \"$2\" is not in:"
        cat "$work/out"
        failed=1
    fi
}

run()
{
    "$program" devices "$@" > "$work/out" 2> "$work/err"
    code=$?
    if [ $code != 0 ] || [ -s "$work/err" ]; then
        echo "devices $*: exit $code, on standard error: $(cat "$work/err")"
        failed=1
    fi
}

run
expect "no drivers" "No OpenCL device."
expect "no drivers" "apt-get install pocl-opencl-icd"
expect "no drivers" "Physical cores"

mkdir "$OCL_ICD_VENDORS"
echo a.so > "$OCL_ICD_VENDORS/no loader.icd"
run
expect "no loader" "No OpenCL device: there is no OpenCL loader"
expect "no loader" "ocl-icd-libopencl1"
rm "$OCL_ICD_VENDORS/no loader.icd"

echo a.so > "$OCL_ICD_VENDORS/good.icd"
echo b.so > "$OCL_ICD_VENDORS/listing crash.icd"
echo a.so > "$OCL_ICD_VENDORS/twice.icd"
run
expect "mixed" "Fake without a device"
expect "mixed" "<CL_INVALID_VALUE (-30)>"
expect "mixed" "Device 1 is the host's own silicon"
expect "mixed" "was killed by SIGSEGV"
expect "mixed" "the same driver as"

run --json
if [ "$(head -c 1 "$work/out")" = "{" ] && command -v python3 > /dev/null; then
    python3 - "$work/out" << 'PYTHON' || failed=1
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
assert d["schema"] == 1 and d["type"] == "devices", d
assert [x["key"] for x in d["devices"]] == ["fake/good/0", "fake/good/1"], d["devices"]
assert [x["platform"] for x in d["devices"]] == [1, 1]
assert [x["host_silicon"] for x in d["devices"]] == [False, True]
facts = d["devices"][0]["facts"]
assert facts["clock_hz"] == {"error": -30, "name": "CL_INVALID_VALUE"}, facts
assert facts["board"] is None and facts["compute_units"] == 8 and facts["fp64"] is True
assert facts["name"] == "Fake ? device", facts["name"]
problems = [p["problem"] for p in d["platforms"]]
assert problems[1] is None and "SIGSEGV" in problems[2] and "the same driver" in problems[3]
assert all(isinstance(card, str) and card for card in d["unserved_cards"]), d["unserved_cards"]
assert d["loader_problem"] is None and d["host"]["cores"] >= 1
PYTHON
fi
exit $failed
