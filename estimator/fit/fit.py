#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fit the model's constants to published measurements, and say how wrong it is where it never saw
a device.

    ninja -C build/release gv_fit
    estimator/fit/fit.py --data DIR                  prints the tables of docs/model.md
    estimator/fit/fit.py --data DIR --write          and writes estimator/constants.c
    estimator/fit/fit.py --data DIR --pictures DIR   and draws them

DIR holds gemm.csv, dense.csv, conv.csv, fft.csv, devices.csv. Needs numpy and scipy (pictures:
matplotlib). The model is the program's own C code, called through the library gv_fit."""
import argparse
import pathlib
import sys

import numpy as np

import tables
from data import Data
from model import Constants, load_bridge

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True, help="folder of the published measurements")
    parser.add_argument("--bridge", default=HERE.parents[1] / 'build/release/estimator/libgv_fit.so')
    parser.add_argument("--write", action="store_true", help="write estimator/constants.c")
    parser.add_argument("--pictures", metavar="DIR", help="draw predicted against measured")
    arguments = parser.parse_args()
    np.seterr(all="raise", under="ignore")

    bridge = load_bridge(arguments.bridge)
    data = Data(arguments.data, bridge)
    report = tables.Report(bridge, data, Constants(HERE / "start.c"))
    report.run()
    report.print()
    if arguments.write:
        report.write()
    if arguments.pictures:
        import pictures
        pictures.draw(report, pathlib.Path(arguments.pictures))


if __name__ == "__main__":
    sys.exit(main())
