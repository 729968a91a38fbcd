#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/bars.sh does once the program is built: tune, measure in turn, write the page."""
import argparse
import collections
import datetime
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# The shapes of the bars. Six convolutions of ResNet-50, one and eight images, then 1x1, depthwise and
# 5x5 with stride 2; squares, an odd one, and ten products with one small side.
RESNET = [
    "c=3,h=224,w=224,k=64,r=7,s=7,pad=3x3,stride=2x2",
    "c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1",
    "c=256,h=56,w=56,k=64,r=1,s=1",
    "c=128,h=28,w=28,k=128,r=3,s=3,pad=1x1",
    "c=256,h=14,w=14,k=256,r=3,s=3,pad=1x1",
    "c=512,h=7,w=7,k=512,r=3,s=3,pad=1x1",
]
SHAPES = {
    "conv2d": [f"conv2d:n={n},{layer}" for n in (1, 8) for layer in RESNET] + [
        "conv2d:n=1,c=512,h=28,w=28,k=128,r=1,s=1",
        "conv2d:n=1,c=256,h=28,w=28,k=256,r=3,s=3,pad=1x1,groups=256",
        "conv2d:n=1,c=64,h=56,w=56,k=128,r=5,s=5,pad=2x2,stride=2x2",
    ],
    "matmul": [f"matmul:m={n},n={n},k={n}" for n in (256, 512, 1000, 1024, 2048)] +
              [f"matmul:m={m},n={n},k={k}" for m, n, k in (
                  (8, 4096, 4096), (16, 1024, 1024), (32, 2048, 2048), (64, 4096, 1024),
                  (4096, 8, 4096), (1024, 16, 1024), (2048, 32, 2048), (4096, 64, 1024),
                  (1024, 1024, 16), (4096, 4096, 64))],
    "dense": [f"dense:batch={batch},in={n},out={n}" for n in (1024, 4096) for batch in (1, 32, 256)],
    "fft": [f"fft:shape={n}" for n in
            [2 ** p for p in range(10, 21)] + [3 * 2 ** p for p in (10, 14, 18)] + [1000]] +
           ["fft:shape=1024x1024", "fft:shape=256,batch=4096"],
}
# Four times what a device may hold.
LARGER = "matmul:m=2048,n=2048,k=2048"
LARGER_BYTES = 3 * 4 * 2048 * 2048
STREAMED = "dense:batch=1,in=4096,out=4096"
STREAMED_BYTES = 4 * 4096 * 4096
STREAMED_PROCESSES = 5  # reads of two buffers of one process differ by up to 1.4
FAR_NS = 80  # from core to core: neighbours take 25 to 50, parts of a chip 100 to 200

# What is asked for: on PoCL and on Intel's CPU runtime.
BARS = [
    ("conv2d against the best native library", "conv2d", 0.50, 0.60),
    ("matmul against the best native library", "matmul", 0.75, 0.95),
    ("dense against the best native library, batch ≥ 32", "dense", 0.95, 0.95),
    ("dense 4096², batch 1, against the best streaming read", "streamed", 0.80, 0.80),
    ("fft against FFTW (MEASURE)", "fft", 0.50, 0.50),
    ("matmul in pieces, 4 times the device's memory, against uncut, both with transfers", "pieces", 0.85, 0.85),
    ("chosen provider against the best of all, geometric mean", "choice", 0.95, 0.95),
    ("chosen provider against the best of all, worst", "choice worst", 0.85, 0.85),
]

OTHERS = ("pieces", "choice", "whole")


class Journal:
    """The records of one or more runs on one device."""

    def __init__(self, paths):
        self.records = collections.defaultdict(list)
        for path in paths:
            for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                self.records[record["type"]].append(record)
        self.device = next(iter(self.records["device"]), None)
        self.host = next(iter(self.records["host"]), None)

    def pairs(self, workload):
        """(device, host) measurements of one process each, with what the kernel alone took."""
        found = collections.defaultdict(dict)
        for m in self.records["measurement"]:
            if m["workload"] == workload and "kernel_only" in m["views_us"]:
                side = "host" if m["device"] == "host" else "device"
                found[m["run"], m["process"]].setdefault(side, m)
        return [(p["device"], p["host"]) for p in found.values() if len(p) == 2]

    def why_not(self, workload):
        """Why a workload has no time."""
        reasons = [r["what"] for kind in ("unsupported", "rejected", "failure")
                   for r in self.records[kind] if r.get("workload") == workload]
        return reasons[-1] if reasons else "no time"

    def best_reads(self):
        """Of each run: bytes per second of the fastest streaming read that anybody was seen to do in it."""
        best = collections.defaultdict(float)
        for record in self.records["device"] + self.records["host"]:
            best[record["run"]] = max(best[record["run"]], record.get("roof", {}).get("bytes_per_s", 0))
        return best

    def places(self):
        """How far apart the processor's cores lay for each (run, process, workload): the host of a virtual
        machine moves them. True: far, by the distance when the run began and the remark "moved"."""
        far = {r["run"]: r["facts"].get("core_distance_ns", 0) > FAR_NS for r in self.records["host"]}
        return {(m["run"], m["process"], m["workload"]):
                far.get(m["run"], False) != ("moved" in m.get("flags", []))
                for m in self.records["measurement"] if m["device"] == "host"}

    def noisy_share(self):
        """Measurements with the remark "noisy" (an interval over 10 % of the median)."""
        all_of_them = self.records["measurement"]
        return sum("noisy" in m.get("flags", []) for m in all_of_them) / max(1, len(all_of_them))


def kernel_us(measurement):
    return measurement["views_us"]["kernel_only"][7][0]


def fastest_us(measurement):
    return measurement["views_us"]["kernel_only"][3]


def geometric_mean(numbers):
    return math.exp(statistics.fmean(map(math.log, numbers))) if numbers else math.nan


class Platform:
    def __init__(self, program, icd, options, number):
        self.program, self.options = program, options
        self.environment = dict(os.environ)
        if icd:
            self.environment["OCL_ICD_VENDORS"] = icd
        self.folder = tempfile.mkdtemp(prefix="gpuverdict-bars-")
        if options.keep:
            self.folder = os.path.join(options.keep, str(number))
            os.makedirs(self.folder, exist_ok=True)
        self.environment["GPUVERDICT_TUNING"] = os.path.join(self.folder, "tuning.json")
        self.runs = 0
        self.seconds = {}  # of whole suites
        self.pieces = []  # (uncut, in pieces): what was measured, in turn
        self.launch_us = None  # from enqueue to finish of one empty work-item, by the suite ceilings
        self.journal = self.choice = self.streamed = self.any = None

    def call(self, verb, *arguments):
        """A run of the program; its answer is the journal. Incomplete is an answer as well."""
        done = subprocess.run([self.program, verb, *arguments], env=self.environment, check=False,
                              stdout=subprocess.DEVNULL)
        if done.returncode not in (0, 4):
            sys.exit(f"gpuverdict {verb} ended with {done.returncode}")

    def run(self, workloads, rounds, *options):
        paths = []
        for _ in range(rounds):
            self.runs += 1
            paths.append(os.path.join(self.folder, f"run{self.runs}.jsonl"))
            if not is_whole(paths[-1]):
                self.call("run", "--suite", "quick", *each("-w", workloads), *options, "-o",
                          paths[-1])
        return Journal(paths)

    def compare_pieces(self):
        """Six blocks in turn, a process each: uncut, and with a quarter of the memory."""
        if self.options.tune > 0 and not os.path.exists(self.environment["GPUVERDICT_TUNING"]):
            self.call("tune", "-w", LARGER, "--time-budget", str(self.options.tune))
        for _ in range(6):
            pair = [self.run([LARGER], 1, *cap) for cap in
                    ((), ("--device-memory", str(LARGER_BYTES // 4)))]
            self.any = pair[0]
            self.pieces.append(tuple(map(headline, pair)))

    def measure(self, groups):
        workloads = [w for group in groups for w in SHAPES.get(group, [])]
        first = os.path.join(self.folder, "run1.jsonl")
        for group in groups if self.options.tune > 0 and not is_whole(first) else ():
            # Each by itself: what takes long to compile shall not eat the others' time.
            shapes = SHAPES.get(group, [])
            if shapes:
                self.call("tune", *each("-w", shapes), "--time-budget",
                          str(self.options.tune * len(shapes)))
        if workloads:
            self.journal = self.any = self.run(workloads, self.options.rounds)
        if "dense" in groups:
            self.streamed = self.run([STREAMED], STREAMED_PROCESSES)
        if "pieces" in groups:
            self.compare_pieces()
        if "choice" in groups:
            listed = subprocess.run([self.program, "run", "--suite", "standard", "--list"],
                                    env=self.environment, check=True, capture_output=True, text=True)
            standard = [w for w in listed.stdout.splitlines() if ":" in w and " " not in w]
            self.choice = self.any = self.run(standard, 3)
        if "whole" in groups:
            for suite in ("quick", "ceilings"):
                for _ in range(3):  # the third one has warm caches: two have to agree on who is slow
                    start = time.monotonic()
                    self.runs += 1
                    path = os.path.join(self.folder, f"run{self.runs}.jsonl")
                    self.call("run", "--suite", suite, "-o", path)
                    self.seconds[suite] = time.monotonic() - start
                    self.any = Journal([path])
            self.launch_us = launch_us(self.any)


def launch_us(journal):
    """What a kernel that does nothing takes on the device, by the suite ceilings; None without."""
    found = [c["median"] * 1e6 for c in journal.records["ceiling"] if c["ceiling"] == "launch"]
    return found[0] if found else None


def headline(journal):
    """The device's measurement of a run of one workload, or why there is none."""
    found = [m for m in journal.records["measurement"] if m["device"] != "host"]
    return found[0] if found else journal.why_not(LARGER)


def headline_us(measurement):
    return measurement["views_us"]["transfers"][7][0]


def is_whole(path):
    """Whether a run has come to its end in this journal."""
    return os.path.exists(path) and '"how":"done"' in pathlib.Path(path).read_text(encoding="utf-8")


def each(option, values):
    return [word for value in values for word in (option, value)]


def row_of(journal, workload):
    """One line of the page: the median over the processes, the widest range of the block ratios."""
    pairs = journal.pairs(workload)
    if not pairs:
        return {"workload": workload, "ratio": math.nan, "why": journal.why_not(workload)}
    ratios = [kernel_us(host) / kernel_us(device) for device, host in pairs]
    ranges = [device["views_us"]["kernel_only"][8] for device, _ in pairs
              if len(device["views_us"]["kernel_only"]) > 8]
    device, host = pairs[-1]
    return {
        "workload": workload,
        "ratio": statistics.median(ratios),
        "range": (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None,
        "device_us": statistics.median(kernel_us(d) for d, _ in pairs),
        "host_us": statistics.median(kernel_us(h) for _, h in pairs),
        "by": device["provider"] + (" " + device["parameters"] if device.get("parameters") else ""),
        "against": host["provider"],
        "tuned": "not_tuned" not in device.get("flags", []),
    }


def choice_rows(journal):
    """For each workload and process: the time of the provider that was chosen over that of the best, by the
    medians of the trials of all processes whose cores lay alike, so that no process judges itself by its own
    luck where there is another one."""
    places = journal.places()
    trials = collections.defaultdict(lambda: collections.defaultdict(list))
    for trial in journal.records["trial"]:
        if trial.get("earlier"):
            continue  # known already from the process that tried it
        place = places.get((trial["run"], trial["process"], trial["workload"]))
        trials[trial["workload"], place][trial["provider"]].append(trial["call_s"])
    rows = []
    for m in journal.records["measurement"]:
        if m["device"] == "host" or "kernel_only" not in m["views_us"]:
            continue
        place = places.get((m["run"], m["process"], m["workload"]))
        medians = {name: statistics.median(times)
                   for name, times in trials[m["workload"], place].items()}
        if medians:
            best = min(medians, key=medians.get)
            rows.append((medians[best] / medians.get(m["provider"], math.inf), m["workload"],
                         m["provider"], best, len(medians), "far" if place else "near"))
    return rows


def busy_share(seconds=2):
    """What others take of the processors, before anything is measured; None where nobody tells."""
    def look():
        numbers = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return sum(numbers), numbers[3] + numbers[4]
    try:
        before = look()
        time.sleep(seconds)
        after = look()
    except (OSError, ValueError, IndexError):
        return None
    return 1 - (after[1] - before[1]) / max(1, after[0] - before[0])


def verdict(reached, wanted):
    return "–" if math.isnan(reached) else "yes" if reached >= wanted else "**no**"


def pieces_ratios(platform):
    """Uncut over in pieces, of each block; none where a block has no time."""
    if any(isinstance(m, str) for pair in platform.pieces for m in pair):
        return []
    return [headline_us(uncut) / headline_us(cut) for uncut, cut in platform.pieces]


def page_of_pieces(platform):
    lines = ["", f"`{LARGER}` on a device that may hold a quarter of it, against the same device as it is:", "",
             "| block | uncut | in pieces | ratio | by |", "| --- | --- | --- | --- | --- |"]
    for number, (uncut, cut) in enumerate(platform.pieces, 1):
        if isinstance(uncut, str) or isinstance(cut, str):
            lines.append(f"| {number} | – | – | – | {uncut if isinstance(uncut, str) else cut} |")
            continue
        lines.append(f"| {number} | {headline_us(uncut):.4g} µs | {headline_us(cut):.4g} µs | "
                     f"{headline_us(uncut) / headline_us(cut):.2f} | {cut['provider']} |")
    return lines


def shares_of_read(platform, side):
    """What of the best streaming read of the same run the product of one vector and a large matrix reaches on
    a side (0: device, 1: host), the fastest of both: (of the fastest call, of the median one) in each run."""
    if not platform.streamed:
        return []
    reads = platform.streamed.best_reads()
    return sorted(tuple(STREAMED_BYTES / (us * 1e-6) / reads[pair[side]["run"]]
                        for us in (fastest_us(pair[side]), kernel_us(pair[side])))
                  for pair in platform.streamed.pairs(STREAMED) if reads[pair[side]["run"]] > 0)


def reached_by(platform, rows):
    """What each bar reached: (value, what the worst of it was)."""
    of = {group: [r for r in rows if r["workload"].startswith(group + ":")] for group in SHAPES}
    of["dense"] = [r for r in of["dense"] if "batch=1," not in r["workload"]]
    values = {}
    for group, members in of.items():
        ratios = [r["ratio"] for r in members]
        # A shape without a time is not left out of a mean: there is none then.
        if ratios:
            values[group] = geometric_mean(ratios) if not any(map(math.isnan, ratios)) else math.nan
    streamed = shares_of_read(platform, 0)
    if streamed:
        values["streamed"] = statistics.median(fastest for fastest, _ in streamed)
    ratios = pieces_ratios(platform)
    if platform.pieces:
        values["pieces"] = statistics.median(ratios) if ratios else math.nan
    if platform.choice:
        ratios = [r[0] for r in choice_rows(platform.choice)]
        values["choice"] = geometric_mean(ratios)
        values["choice worst"] = min(ratios, default=math.nan)
    return values


def page_of_launch(platform, rows):
    """How much of the ratios the launch alone decides."""
    reachable = []
    for group in SHAPES:
        ratios = [r["host_us"] / (r["host_us"] + platform.launch_us) for r in rows
                  if r["workload"].startswith(group + ":") and "host_us" in r]
        if ratios:
            reachable.append(f"{group} {geometric_mean(ratios):.2f}")
    return ["", f"A kernel that does nothing takes {platform.launch_us:.3g} µs here, from its call to its end (suite "
            "ceilings). With that added, kernels exactly as quick as the host's libraries would reach in geometric "
            f"mean: {', '.join(reachable)}."]


def page_of_platform(platform, intel):
    facts = platform.any.device["facts"]
    lines = [f"## {facts['platform']}, driver {facts['driver']}", "",
             f"Device: {facts['name']}, {facts['compute_units']} compute units, native float vector "
             f"{facts.get('vector_width_f32', '–')}. "
             f"{platform.any.noisy_share():.0%} of the measurements are noisy (an interval over 10 % of the "
             "median).", ""]
    rows = [row_of(platform.journal, w["workload"]) for w in
            {m["workload"]: m for m in platform.journal.records["measurement"]}.values()] \
        if platform.journal else []
    values = reached_by(platform, rows)
    lines += ["| what | asked for | reached | met |", "| --- | --- | --- | --- |"]
    for what, key, pocl_bar, intel_bar in BARS:
        wanted = intel_bar if intel else pocl_bar
        if key in values:
            lines.append(f"| {what} | {wanted:.2f} | {values[key]:.2f} | "
                         f"{verdict(values[key], wanted)} |")
    limits = {"quick": 40 if intel else 20, "ceilings": 10}
    for suite, seconds in platform.seconds.items():
        lines.append(f"| suite {suite}, whole process, warm caches | ≤ {limits[suite]} s | "
                     f"{seconds:.1f} s | {'yes' if seconds <= limits[suite] else '**no**'} |")
    shares = [shares_of_read(platform, side) for side in (0, 1)]
    if all(shares):
        ours, host = (", ".join(f"{fastest:.2f} ({median:.2f})" for fastest, median in of)
                      for of in shares)
        reads = ", ".join(f"{read / 1e9:.1f}" for read in sorted(platform.streamed.best_reads().values()))
        lines += ["", f"`{STREAMED}` in {STREAMED_PROCESSES} runs, the fastest call against the fastest of "
                  "some hundred streaming reads of the same run (in brackets the median call against the same "
                  f"read): the device {ours}, the host's best library {host}. The median run counts. The reads "
                  f"were {reads} GB/s: that memory differs by the moment and by where the cores lie."]
    if platform.launch_us and rows:
        lines += page_of_launch(platform, rows)
    rows.sort(key=lambda r: -1 if math.isnan(r["ratio"]) else r["ratio"])
    if rows:
        lines += ["", "Worst first:", "",
                  "| workload | ratio | block ratios | device | host | by | against |",
                  "| --- | --- | --- | --- | --- | --- | --- |"]
    for r in rows:
        if math.isnan(r["ratio"]):
            lines.append(f"| `{r['workload']}` | – | | | | {r['why']} | |")
            continue
        spread = "{:.2f}–{:.2f}".format(*r["range"]) if r["range"] else ""
        lines.append(f"| `{r['workload']}` | {r['ratio']:.2f} | {spread} | {r['device_us']:.4g} µs | "
                     f"{r['host_us']:.4g} µs | {r['by']}{'' if r['tuned'] else ' (not tuned)'} | "
                     f"{r['against']} |")
    if platform.pieces:
        lines += page_of_pieces(platform)
    if platform.choice:
        lines += ["", "Where another provider than the best of all was chosen, worst first:", "",
                  "| workload | best / chosen | chosen | best | providers | cores |",
                  "| --- | --- | --- | --- | --- | --- |"]
        missed = [row for row in sorted(choice_rows(platform.choice)) if row[0] < 1]
        lines += [f"| `{w}` | {ratio:.2f} | {provider} | {best} | {count} | {place} |"
                  for ratio, w, provider, best, count, place in missed]
        if not missed:
            lines.append("| none | | | | | |")
        far = sum(platform.choice.places().values())
        lines += ["", f"The cores lay far apart for {far} of {len(platform.choice.places())} choices: more than "
                  f"{FAR_NS} ns from one to the other, since the host of this virtual machine had moved them. Each "
                  "choice is judged by trials made where they lay alike (kernels/README.md)."]
    return lines


def git(root, *arguments):
    return subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True,
                          text=True).stdout.strip()


def commit(root):
    """Which sources are measured, before anything is."""
    changed = git(root, "status", "--porcelain", "--untracked-files=no")
    return f"`{git(root, 'rev-parse', 'HEAD')}`" + \
        (", with changes that are not committed" if changed else "")


def page(begun, platforms, groups, options):
    host = platforms[0].any.host["facts"]
    now = datetime.datetime.now(datetime.timezone.utc)
    lines = [
        "# Our kernels against the best native libraries", "",
        f"Written by `scripts/bars.sh` on {now:%Y-%m-%d} from commit {begun['sources']}.",
        f"Host: {host.get('model', '–')}, {host.get('isa', '–')}, {host.get('cores', '–')} cores, all of "
        "them on both sides.", "",
        "A ratio is the host's time over the device's, kernel alone (nothing moves, weights packed before "
        "on both sides): 1 is as fast, 0.5 half as fast. Medians of six blocks in turn with the host, and "
        f"the range of the block ratios; {options.rounds} process{'es' if options.rounds > 1 else ''} for "
        f"each shape, after a search of {begun['tune']} s for each. Times of a shared machine drift: only "
        "the ratios count."
        + (f" Other programs kept {begun['busy']:.0%} of the processors busy when it began."
           if begun["busy"] else "")
        + " Where others work, a host library whose threads wait for each other loses more than a device: "
        "ratios far above 1 are then the machine's, not the kernel's. Not tuned: no search came to its end "
        "in its time there, and the provider's own tunables served.", "",
    ]
    if "choice" in groups:
        lines += [
            "Chosen against best: the standard suite in three processes, each of which chooses anew among all "
            "providers with the tunables they were given; the medians of the trials of all of them judge.", "",
        ]
    if set(groups) != set(SHAPES) | set(OTHERS):
        lines += [f"Measured were only: {', '.join(groups)}.", ""]
    for platform in platforms:
        intel = "Intel" in platform.any.device["facts"]["platform"]
        lines += page_of_platform(platform, intel) + [""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bars.sh")
    parser.add_argument("root")
    parser.add_argument("--only", default=",".join([*SHAPES, *OTHERS]))
    parser.add_argument("--tune", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--keep")
    parser.add_argument("-o", "--output")
    parser.add_argument("icd", nargs="*")
    options = parser.parse_intermixed_args()
    groups = options.only.split(",")
    for group in groups:
        if group not in SHAPES and group not in OTHERS:
            parser.error(f"--only: there is no {group}")
    now = {"sources": commit(options.root), "busy": busy_share(), "tune": f"{options.tune:g}"}
    if options.keep:
        # How it began counts, however often it goes on.
        note = pathlib.Path(options.keep, "begun.json")
        note.parent.mkdir(parents=True, exist_ok=True)
        begun = json.loads(note.read_text(encoding="utf-8")) if note.exists() else now
        if begun["sources"] != now["sources"]:
            sys.exit(f"{options.keep} holds what was measured of {begun['sources']}")
        note.write_text(json.dumps(begun), encoding="utf-8")
        now = begun
    platforms = []
    for number, icd in enumerate(options.icd or [None]):
        platform = Platform(os.path.join(options.root, "build/release/gpuverdict"), icd, options,
                            number)
        platform.measure(groups)
        platforms.append(platform)
    path = pathlib.Path(options.output or os.path.join(options.root, "docs/kernels-results.md"))
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(now, platforms, groups, options), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
