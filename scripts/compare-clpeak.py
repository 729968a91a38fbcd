#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our ceilings beside clpeak's figures, of one device: runs in turn, medians, ratios.

    scripts/compare-clpeak.py [RUNS] [GPUVERDICT]      e.g. scripts/compare-clpeak.py 5

Both measure the first device that the loader shows: name one driver in OCL_ICD_VENDORS. Prints a table
in Markdown; rows that differ by more than 15 % are marked (kernels/README.md says why). Prefix the
environment variable MEASURE for a command that both are run by, such as "nice -n -10"."""
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

LIMIT = 0.15
COMPUTE = {"f32": "single_precision_compute", "f64": "double_precision_compute"}
TYPES = {"f32": "float", "f64": "double"}
TRANSFERS = {"h2d_pageable": "enqueuewritebuffer", "d2h_pageable": "enqueuereadbuffer"}


def run(*command):
    done = subprocess.run([*shlex.split(os.environ.get("MEASURE", "")), *command], text=True,
                          capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)}: exit {done.returncode}\n{done.stderr}")


def ours(program, folder):
    """Figures of one run: (ceiling, precision, width) -> SI."""
    path = os.path.join(folder, "ours.jsonl")
    run(program, "run", "--suite", "ceilings", "--device", "0", "-o", path)
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    os.remove(path)
    return {(r["ceiling"], r.get("precision"), r.get("width")): r["median"]
            for r in records if r["type"] == "ceiling"}


def theirs(folder):
    """The same of clpeak: its tests by name, its figures by type, GB/s, GFLOP/s and microseconds."""
    path = os.path.join(folder, "clpeak.xml")
    run("clpeak", "-p", "0", "-d", "0", "--global-bandwidth", "--compute-sp", "--compute-dp",
        "--transfer-bandwidth", "--kernel-latency", "-f", path)
    device = tree.parse(path).getroot().find("platform/device")
    found = {}
    widths = {1: "", 2: "2", 4: "4", 8: "8", 16: "16"}

    def figure(test, name):
        element = device.find(f"{test}/{name}") if name else device.find(test)
        return float(element.text) if element is not None and element.text.strip() else None

    bandwidths = [figure("global_memory_bandwidth", "float" + w) for w in widths.values()]
    found["memory_read", None, None] = 1e9 * max(x for x in bandwidths if x is not None)
    for precision, test in COMPUTE.items():
        for width, text in widths.items():
            value = figure(test, TYPES[precision] + text)
            if value:
                found["multiply_add", precision, width] = 1e9 * value
    for ceiling, name in TRANSFERS.items():
        found[ceiling, None, None] = 1e9 * figure("transfer_bandwidth", name)
    found["launch", None, None] = 1e-6 * figure("kernel_launch_latency", None)
    return found


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    program = sys.argv[2] if len(sys.argv) > 2 else "build/release/gpuverdict"
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            pairs.append((ours(program, folder), theirs(folder)))
    print("| ceiling | ours | clpeak | ratio |\n| --- | ---: | ---: | ---: |")
    for key in pairs[0][1]:
        if not all(key in a and key in b for a, b in pairs):
            continue
        a, b = (statistics.median(pair[side][key] for pair in pairs) for side in (0, 1))
        scale, unit = (1e6, "µs") if key[0] == "launch" else (1e-9, "G")
        name = " ".join(str(part) for part in key if part is not None)
        mark = " *" if abs(a / b - 1) > LIMIT else ""
        print(f"| {name} | {a * scale:.3g} {unit} | {b * scale:.3g} {unit} | {a / b:.2f}{mark} |")


main()
