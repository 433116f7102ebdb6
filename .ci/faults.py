#!/usr/bin/env python3
"""Lets system calls fail, one at a time, under every command that writes.

    faults.py PROGRAM         a few of each kind, in some two minutes
    faults.py PROGRAM all     each of them

The command must end with a status of its own and, if that is an error, say so in one line. The same command again, without
a fault, must leave what a command leaves that never met one. strace lets the calls fail; it is installed if it is missing.
"""

import collections
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import commands
import needs

# What fails, and the errors that it fails with.
KINDS = {
    "read": ["read,pread64:EIO"],
    "write": ["write,pwrite64:ENOSPC", "write,pwrite64:EIO"],
    "fsync": ["fsync,fdatasync:EIO"],
    "rename": ["rename,renameat,renameat2:EIO"],
    "open": ["openat:EIO", "openat:EMFILE"],
    "mmap": ["mmap:ENOMEM"],
    "stat": ["statx,newfstatat,fstat:EIO"],
    "ftruncate": ["ftruncate:EIO"],
    "fcntl": ["fcntl:EIO"],
    "unlink": ["unlink,unlinkat:EIO"],
}

# At most this many calls of a kind fail in the short pass, spread over all.
FEW = 3

# How long `watch` may take for its first run under strace.
PATIENCE = 20


def strace(place, words, calls, inject=()):
    """The command as strace starts it."""
    trace = ["strace", "-f", "-qq", "-y", "-o", "trace.log", "-e", f"trace={calls}", *inject]
    return place.start(words, trace)


def finish(command, started):
    """Waits for the end of the command; `watch` is told to end after its first run."""
    if isinstance(command, commands.Watch):
        end = time.time() + PATIENCE
        while started.poll() is None and not command.is_done() and time.time() < end:
            time.sleep(0.02)
        for pid in children(started.pid) if started.poll() is None else []:
            subprocess.run(["kill", "-TERM", str(pid)], check=False)
    out, err = started.communicate(timeout=60)
    return started.returncode, out, err


def children(pid):
    return [int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def calls_of(command, calls):
    """How many of these calls the command makes, and how many before it first comes to what it was given: those are the
    system's own, which starts a program."""
    place = command.place
    command.fresh()
    status, _, err = finish(command, strace(place, command.words(), f"{calls},openat,statx,newfstatat"))
    assert status == 0, (command.name, status, err)
    names, before, total = calls.split(","), None, 0
    for line in (place.root / "trace.log").read_text(errors="replace").splitlines():
        call = re.match(r"\d+ +(\w+)\(", line)
        if before is None and re.search(r'"(\./)?(mail|book|options|base|whole|send|watch)\b', line):
            before = total
        total += bool(call) and call[1] in names
    return before or 0, total


def fault(command, calls, error, number):
    """One fault; what is wrong with what came of it."""
    place = command.place
    command.fresh()
    old = command.left() if command.is_whole else None
    inject = ["-e", f"inject={calls}:error={error}:when={number}"]
    status, _, err = finish(command, strace(place, command.words(), calls, inject))
    injected = [it for it in (place.root / "trace.log").read_text(errors="replace").splitlines() if "INJECTED" in it]
    if not injected:
        return None
    wrong = []
    if status not in (0, 1, 2, 3):
        wrong.append(f"status {status}")
    if re.search(r"panick|report this|has failed, and nothing", err):
        wrong.append("is taken for a fault of the program")
    errors = [line for line in err.splitlines() if line.startswith("mailtrack:") and not re.search("warning:|note:", line)]
    # Each thread counts its own calls, and the one that reports an error may be told that it cannot.
    is_mute = any(re.search(r" write\(2<", it) for it in injected)
    if status in (1, 2) and not isinstance(command, commands.Send) and not is_mute and len(errors) != 1:
        wrong.append(f"{len(errors)} lines of errors")
    try:
        if status == 0 and old is not None and command.left() != command.want:
            wrong.append("status 0, and not all is there")
        command.settle()
        if not command.is_right():
            wrong.append("leaves something else after a command without a fault")
    except AssertionError as error:
        wrong.append(f"cannot go on: {error}")
    if left := place.leftovers():
        wrong.append(f"leaves {left}")
    if wrong:
        return f"{command.name}, {calls} number {number} fails with {error}: {'; '.join(wrong)}\n    {injected[0][:200]}\n    {err[:400]!r}"
    return ""


def numbers(before, total, is_all):
    every = list(range(before + 1, total + 1))
    step = 1 if is_all else max(1, -(-len(every) // FEW))
    return every[::-1][::step]


def main():
    program, is_all = sys.argv[1], "all" in sys.argv[2:]
    needs.programs(["strace"], "strace")
    problems, counts, started = [], collections.Counter(), time.time()
    with tempfile.TemporaryDirectory() as root:
        place = commands.Place(program, Path(root) / "place")
        for command in commands.all_commands(place):
            for kind, variants in KINDS.items():
                variants = variants if is_all else variants[:1]
                if isinstance(command, commands.Watch) and not is_all:
                    variants = variants if kind in ("read", "fsync", "stat") else []
                for variant in variants:
                    calls, error = variant.split(":")
                    for number in numbers(*calls_of(command, calls), is_all):
                        problem = fault(command, calls, error, number)
                        counts[command.name] += problem is not None
                        if problem:
                            problems.append(problem)
                            print(problem, flush=True)
            print(f"{command.name}: {counts[command.name]} faults", flush=True)
    print(f"{sum(counts.values())} faults in {time.time() - started:.0f} s, {len(problems)} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    needs.run("faults", main)
