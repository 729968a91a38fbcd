# SPDX-License-Identifier: Apache-2.0
"""The C model with constants of one's own: read, predict, fit, write."""
import ctypes
import pathlib
import re

import numpy as np
from scipy.optimize import least_squares

ROOM = pathlib.Path(__file__).resolve().parent.parent
MODELS = {"tile": ["GEMM", "CONV", "CPU", "CPU_OPENCL"], "fft": ["TODAY", "CUFFT8", "CLFFT", "CPU"],
          "process": ["MATMUL", "DENSE", "CONV", "FFT", "CLFFT", "CPU"]}
SOFT = 0.05  # squared error from which on it counts by its size, not its square


# What physics allows, whatever the rows say: shares of a peak or bandwidth are at most 1, and a call
# is not longer than its parts one after the other.
LIMITS = {"q": (1, np.inf), "p": (1, np.inf), "e0": (0, 1), "em": (0, 1), "cached": (0, 1),
          "amd_m": (0, 1),
          "apple_m": (0, 1)}


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def load_bridge(path):
    bridge = ctypes.CDLL(str(path))
    for name in ("gv_fit_workload_size", "gv_fit_situation_size", "gv_fit_choose"):
        getattr(bridge, name).restype = ctypes.c_size_t
    bridge.gv_fit_surprise.restype = ctypes.c_double
    return bridge


class Constants:
    """The members of constants.h, in their order, with the values of a file like constants.c."""

    def __init__(self, path):
        header = (ROOM / "constants.h").read_text()
        source = pathlib.Path(path).read_text()
        self.slots, values = {}, []
        for model, labels in MODELS.items():
            body = re.search(r"typedef struct gv__%s_constants \{(.*?)\}" % model, header, re.S)
            names = re.findall(r"double (\w+);", body[1])
            for label in labels:
                block = re.search(r"\[GV__%s_%s\] =\s*\{(.*?)\}" % (model.upper(), label), source,
                                  re.S)[1]
                for name in names:
                    self.slots[model, label, name] = len(values)
                    values.append(float(re.search(r"\.%s = ([^,]+)," % name, block)[1]))
        self.values = np.array(values)

    def copy(self):
        other = object.__new__(Constants)
        other.slots, other.values = self.slots, self.values.copy()
        return other

    def __getitem__(self, key):
        return self.values[self.slots[key]]

    def __setitem__(self, key, value):
        self.values[self.slots[key]] = value

    def write(self, source):
        lines = ["/* SPDX-License-Identifier: Apache-2.0 */",
                 "/* Written by estimator/fit/fit.py: see there before changing a value by hand. */",
                 '#include "estimator/constants.h"', "", "const gv__constants gv__fitted = {"]
        for model, labels in MODELS.items():
            lines += [f"    .{model} =", "        {"]
            for label in labels:
                lines += [f"            [GV__{model.upper()}_{label}] =", "                {"]
                lines += [f"                    .{name} = {self.values[slot]:.4g},"
                          for (m, l, name), slot in self.slots.items() if (m, l) == (model, label)]
                lines += ["                },"]
            lines += ["        },"]
        lines += ["};", "", *self.texts(source), ""]
        (ROOM / "constants.c").write_text("\n".join(lines))

    @staticmethod
    def texts(parts):
        """The source's line as clang-format leaves it."""
        start = "const char gv__fitted_source[] = "
        return [(start if i == 0 else " " * len(start)) + f'"{part}"' +
                (";" if i + 1 == len(parts) else "") for i, part in enumerate(parts)]

    def rounded(self):
        """As they are written and compiled."""
        other = self.copy()
        other.values = np.array([float(f"{value:.4g}") for value in self.values])
        return other


class Subset:
    """Some of the rows, ready for the bridge."""

    def __init__(self, rows, index):
        self.index = index
        self.workloads = np.ascontiguousarray(rows.workloads[index])
        self.machines = np.ascontiguousarray(rows.machine[index])
        self.time_s = rows.time_s[index]
        self.harness = rows.harness[index]
        self.library = rows.library[index]
        self.series = rows.series[index]
        self.gpu = rows.gpu[index]
        self.group = rows.group[index]
        self.clock_hz = rows.clock_hz[index]
        self.manner = np.ascontiguousarray(rows.manner[index])
        self.names = sorted(set(self.series))


def predict(bridge, constants, subset, launch_s, situations=False):
    """Seconds of the rows, and where each stands in its process."""
    call_s = np.empty(len(subset.index))
    at = np.zeros((len(call_s), bridge.gv_fit_situation_size()), dtype=np.uint8)
    bridge.gv_fit_terms(pointer(constants.values), ctypes.c_size_t(len(call_s)),
                        pointer(subset.workloads), pointer(subset.machines), pointer(launch_s),
                        pointer(subset.manner), pointer(call_s), pointer(at) if situations else None)
    return (call_s, at) if situations else call_s


class Job:
    """What is fitted together: which constants, which overheads of harnesses, which libraries have a
    speed of their own that no other device has."""

    def __init__(self, name, keys, harness_s, old=(), clock_power=None):
        self.name, self.keys, self.old, self.clock_power = name, keys, list(old), clock_power
        self.harness_s = harness_s

    def launch_s(self, constants, overhead_s, subset):
        launch = np.array([overhead_s[h] for h in subset.harness])
        if self.clock_power:  # latency of a call goes with the clock
            power = constants[self.clock_power]
            launch = launch * (1.3e9 / subset.clock_hz) ** power
        return launch


class Fit:
    """A job's answer: constants, overheads of the harnesses, factors of old libraries."""

    def __init__(self, job, constants, overhead_s, speed):
        self.job, self.constants, self.overhead_s, self.speed = job, constants, overhead_s, speed

    def predict(self, bridge, subset, situations=False):
        launch = self.job.launch_s(self.constants, self.overhead_s, subset)
        factor = np.array([self.speed.get(library, 1.0) for library in subset.library])
        answer = predict(bridge, self.constants, subset, launch, situations)
        return (answer[0] * factor, answer[1]) if situations else answer * factor


def thin(rows, index, most):
    """At most so many rows of a series, evenly spread in the order of the file."""
    kept = []
    for series in sorted(set(rows.series[index])):
        mine = index[[s == series for s in rows.series[index]]]
        step = max(1, -(-len(mine) // most))
        kept.append(mine[::step])
    return np.concatenate(kept)


def fit(bridge, job, start, rows, index, most=120, evaluations=24):
    """Least squares of ln(modelled / true), robust, each series alike and each device alike; a
    weak pull to where it starts holds what the rows say nothing of."""
    subset = Subset(rows, thin(rows, index, most))
    series_count = {s: np.sum([t == s for t in subset.series]) for s in subset.names}
    of_gpu = {}
    for s in subset.names:
        of_gpu[s[0]] = of_gpu.get(s[0], 0) + 1
    weight = np.array([1 / np.sqrt(series_count[s] * of_gpu[s[0]]) for s in subset.series])
    harnesses = sorted(set(subset.harness) & set(job.harness_s))
    libraries = sorted(set(subset.library) & set(job.old))
    first = np.array([start[k] for k in job.keys] + [job.harness_s[h] for h in harnesses] +
                     [1.0] * len(libraries))
    n, m = len(job.keys), len(harnesses)
    truth = np.log(subset.time_s)

    def unpack(x):
        values = first * np.exp(x)
        constants = start.copy()
        for key, value in zip(job.keys, values):
            constants[key] = np.clip(value, *LIMITS.get(key[2], (0, np.inf)))
        overhead = dict(job.harness_s)
        overhead.update(zip(harnesses, values[n:n + m]))
        return Fit(job, constants, overhead, dict(zip(libraries, values[n + m:])))

    def residuals(x):
        error = np.log(unpack(x).predict(bridge, subset)) - truth
        soft = np.sign(error) * np.sqrt(2 * SOFT * (np.sqrt(1 + error**2 / SOFT) - 1))
        return np.concatenate([weight * soft, 0.1 * x])

    answer = least_squares(residuals, np.zeros(len(first)), method="trf", diff_step=1e-3,
                           max_nfev=evaluations, bounds=(-1.5, 1.5))
    return unpack(answer.x)
