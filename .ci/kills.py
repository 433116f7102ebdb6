#!/usr/bin/env python3
"""Kills every command that writes, at any moment.

    kills.py PROGRAM [KILLS]      40 kills if no number is given

The same command again must leave what one leaves that was never killed, and nothing that the killed one had begun. An
export that was killed is all new or all old, unless its list says that it is not yet at its end.
"""

import collections
import random
import sys
import tempfile
import time
from pathlib import Path

import commands

KILLS = 40


def took(command):
    """How long the command takes."""
    command.fresh()
    started = time.time()
    if isinstance(command, commands.Watch):
        running = command.place.start(command.words())
        while not command.is_done():
            time.sleep(0.002)
        length = time.time() - started
        running.kill()
        running.communicate()
        return length
    command.place.must(command.words())
    return time.time() - started


def kill(command, after):
    """Kills the command after so many seconds; whether it was still under way."""
    running = command.place.start(command.words())
    time.sleep(after)
    was_running = running.poll() is None
    running.kill()
    running.communicate()
    return was_running


def problem(command):
    """What is wrong after a kill."""
    place = command.place
    if command.is_whole and not list(place.root.rglob(".mailtrack-export-list")):
        olds = [{}, getattr(command, "old", {}), command.want]
        if command.left() not in olds:
            return "is neither all new nor all old"
    try:
        command.settle()
    except AssertionError as error:
        return f"cannot go on: {error}"
    if not command.is_right():
        return "leaves something else than one that was not killed"
    left = place.leftovers()
    return f"leaves {left}" if left else None


def main():
    program = sys.argv[1]
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else KILLS
    problems, killed, tries = 0, collections.Counter(), 0
    random.seed(7)
    with tempfile.TemporaryDirectory() as root:
        place = commands.Place(program, Path(root) / "place")
        all_commands = [(command, took(command)) for command in commands.all_commands(place)]
        while sum(killed.values()) < kills:
            command, length = all_commands[tries % len(all_commands)]
            tries += 1
            command.fresh()
            after = random.random() * length * 1.05
            if not kill(command, after):
                continue
            killed[command.name] += 1
            if wrong := problem(command):
                problems += 1
                print(f"{command.name}, killed after {after * 1000:.1f} ms: {wrong}", flush=True)
                assert tries < 100 * kills
    for name, count in killed.items():
        print(f"{name}: {count} kills")
    print(f"{sum(killed.values())} kills, {problems} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
