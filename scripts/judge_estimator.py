#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/judge-estimator.sh does once the program is built: measure, calibrate, predict, tell."""
import argparse
import collections
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

OPERATIONS = {"matmul": 16, "dense": 16, "conv2d": 20, "fft": 25}  # bars: mean error in %
COVERAGE, ROWS, FACTOR = 0.72, 250, 1.5

# Growing sizes of one question each: with those of the suite, from where on does the device win? The
# name of the size, how a workload is written with it, the sizes, the one that the estimator is asked.
SERIES = {
    "matmul": ("m = n = k", "matmul:m={0},n={0},k={0}", [32, 64, 128, 256, 512, 1024, 2048], 512),
    "dense": ("batch", "dense:batch={0},in=1024,out=1024", [1, 2, 8, 32, 64, 256, 512, 1024], 32),
    "conv2d": ("images", "conv2d:n={0},c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1", [1, 2, 4, 8, 16, 32], 4),
    "fft": ("points", "fft:shape={0}", [2 ** p for p in range(6, 23, 2)], 65536),
}
VIEWS = {"transfers": "with transfers", "kernel_only": "kernel only"}
PAGE_HEADING = "## Our own measurements"


def operation(workload):
    return workload.split(":")[0]


def median(measurement, view):
    """Seconds of one call; None where it has no such view."""
    stages = measurement["views_us"].get(view)
    return stages[7][0] * 1e-6 if stages else None


class Platform:
    """One device, the host beside it, and what both were seen to do."""

    def __init__(self, program, icd, folder):
        self.program, self.folder = program, folder
        self.environment = dict(os.environ)
        if icd:
            self.environment["OCL_ICD_VENDORS"] = icd
        self.lines = []

    def listed(self, *arguments):
        done = subprocess.run([self.program, "run", *arguments, "--device", "host", "--list"],
                              env=self.environment, check=True, capture_output=True, text=True)
        return [line for line in done.stdout.splitlines() if ":" in line and " " not in line]

    def run(self, name, *arguments):
        """The lines of one run's journal, measured first where it is not whole."""
        path = pathlib.Path(self.folder) / name
        if not path.exists() or '"how":"done"' not in path.read_text(encoding="utf-8"):
            words = [*arguments, *(["--resume"] if path.exists() else []), "-o", path]
            done = subprocess.run([self.program, "run", *words], env=self.environment, check=False,
                                  stdout=subprocess.DEVNULL)
            if done.returncode not in (0, 4):
                sys.exit(f"gpuverdict run ended with {done.returncode}")
        return path.read_text(encoding="utf-8").splitlines()

    def measure(self, workloads, shapes):
        """All once, and then, as the newer run, those to calibrate with as a user would."""
        texts = self.run("all.jsonl", "--suite", "quick", *[word for w in workloads for word in ("-w", w)])
        texts += self.run("calibrate.jsonl", "--suite", "calibrate", "--shapes", str(shapes))
        self.lines = [(text, json.loads(text)) for text in texts]

    def times(self, side, view):
        """Seconds by workload: of the device, or of the host, which moves nothing."""
        found = collections.defaultdict(list)
        for _, record in self.lines:
            if record["type"] == "measurement" and (record["device"] == "host") == (side == "host"):
                seconds = median(record, "kernel_only" if side == "host" else view)
                if seconds:
                    found[record["workload"]].append(seconds)
        return {workload: statistics.median(values) for workload, values in found.items()}

    def name(self):
        return next(r["facts"]["name"] for _, r in self.lines if r["type"] == "device")

    def label(self):
        return next(r["facts"]["platform"] + " " + r["facts"]["driver"]
                    for _, r in self.lines if r["type"] == "device")

    def estimate(self, known, wanted):
        """The program's answers for `wanted`, calibrated with nothing but the `known` workloads."""
        calibration = os.path.join(self.folder, "known.jsonl")
        kept = [line for line, r in self.lines
                if "workload" not in r or (r["workload"] in known and r["type"] == "measurement")]
        pathlib.Path(calibration).write_text("\n".join(kept) + "\n", encoding="utf-8")
        words = [word for w in wanted for word in ("--workload", w)]
        done = subprocess.run([self.program, "estimate", "--calibrate", calibration, "--device",
                               self.name(), "--json", *words], env=self.environment, check=True,
                              capture_output=True, text=True)
        return {answer["workload"]: answer for answer in json.loads(done.stdout)["answers"]}


def need_all(known, truth, label):
    """A calibration of fewer measurements than are spoken of would be judged as one of all."""
    missing = [w for w in known if w not in truth]
    if missing:
        sys.exit(f"{label} has no time of {len(missing)} of the {len(known)} workloads to calibrate with, such as "
                 f"{missing[0]}: measure anew, in a new folder")


class Side:
    """Predictions and times of one device, or of the host."""

    def __init__(self, label, truth, estimates, known):
        self.label = label
        self.rows = [(w, truth[w], estimates[w]) for w in sorted(truth)
                     if w in estimates and w not in known]

    def error(self, name, among):
        errors = [abs(e["value"] / true - 1) for w, true, e in self.rows
                  if operation(w) == name and w in among]
        return 100 * statistics.fmean(errors) if errors else math.nan

    def inside(self):
        return [e["low"] <= true <= e["high"] for _, true, e in self.rows]

    def worst(self, count):
        return sorted(self.rows, key=lambda r: -abs(math.log(r[2]["value"] / r[1])))[:count]


def threshold(sizes, device, host):
    """The size from which on the device wins as at all larger ones: 0 always, inf never. Within 5 % is
    a tie, as for the program."""
    margins = [math.log(h / d / 1.05) for d, h in zip(device, host)]
    first = len(margins)
    while first > 0 and margins[first - 1] > 0:
        first -= 1
    if first in (0, len(margins)):
        return 0 if first == 0 else math.inf
    below, above = margins[first - 1], margins[first]
    step = math.log(sizes[first] / sizes[first - 1])
    return sizes[first - 1] * math.exp(step * below / (below - above))


def agree(a, b):
    if a in (0, math.inf) or b in (0, math.inf):
        return a == b
    return max(a / b, b / a) <= FACTOR


def spelled(size):
    return "always" if size == 0 else "never" if size == math.inf else f"from {size:.4g}"


def told(answer, asked, sizes):
    """Where the program says that the times cross, as far as the series reaches."""
    even = answer["break_even"]
    if even["wins"] != "from":
        return {"always": 0, "never": math.inf}.get(even["wins"], math.nan)
    size = asked * even["scale"]
    return 0 if size <= sizes[0] else math.inf if size > sizes[-1] else size


def break_evens(platform, answers):
    """Rows of the table of break-even sizes, and whether those with transfers all agree. Kernel alone
    is a race of equals on a processor: shown, not judged, from the estimates at each size."""
    rows, good = [], True
    host = platform.times("host", None)
    for name, (size, form, sizes, asked) in SERIES.items():
        for view, words in VIEWS.items():
            device = platform.times("device", view)
            at = [n for n in sizes if form.format(n) in device and form.format(n) in host]
            if not at:
                continue
            texts = [form.format(n) for n in at]
            found = threshold(at, [device[w] for w in texts], [host[w] for w in texts])
            if view == "transfers":
                guess = told(answers[form.format(asked)], asked, at)
            else:
                guess = threshold(at, [answers[w]["views"][view]["total_s"]["value"] for w in texts],
                                  [answers[w]["cpu_s"]["value"] for w in texts])
            right = agree(found, guess)
            good = good and (right or view != "transfers")
            rows.append(f"| {platform.label()} | {name}, {size} {at[0]} to {at[-1]} | {words} | "
                        f"{spelled(found)} | {spelled(guess)} | {'yes' if right else 'no'} |")
    return rows, good


def page(platforms, sides, known, standard, evens, options):
    facts = next(r["facts"] for _, r in platforms[0].lines if r["type"] == "host")
    date = next(r["time"] for _, r in platforms[0].lines if r["type"] == "run")[:10]
    inside = [hit for side in sides for hit in side.inside()]
    coverage = statistics.fmean(inside)
    verdicts = []
    lines = [
        PAGE_HEADING, "",
        f"Written by `scripts/judge-estimator.sh`; measured in one go on {date}. {facts['model']}, {facts['isa']}, "
        f"{facts['cores']} cores of a virtual machine. Each side is calibrated with the K = {options.shapes} workloads "
        f"that `run --suite calibrate --shapes {options.shapes}` chooses ("
        + ", ".join(f"{n} {name}" for name, n in
                    collections.Counter(operation(w) for w in known).items())
        + "), and predicts the others. The host is measured beside the first device.", "",
        "Mean error in % on the rest of the suite standard (in brackets: of the suite full and the series below):", "",
        "| | " + " | ".join(side.label for side in sides) + " | mean | bar |",
        "| --- |" + " --- |" * (len(sides) + 2)]
    for name, bar in OPERATIONS.items():
        errors = [side.error(name, standard) for side in sides]
        everything = {w for side in sides for w, _, _ in side.rows}
        mean = statistics.fmean(errors)
        verdicts.append(mean <= bar)
        cells = [f"{e:.0f} ({side.error(name, everything):.0f})" for e, side in zip(errors, sides)]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {mean:.1f} | {bar} |")
    verdicts += [coverage >= COVERAGE, len(inside) >= ROWS, all(good for _, good in evens)]
    lines += [
        "", f"80 % interval: {coverage:.0%} of {len(inside)} rows inside (bar: {COVERAGE:.0%} of {ROWS}); "
        + ", ".join(f"{side.label} {statistics.fmean(side.inside()):.0%}" for side in sides) + ".", "",
        f"From which size on the device beats the host (bar: with transfers, within a factor of {FACTOR}; always and "
        "never agree):", "",
        "| device | sizes | view | measured | estimated | agree |", "| --- | --- | --- | --- | --- | --- |",
        *[row for rows, _ in evens for row in rows],
        "", "Worst rows:", "",
        "| | workload | measured | predicted, 80 % |", "| --- | --- | --- | --- |"]
    for side in sides:
        lines += [f"| {side.label} | `{w}` | {1e6 * true:.4g} µs | {1e6 * e['value']:.4g} µs "
                  f"({1e6 * e['low']:.4g} to {1e6 * e['high']:.4g}) |" for w, true, e in side.worst(3)]
    return "\n".join(lines) + "\n", all(verdicts)


def put_into(path, text):
    """The section in the place of the one that the page has."""
    old = path.read_text(encoding="utf-8")
    begin = old.index(PAGE_HEADING + "\n")
    end = old.find("\n## ", begin + 1)
    path.write_text(old[:begin] + text + old[end if end >= 0 else len(old):], encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="scripts/judge-estimator.sh")
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--keep")
    parser.add_argument("--shapes", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("icd", nargs="*")
    options = parser.parse_intermixed_args()
    folder = options.keep or tempfile.mkdtemp(prefix="gpuverdict-judge-")
    platforms, sides, evens = [], [], []
    for number, icd in enumerate(options.icd or [None]):
        own = os.path.join(folder, str(number))
        os.makedirs(own, exist_ok=True)
        platform = Platform(str(options.root / "build/release/gpuverdict"), icd, own)
        known = platform.listed("--suite", "calibrate", "--shapes", str(options.shapes))
        standard = set(platform.listed("--suite", "standard"))
        series = [form.format(n) for _, form, sizes, _ in SERIES.values() for n in sizes]
        rest = platform.listed("--suite", "full") + sorted(standard) + series
        platform.measure([w for w in dict.fromkeys(rest) if w not in known], options.shapes)
        truth = platform.times("device", "kernel_only")
        need_all(known, truth, platform.label())
        asked = {form.format(n) for _, form, _, n in SERIES.values()}
        answers = platform.estimate(set(known), sorted(asked.union(truth)))
        sides.append(Side(platform.label(), truth, {w: a["call_s"] for w, a in answers.items()}, known))
        evens.append(break_evens(platform, answers))
        if number == 0:
            host_truth = platform.times("host", None)
            need_all(known, host_truth, "the host")
            host = Side("host", host_truth,
                        {w: a["cpu_s"] for w, a in answers.items()}, known)
        platforms.append(platform)
    sides.append(host)
    text, good = page(platforms, sides, known, standard, evens, options)
    print(text, end="")
    if options.write:
        put_into(options.root / "docs/model.md", text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
