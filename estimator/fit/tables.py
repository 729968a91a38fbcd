# SPDX-License-Identifier: Apache-2.0
"""Fit, hold out, and tell: the tables of docs/model.md."""
import ctypes
import sys

import numpy as np
from scipy.optimize import minimize

from data import vendor_of
from jobs import CONV, GEMM, TODAY, tables_of
from model import Subset, fit, pointer

KS = (0, 1, 3, 5, 10, 20, 50)
BARS = {"GEMM": (30, 20, 16), "dense": (20, 15, 13), "convolution": (27, 22, 16),
        "cuFFT": (31, 20, 16), "clFFT": (46, 43, 34)}
NORMAL_80 = 1.2816
# Uncalibrated, a new group brings an error of its own, which the pool of the others does not show: a
# pool of 80 % held 78 % of the held-out rows, and a third of the worst device's.
LEVEL, LEVEL_UNSEEN = 0.80, 0.84
# ln of how far a process' constant may leave its start: likelihood alone runs away where few rows tell
# two of them apart, to memories wrong by a factor of four.
FACTOR = 1
PROCESS = ["a", "s_compute", "s_memory", "s_launch", "r", "l", "n"]


def by_gpu(series, values):
    """Mean over series of a GPU, then over GPUs."""
    gpus = {}
    for key, value in zip(series, values):
        gpus.setdefault(key[0], []).append(value)
    return float(np.mean([np.mean(v) for v in gpus.values()]))


def mape(truth, predicted):
    return 100 * float(np.mean(np.abs(predicted / truth - 1)))


class HeldOut:
    """One table's rows, each predicted by a fit that never saw its group."""

    def __init__(self, table, subset, call_s, at):
        self.table, self.subset, self.call_s, self.at = table, subset, call_s, at
        self.residual = np.clip(np.log(subset.time_s / call_s), -1.6, 1.6)


class Report:
    def __init__(self, bridge, data, start):
        self.bridge, self.data, self.start = bridge, data, start
        self.tables, self.fit_rows = tables_of(data)
        self.held, self.calibrated, self.fits, self.scales = {}, {}, {}, {}

    # ---- fits ----

    def fit_without(self, job, rows, group):
        index = self.fit_rows[job]
        index = index[rows.group[index] != group] if group else index
        return fit(self.bridge, job, self.start, rows, index)

    def hold_out(self, table):
        rows = table.rows
        groups = sorted(set(rows.group[table.wanted]))
        call_s = np.empty(len(table.wanted))
        at = np.zeros((len(call_s), self.bridge.gv_fit_situation_size()), dtype=np.uint8)
        for group in groups:
            key = table.job.name, group
            if key not in self.fits:
                self.fits[key] = self.fit_without(table.job, rows, group)
                print(f"  {table.job.name} without {group}", file=sys.stderr)
            mine = rows.group[table.wanted] == group
            call_s[mine], at[mine] = self.fits[key].predict(
                self.bridge, Subset(rows, table.wanted[mine]), situations=True)
        return HeldOut(table, Subset(rows, table.wanted), call_s, at)

    def fit_process(self, held, without, start):
        """The process' constants by likelihood, from the held-out residuals of the other groups."""
        label = held.table.process
        parts = []
        for series in held.subset.names:
            mine = np.flatnonzero([s == series for s in held.subset.series])
            if len(mine) >= 5 and held.subset.group[mine[0]] != without:
                parts.append(mine[::max(1, -(-len(mine) // 60))])
        first = np.array([start["process", label, name] for name in PROCESS])
        constants = start.copy()

        def surprise(x):
            for name, value in zip(PROCESS, first * np.exp(np.clip(x, -FACTOR, FACTOR))):
                constants["process", label, name] = value
            total = 0.05 * len(parts) * float(np.sum(np.square(x)))
            for part in parts:
                at, residual = held.at[part].copy(), held.residual[part].copy()
                total += self.bridge.gv_fit_surprise(
                    pointer(constants.values), ctypes.c_size_t(len(part)), pointer(at),
                    pointer(residual)) / len(part) * 20
            return total

        best = minimize(surprise, np.zeros(len(first)), method="Powell",
                        options={"maxiter": 4, "xtol": 0.02, "ftol": 1e-4})
        surprise(best.x)
        return constants

    # ---- calibration ----

    def predict_from(self, constants, held, known, wanted):
        at, residual = held.at[known].copy(), held.residual[known].copy()
        place = held.at[wanted].copy()
        mean, deviation = np.empty(len(wanted)), np.empty(len(wanted))
        self.bridge.gv_fit_predict(
            pointer(constants.values), ctypes.c_size_t(len(known)), pointer(at), pointer(residual),
            ctypes.c_size_t(len(wanted)), pointer(place), pointer(mean), pointer(deviation))
        return mean, deviation

    def calibrate(self, held):
        """Per series and K: errors and standardised errors on rows that were not measured."""
        found = []
        processes = {g: self.fit_process(held, g, self.start)
                     for g in sorted(set(held.subset.group))}
        for series in held.subset.names:
            mine = np.flatnonzero([s == series for s in held.subset.series])
            constants = processes[held.subset.group[mine[0]]]
            order = np.empty(0, dtype=int)
            if len(mine) >= 30:
                candidates = mine[::max(1, -(-len(mine) // 300))]
                chosen = np.zeros(max(KS), dtype=np.uint64)
                at = held.at[candidates].copy()
                count = self.bridge.gv_fit_choose(
                    pointer(constants.values), ctypes.c_size_t(len(candidates)), pointer(at),
                    ctypes.c_size_t(max(KS)), pointer(chosen))
                order = candidates[chosen[:count].astype(int)]
            rest = np.setdiff1d(mine, order)
            rest = rest[::max(1, -(-len(rest) // 800))]
            for k in KS:
                if k > 0 and len(order) < k:
                    continue
                if k > 0 and len(np.setdiff1d(mine, order)) < 10:
                    continue
                wanted = rest if k > 0 else mine
                mean, deviation = self.predict_from(constants, held, order[:k], wanted)
                predicted = held.call_s[wanted] * np.exp(mean)
                truth = held.subset.time_s[wanted]
                found.append({"series": series, "group": held.subset.group[mine[0]], "k": k,
                              "rows": len(mine), "mape": mape(truth, predicted),
                              "u": np.log(truth / predicted) / deviation,
                              "deviation": float(np.mean(deviation))})
        return found

    @staticmethod
    def scale(found, k, without=None):
        """What makes 80 % (or LEVEL_UNSEEN) of the standardised errors lie inside, each series alike."""
        parts = [f for f in found if f["k"] == k and f["group"] != without]
        u = np.concatenate([np.abs(f["u"]) for f in parts])
        w = np.concatenate([np.full(len(f["u"]), 1 / len(f["u"])) for f in parts])
        order = np.argsort(u)
        cumulated = np.cumsum(w[order]) / np.sum(w)
        return float(u[order][np.searchsorted(cumulated, LEVEL if k else LEVEL_UNSEEN)]) / NORMAL_80

    def inside(self, found, f):
        """Share of a series inside the interval, whose scale comes from the other groups."""
        return float(np.mean(np.abs(f["u"]) <= NORMAL_80 * self.scale(found, f["k"], f["group"])))

    def coverage(self, found, k):
        """Mean over devices, the worst series of at least 100 rows, and the mean factor."""
        series, inside, worst, factor = [], [], 1.0, []
        for f in found:
            if f["k"] == k:
                c = self.scale(found, k, f["group"])
                share = self.inside(found, f)
                series.append(f["series"])
                inside.append(share)
                factor.append(np.exp(NORMAL_80 * c * f["deviation"]))
                if f["rows"] >= 100:
                    worst = min(worst, share)
        return by_gpu(series, inside), worst, float(np.mean(factor))

    # ---- ranking ----

    @staticmethod
    def ordered(subset, call_s, rows):
        """Share of pairs of devices more than 1.25 apart on one workload that are in order."""
        at = {}
        for i, row in enumerate(subset.index):
            at.setdefault(rows.texts[row], []).append(i)
        right = total = 0
        for same in at.values():
            for a in range(len(same)):
                for b in range(a):
                    i, j = same[a], same[b]
                    truth = np.log(subset.time_s[i] / subset.time_s[j])
                    if subset.gpu[i] != subset.gpu[j] and abs(truth) > np.log(1.25):
                        total += 1
                        right += truth * np.log(call_s[i] / call_s[j]) > 0
        return right / total if total else float("nan")

    # ---- all of it ----

    def run(self):
        final = self.start.copy()
        self.whole = {}
        for table in self.tables:
            self.held[table.name] = self.hold_out(table)
            self.calibrated[table.name] = self.calibrate(self.held[table.name])
            if table.job not in self.whole:
                self.whole[table.job] = self.fit_without(table.job, table.rows, None)
        self.whole[TODAY] = self.fit_without(TODAY, self.data.fft, None)
        for job, whole in self.whole.items():
            for key in job.keys:
                final[key] = whole.constants[key]
        for table in self.tables:
            self.fill_process(table, final)
        self.final = final.rounded()

    def fill_process(self, table, final):
        held, label = self.held[table.name], table.process
        process = self.fit_process(held, None, self.start)
        for name in PROCESS:
            final["process", label, name] = process["process", label, name]
        for name, k in (("c_prior", 0), ("c_few", 5), ("c_many", 20)):
            final["process", label, name] = self.scale(self.calibrated[table.name], k)
        final["process", label, "alike"] = self.alike(held)
        work = [self.work(text) for text in np.array(table.rows.texts)[table.wanted]]
        low, high = np.quantile(work, [0.01, 0.99])
        final["process", label, "flop_low"], final["process", label, "flop_high"] = low, high

    @staticmethod
    def alike(held):
        """Square root of the mean correlation of two devices' residuals on one workload."""
        at = {}
        for i, row in enumerate(held.subset.index):
            at.setdefault(held.table.rows.texts[row], []).append(i)
        both, each = [], np.mean(held.residual**2)
        for same in at.values():
            for a in range(len(same)):
                for b in range(a):
                    if held.subset.gpu[same[a]] != held.subset.gpu[same[b]]:
                        both.append(held.residual[same[a]] * held.residual[same[b]])
        return float(np.sqrt(max(np.mean(both) / each, 0.0))) if both else 0.0

    @staticmethod
    def work(text):
        """log2 of the work, as gv_workload_flop() counts it."""
        name, rest = text.split(":")
        v = dict(part.split("=") for part in rest.split(","))
        if name == "matmul":
            flop = 2 * int(v["m"]) * int(v["n"]) * int(v["k"]) * int(v["batch"])
        elif name == "dense":
            flop = 2 * int(v["batch"]) * int(v["in"]) * int(v["out"])
        elif name == "fft":
            points = np.prod([float(x) for x in v["shape"].split("x")])
            flop = 5 * points * max(np.log2(points), 1) * int(v["batch"])
            flop *= 1 if v["kind"] == "c2c" else 0.5
        else:
            size = [int(x) for x in (v["h"], v["w"], v["r"], v["s"])]
            pad, stride = v["pad"].split("x"), v["stride"].split("x")
            p, q = [(size[i] + 2 * int(pad[i]) - size[i + 2]) // int(stride[i]) + 1 for i in (0, 1)]
            flop = 2 * int(v["n"]) * int(v["k"]) * p * q * int(v["c"]) * size[2] * size[3]
        return float(np.log2(max(flop, 1.0)))

    # ---- what no table has ----

    def whole_vendor(self, job, rows, vendor, wanted):
        """A vendor's rows by a fit that saw none of its devices, nor factors of its own."""
        of_vendor = np.array([vendor_of(gpu) == vendor for gpu in rows.gpu])
        start = self.start.copy()
        for name in ("amd", "amd_m", "apple", "apple_m"):
            if any(key[2] == name for key in job.keys):
                start["tile", job.keys[0][1], name] = 1
        index = self.fit_rows[job]
        answer = fit(self.bridge, job, start, rows, index[~of_vendor[index]])
        return self.of_rows(answer, rows, wanted[of_vendor[wanted]])

    def of_rows(self, answer, rows, wanted):
        subset = Subset(rows, wanted)
        call_s = answer.predict(self.bridge, subset)
        errors = [mape(subset.time_s[mine], call_s[mine])
                  for mine in ([t == s for t in subset.series] for s in subset.names)]
        return by_gpu(subset.names, errors), len(wanted)

    def print_others(self):
        print("\nOther rows, K = 0\n")
        product, conv, fft = self.data.product, self.data.conv, self.data.fft
        find_db = np.flatnonzero(conv.harness == "find-db")
        for kind, library in (("vendor's", "HIP"), ("OpenCL", "OpenCL")):
            mine = find_db[[library in name for name in conv.library[find_db]]]
            error, count = self.of_rows(self.fit_without(CONV, conv, "MI100"), conv, mine)
            print(f"convolution, MI100 find-db, {kind}, device held out{error:8.0f} % {count:6} rows")
        for vendor in ("AMD", "Apple"):
            for job, rows, operation in ((GEMM, product, "matmul"), (GEMM, product, "dense"),
                                         (CONV, conv, "conv2d")):
                error, count = self.whole_vendor(job, rows, vendor,
                                                 np.flatnonzero(rows.operation == operation))
                print(f"{operation}, {vendor}, whole vendor held out{error:8.0f} % {count:6} rows")
        today = self.fit_rows[TODAY]
        for gpu in ("A40 PCIe", "GeForce RTX 3070"):
            mine = today[fft.gpu[today] == gpu]
            rest = today[fft.gpu[today] != gpu]
            error, count = self.of_rows(self.whole[TODAY], fft, mine)
            other, _ = self.of_rows(fit(self.bridge, TODAY, self.start, fft, rest), fft, mine)
            print(f"fft today, {gpu}: in sample{error:8.0f} %, held out{other:8.0f} % {count:6} rows")

    def write(self):
        self.final.write(["SHA-256 of conv, dense, devices, fft and gemm.csv: ", self.data.digest()])

    def errors(self, name, k):
        found = [f for f in self.calibrated[name] if f["k"] == k]
        return by_gpu([f["series"] for f in found], [f["mape"] for f in found])


    def print(self):
        print("Mean absolute error in %, whole twin groups held out (bars in brackets)\n")
        print(f"{'':12}" + "".join(f"{'K = ' + str(k):>12}" for k in KS))
        for table in self.tables:
            bars = dict(zip((0, 5, 20), BARS[table.name]))
            cells = [f"{self.errors(table.name, k):.1f}" + (f" ({bars[k]})" if k in bars else "")
                     for k in KS]
            print(f"{table.name:12}" + "".join(f"{cell:>12}" for cell in cells))
        print("\n80 % interval: mean coverage / worst series of >= 100 rows / factor\n")
        for table in self.tables:
            cells = []
            for k in (0, 5, 20):
                mean, worst, factor = self.coverage(self.calibrated[table.name], k)
                cells.append(f"{mean:.2f} / {worst:.2f} / x{factor:.2f}")
            print(f"{table.name:12}" + "".join(f"{cell:>24}" for cell in cells))
        print("\nPairs more than 1.25 apart in order: held out; one table for all\n")
        for table in self.tables:
            held = self.held[table.name]
            one = self.whole[table.job].predict(self.bridge, held.subset)
            print(f"{table.name:12}{self.ordered(held.subset, held.call_s, table.rows):8.2f}"
                  f"{self.ordered(held.subset, one, table.rows):8.2f}")
        self.print_others()
        print("\nBy device, K = 0\n")
        for table in self.tables:
            for f in self.calibrated[table.name]:
                if f["k"] == 0:
                    print(f"{table.name:12} {' '.join(f['series']):50} {f['mape']:6.0f} %"
                          f" {f['rows']:6} rows")
