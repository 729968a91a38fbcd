#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles our kernels with a GPU vendor's compiler and holds the result against expectations.

    isa.py VENDOR FOLDER KERNELS [--must-fail]

VENDOR is nvidia, amd or intel. FOLDER holds index.tsv and the programs that print_programs.c wrote,
KERNELS the .cl files, each of which has to be part of one. expectations.txt stands beside this file.
Prints a table in Markdown: registers, spilled or stacked bytes, local memory, occupancy, and the
share of multiply-adds among the instructions of the innermost loop that has most of them.

Exit: 0 all is as expected, 1 something is not, 77 a compiler is missing (1 where the vendor is
named in GPUVERDICT_REQUIRE_ISA). With --must-fail every target has to break an expectation, or the
exit is 1: the test of this test.
"""
import collections
import concurrent.futures
import glob
import os
import re
import sys
import tempfile

from compilers import COMPILERS, Missing
from expectations import broken, read_expectations

Program = collections.namedtuple("Program", "provider kernels file workload options precision chips")


def read_programs(folder, vendor):
    programs = []
    with open(os.path.join(folder, "index.tsv")) as index:
        for line in index:
            owner, provider, kernels, file, workload, options = line.rstrip("\n").split("\t")
            owner, _, chips = owner.partition(":")
            if owner.lower() == vendor:
                precision = workload.partition("precision=")[2].partition(",")[0] or "f32"
                programs.append(Program(provider, kernels.split(","), os.path.join(folder, file),
                                        workload, options, precision,
                                        chips.split(",") if chips else None))
    return programs


def unbuilt_sources(kernels, programs, not_built):
    """The .cl files that no program holds; each leaves a #line with its name."""
    built = set()
    for program in programs:
        with open(program.file) as file:
            built.update(re.findall(r'^#line 1 "kernels/(.*)"', file.read(), re.M))
    return sorted({os.path.basename(path) for path in glob.glob(os.path.join(kernels, "*.cl"))} -
                  built - not_built)


def amount(value, form="%d"):
    return "–" if value is None else form % value


def table(rows):
    yield "| kernel, first workload that builds it | target | registers | spill, B | local, B | occupancy | multiply-adds |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for program, row in rows:
        share = amount(row.share and 100 * row.share, "%.0f %%")
        yield "| %s `%s` | %s | %s | %s | %s | %s | %s |" % (
            row.kernel, program.workload, row.target, amount(row.registers), amount(row.spill_bytes),
            amount(row.local_bytes), row.occupancy or "–", share)


def measure(compiler, programs):
    """(program, row) of each kernel and target, programs in their order."""
    with tempfile.TemporaryDirectory() as scratch, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        def compiled(numbered):
            number, program = numbered
            folder = os.path.join(scratch, str(number))
            os.mkdir(folder)
            return [(program, row) for row in compiler.compile(program, folder)
                    if row.kernel in program.kernels]
        return [pair for pairs in pool.map(compiled, enumerate(programs)) for pair in pairs]


def report(rows, complaints):
    print("\n".join(table(rows)))
    for _, text in complaints:
        print("NOT AS EXPECTED: %s" % text)


def main():
    vendor, folder, kernels = sys.argv[1:4]
    must_fail = sys.argv[4:] == ["--must-fail"]
    try:
        compiler = COMPILERS[vendor]()
    except Missing as missing:
        print("skipped: %s" % missing)
        return 1 if vendor in os.environ.get("GPUVERDICT_REQUIRE_ISA", "").split() else 77
    rules, not_built = read_expectations(os.path.join(os.path.dirname(__file__), "expectations.txt"))
    programs = read_programs(folder, vendor)
    print(compiler.description)
    rows = measure(compiler, programs)
    complaints = [(row, text) for program, row in rows for text in broken(rules, program, row)]
    report(rows, complaints)
    if must_fail:
        unharmed = {row.target for _, row in rows} - {row.target for row, _ in complaints}
        print("not found to be broken: %s" % (", ".join(sorted(unharmed)) or "none"))
        return 1 if unharmed or not rows else 0
    unbuilt = unbuilt_sources(kernels, programs, not_built)
    if unbuilt:
        print("NOT AS EXPECTED: no provider builds %s" % ", ".join(unbuilt))
    return 1 if complaints or unbuilt or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
