#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks of the built program against its tables: program.py CHECK ROOT PROGRAM."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def output(*command, **options):
    run = subprocess.run(command, text=True, capture_output=True, check=False, **options)
    return run.stdout


def option_rows(root):
    """(verbs, long name, letter) of each row of options.def."""
    text = (root / "cli/options.def").read_text(encoding="utf-8")
    rows = re.findall(r'^GV_OPTION\(\w+,\s*([^"]*?),\s*"([\w-]+)",\s*(0|\'\w\')', text, re.M)
    return [(re.findall(r"GV_FOR\((\w+)\)", verbs) if "GV_FOR(" in verbs else verbs, name,
             letter.strip("'") if letter != "0" else "") for verbs, name, letter in rows]


def offered_verbs(program):
    text = output(program, "--help").split("Commands:")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+)", text, re.M)


def options(root, program):
    """Every option stands in its commands' help, in the man page and in each completion."""
    man = output(program, "--print-man").replace("\\-", "-")
    completions = {s: output(program, "--print-completion", s) for s in ("bash", "zsh", "fish")}
    verbs = offered_verbs(program)
    rows = option_rows(root)
    if len(rows) < 15:
        yield f"only {len(rows)} options were seen: this check is broken"
    for row_verbs, name, letter in rows:
        words = [v.lower() for v in row_verbs] if isinstance(row_verbs, list) else []
        if words and not set(words) & set(verbs):
            continue
        pages = [(f"help {w}", output(program, w, "--help")) for w in words if w in verbs]
        if not words:
            pages = [("--help", output(program, "--help"))]
        for page, text in pages:
            if not re.search(rf"--{name}\b", text) or (letter and f"-{letter}" not in text):
                yield f"--{name} is not in {page}"
        if f"--{name}" not in man:
            yield f"--{name} is not in the man page"
        for shell, text in completions.items():
            if not re.search(rf"(--|-l ){name}\b", text):
                yield f"--{name} is not in the completion of {shell}"


def exit_codes(root, program):
    """Every exit code stands in the help and in the man page."""
    text = (root / "cli/exit_codes.h").read_text(encoding="utf-8")
    numbers = re.findall(r"^\s*X\(\w+, (\d+),", text, re.M)
    for page in ("--help", "--print-man"):
        shown = re.sub(r"\\f[BIR]", "", output(program, page))
        for number in numbers:
            if not re.search(rf"(^|\s){number}\b", shown, re.M):
                yield f"exit code {number} is not in {page}"
    if len(numbers) < 6:
        yield f"only {len(numbers)} exit codes were seen: this check is broken"


def completion(root, program):
    """bash takes the completion, and it completes a command and an option."""
    del root
    bash = shutil.which("bash")
    if bash is None:
        print("skipped: no bash here")
        sys.exit(77)
    with tempfile.NamedTemporaryFile("w", suffix=".bash") as file:
        file.write(output(program, "--print-completion", "bash"))
        file.flush()
        script = f"""
            set -eu; source {file.name}
            function=$(complete -p gpuverdict | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            try() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                    "$function" gpuverdict "${{@: -1}}" "${{@: -2:1}}"; echo "${{COMPREPLY[*]}}"; }}
            try gpuverdict est; try gpuverdict estimate --gpu"""
        run = subprocess.run([bash, "-c", script], text=True, capture_output=True, check=False)
    if run.returncode != 0:
        yield f"bash does not take it: {run.stderr}"
    elif run.stdout.split() != ["estimate", "--gpu-cores"]:
        yield f"est and --gpu were completed to {run.stdout!r}"


def links(root, program):
    """The main process loads no driver and no compute library; only workers do."""
    del root
    loaded = output("ldd", program)
    if "libc.so" not in loaded:
        yield f"ldd says {loaded!r}: this check is broken"
    for library in ("OpenCL", "blas", "fftw", "dnnl", "clFFT", "gomp"):
        if library in loaded:
            yield f"{program} loads lib{library}"


def main():
    check, root, program = sys.argv[1:4]
    faults = list(globals()[check](pathlib.Path(root), program))
    print("\n".join(faults) if faults else "nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
