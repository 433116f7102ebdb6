#!/usr/bin/env python3
"""Holds commits to their order: what must be on the disk before what (docs/src/internals/commit.md, "What is durable before what").

    durable.py PROGRAM

strace tells which files are written, synced, named and removed. A file is *at risk* after it is written until it is synced;
a name is at risk after it is made, changed or removed until its folder is synced. A power loss may undo what is at risk.
So nothing that a step relies on may be at risk when the step is made.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import commands
import needs

CALLS = "write,pwrite64,fsync,fdatasync,openat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat"


class Disk:
    """What is at risk, as the calls of a command pass."""

    def __init__(self, root):
        self.root, self.written, self.named, self.steps = Path(root), set(), {}, 0

    def at_risk(self, *names):
        """Those of these files, or names, that a power loss may undo."""
        paths = [self.root / name for name in names]
        return [str(path.relative_to(self.root)) for path in paths
                if path in self.written or path in self.named.get(path.parent, ())]

    def path(self, text):
        return Path(os.path.normpath(self.root / text))

    def name(self, path):
        self.named.setdefault(path.parent, set()).add(path)

    def call(self, line):
        """Takes note of a call that succeeded; what it was, and on which path."""
        found = re.match(r"\d+ +(\w+)\((.*)\) += (\S+)", line)
        if not found or found[3].startswith("-"):
            return None, None
        call, rest = found[1], found[2]
        opened = re.match(r"\d+<([^>]*)>", rest)
        texts = [self.path(text) for text in re.findall(r'"([^"]*)"', rest)]
        # What is cut off again is cut off again by the next run: a lost cut is none.
        if call in ("write", "pwrite64") and opened:
            self.written.add(Path(opened[1]))
            return "write", Path(opened[1])
        if call in ("fsync", "fdatasync"):
            path = Path(opened[1])
            self.written.discard(path)
            self.named.pop(path, None)
            return "sync", path
        if call == "openat" and "O_CREAT" in rest and not texts[0].name.startswith(".mailtrack.lock"):
            # It may have been there; then nothing is at risk, and one sync too many is asked for.
            self.name(texts[0])
        if call.startswith("mkdir"):
            self.name(texts[0])
        if call.startswith("unlink"):
            self.written.discard(texts[0])
            self.name(texts[0])
            return "remove", texts[0]
        if call.startswith("rename"):
            if texts[0] in self.written:
                self.written.discard(texts[0])
                self.written.add(texts[1])
            self.name(texts[0])
            self.name(texts[1])
            return "rename", texts[1]
        return None, None


def traced(place, words):
    status, _, err = place.done(words, ["strace", "-f", "-qq", "-y", "-s", "4096", "-o", "trace.log", "-e", f"trace={CALLS}"])
    assert status == 0, (words, status, err)
    lines, halves = [], {}
    for line in (place.root / "trace.log").read_text(errors="replace").splitlines():
        # A call that another thread's came between stands on two lines.
        pid = line.split()[0]
        if line.endswith("<unfinished ...>"):
            halves[pid] = line[: -len("<unfinished ...>")].rstrip()
        elif resumed := re.match(r"\d+ +<\.\.\. \w+ resumed>(.*)", line):
            lines.append(halves.pop(pid, pid) + resumed[1])
        else:
            lines.append(line)
    return lines


def commits(path):
    """Whether removing this file is a commit of the state."""
    return path.name == "state.db-journal"


def check_send(place, problems):
    """Before a message is handed over, the state says so for good; after that it is in its folder for good."""
    place.clear("out", "Maildir")
    disk, handed = Disk(place.root), 0
    relied = ["out", "out/state.db", "out/state.db-journal", "Maildir", "Maildir/new"]
    for line in traced(place, commands.Send.words(None)):
        kind, path = disk.call(line)
        if kind == "rename" and path.parent.name == "new":
            handed += 1
            disk.named[path.parent].discard(path)
            if risk := disk.at_risk(*relied) + (["the message"] if path in disk.written else []):
                problems.append(f"send hands message {handed} over while {risk} may be undone")
            disk.name(path)
        if kind == "write" and path.name == "sent.jsonl":
            if risk := [str(it) for it in disk.named.get(place.root / "Maildir/new", ())]:
                problems.append(f"send tracks a message while {risk} may be undone")
    assert handed == commands.MESSAGES, handed


def check_run(place, out, problems):
    """Before the state counts lines, they are on the disk, with the names of their files and of the folder."""
    disk, count = Disk(place.root), 0
    tables = [path.name for path in (place.root / "whole").glob("*.jsonl")]
    for line in traced(place, place.run_words(out)):
        # In a state that was there, a commit is that the journal's header is zeroed; in a new one that the journal goes.
        kind, path = disk.call(line)
        is_zeroed = kind == "write" and commits(path) and re.search(r'"(\\0){28}"', line)
        if path and (is_zeroed or kind == "remove" and commits(path)):
            count += 1
            names = [out, f"{out}/state.db", *(f"{out}/{table}" for table in tables)]
            if risk := disk.at_risk(*names):
                problems.append(f"a run into {out} commits while {risk} may be undone")
    assert count, f"no commit was seen of a run into {out}"
    if risk := disk.at_risk(f"{out}/state.db", f"{out}/state.db-journal"):
        problems.append(f"a run into {out} ends while {risk} may be undone")


def check_put(place, words, name, problems):
    """A file that is written aside is on the disk before it gets its name, and its name before the command ends."""
    disk, count = Disk(place.root), 0
    for line in traced(place, words):
        kind, path = disk.call(line)
        if kind == "rename" and path.name == name:
            count += 1
            if path in disk.written:
                problems.append(f"{words[0]} gives {name} its name while its bytes may be lost")
    assert count == 1, (words, count)
    if any(path.name == name for path in disk.named.get(place.root / "there", ())):
        problems.append(f"{words[0]} ends while the name of {name} may be undone")


def main():
    needs.programs(["strace"], "strace")
    problems = []
    with tempfile.TemporaryDirectory() as root:
        place = commands.Place(sys.argv[1], Path(root).resolve() / "place")
        check_send(place, problems)
        check_run(place, "deep/new", problems)
        shutil.copytree(place.root / "base", place.root / "second")
        check_run(place, "second", problems)
        (place.root / "there").mkdir()
        check_put(place, ["book", "build", "book", "-o", "there/book.mtb"], "book.mtb", problems)
        check_put(place, ["report", "whole", "-o", "there/report.html"], "report.html", problems)
        check_put(place, ["export", "whole", "--to", "csv", "-o", "there"], "emails.csv", problems)
    print("\n".join(problems) or "commits are in their order")
    sys.exit(bool(problems))


if __name__ == "__main__":
    needs.run("durable", main)
