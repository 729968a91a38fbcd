# SPDX-License-Identifier: Apache-2.0
"""The three vendors' compilers, none of which needs its GPU: one class each, one row a kernel."""
import collections
import glob
import math
import os
import re
import shutil
import subprocess

from loops import multiply_add_share

# share: of multiply-adds; None: this compiler does not say.
Row = collections.namedtuple("Row", "kernel target registers spill_bytes local_bytes occupancy share")


class Missing(Exception):
    """A compiler is not here; says which package holds it."""


def run(command, env=None, must_succeed=True):
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if must_succeed and done.returncode != 0:
        raise SystemExit("%s\n%s" % (" ".join(command), done.stdout[-4000:]))
    return done.stdout


def first_match(pattern, text, otherwise=None):
    found = re.search(pattern, text)
    return int(found.group(1)) if found else otherwise


# ---- clang with libclc: NVIDIA and AMD ----

CLANGS = ["clang"] + ["clang-%d" % version for version in range(14, 25)]


class ClangTarget:
    """A clang and the libclc that it can read: Debian builds each with one version of LLVM."""

    def __init__(self, triple, library, flags):
        self.triple, self.flags = triple, flags
        places = sorted(glob.glob("/usr/lib/clc/" + library) +
                        glob.glob("/usr/lib/llvm-*/lib/clc/" + library) +
                        glob.glob("/usr/share/clc/" + library))
        if not places:
            raise Missing("no %s: install libclc-<version of a clang>" % library)
        for self.clang in CLANGS:
            for self.library in places:
                if shutil.which(self.clang) and self.works():
                    return
        raise Missing("no clang reads %s: install the clang of libclc's version" % places[0])

    def command(self, extra):
        return [self.clang, "-x", "cl", "-target", self.triple, "-O3", "-S", "-nogpulib", "-w",
                "-Xclang", "-fdeclare-opencl-builtins", "-Xclang", "-finclude-default-header",
                "-Xclang", "-mlink-builtin-bitcode", "-Xclang", self.library] + self.flags + extra

    def works(self):
        probe = subprocess.run(self.command(["-cl-std=CL1.2", "-", "-o", os.devnull]), text=True,
                               input="__kernel void probe(__global float *x)"
                                     "{ x[get_global_id(0)] = erf(x[0]); }",
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return probe.returncode == 0

    def text(self, program, folder, extra):
        """What clang writes for the program: assembly, unless the extra options say otherwise."""
        out = os.path.join(folder, "out.s")
        run(self.command(extra + program.options.split() + [program.file, "-o", out]))
        with open(out) as file:
            return file.read()

    def group_sizes(self, program, folder):
        """Work-items of the group that each kernel requires."""
        code = self.text(program, folder, ["-emit-llvm", "-Xclang", "-disable-llvm-passes"])
        lists = dict(re.findall(r"^(!\d+) = !{i32 (\d+, i32 \d+, i32 \d+)}$", code, re.M))
        required = re.findall(r"^define .*@(\w+)\(.*!reqd_work_group_size (!\d+)", code, re.M)
        return {kernel: [int(size) for size in lists[name].split(", i32 ")]
                for kernel, name in required}


def comment_free(text, mark):
    return [line.partition(mark)[0].strip() for line in text.split("\n")]


# ---- NVIDIA ----

class Nvidia:
    """PTX by clang, then ptxas where there is one; the loop is read in the PTX."""
    # Of a multiprocessor: threads, bytes of shared memory. 65,536 registers each.
    CARDS = {"sm_75": (1024, 64 << 10), "sm_80": (2048, 164 << 10), "sm_90": (2048, 228 << 10)}

    def __init__(self):
        self.clang = ClangTarget("nvptx64--nvidiacl", "nvptx64--nvidiacl.bc",
                                 ["-Xclang", "-target-cpu", "-Xclang", "sm_75"])
        self.ptxas = os.environ.get("GPUVERDICT_PTXAS") or shutil.which("ptxas") or \
            shutil.which("ptxas", path="/usr/local/cuda/bin")
        version = run([self.ptxas, "--version"]).strip().split("\n")[-2] if self.ptxas else "none"
        self.description = "NVIDIA: %s, %s; ptxas: %s" % (self.clang.clang, self.clang.library, version)

    def compile(self, program, folder):
        groups = self.clang.group_sizes(program, folder)
        ptx = self.clang.text(program, folder, [])
        # Where clang has no word for it: NVIDIA's own compiler passes the required group on.
        for kernel, sizes in groups.items():
            ptx = re.sub(r"(\.entry %s\([^)]*\))" % kernel,
                         r"\1\n.reqntid %d, %d, %d" % tuple(sizes), ptx)
        path = os.path.join(folder, "out.ptx")
        with open(path, "w") as file:
            file.write(ptx)
        said = {arch: run([self.ptxas, "-v", "-arch=" + arch, "-o", path + ".cubin", path])
                for arch in self.CARDS if self.ptxas}
        for entry in re.split(r"(?=\.visible \.entry )", ptx)[1:]:
            kernel = re.match(r"\.visible \.entry (\w+)", entry).group(1)
            share = self.share(entry)
            if not self.ptxas:
                depot = sum(map(int, re.findall(r"__local_depot\d+\[(\d+)\]", entry)))
                yield Row(kernel, "nvidia/ptx", None, max(depot, "ld.local" in entry), None, None,
                          share)
            for arch, text in said.items():
                yield self.row(kernel, arch, text, math.prod(groups[kernel]), share)

    def row(self, kernel, arch, said, group, share):
        own = said[said.index("Function properties for " + kernel):].split("Compiling entry")[0]
        bytes_of = map(int, re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, "
                                      r"(\d+) bytes spill loads", own).groups())
        registers = first_match(r"Used (\d+) registers", own)
        local = first_match(r"(\d+) bytes smem", own, 0)
        return Row(kernel, "nvidia/" + arch, registers, max(bytes_of), local,
                   self.occupancy(arch, registers, local, group), share)

    def occupancy(self, arch, registers, local, group):
        """Threads that a multiprocessor can hold at once, of those that it could."""
        threads, shared = self.CARDS[arch]
        whole = -(-group // 32) * 32
        groups = min(threads // whole, 65536 // (-(-registers // 8) * 8 * whole))
        if local:
            groups = min(groups, shared // (local + 1024))
        return "%d %%" % (100 * groups * whole // threads)

    @staticmethod
    def share(entry):
        return multiply_add_share(
            comment_free(entry, "//"),
            lambda line: line[:-1] if re.fullmatch(r"\$L\w+:", line) else None,
            lambda line: re.findall(r"\bbra(?:\.uni)?\s+(\$L\w+)", line),
            lambda line: re.match(r"(@!?%p\d+\s+)?[a-z][\w.]*\s.*;$", line),
            lambda line: bool(re.match(r"fma\.", line)))


# ---- AMD ----

class Amd:
    """The assembly's own notes: registers, LDS, scratch, occupancy in waves."""
    WAVES = {"gfx906": 10, "gfx90a": 8, "gfx1030": 16}

    def __init__(self):
        self.clang = ClangTarget("amdgcn-amd-amdhsa", "amdgcn--amdhsa.bc", [])
        self.description = "AMD: %s, %s" % (self.clang.clang, self.clang.library)

    def compile(self, program, folder):
        for chip, waves in self.WAVES.items():
            text = self.clang.text(program, folder, ["-mcpu=" + chip])
            for name, body, notes in self.kernels(text):
                yield Row(name, "amd/" + chip, first_match(r"; NumVgprs: (\d+)", notes),
                          first_match(r"; ScratchSize: (\d+)", notes),
                          first_match(r"; LDSByteSize: (\d+)", notes),
                          "%d of %d" % (first_match(r"; Occupancy: (\d+)", notes), waves),
                          self.share(body))

    @staticmethod
    def kernels(text):
        """(name, its code, the notes behind it) of each kernel."""
        for found in re.finditer(r"\.amdhsa_kernel (\w+)\n", text):
            name = found.group(1)
            start = text.index("\n%s:" % name)
            end = text.index("; Kernel info:", found.end())
            yield name, text[start:found.start()], text[end:end + 1200]

    @staticmethod
    def share(body):
        return multiply_add_share(
            comment_free(body, ";"),
            lambda line: line[:-1] if re.fullmatch(r"\.LBB\w+:", line) else None,
            lambda line: re.findall(r"\bs_c?branch\w*\s+(\.LBB\w+)", line),
            lambda line: re.match(r"(s|v|ds|global|flat|buffer)_(?!waitcnt|nop|clause|inst_pref)", line),
            # A packed one does the work of two.
            lambda line: 2 * bool(re.match(r"v_pk_fma_f", line)) or
            bool(re.match(r"v_(fma|fmac|mac|mad)_f", line)))


# ---- Intel ----

class Intel:
    """ocloc; what the compiler knows stands in the assembly that it can be asked to leave."""
    CHIPS = {"skl": ["skl"], "dg2": ["acm-g10", "dg2"], "pvc": ["pvc"]}
    WITHOUT_F64 = {"dg2"}

    def __init__(self):
        if not shutil.which("ocloc"):
            raise Missing("no ocloc: install intel-opencl-icd, which has it on Debian 12")
        known = run(["ocloc", "compile", "--help"], must_succeed=False)
        self.chips = {chip: next(name for name in names if re.search(r"\b%s\b" % name, known))
                      for chip, names in self.CHIPS.items()}
        self.description = "Intel: ocloc"

    def compile(self, program, folder):
        for chip, device in self.chips.items():
            if program.chips is not None and chip not in program.chips or \
                    program.precision == "f64" and chip in self.WITHOUT_F64:
                continue
            yield from self.compile_for(chip, device, program, folder)

    def compile_for(self, chip, device, program, folder):
        dump = os.path.join(folder, chip)
        environment = dict(os.environ, IGC_ShaderDumpEnable="1", IGC_DumpToCustomDir=dump)
        run(["ocloc", "compile", "-q", "-file", program.file, "-device", device, "-options",
             program.options, "-out_dir", dump], env=environment)
        best = {}
        for path in glob.glob(os.path.join(dump, "*.asm")):
            with open(path) as file:
                text = file.read()
            width = first_match(r"_simd(\d+)_", path)
            kernel = re.search(r"//\.kernel (\w+)", text).group(1)
            row = Row(kernel, "intel/" + chip, first_match(r"numGRF=(\d+)", text),
                      first_match(r"//\.spill size (\d+)", text, 0), None, "SIMD%d" % width,
                      self.share(text))
            best[kernel] = row
        shutil.rmtree(dump)
        yield from best.values()

    @staticmethod
    def share(text):
        return multiply_add_share(
            comment_free(text, "//"),
            lambda line: line[:-1] if re.fullmatch(r"\w+:", line) else None,
            lambda line: re.findall(r"\b_\d+_\d+\b", line)
            if re.match(r"(\([^)]*\)\s*)?(jmpi|while|goto|brd|brc)\b", line) else [],
            lambda line: re.match(r"(\([^)]*\)\s+)?[a-z]\w*(\.\w+)*\s.*[({]", line),
            lambda line: bool(re.match(r"(\([^)]*\)\s+)?mad\b.*:(f|df)\b", line)))


COMPILERS = {"nvidia": Nvidia, "amd": Amd, "intel": Intel}
