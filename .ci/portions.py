#!/usr/bin/env python3
"""portions.py MAILTRACK MAIL BOOK: mail that arrives in five growing portions against the same mail at once.

The activities and created records must be the same. Order of arrival rightly changes three things: a message that
answers one which arrives later is tied to none, or to another one that it names; of copies, the first to arrive is
tracked; and a record gets the best name of the mail that had arrived by then. Nothing else may differ.
"""
import json, os, subprocess, sys, tempfile
from pathlib import Path

PORTIONS = 5


def rows(out, name):
    with open(out / f"{name}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main():
    binary, mail, book = os.path.abspath(sys.argv[1]), Path(sys.argv[2]).resolve(), sys.argv[3]
    files = sorted(path.relative_to(mail) for path in mail.rglob("*") if path.is_file() and not path.name.startswith("."))
    with tempfile.TemporaryDirectory(dir=mail.parent) as tmp:
        tmp = Path(tmp)
        options = tmp / "options.toml"
        options.write_text('[email]\ntrack = "all"\ncreate_skip = []\n')
        arrived, portion_of = tmp / "mail", {}

        def run(folder, out):
            subprocess.run([binary, "run", str(folder), "--book", book, "--options", str(options), "--body", "none",
                            "--out", str(out), "--quiet", "--strict"], check=True)

        run(mail, tmp / "whole")
        for portion in range(PORTIONS):
            for path in files[len(files) * portion // PORTIONS:len(files) * (portion + 1) // PORTIONS]:
                portion_of[str(path)] = portion
                (arrived / path).parent.mkdir(parents=True, exist_ok=True)
                os.link(mail / path, arrived / path)
            run(arrived, tmp / "parts")
        whole = {row["activityid"]: row for row in rows(tmp / "whole", "emails")}
        parts = {row["activityid"]: row for row in rows(tmp / "parts", "emails")}
        assert whole.keys() == parts.keys(), "other activities"
        created = [{row["contactid"]: row for row in rows(tmp / out, "contacts")} for out in ("whole", "parts")]
        assert created[0].keys() == created[1].keys(), "other contacts"
        assert len(rows(tmp / "whole", "decisions")) == len(rows(tmp / "parts", "decisions")), "other decisions"
        later = 0
        for key, one in whole.items():
            other = parts[key]
            if one["correlatedactivityid"] == other["correlatedactivityid"]:
                continue
            found = whole.get(one["correlatedactivityid"])
            assert found and portion_of[found["source"]] > portion_of[one["source"]], f"{one['source']}: tied otherwise"
            later += 1
        names = sum(created[0][key]["fullname"] != created[1][key]["fullname"] for key in created[0])
        copies = sum(whole[key]["source"] != parts[key]["source"] for key in whole)
        print(f"{len(whole)} activities and {len(created[0])} contacts, the same in {PORTIONS} portions as at once; "
              f"{later} answer what arrived later, {copies} are another copy, {names} contacts have another name")


main()
