# SPDX-License-Identifier: Apache-2.0
"""The published measurements as rows that the C model can be asked about."""
import csv
import ctypes
import hashlib
import math
import pathlib

import numpy as np

from model import pointer

# Devices with one chip are held out together: a twin would give the answer away.
TWINS = {
    "A100": ["A100"], "V100": ["V100", "GV100"], "P100": ["P100"],
    "GP10x": ["Tesla P4", "GTX 1080", "TITAN X Pascal"], "GM200": ["GTX TITAN X", "Tesla M40"],
    "Kepler": ["K20Xm", "K80", "TITAN Black"], "GA10x": ["A40", "RTX 3070"], "T4": ["T4"],
    "MI100": ["MI100"], "MI25": ["MI25"], "M1": ["Apple M1"], "M2": ["Apple M2"],
    "M3": ["Apple M3"], "M4": ["Apple M4"],
}
PRECISIONS = {"fp32": "f32", "fp64": "f64", "fp16": "f16"}
# Transforms in place stand so many doublings from those of the same shape out of place, which is what
# the program and its workloads mean.
IN_PLACE = 3.0
# Dense rows of NeuSight's training set stand so many from those of its test set: another session, in
# which the same work took a P4 1.4 to 2.2 times as long. Likelihood hardly rises beyond.
OTHER_SESSION = 4.0
# Bytes from which on clFFT's rows show memory touched for the first time.
FIRST_TOUCHED = 2**20
FIGURES = [  # in the order of GV_SPEC_FIGURE_MAP
    "year", "fp64", "fp32", "fp16", "fp64_matrix", "fp32_matrix", "tf32_matrix", "fp16_matrix",
    "bandwidth", "memory", "bus", "pin", "l2", "llc", "units", "lanes", "clock", "base_clock",
    "power", "pcie_generation", "pcie_lanes"]


class Device(ctypes.Structure):
    _fields_ = [("vendor", ctypes.c_char_p), ("architecture", ctypes.c_char_p),
                ("figures", ctypes.POINTER(ctypes.c_double)), ("software", ctypes.c_int)]


class Rows:
    """Rows of one kind of operation; arrays of equal length, `texts` the workloads."""

    def __init__(self):
        self.texts, self.time_s, self.gpu, self.series, self.group = [], [], [], [], []
        self.harness, self.library, self.machine, self.clock_hz = [], [], [], []
        self.manner = []

    def add(self, text, time_us, gpu, precision, library, harness, machine, clock_hz, manner):
        self.texts.append(text)
        self.time_s.append(time_us * 1e-6)
        self.gpu.append(gpu)
        self.series.append((gpu, precision, library))
        self.group.append(group_of(gpu))
        self.harness.append(harness)
        self.library.append(library)
        self.machine.append(machine)
        self.clock_hz.append(clock_hz)
        self.manner.append(manner)

    def seal(self, bridge):
        for name in ("gpu", "series", "group", "harness", "library"):
            values = getattr(self, name)
            array = np.empty(len(values), dtype=object)
            array[:] = values
            setattr(self, name, array)
        self.time_s = np.array(self.time_s)
        self.clock_hz = np.array(self.clock_hz)
        self.manner = np.array(self.manner)
        self.operation = np.array([text.split(":")[0] for text in self.texts])
        self.machine = np.array(self.machine, dtype=np.uint64)
        size = bridge.gv_fit_workload_size()
        self.workloads = np.zeros((len(self.texts), size), dtype=np.uint8)
        for i, text in enumerate(self.texts):
            if not bridge.gv_fit_workload(text.encode(), pointer(self.workloads[i])):
                raise ValueError(f"no workload: {text}")
        return self


def group_of(gpu):
    for group, names in TWINS.items():
        if any(name in gpu for name in names):
            return group
    return gpu


def vendor_of(gpu):
    for vendor, names in (("Apple", ["Apple"]), ("AMD", ["MI25", "MI100"])):
        if any(name in gpu for name in names):
            return vendor
    return "NVIDIA"


def number(text):
    return float(text) if text not in ("", None) else math.nan


def figures_of(row):
    """SI figures of a data sheet; which peaks are those of matrix units: see
    docs/model.md."""
    fp32, fp16 = number(row["fp32_tflops"]) * 1e12, number(row["fp16_tflops"]) * 1e12
    architecture, name = row["architecture"], row["name"]
    matrix = math.nan
    if architecture == "Volta" or (architecture == "Turing" and "GTX" not in name):
        matrix = 8 * fp32
    elif "A100" in name or "A30" in name:
        matrix = 16 * fp32
    elif architecture == "Ampere":
        matrix = 4 * fp32
    elif architecture.startswith("CDNA"):
        matrix, fp16 = fp16, 2 * fp32
    if name == "Tesla T4":
        fp16 = 2 * fp32
    figures = dict.fromkeys(FIGURES, math.nan)
    figures.update(
        year=number(row["year"]), fp64=number(row["fp64_tflops"]) * 1e12, fp32=fp32, fp16=fp16,
        fp32_matrix=number(row["fp32_matrix_tflops"]) * 1e12, fp16_matrix=matrix,
        bandwidth=number(row["bw_gbps"]) * 1e9, memory=number(row["mem_gb"]) * 2**30,
        l2=number(row["l2_mb"]) * 2**20, units=number(row["cu_sm"]),
        clock=number(row["boost_mhz"]) * 1e6, lanes=number(row["cores"]) / number(row["cu_sm"]),
        power=number(row["tdp_w"]),
        pcie_generation=number(row["pcie_gen"]), pcie_lanes=number(row["pcie_lanes"]))
    return figures


class Data:
    """Everything in a folder of published measurements."""

    def __init__(self, folder, bridge):
        self.folder, self.bridge = pathlib.Path(folder), bridge
        self.devices = {row["name"]: row for row in self.table("devices")}
        self.machines, self.keep = {}, []
        self.product, self.conv, self.fft = Rows(), Rows(), Rows()
        self.read_gemm()
        self.read_dense()
        self.read_conv()
        self.read_fft()
        for rows in (self.product, self.conv, self.fft):
            rows.seal(bridge)

    def digest(self):
        sha = hashlib.sha256()
        for name in ("conv", "dense", "devices", "fft", "gemm"):
            sha.update((self.folder / f"{name}.csv").read_bytes())
        return sha.hexdigest()

    def table(self, name):
        with open(self.folder / f"{name}.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def machine(self, gpu, software):
        key = gpu, software
        if key not in self.machines:
            row = self.devices[gpu]
            figures = figures_of(row)
            values = (ctypes.c_double * len(FIGURES))(*[figures[name] for name in FIGURES])
            device = Device(row["vendor"].encode(), row["architecture"].encode(), values, software)
            self.keep.append((values, device))
            self.bridge.gv_fit_machine.restype = ctypes.c_void_p
            self.machines[key] = self.bridge.gv_fit_machine(ctypes.byref(device))
            if not self.machines[key]:
                raise ValueError(f"the model refuses {gpu}")
        return self.machines[key]

    def add(self, rows, row, text, harness, software=0, time_us=None, library=None):
        gpu = row["gpu"]
        if row["precision"] != "fp32":
            text += f",precision={PRECISIONS[row['precision']]}"
        rows.add(text, float(time_us or row["time_us"]), gpu, row["precision"],
                 library or row["library"], harness, self.machine(gpu, software),
                 number(self.devices[gpu]["boost_mhz"]) * 1e6, self.manner(text, row))

    @staticmethod
    def manner(text, row):
        """What sets a row apart from others of its series, other than its shape."""
        if row.get("inplace") == "inplace":
            return IN_PLACE
        return OTHER_SESSION if text.startswith("dense") and row["source"] == "NeuSight/train" else 0.0

    def usable(self, row):
        return row["device_type"] == "gpu" and row["gpu"] in self.devices

    def harness(self, row):
        """Which overhead a row carries: that of whoever timed it."""
        source = row["source"]
        apple = self.devices[row["gpu"]]["vendor"] == "Apple"
        amd = self.devices[row["gpu"]]["vendor"] == "AMD"
        if apple:
            return "Apple"
        if source.startswith("NeuSight"):
            return "torch"
        if source.startswith(("hma02", "mlx")):
            return "synchronised"
        return "AMD loop" if amd else "loop"

    def read_gemm(self):
        for row in self.table("gemm"):
            # The first row of hma02 is a warm-up.
            if not self.usable(row) or (row["source"].startswith("hma02") and row["m"] == "2"):
                continue
            sizes = ",".join(f"{key}={int(float(row[key]))}" for key in ("m", "n", "k", "batch"))
            turned = "".join(f",t{which}=t" for which, t in zip("ab", row["trans"]) if t == "T")
            self.add(self.product, row, f"matmul:{sizes}{turned}", self.harness(row))

    def read_dense(self):
        for row in self.table("dense"):
            if self.usable(row):
                sizes = ",".join(f"{k}={int(float(row[k]))}" for k in ("batch", "in", "out"))
                self.add(self.product, row, f"dense:{sizes}", self.harness(row))

    def read_conv(self):
        for row in self.table("conv"):
            if not self.usable(row) or "bwd" in row["source"]:
                continue
            text = "conv2d:" + ",".join(f"{k}={int(float(row[k]))}" for k in "nchwkrs")
            text += f",pad={int(float(row['pad_h']))}x{int(float(row['pad_w']))}"
            text += f",stride={int(float(row['stride_h']))}x{int(float(row['stride_w']))}"
            harness, software = "conv " + self.harness(row), 0
            if row["source"].startswith("MIOpen"):
                harness = "find-db"
                software = 1 if "OpenCL" in row["library"] else 0
            self.add(self.conv, row, text, harness, software)

    def read_fft(self):
        for row in self.table("fft"):
            if not self.usable(row):
                continue
            library = row["library"]
            shape = "x".join(str(int(float(row[k]))) for k in ("nx", "ny", "nz")
                             if float(row[k] or 0) > 0)
            kind = row["kind"] if row["kind"] in ("r2c", "c2r") else "c2c"
            text = f"fft:shape={shape},batch={int(float(row['batch'] or 1))},kind={kind}"
            time_us, software = float(row["time_us"]), 0
            if library.startswith("clFFT2"):
                software, harness = 1, "clFFT"
                # The first call of a plan touches memory first, for up to a millisecond. The second, back, is
                # the same work for complex numbers, and for real ones nearer where the first is far off. Real
                # ones in place have that in every call, from where complex ones have it.
                again = number(row["itime_us"])
                if kind == "c2c" and again > 0:
                    time_us = again
                elif kind == "r2c" and row["inplace"] == "outplace":
                    harness = "clFFT real out of place"
                    if time_us > 3 * again:
                        time_us = again
                elif kind == "r2c":
                    points = math.prod(int(size) for size in shape.split("x"))
                    held = points * (8 if row["precision"] == "fp64" else 4)
                    harness = "clFFT real in place" + (" of a MiB" if held >= FIRST_TOUCHED else "")
            elif library.startswith("cuFFT8"):
                harness = "cuFFT 8"
            elif library == "clFFT(gpyfft)":
                continue  # another clFFT in another loop: one device, nothing to hold out
            else:
                harness = "tight loop"
            self.add(self.fft, row, text, harness, software, time_us)
