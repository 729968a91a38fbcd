#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does anything of a held-out device leak into its predictions? Two checks, as a test:

    guards.py --data DIR --bridge LIBRARY

Times of the held-out group multiplied by 3 must not change its predictions by one bit; with all
times permuted the error must explode. Exit 77: numpy, scipy or the data are not there."""
import argparse
import pathlib
import sys

SKIPPED = 77


def check(bridge, data, start):
    import numpy as np

    from jobs import CONV, tables_of
    from model import Subset, fit

    tables, fit_rows = tables_of(data)
    table = next(t for t in tables if t.name == "convolution")
    rows, index, group = table.rows, fit_rows[CONV], "T4"
    held = Subset(rows, table.wanted[rows.group[table.wanted] == group])

    def predictions():
        seen = index[rows.group[index] != group]
        return fit(bridge, CONV, start, rows, seen, most=40, evaluations=4).predict(bridge, held)

    def factor(predicted):
        times = rows.time_s[held.index]
        return float(np.exp(np.mean(np.abs(np.log(predicted / times)))))

    truth = rows.time_s.copy()
    honest = predictions()
    error = factor(honest)
    rows.time_s[rows.group == group] *= 3
    if predictions().tobytes() != honest.tobytes():
        return "predictions of held-out rows changed with their own times: they leak into the fit"
    rows.time_s = np.random.default_rng(1).permutation(truth)
    shuffled = predictions()

    permuted = factor(shuffled)
    print(f"geometric error of {group}, held out: {error:.2f}; of permuted times: {permuted:.2f}")
    if permuted < 2 * error:
        return "permuted times are predicted like true ones: the error is not one of prediction"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--bridge", required=True)
    arguments = parser.parse_args()
    try:
        from data import Data
        from model import Constants, load_bridge
    except ImportError as error:
        print(f"skipped: {error}")
        return SKIPPED
    if not pathlib.Path(arguments.data).is_dir():
        print(f"skipped: {arguments.data} is not there")
        return SKIPPED
    bridge = load_bridge(arguments.bridge)
    here = pathlib.Path(__file__).resolve().parent
    problem = check(bridge, Data(arguments.data, bridge), Constants(here / "start.c"))
    if problem:
        print(problem)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
