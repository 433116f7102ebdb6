"""Every command that writes, over the invented mail of fixtures/demo: what it is started with, what it should leave, and
how that is told. faults.py and kills.py go over them.
"""

import json
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent / "fixtures/demo"
NOW = ["--now", "2026-04-01T00:00:00Z"]
MESSAGES = 4


class Place:
    """A folder with mail, a book, options and an outbox."""

    def __init__(self, program, root):
        self.program, self.root = str(Path(program).resolve()), Path(root)
        for name in ("mail", "book"):
            shutil.copytree(DEMO / name, self.root / name)
        options = (DEMO / "options.toml").read_text()
        (self.root / "options.toml").write_text(options)
        (self.root / "watch.toml").write_text(options + '\n[synchronization]\ninterval = "1s"\n')
        (self.root / "send.toml").write_text(options + '\n[send]\nallow = true\noutbox = "Maildir"\n')
        lines = ({"id": f"m{number}", "from": "Mara Lindt <mara@copperkettle.example>",
                  "to": ["Ann Beck <ann.beck@goldenspoon.example>"], "subject": f"S {number}", "body": "Hello\n"}
                 for number in range(MESSAGES))
        (self.root / "outbox.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (self.root / "bare").mkdir()
        # What a second run, and exports, begin with.
        late = sorted((self.root / "mail/Inbox").iterdir())[:5]
        for message in late:
            message.rename(self.root / "bare" / message.name)
        self.must(self.run_words("base"))
        for message in late:
            (self.root / "bare" / message.name).rename(message)
        shutil.copytree(self.root / "base", self.root / "whole")
        self.must(self.run_words("whole"))

    def run_words(self, out, *more):
        return ["run", "mail", "--book", "book", "--options", "options.toml", "--out", out, "--threads", "1", *NOW, *more]

    def start(self, words, before=(), **more):
        return subprocess.Popen([*before, self.program, *words], cwd=self.root, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, errors="replace", **more)

    def done(self, words, before=()):
        started = self.start(words, before)
        out, err = started.communicate(timeout=120)
        return started.returncode, out, err

    def must(self, words):
        status, _, err = self.done(words)
        assert status == 0, (words, status, err)

    def clear(self, *names):
        for name in names:
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def lines(self, name):
        path = self.root / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def leftovers(self):
        """What no command leaves behind, but for a killed one until the next."""
        found = [path for path in self.root.rglob(".mailtrack-*") if path.name != ".mailtrack.lock"]
        return [str(path.relative_to(self.root)) for path in found + [*self.root.rglob("*-journal")]]


class Command:
    """A command, the folder that it begins with, and what it leaves."""

    name = ""
    # Whether an error means that nothing has changed, so that what a fault leaves is what was there or all of it.
    is_whole = False

    def __init__(self, place):
        self.place = place
        self.fresh()
        place.must(self.words())
        self.settle()
        self.want = self.left()

    def fresh(self):
        self.place.clear("out")

    def settle(self):
        """Brings a folder to its end, after a fault or a kill; the command over again."""
        self.place.must(self.words())

    def words(self):
        return self.place.run_words("out")

    def left(self):
        folder = self.place.root / "out"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.jsonl"))}

    def is_right(self):
        return self.left() == self.want


class Run(Command):
    name = "run"

    def is_right(self):
        """The same bytes; a file that could not be read is a failure in one run and decided in the next."""
        if self.left() == self.want:
            return True
        if not self.left().get("failures.jsonl"):
            return False
        decided = {(line["source"], line["messageid"]) for line in self.place.lines("out/decisions.jsonl")}
        wanted = {(line["source"], line["messageid"])
                  for line in map(json.loads, self.want["decisions.jsonl"].splitlines())}
        return decided == wanted and len(self.place.lines("out/decisions.jsonl")) == len(wanted)


class SecondRun(Run):
    name = "second run"

    def fresh(self):
        self.place.clear("out")
        shutil.copytree(self.place.root / "base", self.place.root / "out")


class RebuildState(SecondRun):
    """Over a state that was altered: whatever happens, the lines stay, and the state can be made anew."""

    name = "run --rebuild-state"

    def fresh(self):
        super().fresh()
        state = self.place.root / "out/state.db"
        altered = bytearray(state.read_bytes())
        for page in range(0, len(altered), 8192):
            altered[page + 5000] ^= 1
        state.write_bytes(altered)

    def words(self):
        return self.place.run_words("out", "--rebuild-state", "--quiet")


class RunWithForm(Run):
    name = "run --format csv"

    def words(self):
        return self.place.run_words("out", "--format", "csv")

    def left(self):
        csv = {path.name: path.read_bytes() for path in (self.place.root / "out").glob("*.csv")}
        return super().left() | csv


class Watch(Run):
    """Ends when it is told to; a run over what it leaves must add nothing."""

    name = "watch"

    def words(self):
        return ["watch", "mail", "--book", "book", "--options", "watch.toml", "--out", "out", "--threads", "1", *NOW]

    def __init__(self, place):
        self.place = place
        self.fresh()
        self.settle()
        self.want = self.left()

    def settle(self):
        self.place.must(self.place.run_words("out"))

    def is_done(self):
        """Whether its first run has come to its end."""
        return (self.place.root / "out/summary.json").exists()


class Send(Command):
    name = "send"

    def fresh(self):
        self.place.clear("out", "Maildir")

    def words(self):
        return ["send", "outbox.jsonl", "--book", "book", "--options", "send.toml", "--out", "out", *NOW]

    def settle(self):
        for _ in range(2):
            status, _, err = self.place.done(self.words())
            assert status == 0, (status, err)

    def is_right(self):
        """Each message was handed over once, or is told as doubtful; no token was given twice."""
        texts = [path.read_text() for path in (self.place.root / "Maildir/new").iterdir()]
        found = [re.search(r"^Subject: (S \d+) (CRM:\d+)", text, re.M) for text in texts]
        subjects, tokens = [it[1] for it in found], [it[2] for it in found]
        sent, failed = self.place.lines("out/sent.jsonl"), self.place.lines("out/failed.jsonl")
        return (len(set(subjects)) == len(subjects) and len(set(tokens)) == len(tokens)
                and len(sent) + len(failed) == MESSAGES
                and {line["messageid"] for line in sent} <= {re.search(r"^Message-ID: <(.*)>", text, re.M)[1]
                                                             for text in texts}
                and all(line["outcome"] == "doubtful" for line in failed))


class Build(Command):
    name = "book build"
    is_whole = True

    def fresh(self):
        self.place.clear("built")
        (self.place.root / "built").mkdir()

    def words(self):
        return ["book", "build", "book", "-o", "built/book.mtb"]

    def left(self):
        """What is decided by it; the file itself has the time in it."""
        if not (self.place.root / "built/book.mtb").exists():
            return {}
        self.place.clear("out")
        words = self.place.run_words("out")
        words[words.index("book")] = "built/book.mtb"
        self.place.must(words)
        return super().left()


class Export(Command):
    is_whole = True

    def __init__(self, place, form, to):
        self.name, self.form, self.to = f"export --to {form}", form, to
        super().__init__(place)

    def fresh(self):
        self.place.clear("there")
        (self.place.root / "there").mkdir()

    def words(self):
        return ["export", "whole", "--to", self.form, "-o", f"there/{self.to}"]

    def left(self):
        path = self.place.root / "there" / self.to
        if self.form == "sqlite":
            return dump(path)
        if path.is_file():
            return {path.name: path.read_bytes()}
        return {it.name: it.read_bytes() for it in sorted(path.glob("[!.]*"))}


class ExportOver(Export):
    """An export over that of an earlier folder."""

    def __init__(self, place, form, to):
        super().__init__(place, form, to)
        self.name += " over an older one"
        self.fresh()
        self.old = self.left()

    def fresh(self):
        super().fresh()
        self.place.must(["export", "base", *self.words()[2:]])


class Report(Command):
    name = "report"
    is_whole = True

    def fresh(self):
        self.place.clear("there")
        (self.place.root / "there").mkdir()

    def words(self):
        return ["report", "whole", "-o", "there/report.html"]

    def left(self):
        return {path.name: path.read_bytes() for path in (self.place.root / "there").glob("[!.]*")}


def dump(path):
    """Every row of a SQLite file; nothing if it has no table."""
    if not path.exists() or path.stat().st_size == 0:
        return {}
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",), path
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        return {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"'))) for name in names}


def all_commands(place):
    yield Run(place)
    yield SecondRun(place)
    yield RebuildState(place)
    yield RunWithForm(place)
    yield Send(place)
    yield Build(place)
    for form, to in [("csv", "csv"), ("sqlite", "crm.db"), ("vcard", "created.vcf"), ("dataverse", "batches")]:
        yield Export(place, form, to)
    yield ExportOver(place, "csv", "csv")
    yield Report(place)
    yield Watch(place)
