#!/usr/bin/env python3
"""Delivers mail while `mailtrack watch` runs, and checks that every message is tracked exactly once.

    watch.py PROGRAM SECONDS [--once-per-change]

Mail comes as files, into a Maildir (where flags change afterwards) and into a growing mbox. From time to time the book
is built again, the mail folder is away for a moment, and a message comes a second time. At the end the program is sent
SIGTERM. What it held of memory is told at the end; a run after the first minute may hold no more than a fifth above it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MESSAGE = """From: Kim Abel <kim@fabrikam.example>\r
To: ann@contoso.example\r
Message-ID: <{number}@fabrikam.example>\r
Subject: Message {number}\r
Date: Mon, 2 Mar 2026 09:30:00 +0000\r
\r
Hello {number}\r
"""


def lay_out(root):
    for folder in ["mail/files", "mail/box/cur", "mail/box/new", "mail/box/tmp", "book", "aside"]:
        (root / folder).mkdir(parents=True)
    (root / "book/contact.csv").write_text("contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\n")
    (root / "book/systemuser.csv").write_text("systemuserid,internalemailaddress\nu-1,ann@contoso.example\n")
    (root / "options.toml").write_text('[synchronization]\ninterval = "1s"\n[local_data]\ninterval = "0s"\n')


def deliver(root, number):
    """Delivers one message, in one of the ways in which mail arrives."""
    text = MESSAGE.format(number=number).encode()
    way = random.choice(["file", "maildir", "mbox"])
    if way == "mbox":
        with open(root / "mail/old.mbox", "ab") as mbox:
            mbox.write(b"From mta@x Mon Mar  2 09:30:00 2026\n" + text.replace(b"\r\n", b"\n") + b"\n")
        return
    aside = root / "aside/message"
    aside.write_bytes(text)
    aside.rename(root / (f"mail/box/new/{number}.host" if way == "maildir" else f"mail/files/{number}.eml"))


def disturb(root, program, number):
    """What else happens to mail and book."""
    what = random.random()
    new = sorted((root / "mail/box/new").iterdir())
    if what < 0.3 and new:
        read = random.choice(new)
        read.rename(root / "mail/box/cur" / (read.name + ":2,S"))
    elif what < 0.4 and number:
        (root / "aside/copy").write_text(MESSAGE.format(number=random.randrange(number)))
        (root / "aside/copy").rename(root / f"mail/files/copy-{time.monotonic_ns()}.eml")
    elif what < 0.45:
        with open(root / "book/contact.csv", "a") as contacts:
            contacts.write(f"n-{number},Nobody {number},nobody{number}@x.example\n")
    elif what < 0.46:
        (root / "mail").rename(root / "away")
        time.sleep(1.5)
        (root / "away").rename(root / "mail")


def held(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def main():
    program, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2])
    root = Path(tempfile.mkdtemp(prefix="mailtrack-watch-"))
    lay_out(root)
    run = lambda *arguments: subprocess.run([program, *arguments], cwd=root, check=True, stdout=subprocess.DEVNULL)
    run("book", "build", "book", "-o", "book.mtb")
    command = [program, "watch", "mail", "--book", "book.mtb", "--options", "options.toml", "--out", "out", *sys.argv[3:]]
    said = open(root / "said.txt", "wb")
    watch = subprocess.Popen(command, cwd=root, stdout=said, stderr=subprocess.STDOUT)
    # What is wrong before the first run is complete ends the program.
    while not (root / "said.txt").stat().st_size and watch.poll() is None:
        time.sleep(0.05)
    started, number, memory = time.monotonic(), 0, []
    while time.monotonic() - started < seconds:
        deliver(root, number)
        number += 1
        disturb(root, program, number)
        if len(memory) < (time.monotonic() - started) // 30:
            memory.append(held(watch.pid))
        time.sleep(random.uniform(0, 0.6))
        if watch.poll() is not None:
            sys.exit(f"watch ended with {watch.returncode}:\n{(root / 'said.txt').read_text()}")
    time.sleep(10)
    watch.send_signal(signal.SIGTERM)
    status = watch.wait(timeout=30)
    counts = {}
    for line in (root / "out/emails.jsonl").read_text().splitlines():
        message = json.loads(line)["messageid"]
        counts[message] = counts.get(message, 0) + 1
    wanted = {f"{n}@fabrikam.example" for n in range(number)}
    lost, twice = wanted - counts.keys(), [key for key, count in counts.items() if count > 1]
    lines = (root / "said.txt").read_text().splitlines()
    runs = [line for line in lines if " tracked, " in line]
    others = [line for line in lines if " tracked, " not in line]
    print(f"{number} messages in {seconds:.0f} s, {len(runs)} runs, status {status}")
    print(f"lost: {len(lost)}, tracked twice: {len(twice)}, of no message: {len(counts.keys() - wanted)}")
    print(f"KiB every half a minute: {memory}")
    print(f"{len(others)} other lines, such as:", *others[:4], sep="\n    ")
    grown = len(memory) > 3 and memory[-1] > memory[2] * 1.2 + 2048
    if lost or twice or counts.keys() - wanted or status or grown:
        sys.exit(f"wrong; see {root}")
    shutil.rmtree(root)


main()
