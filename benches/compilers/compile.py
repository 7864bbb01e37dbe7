"""Compiles kernels with FXC and DXC under Wine, one after the other, and records what they cost.

    compile.py FOLDER [--only TEXT] [--all] [--record FILE]

FOLDER has `kernels.tsv` and HLSL from `cargo bench --bench compilers`, and dx.exe beside the compilers' libraries. Fails if a
compiler refuses a kernel, or takes more than LIMIT seconds of processor time or MEMORY bytes. benches/compilers/run calls it.

Kernels are those of the scenarios here as DirectX has them: tables in uniform buffers as far as there is room, loops written out.
"""

import argparse
import csv
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

LIMIT = 20.0
# FXC tries to join every two instructions of a block, and the kernels of four labs with 26 contracts are some 6,500 in one
LIMITS = {"industry": 120.0}
# what a compiler may take before it is stopped
STOP = 300
MEMORY = 4 << 30
WINE = "/usr/lib/wine/wine64"
COLUMNS = ["scenario", "module", "kernel", "compiler", "seconds", "instructions", "temporaries", "indexed"]


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (STOP, STOP))


def compile_one(folder, compiler, file, entry):
    """Seconds and the listing, or what went wrong."""
    environment = dict(os.environ, WINEPREFIX=str(folder / "prefix"), WINEDEBUG="-all", WINEDLLOVERRIDES="d3dcompiler_47=n")
    command = ["nice", "-n", "5", WINE, "dx.exe", compiler, str(file), entry]
    done = subprocess.run(command, cwd=folder, env=environment, preexec_fn=limited, capture_output=True, text=True)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU, 128 + signal.SIGKILL):
        return None, f"more than {STOP} s"
    if done.returncode:
        return None, done.stderr.strip()[:2000] or f"exit status {done.returncode}"
    listing = Path(f"{file}.listing").read_bytes().decode(errors="replace")
    return (float(done.stdout), listing), None


def counted_fxc(listing):
    """Instructions, temporary registers, and those among them that are read by an index, each of four numbers."""
    instructions = int(re.search(r"Approximately (\d+) instruction", listing).group(1))
    registers = sum(int(n) for n in re.findall(r"dcl_temps (\d+)", listing))
    indexed = sum(int(n) for n in re.findall(r"dcl_indexableTemp x\d+\[(\d+)\]", listing))
    return instructions, registers + indexed, indexed


def counted_dxc(listing):
    """Instructions, numbers on the stack, and those among them in arrays: DXIL has no registers."""
    body = re.search(r"^define void @.*?^}", listing, re.M | re.S).group(0)
    instructions = len(re.findall(r"^  \S", body, re.M))
    arrays = sum(int(n) for n in re.findall(r"= alloca \[(\d+) x", body))
    return instructions, arrays + len(re.findall(r"= alloca [^\[]", body)), arrays


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=lambda text: Path(text).resolve())
    options.add_argument("--only", default="", help="a part of scenario, module, kernel and compiler, as in `industry simulate`")
    options.add_argument("--all", action="store_true", help="kernels with tables in storage buffers and with loops as well")
    options.add_argument("--record", type=Path)
    options = options.parse_args()
    kernels = list(csv.reader((options.folder / "kernels.tsv").open(), delimiter="\t"))
    rows, faults = [], []
    for scenario, module, kernel, entry in kernels:
        for compiler, counted in (("fxc", counted_fxc), ("dxc", counted_dxc)):
            what = [scenario, module, kernel, compiler]
            if not all(word in " ".join(what) for word in options.only.split()):
                continue
            if module.endswith(("-storage", "-nested")) and not options.all:
                continue
            file = options.folder / scenario / f"{module}.{kernel}.{compiler}.hlsl"
            made, fault = compile_one(options.folder, compiler, file, entry)
            if made:
                seconds, listing = made
                rows.append([*what, f"{seconds:.1f}", *counted(listing)])
                if seconds > LIMITS.get(scenario, LIMIT):
                    fault = f"{seconds:.1f} s"
            print(*(rows[-1] if made else [*what, fault]), flush=True)
            if fault:
                faults.append(f"{' '.join(what)}: {fault}")
    if options.record and not faults:
        with options.record.open("w", newline="") as file:
            csv.writer(file, delimiter="\t", lineterminator="\n").writerows([COLUMNS, *rows])
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
