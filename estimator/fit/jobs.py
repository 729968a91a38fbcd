# SPDX-License-Identifier: Apache-2.0
"""What is fitted together, and from where. Every fit starts from start.c, the
prototype's constants, so that it does not depend on the last one."""
import numpy as np

from model import Job


def keys(model, label, names):
    return [(model, label, name) for name in names.split()]


GEMM = Job("GEMM", keys("tile", "GEMM", "e0 e1 e2 e3 e4 e5 e6 k0 h em cached p q sp dx amd amd_m apple apple_m f16"),
           {"loop": 7.7e-6, "torch": 47e-6, "synchronised": 49e-6, "Apple": 266e-6,
            "AMD loop": 23e-6},
           old=["cuBLAS7.5"])
CONV = Job("convolution",
           keys("tile", "CONV", "e0 e1 e2 e3 e4 e5 e6 k0 h em p q amd amd_m apple apple_m f16 w2 w4 wk w5 ws"),
           {"conv loop": 7.1e-6, "conv torch": 276e-6, "conv synchronised": 43e-6,
            "conv Apple": 257e-6, "conv AMD loop": 44e-6, "find-db": 5e-6},
           old=["cuDNN5"])
CUFFT = Job("cuFFT", keys("fft", "CUFFT8", "tk cp ac a0 a1 a2 n3 no ok ro l2 ec e64 oc rk rm"),
            {"cuFFT 8": 28e-6}, clock_power=("fft", "CUFFT8", "cp"))
CLFFT = Job("clFFT", keys("fft", "CLFFT", "tk cp ac a0 a1 a2 n3 ro l2 ec e64 oc rk rm"),
            {"clFFT": 37e-6, "clFFT real out of place": 54e-6, "clFFT real in place": 54e-6,
             "clFFT real in place of a MiB": 400e-6},
            clock_power=("fft", "CLFFT", "cp"))
TODAY = Job("FFT today", keys("fft", "TODAY", "tk ac a0 n3 l2 lc ec"), {"tight loop": 3e-6})


class Table:
    """One row of the tables: an operation's rows of discrete devices, and the job that models it."""

    def __init__(self, name, job, process, rows, wanted):
        self.name, self.job, self.process, self.rows, self.wanted = name, job, process, rows, wanted


def tables_of(data):
    """The rows of each table, and `fit_rows`, by job: what its constants may see."""
    def where(rows, test):
        return np.array([i for i in range(len(rows.texts)) if test(rows, i)])

    def discrete(rows, i):
        return "Apple" not in rows.gpu[i]

    product, conv, fft = data.product, data.conv, data.fft
    tables = [
        Table("GEMM", GEMM, "MATMUL", product,
              where(product, lambda r, i: discrete(r, i) and r.operation[i] == "matmul")),
        Table("dense", GEMM, "DENSE", product,
              where(product, lambda r, i: discrete(r, i) and r.operation[i] == "dense")),
        Table("convolution", CONV, "CONV", conv,
              where(conv, lambda r, i: discrete(r, i) and r.harness[i] != "find-db")),
        Table("cuFFT", CUFFT, "FFT", fft, where(fft, lambda r, i: r.harness[i] == "cuFFT 8")),
        Table("clFFT", CLFFT, "CLFFT", fft,
              where(fft, lambda r, i: r.harness[i].startswith("clFFT"))),
    ]
    fit_rows = {
        GEMM: np.arange(len(product.texts)), CONV: np.arange(len(conv.texts)),
        CUFFT: tables[3].wanted, CLFFT: tables[4].wanted,
        TODAY: where(fft, lambda r, i: r.harness[i] == "tight loop"),
    }
    return tables, fit_rows
