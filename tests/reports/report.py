#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of `gpuverdict report` on recorded journals. One test a call:

    report.py golden|a-real-card|libraries|json|host-only|estimates|break-even|sheets|charts|yellow-cells|outputs|
              full-disk|locale|recalculate|committee|inputs [--rewrite]

GPUVERDICT is the program, UNDER_LOCALE the helper of the locale test. --rewrite takes what the
program writes now as the expected text. 77 is a skip."""
import csv
import json
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import workbook  # noqa: E402

RECORDED = os.path.join(os.path.dirname(HERE), "recorded")
GOLDEN = os.path.join(HERE, "golden")
PROGRAM = os.environ.get("GPUVERDICT", "")
TABLES = ["verdict", "speedup", "estimates", "break_even", "curves", "datasheets", "measurements", "devices", "hosts", "ceilings", "providers", "method", "problems"]
SKIP = 77


def check(truth, message):
    if not truth:
        sys.exit("failed: " + message)


def report(folder, *arguments, journals=("two-vendors.jsonl",), **more):
    """Run in the recorded journals' folder, so that the paths in a report are short and the same."""
    return subprocess.run([PROGRAM, "report", *journals, *arguments], cwd=RECORDED, text=True,
                          capture_output=True, timeout=900, **more)


def written(folder, *arguments, **more):
    done = report(folder, *arguments, **more)
    check(done.returncode == 0, f"exit {done.returncode}: {done.stderr}")
    return done


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [[number(cell) for cell in row] for row in csv.reader(file, strict=True)]


def listing(path, sheets):
    """Cells as lines: "Speed-up!E7 =B7/C7 -> 0.629441"."""
    lines = []
    for name, cells in workbook.read(path).items():
        for place, cell in cells.items():
            if name in sheets:
                value = f"{cell.value:.10g}" if isinstance(cell.value, float) else cell.value
                formula = "" if cell.formula is None else f" ={cell.formula} ->"
                lines.append(f"{name}!{place}{formula} {value}".replace("\n", "\\n"))
    return lines


def test_golden(folder, rewrite):
    for name in ("two-vendors", "host-silicon"):
        tables, book = os.path.join(folder, name), os.path.join(folder, name + ".xlsx")
        written(folder, "--csv", tables, "-o", book, journals=[name + ".jsonl"])
        golden = os.path.join(GOLDEN, name)
        lines = listing(book, ("Verdict", "Speed-up"))
        if rewrite:
            shutil.rmtree(golden, ignore_errors=True)
            shutil.copytree(tables, golden)
            with open(os.path.join(golden, "workbook.txt"), "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        for table in TABLES:
            now = read_csv(os.path.join(tables, table + ".csv"))
            then = read_csv(os.path.join(golden, table + ".csv"))
            check(len(now) == len(then), f"{name}, {table}: {len(now)} rows, not {len(then)}")
            for i, (a, b) in enumerate(zip(now, then)):
                check(len(a) == len(b) and all(map(workbook.same, a, b)),
                      f"{name}, {table}, row {i + 1}:\n  {a}\nexpected\n  {b}")
        with open(os.path.join(golden, "workbook.txt"), encoding="utf-8") as file:
            then = file.read().splitlines()
        for now, old in zip(lines, then):
            check(now == old, f"{name}:\n  {now}\nexpected\n  {old}")
        check(len(lines) == len(then), f"{name}: {len(lines)} cells, not {len(then)}")


def test_a_real_card(folder, _):
    """An H100 as recorded: every workload that has a checked time is in the table, under its name."""
    journal = "nvidia-h100.jsonl"
    with open(os.path.join(RECORDED, journal), encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    measured = {r["workload"] for r in records
                if r["type"] == "measurement" and r["device"] == "0000:00:06.0"}
    book = os.path.join(folder, "card.xlsx")
    written(folder, "--csv", folder, "-o", book, journals=[journal])
    keys, *rows = read_csv(os.path.join(folder, "speedup.csv"))
    shown = {row[keys.index("workload")] for row in rows}
    check(shown == measured and len(measured) > 30, f"{len(shown)} of {len(measured)} workloads")
    check(all(row[keys.index("headline")] > 0 for row in rows), "a workload without a speed-up")
    verdict = " ".join(str(cell.value) for cell in workbook.read(book)["Verdict"].values())
    check("NVIDIA H100 80GB HBM3" in verdict, f"the card's name in {verdict}")


def test_libraries(folder, _):
    """A measured card is never put behind modelled ones without a word of their unlike libraries."""
    path, devices = os.path.join(folder, "x.json"), ("--device", "RTX 3070", "--device", "Arc A770")
    orders = {}
    for software in (), ("--software", "opencl"), ("--software", "vendor"):
        written(folder, "--json", path, *devices, *software, journals=["nvidia-h100.jsonl"])
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        rows = document["tables"]["verdict"]["rows"]
        unlike = len({row["library"] for row in rows}) > 1
        check(unlike == (software != ("--software", "opencl")), f"libraries with {software}: {rows}")
        check(("unlike libraries" in document["headline"]) == unlike, document["headline"])
        check(all("library" in row["remark"] or "libraries" in row["remark"] for row in rows) == unlike,
              f"remarks: {[row.get('remark') for row in rows]}")
        orders[software] = [row["device"] for row in rows]
    card = "NVIDIA H100 80GB HBM3"
    check(orders[()][-1] == card and orders["--software", "opencl"][0] == card, f"orders: {orders}")


def test_json(folder, _):
    """JSON and CSV are the same tables; a number's origin is told."""
    path = os.path.join(folder, "report.json")
    written(folder, "--csv", folder, "--json", path)
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    check(document["schema"] == 1 and sorted(document["tables"]) == sorted(TABLES), "tables")
    for name, table in document["tables"].items():
        rows = read_csv(os.path.join(folder, name + ".csv"))
        keys = [column["key"] for column in table["columns"]]
        check(keys == rows[0] and len(table["rows"]) == len(rows) - 1, f"{name}: shape")
        for expected, row in zip(rows[1:], table["rows"]):
            for key, cell in zip(keys, expected):
                value = row.get(key, "")
                value = float(value) if isinstance(value, (int, float)) else number(value)
                check(value == cell, f"{name}, {key}: {value!r} in JSON, {cell!r} in CSV")
    origins = {c["key"]: c.get("origin") for c in document["tables"]["speedup"]["columns"]}
    check(origins["headline"] == "measured" and origins["run"] is None, f"origins: {origins}")


def test_host_only(folder, _):
    """A host alone, and no problem: the sheets say so, and no folder of this machine is told."""
    journal = os.path.join(folder, "alone.jsonl")
    with open(os.path.join(RECORDED, "host-silicon.jsonl"), encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    with open(journal, "w", encoding="utf-8") as file:
        for record in records:
            if record.get("device", "host") == "host" and record["type"] in (
                    "run", "host", "measurement", "end"):
                file.write(json.dumps(record) + "\n")
    book, path = os.path.join(folder, "x.xlsx"), os.path.join(folder, "x.json")
    written(folder, "-o", book, "--json", path, journals=[journal])
    sheets = {name: [str(cell.value) for cell in cells.values()]
              for name, cells in workbook.read(book).items()}
    for name, words in (("Verdict", "`gpuverdict devices`"), ("Speed-up", "No device was measured"),
                        ("Problems", "Nothing was rejected, unsupported or failed.")):
        check(any(words in text for text in sheets[name]), f"{name}: {words} in {sheets[name]}")
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    check(document["headline"] in sheets["Verdict"], "the headline of JSON is that of the workbook")
    check(document["remarks"] in sheets["Verdict"], "the remarks of JSON are those of the workbook")
    check("alone.jsonl" in sheets["Method"] and not any(folder in text for text in sheets["Method"]),
          "a journal by its name, without its folder")


def test_outputs(folder, _):
    """What cannot be written is named before any journal is read, and nothing is left behind."""
    book = os.path.join(folder, "x.xlsx")
    nowhere = os.path.join(folder, "none", "x.xlsx")
    cases = [(["-o", nowhere], 1, nowhere), (["-o", folder], 1, folder), ([], 2, "nothing to write"),
             (["-o", book, "--json", book], 2, "same file"),
             (["-o", book, "--csv", "/dev/null/x"], 1, "/dev/null/x")]
    for arguments, code, words in cases:
        done = report(folder, *arguments, journals=["there-is-no-such-journal"])
        check(done.returncode == code and words in done.stderr and done.stderr.count("\n") == 1,
              f"{arguments}: exit {done.returncode}, {done.stderr!r}")
    done = report(folder, "-o", book, journals=[])
    check(done.returncode == 2 and "journal" in done.stderr, "a report without a journal")
    check(os.listdir(folder) == [], f"left behind: {os.listdir(folder)}")
    with open(book, "w", encoding="utf-8") as file:
        file.write("what was there before")
    for journal in ("there-is-no-such-journal", "invent.py"):
        done = report(folder, "-o", book, journals=[journal])
        check(done.returncode == 1 and journal in done.stderr, done.stderr)
    with open(book, encoding="utf-8") as file:
        check(file.read() == "what was there before", "a failed report replaced the old one")
    check(os.listdir(folder) == ["x.xlsx"], f"left behind: {os.listdir(folder)}")
    piped = subprocess.run([PROGRAM, "report", "two-vendors.jsonl", "-o", "-"], cwd=RECORDED,
                           capture_output=True, timeout=900)
    with open(os.path.join(folder, "piped.xlsx"), "wb") as file:
        file.write(piped.stdout)
    check("Verdict" in workbook.read(os.path.join(folder, "piped.xlsx")), "a workbook on a pipe")
    full = report(folder, "--json", "/dev/full")
    check(full.returncode == 1 and "/dev/full" in full.stderr, "a full device")


def test_full_disk(folder, _):
    """A limit on the size of a file stands in for a full disk: no half workbook is left."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    book, whole = os.path.join(folder, "x.xlsx"), os.path.join(folder, "whole.xlsx")
    written(folder, "-o", whole)
    # From nothing at all to a workbook that lacks its last bytes. The largest sheet is several times
    # as large as the workbook: with room for its rows, but not for what surrounds them, the library
    # itself would report success.
    sheet = max(len(data) for data in workbook.parts(whole).values())
    sizes = (0, 1000, 20000, os.path.getsize(whole) - 1, sheet - 300)
    cases = [(size, ["-o", book]) for size in sizes]
    cases += [(0, ["--csv", os.path.join(folder, "tables")]), (1000, ["--csv", folder]),
              (0, ["--json", os.path.join(folder, "x.json")]),
              (20000, ["--json", os.path.join(folder, "x.json")])]
    for size, arguments in cases:
        done = report(folder, *arguments, preexec_fn=limit)
        check(done.returncode == 1 and done.stderr != "",
              f"{size} bytes, {arguments}: exit {done.returncode}, {done.stderr!r}")
        left = [f for _, _, files in os.walk(folder) for f in files
                if re.search(r"\.xlsx|\.json|\.[A-Za-z0-9]{6}$", f)]
        check(left == ["whole.xlsx"], f"{size} bytes, {arguments}: left behind {left}")


def test_locale(folder, _):
    """A decimal comma in the environment changes no byte of any file."""
    locale = os.path.join(folder, "de_DE.UTF-8")
    made = shutil.which("localedef") and subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", locale], capture_output=True, timeout=900)
    if not made or not os.path.isdir(locale):
        print("skipped: localedef cannot make de_DE.UTF-8 (Debian: locales)")
        sys.exit(SKIP)
    results = []
    for name in ("C", "de_DE.UTF-8"):
        out = os.path.join(folder, "out-" + name)
        os.makedirs(out)
        done = subprocess.run([os.environ["UNDER_LOCALE"], name, "two-vendors.jsonl", out],
                              cwd=RECORDED, env={**os.environ, "LOCPATH": folder}, check=False,
                              timeout=900)
        if done.returncode == 2 and name != "C":
            print("skipped: the locale de_DE.UTF-8 that localedef made cannot be used")
            sys.exit(SKIP)
        check(done.returncode == 0, f"writing under {name}: exit {done.returncode}")
        files = {os.path.relpath(os.path.join(at, f), out): os.path.join(at, f)
                 for at, _, fs in os.walk(out) for f in fs}
        parts = {f"{n}/{part}": data for n, p in files.items() if n.endswith(".xlsx")
                 for part, data in workbook.parts(p).items()}
        for n, p in files.items():
            if not n.endswith(".xlsx"):
                with open(p, "rb") as file:
                    parts[n] = file.read()
        results.append(parts)
    check(len(results[0]) > 20 and results[0].keys() == results[1].keys(), "the same parts")
    for name, data in results[0].items():
        check(data == results[1][name], f"{name} depends on the locale")


def plant(path, wrong):
    """A copy with one cached value twice what it should be; the place of the cell."""
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(wrong, "w", zipfile.ZIP_DEFLATED) as out:
        place = None
        for name in book.namelist():
            data = book.read(name).decode("utf-8")
            if name == "xl/worksheets/sheet2.xml":
                found = re.search(r'<c r="([A-Z]+\d+)"[^>]*><f>[^<]*/[^<]*</f><v>([0-9.E+-]+)</v>',
                                  data)
                place = "Speed-up!" + found.group(1)
                data = data[:found.start(2)] + repr(2 * float(found.group(2))) + data[found.end(2):]
            out.writestr(name, data)
        return place


def test_recalculate(folder, _):
    """LibreOffice computes what is cached, and a planted wrong value is found."""
    if shutil.which("soffice") is None:
        print("skipped: LibreOffice is not installed (Debian: libreoffice-calc)")
        sys.exit(SKIP)
    book, wrong = os.path.join(folder, "book.xlsx"), os.path.join(folder, "wrong.xlsx")
    written(folder, "-o", book, "--device", "T4", "--device", "MI250X",
            journals=["two-vendors.jsonl", "host-silicon.jsonl"])
    cached, fresh = workbook.read(book), workbook.recalculated(book, folder)
    formulas = sum(cell.formula is not None for cells in cached.values() for cell in cells.values())
    check(formulas > 500, f"only {formulas} formulas")
    for cell in (cell for cells in cached.values() for cell in cells.values() if cell.formula):
        texts = [text.replace('""', '"') for text in re.findall(r'"((?:[^"]|"")*)"', cell.formula)]
        check(len(cell.formula) <= 8192 and all(len(text) <= 255 for text in texts),
              f"Excel does not take {cell.formula}")
    check(any("Estimates!" in (cell.formula or "") for cell in cached["Speed-up"].values()),
          "no speed-up follows Estimates")
    check(workbook.differences(cached, fresh) == [],
          "\n".join(workbook.differences(cached, fresh)[:10]))
    place = plant(book, wrong)
    found = workbook.differences(workbook.read(wrong), workbook.recalculated(wrong, folder))
    check(len(found) == 1 and found[0].startswith(place + ":"), f"planted at {place}: {found}")
    print(f"{formulas} formulas computed anew; the wrong value planted at {place} was found")


def test_committee(folder, _):
    """What a committee fills in moves every figure behind it: a bandwidth, a link, a weight."""
    if shutil.which("soffice") is None:
        print("skipped: LibreOffice is not installed (Debian: libreoffice-calc)")
        sys.exit(SKIP)
    book, other = os.path.join(folder, "book.xlsx"), os.path.join(folder, "other.xlsx")
    name = "NVIDIA Tesla T4"
    written(folder, "-o", book, "--device", "T4", "--device", "MI250X")
    before = workbook.read(book)
    estimates, verdict, speedup = (before[s] for s in ("Estimates", "Verdict", "Speed-up"))
    sheet_head, time_head = workbook.rows(estimates, "A", "Device")
    sheets, times = (workbook.columns(estimates, row) for row in (sheet_head, time_head))
    sheet_row, *time_rows = workbook.rows(estimates, "A", name)
    bandwidth = estimates[sheets["Memory bandwidth"][0] + str(sheet_row)].value
    yours = sheets["Yours"][0]
    limit = estimates[sheets["The host keeps up with"][0] + str(sheet_row)].value
    check(1 < limit < 2, f"a T4 on PCIe 3 has room for a faster link, {limit}")
    weight = workbook.columns(speedup, 6)["Weight in the mean"][0]
    workbook.changed(book, other, {
        ("Estimates", yours + str(sheet_row)): 2.5 * bandwidth,
        ("Estimates", sheets["Yours, times as fast"][0] + str(sheet_row)): 4.0,
        ("Speed-up", weight + "7"): 3.0})
    after = workbook.recalculated(other, folder)

    def value(column, row, cells=estimates):
        return cells[column + str(row)].value
    remark = sheets["Remark"][0]
    for place, far in ((sheet_row, True), (sheet_row + 1, False)):
        told = after["Estimates"].get(remark + str(place), workbook.Cell(None, "")).value
        check(("factor of 2" in told) == far, f"remark of row {place}: {told}")
    for row in time_rows:
        call = value(times["Model: kernel only"][0], row) * (
            1 - value(times["of which follows the bandwidth"][0], row) * (1 - 1 / 2.5))
        data = value(times["of which is data, not latency"][0], row)
        total = call + value(times["Model: transfer"][0], row) * (
            1 - data + data * min(1, limit) / min(4, limit))
        ratio = value(times["Host"][0], row) / total
        for heading, expected in (("Kernel only", call), ("With transfers", total),
                                  ("Speed-up with transfers", ratio)):
            now = value(times[heading][0], row, after["Estimates"])
            check(workbook.same(now, expected), f"{heading}, row {row}: {now}, not {expected}")
    head = workbook.columns(verdict, 6)
    mean = head["Speed-up with transfers"][0]
    places = {device: row for row in range(7, 12) for device in [value(head["Device"][0], row, verdict)]}
    means = {}
    for device, row in places.items():
        found = re.search(r"LN\('Speed-up'!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)\)", verdict[mean + str(row)].formula)
        ratios = [value(found.group(1), r, after["Speed-up"])
                  for r in range(int(found.group(2)), int(found.group(3)) + 1)]
        weights = [3.0] + [1.0] * (len(ratios) - 1)
        means[device] = math.exp(sum(w * math.log(r) for w, r in zip(weights, ratios)) / sum(weights))
        now = value(mean, row, after["Verdict"])
        check(workbook.same(now, means[device]), f"mean of {device}: {now}, not {means[device]}")
        moved = not workbook.same(now, value(mean, row, verdict))
        check(moved, f"the mean of {device} did not move")
    top = after["Verdict"]["A2"].value
    first = max(means, key=means.get)
    check(top.startswith(f"Inputs were changed: see the table. Now {first} (") and
          f"{means[first]:.2f}×, transfers included" in top, f"the sentence on top: {top}")
    check("With the data left" not in after["Verdict"]["A3"].value, after["Verdict"]["A3"].value)
    for device, row in places.items():
        rank = 1 + sum(other > means[device] for other in means.values())
        now = value(head["Rank"][0], row, after["Verdict"])
        check(now == rank, f"rank of {device}: {now}, not {rank}")


ERRORS = re.compile(r"#(DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|NULL!)|Err:\d+")


def test_inputs(folder, _):
    """Whatever stands in a yellow cell, no formula fails, and other devices keep their figures."""
    if shutil.which("soffice") is None:
        print("skipped: LibreOffice is not installed (Debian: libreoffice-calc)")
        sys.exit(SKIP)
    book, other = os.path.join(folder, "book.xlsx"), os.path.join(folder, "other.xlsx")
    names = ["NVIDIA Tesla T4", "AMD Instinct MI250X", "Intel Arc A770"]
    written(folder, "-o", book, *[a for n in names for a in ("--device", n)],
            journals=["nvidia-h100.jsonl"])
    before = workbook.read(book)
    estimates, verdict = before["Estimates"], before["Verdict"]
    sheets = workbook.columns(estimates, workbook.rows(estimates, "A", "Device")[0])
    places = {name: workbook.rows(estimates, "A", name)[0] for name in names}
    head = {heading: columns[0] for heading, columns in workbook.columns(verdict, 6).items()}
    rows = {verdict[head["Device"] + str(row)].value: row for row in range(7, 11)}
    link, peak = sheets["Yours, times as fast"][0], sheets["Yours; f64 and f16 in step"][0]
    bandwidth, weight, price = sheets["Yours"][0], "B", head["Price"]

    def after(values):
        workbook.changed(book, other, values)
        cells = workbook.recalculated(other, folder)
        wrong = [f"{sheet}!{place}: {cell.value}" for sheet, all in cells.items()
                 for place, cell in all.items() if ERRORS.search(str(cell.value))]
        check(wrong == [], f"{values}: {wrong[:5]}")
        return cells["Verdict"]

    def told(cells, heading, device):
        return cells.get(head[heading] + str(rows[device]), workbook.Cell(None, "")).value

    def mean(cells, device):
        return told(cells, "Speed-up with transfers", device)

    # Of some devices there is no figure left; those of others, and their order, are as they were.
    for bad in ({link: "", peak: 0.0}, {bandwidth: -3.0, peak: "fast"}, {peak: 1e-300, link: 1e300}):
        lost, kept = names[:len(bad)], [d for d in rows if d not in names[:len(bad)]]
        values = {("Estimates", column + str(places[name])): value
                  for name, (column, value) in zip(lost, bad.items())}
        cells = after(values)
        for device in lost:
            found = [told(cells, h, device) for h in ("Rank", "Place, as far as ranges tell", "Verdict",
                                                      "Speed-up with transfers")]
            check(found == 4 * ["–"] and told(cells, "Remark", device).startswith("NO MEAN"),
                  f"{values}, {device}: {found}, {told(cells, 'Remark', device)}")
        for device in kept:
            check(workbook.same(mean(cells, device), mean(verdict, device)), f"{values}: {device}")
        order = sorted(kept, key=lambda d: told(verdict, "Rank", d))
        check([told(cells, "Rank", d) for d in order] == [1.0, 2.0], f"{values}: ranks of {order}")
    # Weights that are none count as 0; without any there is no mean.
    cells = after({("Speed-up", f"{weight}{row}"): "" if row % 2 else 0.0 for row in range(7, 39)})
    check(all(mean(cells, d) == "–" for d in rows), "a mean without a weight")
    check("no device has a mean" in cells["A2"].value, cells["A2"].value)
    prices = dict(zip(rows, (0.0, -5.0, "a lot", 1000.0)))
    one, none = [{("Speed-up", f"{weight}{7 + i}"): bad[i] for i in range(4)}
                 for bad in ((-12.0, "heavy", "", 1e300), (0.0, 0.0, 0.0, 0.0))]
    one.update({("Verdict", price + str(rows[d])): p for d, p in prices.items()})
    cells, expected = after(one), after(none)
    for device in rows:
        check(workbook.same(mean(cells, device), mean(expected, device)), f"weights of {device}")
    units = [told(cells, "Price per unit of work", device) for device in rows]
    check(units[:3] == 3 * ["no price"] and
          workbook.same(units[3], 1000 / mean(cells, list(rows)[3])), f"prices: {units}")
    check("counts as 0" in cells["A3"].value, cells["A3"].value)


def test_charts(folder, _):
    """Every workload is drawn once for each device, under the name that people read."""
    book = os.path.join(folder, "x.xlsx")
    written(folder, "-o", book, "--device", "T4", "--device", "MI300X", "--device", "Arc A770",
            journals=["nvidia-h100.jsonl"])
    with zipfile.ZipFile(book) as parts:
        charts = [parts.read(n).decode("utf-8") for n in parts.namelist() if n.startswith("xl/charts/")]
    cells = workbook.read(book)["Speed-up"]
    drawn, named = {}, set()
    for chart in charts:
        for names, first, last, column in re.findall(
                r"<c:cat>.*?'Speed-up'!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+).*?<c:val>.*?'Speed-up'!\$([A-Z]+)\$", chart):
            drawn.setdefault(column, []).extend(range(int(first), int(last) + 1))
            named.update(cells[f"{names}{row}"].value for row in range(int(first), int(last) + 1))
    check(len(drawn) == 4 and all(rows == list(range(7, 39)) for rows in drawn.values()), f"{drawn}")
    check(len(named) == 32 and "conv2d 1×64×56×56→64 3×3 pad=1" in named, f"{named}")
    key = [c.value for c in workbook.read(book)["Verdict"].values() if str(c.value).startswith("■ ")]
    check(key[:4] == key[4:] and len(key) == 8, f"a key over each of two charts: {key}")


def test_yellow_cells(folder, _):
    """Each cell that is to be filled in is unlocked, and has its limits and their words."""
    book = os.path.join(folder, "x.xlsx")
    written(folder, "-o", book, "--device", "T4", "--device", "Apple M1", journals=["nvidia-h100.jsonl"])
    with zipfile.ZipFile(book) as parts:
        styles = parts.read("xl/styles.xml").decode("utf-8").split("<cellXfs")[1]
        found = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles)
        yellow = {i for i, text in enumerate(found) if 'locked="0"' in text}
        for number, count in ((1, 3), (2, 30), (4, 5)):  # prices; weights but of f64; an M1 has no link
            sheet = parts.read(f"xl/worksheets/sheet{number}.xml").decode("utf-8")
            cells = [(re.sub(r"\d", "", place), int(re.sub(r"\D", "", place)))
                     for place, style in re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"/?>', sheet)
                     if int(style) in yellow]
            rules = [(c, int(a), int(b or a)) for c, a, b in re.findall(
                r'<dataValidation type="decimal"[^>]*promptTitle="[^>]*sqref="([A-Z]+)(\d+)(?::[A-Z]+(\d+))?"',
                sheet)]
            check(len(cells) == count, f"sheet {number}: {len(cells)} cells")
            for column, row in cells:
                check(any(c == column and a <= row <= b for c, a, b in rules),
                      f"sheet {number}: {column}{row} takes anything")


def test_estimates(folder, _):
    """A modelled figure never looks like a measured one, in any output."""
    book, path = os.path.join(folder, "x.xlsx"), os.path.join(folder, "x.json")
    written(folder, "-o", book, "--csv", folder, "--json", path, "--device", "T4", "--device", "MI250X")
    with open(path, encoding="utf-8") as file:
        tables = json.load(file)["tables"]
    modelled = {r["device"] for r in tables["verdict"]["rows"] if r["origin"] == "modelled"}
    check(modelled == {"NVIDIA Tesla T4", "AMD Instinct MI250X"}, f"modelled: {modelled}")
    for name in ("verdict", "speedup"):
        column = {c["key"]: c.get("origin") for c in tables[name]["columns"]}["headline"]
        for row in tables[name]["rows"]:
            if "headline" in row:
                origin = row.get("origins", {}).get("headline", column)
                check(origin == row["origin"], f"{name}, {row['device']}: {origin}, {row['origin']}")
    check({r["device"] for r in tables["datasheets"]["rows"]} == modelled, "data sheets")
    check(all(r["source"] for r in tables["datasheets"]["rows"]), "a data sheet without its source")
    # In the workbook each of its numbers has the mark, and no measured one has.
    with zipfile.ZipFile(book) as parts:
        styles = parts.read("xl/styles.xml").decode("utf-8")
        sheet = parts.read("xl/worksheets/sheet2.xml").decode("utf-8")
    marked = {i for i, text in re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles)
              if "\u2248" in text}
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    cells = workbook.read(book)["Speed-up"]
    starts = {place: cell.value for place, cell in cells.items() if re.fullmatch(r"[A-Z]+5", place)}
    order = sorted(starts, key=lambda place: (len(place), place))
    ratio = workbook.columns(cells, 6)["Speed-up with transfers"]
    for place, column in zip(order, ratio):
        style = re.search(rf'<c r="{column}7" s="(\d+)"', sheet).group(1)
        is_marked = formats[int(style)] in marked
        check(is_marked == (": modelled" in starts[place]), f"the mark of {starts[place]}")
    check(len(order) == len(ratio) > 4, f"{len(order)} devices, {len(ratio)} columns")


def test_break_even(folder, _):
    """Every device that was measured or asked for crosses the host's speed where its curve does."""
    book, path = os.path.join(folder, "x.xlsx"), os.path.join(folder, "x.json")
    written(folder, "-o", book, "--json", path, "--device", "RTX 4090", "--device", "H100",
            journals=["nvidia-h100.jsonl"])
    with open(path, encoding="utf-8") as file:
        tables = json.load(file)["tables"]
    answers, points = tables["break_even"]["rows"], tables["curves"]["rows"]
    check({(a["device"], a["origin"]) for a in answers} ==
          {("NVIDIA GeForce RTX 4090", "modelled"), ("NVIDIA H100 80GB HBM3", "calibrated")} and
          len(answers) == 8 and len(points) == 8 * 11, f"{len(answers)} answers, {len(points)} points")
    crossed = 0
    for i, answer in enumerate(answers):
        for p in points[11 * i:11 * i + 11]:
            check(p["device"] == answer["device"], f"a curve of {p['device']}, {answer['device']}")
            check(workbook.same(p["speedup"], p["host_s"] / p["total_s"]), f"speed-up: {p}")
            for view, ratio in (("transfers", "speedup"), ("kernel_only", "speedup_kernel_only")):
                words, first, last = (answer.get(view + end) for end in ("", "_size", "_last"))
                if p["size"] > last or "no size" in words or p["size"] < (first or 0):
                    check("no size" not in words or p["size"] > last or p[ratio] <= 1.05,
                          f"{words}: {p}")
                else:
                    crossed += 1
                    check(p[ratio] > 1.05, f"{words}: {p}")
            if p is not points[11 * i]:
                check(p["host_s"] >= before["host_s"] or p["host_origin"] == "measured"
                      == before["host_origin"], f"the host's time falls to {p}")
                for time in ("total_s", "call_s"):
                    check(p[time] >= before[time], f"{time} falls to {p}")
            before = p
    check(crossed > 8, f"{crossed} points beyond a crossing")
    cells = workbook.read(book)["Break-even"]
    shown = [c.value for c in cells.values() if c.formula is not None]
    expected = sorted([p["speedup"] for p in points] + [p["speedup_kernel_only"] for p in points])
    check(len(shown) == len(expected) and all(map(workbook.same, sorted(shown), expected)),
          f"{len(shown)} formulas, {len(expected)} speed-ups")
    with zipfile.ZipFile(book) as parts:
        charts = [parts.read(n).decode("utf-8") for n in parts.namelist() if n.startswith("xl/charts/")]
    check(sum("'Break-even'!" in c for c in charts) == 8, f"{len(charts)} charts")
    for column in ("F", "G"): # with transfers and kernel only, of the first device
        check(sum(f"'Break-even'!${column}$" in c for c in charts) == 4, f"curves of {column}")
    # A third device is on a page of its own, whole: no break stands within one.
    written(folder, "-o", book, "--device", "RTX 4090", "--device", "H100", "--device", "T4",
            journals=["nvidia-h100.jsonl"])
    place = list(workbook.read(book)).index("Break-even") + 1
    with zipfile.ZipFile(book) as parts:
        sheet = parts.read(f"xl/worksheets/sheet{place}.xml").decode("utf-8")
    check(re.findall(r'<brk id="(\d+)"', sheet.split("<colBreaks")[1]) == ["11"], "breaks between devices")
    # Nobody asked: there is no empty sheet, and Method says how to ask.
    written(folder, "-o", book, journals=["nvidia-h100.jsonl"])
    sheets = workbook.read(book)
    check(not {"Break-even", "Estimates", "Ceilings"} & set(sheets), f"empty sheets: {list(sheets)}")
    check(any("report --device" in str(c.value) for c in sheets["Method"].values()), "how to ask")
    # An operation that was not run there stays modelled, each curve by its own origin.
    journal = os.path.join(folder, "part.jsonl")
    with open(os.path.join(RECORDED, "nvidia-h100.jsonl"), encoding="utf-8") as file:
        lines = file.readlines()

    def keep(wanted):
        with open(journal, "w", encoding="utf-8") as file:
            file.writelines(line for line in lines if wanted(json.loads(line)))

    keep(lambda r: r.get("device") == "host" or not r.get("workload", "").startswith("fft"))
    written(folder, "-o", book, "--device", "H100", journals=[journal])
    names = [str(c.value) for c in workbook.read(book)["Break-even"].values()]
    names = [n.removeprefix("NVIDIA H100 80GB HBM3: ") for n in names if n.startswith("NVIDIA H100 80GB HBM3: ")]
    check(sorted(names) == sorted(["calibrated, modelled", *3 * ["calibrated"], "modelled"]), f"origins: {names}")
    # Somebody asked, and there is no host to beat.
    keep(lambda r: r.get("device") != "host")
    written(folder, "-o", book, "--device", "T4", journals=[journal])
    about = workbook.read(book)["Break-even"]["A2"].value
    check(about.startswith("No host was measured"), about)


def test_sheets(folder, _):
    """Nothing is cut, raw or blank: texts of Measurements, units of Ceilings, data sheets of Devices."""
    journal, book = os.path.join(folder, "ceilings.jsonl"), os.path.join(folder, "x.xlsx")
    with open(os.path.join(RECORDED, "nvidia-h100.jsonl"), encoding="utf-8") as file:
        lines = file.readlines()
    first = next(r for r in map(json.loads, lines) if r["type"] == "measurement" and r["device"] != "host")
    rates = {"schema": 1, "type": "ceiling", "run": first["run"], "process": 0, "device": first["device"],
             "low": 2.2e12, "median": 2.332e12, "high": 2.4e12, "samples": 24, "outliers": 0,
             "check": "sum"}
    with open(journal, "w", encoding="utf-8") as file:
        file.writelines(lines)
        for kind, unit, scale, size in (("memory_read", "B/s", 1, 134217728), ("cache_read", "B/s", 1e-3, 16384),
                                        ("h2d_latency", "s", 1e-17, 4)):
            file.write(json.dumps({**rates, "ceiling": kind, "unit": unit, "bytes": size,
                                   **{k: rates[k] * scale for k in ("low", "median", "high")},
                                   "best": (2e12 if unit == "s" else 2.5e12) * scale}) + "\n")
    written(folder, "-o", book, "--device", "T4", journals=[journal])
    sheets = workbook.read(book)
    with zipfile.ZipFile(book) as parts:
        styles = parts.read("xl/styles.xml").decode("utf-8")
        names = parts.read("xl/workbook.xml").decode("utf-8")
        xml = {name: parts.read(f"xl/worksheets/sheet{i + 1}.xml").decode("utf-8")
               for i, name in enumerate(sheets)}
    formats = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    styled = [formats.get(i, "") for i in re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])]

    # Ceilings: each cell shows its number in the unit of its row; columns that say nothing are not there.
    cells = sheets["Ceilings"]
    head = workbook.columns(cells, 3)
    check(not {"Median as text", "Unit", "Power", "Variant", "Vector"} & set(head), f"columns {list(head)}")
    shown = {}
    for column in ("Median", "Best", "Size"):
        for row in (4, 5, 6):
            place = head[column][0] + str(row)
            style = int(re.search(rf'<c r="{place}" s="(\d+)"', xml["Ceilings"]).group(1))
            unit = re.search(r"&quot;([^&]*)&quot;", styled[style]).group(1)
            shown[column, row] = (round(cells[place].value, 9), unit)
    check(shown == {("Median", 4): (2.332, "TB/s"), ("Median", 5): (2.332, "GB/s"), ("Median", 6): (23.32, "µs"),
                    ("Best", 4): (2.5, "TB/s"), ("Best", 5): (2.5, "GB/s"), ("Best", 6): (20.0, "µs"),
                    ("Size", 4): (128.0, "MiB"), ("Size", 5): (16.0, "KiB"), ("Size", 6): (4.0, "B")},
          f"ceilings: {shown}")

    # Measurements: columns are as wide as their texts; each page names device and workload.
    cells = sheets["Measurements"]
    widths = {int(a): float(w) for a, w in re.findall(r'<col min="(\d+)" max="\d+" width="([0-9.]+)"', xml["Measurements"])}
    for place, cell in cells.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()
        number = 0
        for letter in column:
            number = 26 * number + ord(letter) - 64
        check(int(row) < 3 or not isinstance(cell.value, str) or len(cell.value) <= widths[number],
              f"{place} is {widths[number]} wide: {cell.value}")
    workload = workbook.columns(cells, 2)["Workload"][0]
    check(f"Measurements!$A:${workload}," in names, "device and workload on each page")

    # Devices: what a buyer asks of a card that was never run.
    cells = sheets["Devices"]
    for label, expected in (("Power, W", 70), ("Memory, GiB", 16), ("Year", 2018), ("Memory bandwidth, GB/s", 320)):
        (row,) = workbook.rows(cells, "A", label)
        check(cells[f"B{row}"].value == expected, f"{label}: {cells[f'B{row}'].value}")


def main():
    tests = {name[5:].replace("_", "-"): f for name, f in globals().items()
             if name.startswith("test_")}
    with tempfile.TemporaryDirectory() as folder:
        tests[sys.argv[1]](folder, "--rewrite" in sys.argv)


main()
