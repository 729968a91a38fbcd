# SPDX-License-Identifier: Apache-2.0
"""Reads a workbook's cells with the standard library alone, and recalculates it by LibreOffice."""
import os
import re
import shutil
import subprocess
import zipfile
import xml.etree.ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
  oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class Cell:
    def __init__(self, formula, value):
        self.formula, self.value = formula, value


def _text(node):
    return "".join(t.text or "" for t in node.iter(MAIN + "t"))


def read(path):
    """{sheet name: {"A1": Cell}}, in the order of the sheets; blank cells are left out."""
    with zipfile.ZipFile(path) as book:
        names = set(book.namelist())
        shared = []
        if "xl/sharedStrings.xml" in names:
            root = ET.fromstring(book.read("xl/sharedStrings.xml"))
            shared = [_text(item) for item in root.iter(MAIN + "si")]
        targets = {r.get("Id"): r.get("Target")
                   for r in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
        sheets = {}
        for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter(MAIN + "sheet"):
            target = targets[sheet.get(RELATION)].lstrip("/")
            part = target if target.startswith("xl/") else "xl/" + target
            sheets[sheet.get("name")] = _cells(ET.fromstring(book.read(part)), shared)
        return sheets


def _cells(root, shared):
    cells = {}
    for c in root.iter(MAIN + "c"):
        formula, value, kind = c.find(MAIN + "f"), c.find(MAIN + "v"), c.get("t", "n")
        if kind == "inlineStr":
            content = _text(c)
        elif value is None:
            content = "" if formula is not None else None
        elif kind == "s":
            content = shared[int(value.text)]
        elif kind in ("str", "e"):
            content = value.text or ""
        else:
            content = float(value.text)
        if content is not None:
            cells[c.get("r")] = Cell(None if formula is None else formula.text, content)
    return cells


def parts(path):
    """{name: bytes} of everything but the date at which it was written."""
    with zipfile.ZipFile(path) as book:
        return {name: re.sub(rb"<dcterms:(created|modified)[^>]*>[^<]*", b"", book.read(name))
                for name in book.namelist()}


def same(a, b, relative=1e-12):
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= relative * max(abs(a), abs(b))
    return a == b


def recalculated(path, folder):
    """The workbook's cells after LibreOffice has computed every formula anew."""
    profile, out = os.path.join(folder, "profile"), os.path.join(folder, "recalculated")
    os.makedirs(os.path.join(profile, "user"), exist_ok=True)
    with open(os.path.join(profile, "user", "registrymodifications.xcu"), "w") as settings:
        settings.write(RECALCULATE)
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run(["soffice", "--headless", "-env:UserInstallation=file://" + profile,
                    "--convert-to", "xlsx", "--outdir", out, path],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
    return read(os.path.join(out, os.path.basename(path)))


def changed(path, out, values):
    """A copy with other contents in the cells of `values`: {(sheet, "A1"): 2.0, "a text", "" for nothing}."""
    sheets = list(read(path))
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in book.namelist():
            data = book.read(name).decode("utf-8") if name.endswith(".xml") else book.read(name)
            for (sheet, place), value in values.items():
                if name == f"xl/worksheets/sheet{sheets.index(sheet) + 1}.xml":
                    content = ("/>" if value == "" else
                               f' t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str)
                               else f"><v>{value!r}</v></c>")
                    data, times = re.subn(rf'<c r="{place}"( s="\d+")?[^>]*?(?:/>|>(?!<f>).*?</c>)',
                                          rf'<c r="{place}"\g<1>' + content, data)
                    assert times == 1, f"{sheet}!{place} is not there, or a formula"
            copy.writestr(name, data)


def columns(cells, row):
    """{heading: [its columns]} of a row, headings without their unit."""
    found = {}
    for place, cell in cells.items():
        column, number = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()
        if int(number) == row:
            found.setdefault(cell.value.split("\n")[0], []).append(column)
    return found


def rows(cells, column, text):
    """The rows in which a column holds this text."""
    return [int(place[len(column):]) for place, cell in cells.items()
            if re.fullmatch(column + r"\d+", place) and cell.value == text]


def differences(cached, fresh):
    """Formula cells whose cached value is not what was computed anew."""
    return [f"{name}!{place}: cached {cell.value!r}, computed {fresh[name][place].value!r}"
            if place in fresh[name] else f"{name}!{place}: cached {cell.value!r}, nothing computed"
            for name, cells in cached.items() for place, cell in cells.items()
            if cell.formula is not None and not (
                place in fresh[name] and same(cell.value, fresh[name][place].value)) and not (
                    cell.value == "" and place not in fresh[name])]
