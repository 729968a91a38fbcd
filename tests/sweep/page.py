#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the page of a sweep from what gv_sweep said: page.py FOLDER PAGE COMMIT. Exits 1 if any result was
wrong, any call failed, or a program died, known faults aside."""
import collections
import datetime
import pathlib
import sys

KINDS = ["unsupported", "known", "failed", "wrong"]
SHOWN = 4  # faults of one kind in a cell's list


class Row:
    """One provider on one platform."""

    def __init__(self, path):
        self.counts = collections.Counter()
        self.reasons, self.faults, self.found = collections.Counter(), [], []
        self.offered = self.tried = 0
        self.device, self.code = None, None
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            self.read(line.split("\t"))

    def read(self, words):
        """One line of gv_sweep's."""
        if words[0] == "device":
            self.device = words[1:4]
        elif words[0] == "row":
            self.offered, self.tried = int(words[4]), int(words[5])
            for word in words[6:11]:
                kind, count = word.split(" ")
                self.counts[kind] = int(count)
        elif words[0] == "unsupported":
            self.reasons[words[2]] += int(words[1])
        elif words[0] in ("failed", "wrong", "known", "died", "hung"):
            self.faults.append(words)
        elif words[0] == "found" and len(words) > 1 and words[1].strip():
            self.found.append("\t".join(words[1:]).strip())
        elif words[0] == "exit":
            self.code = int(words[1])

    def is_clean(self):
        """Nothing but what is right, not supported or known."""
        return self.code == 0 and not self.found

    def cell(self):
        """What the table shows."""
        parts = [str(self.counts["right"])]
        for kind in KINDS:
            if self.counts[kind]:
                text = f"{self.counts[kind]} {kind}"
                parts.append(text if kind in ("unsupported", "known") else f"**{text}**")
        parts += [f"**{words[0]}**" for words in self.faults if words[0] in ("died", "hung")]
        if self.found:
            parts.append(f"**{len(self.found)} lines of findings**")
        if self.tried < self.offered:
            parts.append(f"cut at {self.tried} of {self.offered}")
        return ", ".join(parts)


def read(folder):
    """{platform: {(operation, provider, as): Row}}, the platforms by their devices' words."""
    platforms = {}
    for part in sorted(folder.iterdir(), key=lambda path: path.name.zfill(4)):
        rows, device = {}, None
        for line in (part / "rows").read_text(encoding="utf-8").splitlines():
            words = line.split("\t")
            if words[0].isdigit() and (part / f"{words[0]}.out").exists():
                rows[tuple(words[1:4])] = row = Row(part / f"{words[0]}.out")
                device = device or row.device
        if device:
            platforms[tuple(device)] = rows
    return platforms


def page(platforms, commit):
    """The page's lines."""
    yield "# Every provider through odd sizes"
    yield ""
    yield (f"Written by `scripts/sweep.sh` on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}, commit {commit}; "
           "`tests/sweep/README.md` tells what is tried. A cell counts the workloads whose result was right, "
           "in bounds and between whole guards; *unsupported* were refused before anything ran, *known* are faults "
           "of a library or driver that stand in `tests/kernels/known_faults.c`, *failed* and *wrong* are neither. *Cut*: the "
           "row's time was over, nearly all of it compiling.")
    yield ""
    names = [chr(ord("A") + i) for i in range(len(platforms))]
    for name, device in zip(names, platforms):
        yield f"- **{name}**: {device[0]}, {device[1]}, driver {device[2]}"
    yield ""
    yield "| operation | provider | as | " + " | ".join(names) + " |"
    yield "| --- | --- | --- |" + " --- |" * len(names)
    keys = list(dict.fromkeys(key for rows in platforms.values() for key in rows))
    for key in keys:
        cells = [rows[key].cell() if key in rows else "–" for rows in platforms.values()]
        yield f"| {key[0]} | {key[1]} | {key[2] or '–'} | " + " | ".join(cells) + " |"
    yield ""
    yield "## What was not supported"
    yield ""
    reasons = collections.Counter()
    for rows in platforms.values():
        for row in rows.values():
            reasons.update(row.reasons)
    yield from (f"- {count}: {reason}" for reason, count in reasons.most_common())
    yield ""
    yield "## What failed, was wrong or is known"
    yield ""
    told = False
    for name, rows in zip(names, platforms.values()):
        for key, row in rows.items():
            seen = collections.Counter()
            for words in row.faults:
                seen[words[0]] += 1
                if seen[words[0]] <= SHOWN:
                    told = True
                    yield f"- {name}, {key[1]}{' as ' + key[2] if key[2] else ''}, {words[0]}: `{' '.join(words[1:3]).strip()}`: {' '.join(words[3:])}"
            for line in row.found[:SHOWN]:
                told = True
                yield f"- {name}, {key[1]}{' as ' + key[2] if key[2] else ''}: {line}"
    if not told:
        yield "Nothing."


def main():
    """Write the page, tell where anything was not clean."""
    platforms = read(pathlib.Path(sys.argv[1]))
    text = "\n".join(page(platforms, sys.argv[3])) + "\n"
    pathlib.Path(sys.argv[2]).write_text(text, encoding="utf-8")
    print(text)
    clean = all(row.is_clean() for rows in platforms.values() for row in rows.values())
    return 0 if platforms and clean else 1


if __name__ == "__main__":
    sys.exit(main())
