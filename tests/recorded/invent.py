#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the invented journals beside it, byte for byte the same each time.

No such machine exists: every device and processor is called "Invented", and times come from a simple
formula and a seeded generator. They hold the cases that a report must tell apart (README.md)."""
import json
import os
import random

QUICK = [
    ("matmul:m=128,n=128,k=128", 4.2e6, 2e5),
    ("matmul:m=512,n=512,k=512", 2.7e8, 3.1e6),
    ("matmul:m=1024,n=1024,k=1024", 2.1e9, 1.26e7),
    ("matmul:m=1024,n=1024,k=1024,precision=f64", 2.1e9, 2.52e7),
    ("conv2d:n=1,c=64,h=56,w=56,k=64,r=3,s=3,pad=1x1", 2.3e8, 1.8e6),
    ("fft:shape=1024", 5.1e4, 1.6e4),
    ("fft:shape=1024x1024", 1.05e8, 1.7e7),
    ("dense:batch=32,in=4096,out=4096", 1.07e9, 6.8e7),
]


def seconds(x):
    return float(f"{x:.5g}")


def micro(x):
    return float(f"{x * 1e6:.5g}")


class Machine:
    def __init__(self, path, seed):
        self.file = open(path, "w", encoding="utf-8", newline="\n")
        self.random = random.Random(seed)

    def put(self, record):
        self.file.write(json.dumps({"schema": 1, **record}, separators=(",", ":"),
                                   ensure_ascii=False) + "\n")

    def noise(self, width):
        return 1 + width * (2 * self.random.random() - 1)

    def run(self, run, time, suite, processes, command):
        self.run_id = run
        self.put({"type": "run", "run": run, "time": time, "command": command,
                  "version": "gpuverdict 0.1.0", "suite": suite, "processes": processes,
                  "seed": "42", "libraries": "CLBlast 1.5.3, clFFT 2.12.2, VkFFT 1.2.26",
                  "kernels": "5f" * 32})

    def end(self, how, elapsed):
        self.put({"type": "end", "run": self.run_id, "how": how, "elapsed_s": elapsed})

    def host(self, name, model, cores, rate):
        self.rate = rate
        self.put({"type": "host", "run": self.run_id, "device": "host",
                  "facts": {"name": name, "model": model, "isa": "AVX2", "packages": 1,
                            "cores": cores, "threads": 2 * cores, "usable_cores": cores,
                            "l2_bytes": 1048576, "l3_bytes": 33554432, "numa_nodes": 1,
                            "memory_bytes": 137438953472, "os": "Linux 6.1 (invented)"},
                  "roof": {"flop_per_s": {"f32": rate * 1.3, "f64": rate * 0.65},
                           "bytes_per_s": 2.5e10 * cores / 4}})

    def device(self, key, name, vendor, platform, driver, pci=None, silicon=False, units=64,
               memory=2.5e10, fp64=True, rate=1e13):
        facts = {"name": name, "vendor": vendor, "type": "CPU" if silicon else "GPU",
                 "platform": platform, "platform_version": "OpenCL 3.0 " + platform,
                 "driver": driver, "opencl_version": "OpenCL 3.0", "opencl_c_version": "OpenCL C 1.2",
                 "compute_units": units, "clock_hz": 1.8e9, "global_mem_bytes": int(memory),
                 "max_alloc_bytes": int(memory / 4), "local_mem_bytes": 65536, "fp64": fp64,
                 "fp16": {"error": "CL_INVALID_VALUE", "code": -30} if silicon else True,
                 "unified_memory": silicon}
        if pci:
            facts["pci"] = pci
        self.put({"type": "device", "run": self.run_id, "device": key, "index": 0,
                  "platform_index": 0, "device_index": 0, "host_silicon": silicon, "facts": facts,
                  "roof": {"flop_per_s": {"f32": rate}, "bytes_per_s": memory * 20},
                  "events": {"proven": True, "ratio": 0.97,
                             "text": "events cover 0.97 of the wall time"}})

    def time(self, x, interval=True):
        return [micro(x), micro(x * 0.985), micro(x * 1.02)] if interval else [micro(x)]

    def view(self, total, h2d, kernel, d2h, ratio=None, slow=False):
        stages = [self.time(s, not slow) if s is not None else None for s in (h2d, kernel, d2h)]
        view = [3 if slow else 24, max(1, int(2e-3 / total)), 0, micro(total * 0.96), *stages,
                self.time(total, not slow)]
        if ratio is not None and not slow:
            view.append([float(f"{ratio * 0.93:.5g}"), float(f"{ratio * 1.06:.5g}")])
        return view

    def measurement(self, process, device, provider, workload, views, flags=()):
        record = {"type": "measurement", "run": self.run_id, "process": process, "device": device,
                  "provider": provider, "workload": workload,
                  "check": "every bin" if workload.startswith("fft") else "freivalds",
                  "clock": "wall", "error_rel": 1.3e-7, "bound_rel": 4.1e-6}
        if device != "host":
            record["cost_s"] = {"build": seconds(0.8 * self.noise(0.2))}
        if flags:
            record["flags"] = list(flags)
        record["views_us"] = views
        self.put(record)

    def measure(self, process, devices, workloads=QUICK, host=True):
        """devices: key -> (flop/s, bytes/s of the bus, launch, provider, flags, skipped workloads)"""
        for text, flop, moved in workloads:
            half = 0.5 if "f64" in text else 1.0
            host_s = (flop / (self.rate * half) + moved / 4e10 + 2e-6) * self.noise(0.04)
            slow = host_s > 0.5
            for key, (rate, bus, launch, provider, flags, skipped) in devices.items():
                if text in skipped:
                    continue
                kernel = (flop / (rate * half * 0.5) + launch) * self.noise(0.05)
                h2d, d2h = moved * 0.7 / bus + launch, moved * 0.3 / bus + launch
                total = (h2d + kernel + d2h) * 1.01
                fft = text.startswith("fft")
                self.measurement(
                    process, key, ("VkFFT 1.2.26" if fft else provider), text,
                    {"transfers": self.view(total, h2d, kernel, d2h, host_s / total, slow),
                     "pinned": self.view(total * 0.8, h2d * 0.6, kernel, d2h * 0.6,
                                         host_s / total / 0.8, slow),
                     "kernel_only": self.view(kernel, None, kernel, None, host_s / kernel, slow)},
                    flags)
                # The one that served, and who else was tried.
                other = "clFFT 2.12.2" if fft else "gpuverdict tiled 711ff5e9"
                for name, call_s, extra in (("VkFFT 1.2.26" if fft else provider, kernel, {}),
                                            (other, 1.5 * kernel,
                                             {} if fft else {"parameters": "TILE_ROWS=6"})):
                    self.put({"type": "trial", "run": self.run_id, "process": process,
                              "device": key, "provider": name, "workload": text, **extra,
                              "call_s": seconds(call_s)})
            if host:
                name = "FFTW 3.3.10" if text.startswith("fft") else (
                    "oneDNN 2.6.3" if text[0] in "cd" else "OpenBLAS 0.3.21")
                self.measurement(process, "host", name, text,
                                 {"kernel_only": self.view(host_s, None, host_s, None, None, slow)})

    def incident(self, kind, process, device, provider, workload, what, doing="", replaced=""):
        record = {"type": kind if kind in ("unsupported", "failure") else "rejected",
                  "run": self.run_id}
        if record["type"] == "rejected":
            record["reason"] = kind
        record.update({"process": process, "device": device, "provider": provider,
                       "workload": workload, "doing": doing, "what": what,
                       "replaced_by": replaced})
        self.put({k: v for k, v in record.items() if v != ""})


F64 = QUICK[3][0]
FFT = QUICK[6][0]
CONV = QUICK[4][0]


def two_vendors(folder):
    m = Machine(os.path.join(folder, "two-vendors.jsonl"), 1)
    one, two, amd = "0000:01:00.0", "0000:41:00.0", "0000:81:00.0"
    rusticl = amd + " via rusticl"
    nvidia = ("Invented NV-1 accelerator", "NVIDIA Corporation", "NVIDIA CUDA", "999.01")
    # The older run: the first card was slower under an older clock; none of it ranks.
    m.run("00000000-0000-4000-8000-000000000001", "2026-01-05T08:00:00Z", "quick", 1,
          "gpuverdict run --suite quick -o two-vendors.jsonl")
    m.host("invented-a", "Invented 8-core processor", 8, 2.5e11)
    m.device(one, *nvidia, pci=one, units=46, rate=1.9e13)
    m.measure(0, {one: (4e12, 1.1e10, 1.2e-5, "CLBlast 1.5.3", ["not_tuned"], ())})
    m.end("done", 31.5)
    m.run("00000000-0000-4000-8000-000000000002", "2026-02-01T09:30:00Z", "standard", 3,
          "gpuverdict run --suite standard -o two-vendors.jsonl")
    m.host("invented-a", "Invented 8-core processor", 8, 2.5e11)
    for key in (one, two):
        m.device(key, *nvidia, pci=key, units=46, rate=1.9e13)
    m.device(amd, "Invented AM-2 accelerator", "Advanced Micro Devices, Inc.",
             "AMD Accelerated Parallel Processing", "8888.0", pci=amd, units=110, memory=6.4e10,
             fp64=False, rate=4.5e13)
    m.device(rusticl, "Invented AM-2 accelerator", "AMD", "rusticl", "22.3.6", pci=amd, units=55,
             memory=6.4e10, fp64=False, rate=3e13)
    for process in range(3):
        m.measure(process, {
            one: (9e12, 2.0e10, 9e-6, "CLBlast 1.5.3", [], ()),
            two: (8.6e12, 1.9e10, 9e-6, "CLBlast 1.5.3", ["noisy"], ()),
            amd: (2.1e13, 2.4e10, 2.2e-5, "CLBlast 1.5.3", ["not_tuned"], (F64,)),
            rusticl: (7e12, 2.2e10, 4.5e-5, "CLBlast 1.5.3", ["not_tuned"], (F64, CONV)),
        })
        m.incident("wrong_result", process, amd, "clFFT 2.12.2", FFT,
                   "bin 17 is off by 2.5 of the transform's scale, 6e5 times the bound",
                   replaced="VkFFT 1.2.26")
        for key in (amd, rusticl):
            m.incident("unsupported", process, key, "", F64,
                       "the device has no double precision (no fp64)")
    m.incident("failure", 0, rusticl, "gpuverdict conv2d", CONV,
               "the worker died of SIGSEGV; the driver said nothing",
               doing="building the kernels of gpuverdict conv2d")
    m.incident("above_roof", 1, two, "clFFT 2.12.2", FFT,
               "107,000 GFLOP/s is 5.6 times the device's roof: the enqueue did nothing",
               replaced="VkFFT 1.2.26")
    m.end("done", 412.0)


def host_silicon(folder):
    m = Machine(os.path.join(folder, "host-silicon.jsonl"), 2)
    key = "Portable Computing Language/cpu-invented/3.1/0"
    m.run("00000000-0000-4000-8000-000000000003", "2026-02-02T10:00:00Z", "quick", 1,
          "gpuverdict run --suite quick -o host-silicon.jsonl")
    m.host("invented-b", "Invented 4-core processor", 4, 2e11)
    m.device(key, "cpu-invented", "GenuineIntel", "Portable Computing Language", "3.1", silicon=True,
             units=8, memory=1.6e10, rate=2.4e11)
    m.measure(0, {key: (1.5e11, 9e9, 4e-5, "CLBlast 1.5.3", ["host_silicon", "not_tuned"], ())})
    slow = [("dense:batch=4096,in=16384,out=16384", 2.2e12, 1.6e9)]
    m.measure(0, {key: (1.5e11, 9e9, 4e-5, "gpuverdict dense",
                        ["host_silicon", "few_samples"], ())}, slow)
    m.end("done", 27.0)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    two_vendors(here)
    host_silicon(here)
