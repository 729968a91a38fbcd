#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks of the sources: sources.py CHECK ROOT [ARGUMENT...]. Prints each fault, exits 1 if any."""
import pathlib
import re
import subprocess
import sys

ROOMS = ["base", "opencl", "kernels", "bench", "estimator", "reports", "cli"]
CODE = {".c", ".h", ".cl", ".def"}

# Which files may include a library's headers: a pattern of the header, patterns of the files.
LIBRARIES = [
    (r"CL/", r"(opencl|kernels)/.*"),
    (r"xlsxwriter", r"reports/xlsx.*"),
    (r"jansson", r"(bench/journal.*|bench/tuning_file\.c|reports/json.*|cli/.*)"),
    (r"hwloc", r"base/host_facts\.c"),
    (r"cblas|openblas", r"kernels/openblas.*"),
    (r"fftw", r"kernels/fftw_.*"),
    (r"oneapi|dnnl", r"kernels/onednn.*"),
    (r"clblast", r"kernels/clblast_.*"),
    (r"clFFT", r"kernels/clfft_.*"),
    (r"vkFFT", r"kernels/vkfft_.*"),
]


def sources(root, folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in CODE:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def layers(root):
    """A room includes no header of a room to its right; each library stays in its files."""
    seen = 0
    for name, text in sources(root, ROOMS):
        room = name.split("/")[0]
        for header in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.M):
            seen += 1
            other = header.split("/")[0]
            if other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
                yield f"{name} includes {header}, which lies in a room to its right"
            if other == "tests":
                yield f"{name} includes {header}"
            for library, files in LIBRARIES:
                if re.match(library, header) and not re.fullmatch(files, name):
                    yield f"{name} includes {header}, which belongs into {files}"
    if seen < 100:
        yield f"only {seen} includes were seen: this check is broken"


def licences(root):
    """Every source says its licence."""
    scripts = [root / "CMakeLists.txt"]
    for pattern in ("*/**/CMakeLists.txt", "cmake/*.cmake", "scripts/*.sh", "tests/**/*.sh",
                    "tests/**/*.py", ".ci/*"):
        scripts += [path for path in root.glob(pattern) if root / "build" not in path.parents]
    texts = [(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
             for path in scripts if path.is_file()]
    for name, text in list(sources(root, ROOMS + ["include", "tests"])) + texts:
        if "/corpus/" not in name and "/golden/" not in name and "SPDX-License-Identifier: Apache-2.0" not in text[:200]:
            yield f"{name} has no SPDX line"


def readmes(root):
    """Every room says what it holds, and no page has a place that waits to be filled."""
    for room in ROOMS + ["include/gpuverdict", "tests"]:
        if not (root / room / "README.md").exists():
            yield f"{room} has no README.md"
    for page in root.glob("**/README.md"):
        if "build" not in page.parts and "<!--" in page.read_text(encoding="utf-8"):
            yield f"{page.relative_to(root)} holds a comment that waits to be filled"


def kernels(root):
    """Every .cl file is embedded, and counts in the digest by which tuning and journals know our kernels."""
    for path in sorted(root.glob("*/*.cl")):
        cmake = (path.parent / "CMakeLists.txt").read_text(encoding="utf-8")
        if not re.search(rf"\b{path.stem}(\.cl)?\b", cmake):
            yield f"{path.relative_to(root)} is not embedded by its room's CMakeLists.txt"
    digested = (root / "bench/device_worker.c").read_text(encoding="utf-8")
    for source in re.findall(r"gv__cl_\w+", (root / "kernels/sources.h").read_text(encoding="utf-8")):
        if not re.search(rf"&{source}\b", digested):
            yield f"{source} is missing in the digest of our kernels (digest_kernels, bench/device_worker.c)"
    if not any(root.glob("kernels/*.cl")):
        yield "no kernel was seen: this check is broken"


def paths(root):
    """Files that the READMEs name exist: `code/like/this.c`, seen from the root or the README."""
    pages = [root / "README.md", root / "CONTRIBUTING.md"] + sorted(root.glob("*/README.md"))
    pages += sorted(root.glob("tests/*/README.md"))
    made = re.compile(r"(build|journal\.jsonl|report\.xlsx|.*[*<$…]|~|/|\.\./)")
    for page in pages:
        for name in re.findall(r"`([\w./-]+\.(?:c|h|cl|def|md|sh|py|cmake|txt|csv))`",
                               page.read_text(encoding="utf-8")):
            if made.match(name):
                continue
            if not any((folder / name).exists() for folder in (root, page.parent, root / "include")):
                yield f"{page.relative_to(root)} names {name}, which does not exist"


def statuses(root):
    """Numbers of statuses and flags are unique, and statuses only ever grow at the end."""
    text = (root / "include/gpuverdict/error.h").read_text(encoding="utf-8")
    numbers = [int(n) for n in re.findall(r"^\s*X\(\w+, (\d+),", text, re.M)]
    if numbers != list(range(len(numbers))) or len(numbers) < 10:
        yield f"the statuses' numbers are {numbers}, not 0, 1, 2 …"


def headers(root, compiler, cxx=""):
    """Each public header compiles alone."""
    for path in sorted((root / "include/gpuverdict").glob("*.h")):
        commands = [[compiler, "-std=c11", "-x", "c"]]
        if cxx:
            commands.append([cxx, "-std=c++17", "-x", "c++"])
        for command in commands:
            run = subprocess.run(command + ["-Wall", "-Wextra", "-Wpedantic", "-Werror",
                                            "-fsyntax-only", f"-I{root}/include", "-"],
                                 input=f"#include <gpuverdict/{path.name}>\n", text=True,
                                 capture_output=True, check=False)
            if run.returncode != 0:
                yield f"{path.name} does not stand alone ({command[1]}): {run.stderr[:400]}"


def main():
    faults = list(globals()[sys.argv[1]](pathlib.Path(sys.argv[2]), *sys.argv[3:]))
    print("\n".join(faults) if faults else "nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
