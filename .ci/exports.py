"""Reads exports with what people read them with: Python's csv and sqlite3, the sqlite3 program, pyarrow, an HTTP server in
the place of Dataverse; and exports onto a disk that is full.

Usage: python3 .ci/exports.py target/debug/mailtrack
Installs the sqlite3 program and pyarrow if they are missing.
"""

import csv
import email
import email.policy
import http.server
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import awkward
import needs

csv.field_size_limit(1 << 30)

WITH_PYARROW = """
import json, sys
from datetime import timezone
import pyarrow.parquet
for table in sys.argv[2:]:
    read = pyarrow.parquet.read_table(f"{sys.argv[1]}/{table}.parquet")
    for row in read.to_pylist():
        for name, value in row.items():
            if hasattr(value, "astimezone"):
                row[name] = value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        print(json.dumps({"table": table, "row": row}))
    print(json.dumps({"table": table, "types": {field.name: str(field.type) for field in read.schema}}))
"""


def tables(folder):
    return [table for table in awkward.TABLES if (folder / "out" / f"{table}.jsonl").exists()]


def export(program, folder, form, to, *more, status=0):
    done = subprocess.run([program, "export", "out", "--to", form, "-o", to, *more], cwd=folder, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == status, (form, done.returncode, done.stderr)
    return done


def hold(table, want, got, back):
    """Every value of every row is what the reader gives, `back` being the way from its form."""
    assert len(want) == len(got), (table, len(want), len(got))
    for want, got in zip(want, got):
        for name, value in want.items():
            assert back(got[name], value) == value, (table, name, str(value)[:200], str(got[name])[:200])


def of_csv(cell, like):
    if like is None or isinstance(like, str):
        assert like or cell == "", cell
        return None if like is None else cell
    if isinstance(like, list):
        if cell.startswith("["):
            return json.loads(cell)
        return cell.split(";") if cell else []
    return json.loads(cell)


def of_sqlite(cell, like):
    if isinstance(like, list):
        return json.loads(cell)
    return bool(cell) if isinstance(like, bool) else cell


def of_parquet(cell, like):
    return json.loads(cell) if isinstance(like, list) and isinstance(cell, str) else cell


def python_reads_csv(program, folder):
    export(program, folder, "csv", "sheets", "--no-guard", "--bom")
    for table in tables(folder):
        with open(folder / "sheets" / f"{table}.csv", encoding="utf-8-sig", newline="") as file:
            hold(table, awkward.rows(folder, table), list(csv.DictReader(file)), of_csv)
    export(program, folder, "csv", "guarded")
    for table in tables(folder):
        with open(folder / "guarded" / f"{table}.csv", encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))], table


def sqlite_is_read(program, folder):
    for _ in range(2):
        export(program, folder, "sqlite", "x.db")
    database = sqlite3.connect(folder / "x.db")
    database.row_factory = sqlite3.Row
    for table in tables(folder):
        got = [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY rowid")]
        hold(table, awkward.rows(folder, table), got, of_sqlite)
    database.close()
    sqlite3_program, = needs.programs(["sqlite3"], "sqlite3")
    told = subprocess.run([sqlite3_program, "-json", folder / "x.db", "PRAGMA integrity_check; SELECT count(*) AS n FROM emails"],
                          capture_output=True, text=True, timeout=60, check=True).stdout
    assert '"ok"' in told and f'"n":{len(awkward.rows(folder, "emails"))}' in told, told


def pyarrow_reads_parquet(program, folder):
    done = subprocess.run([program, "export", "out", "--to", "parquet", "-o", "pq"], cwd=folder, capture_output=True, text=True)
    if "built without Parquet" in done.stderr:
        raise needs.Missing("the program is built without Parquet")
    assert done.returncode == 0, done.stderr
    python = needs.python_with(folder / "env", "pyarrow")
    told = subprocess.run([python, "-c", WITH_PYARROW, folder / "pq", *tables(folder)], capture_output=True, text=True,
                          timeout=120, check=True).stdout
    rows, types = {table: [] for table in tables(folder)}, {}
    for line in map(json.loads, told.splitlines()):
        if "row" in line:
            rows[line["table"]].append(line["row"])
        else:
            types[line["table"]] = line["types"]
    for table in tables(folder):
        hold(table, awkward.rows(folder, table), rows[table], of_parquet)
    for name, want in {"receivedon": "timestamp[us, tz=UTC]", "directioncode": "bool", "correlationmethod": "int64",
                       "subject": "string", "references": "list<item: string not null>"}.items():
        assert types["emails"][name] == want, (name, types["emails"][name])


class Dataverse(http.server.BaseHTTPRequestHandler):
    """Takes batches as Dataverse's documentation describes them; records by their address."""

    records = {}

    def log_message(self, *_):
        pass

    def do_POST(self):
        assert self.path == "/api/data/v9.2/$batch" and self.headers["Authorization"] == "Bearer t0ken", self.path
        assert self.headers["Prefer"] == "odata.continue-on-error"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = email.message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body,
                                           policy=email.policy.HTTP)
        parts = list(message.iter_parts())
        assert 0 < len(parts) <= 1000 and not message.defects, message.defects
        answers = []
        for part in parts:
            assert part.get_content_type() == "application/http"
            line, rest = part.get_payload(decode=True).decode().split("\r\n", 1)
            head, text = rest.split("\r\n\r\n", 1)
            method, url, version = line.split(" ")
            assert (method, version) == ("PATCH", "HTTP/1.1") and url.startswith("/api/data/v9.2/"), line
            answers.append(self.patch(url.removeprefix("/api/data/v9.2/"), head, json.loads(text)))
        text = "".join(f"--answer\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {status} x\r\n\r\n\r\n" for status in answers)
        self.send_response(200)
        self.end_headers()
        self.wfile.write((text + "--answer--\r\n").encode())

    def patch(self, url, head, body):
        is_there = url in self.records
        if "If-None-Match: *" in head and is_there:
            return 412
        if "If-Match: *" in head and not is_there:
            return 404
        for name, value in [*body.items(), *[pair for party in body.get("email_activity_parties", []) for pair in party.items()]]:
            known = re.fullmatch(r"/(\w+)\((.+)\)", value)[2] if name.endswith("@odata.bind") else None
            # What this program creates must have come before.
            assert known in (None, "c-1", "u-1") or value[1:] in self.records, (url, name, value)
        self.records.setdefault(url, {}).update(body)
        return 204


def a_script_posts_to_dataverse(program, folder):
    told = export(program, folder, "dataverse", "batches").stderr
    assert "have an id that is not a GUID" in told, told
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Dataverse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    def post():
        return subprocess.run([sys.executable, "batches/post.py", f"http://127.0.0.1:{server.server_port}"], cwd=folder,
                              env={**os.environ, "TOKEN": "t0ken", "no_proxy": "*"}, capture_output=True, text=True, timeout=120)
    first = post()
    assert first.returncode == 0, first.stdout + first.stderr
    emails = awkward.rows(folder, "emails")
    records = Dataverse.records
    assert len(records) == len(emails) + len(awkward.rows(folder, "contacts")), len(records)
    updates = {row["activityid"]: row["regardingobjectid"] for row in awkward.rows(folder, "updates")}
    for row in emails:
        record = records[f"emails({row['activityid']})"]
        assert record.get("description") == (row["description"] and row["description"].replace("\0", "\ufffd")), record
        assert (record["statecode"], record["statuscode"]) == (1, 3 if row["directioncode"] else 4)
        regarding = updates.get(row["activityid"], row["regardingobjectid"])
        assert record.get("regardingobjectid_contact_email@odata.bind") == (regarding and f"/contacts({regarding.split(':')[1]})")
    before = json.dumps(records)
    again = post()
    assert again.returncode == 0 and before == json.dumps(records) and "were there already" in again.stdout, again.stderr
    server.shutdown()


def a_full_disk_leaves_nothing_half_written(program, folder):
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        return needs.skip("full-disk", f"no disk can be mounted: {mounted.stderr.decode().strip()}")
    try:
        (disk / "mine").write_text("mine")
        for form, to in [("csv", "disk/sheets"), ("sqlite", "disk/x.db"), ("parquet", "disk/pq"), ("dataverse", "disk/dv"),
                         ("vcard", "disk/x.vcf")]:
            done = subprocess.run([program, "export", "out", "--to", form, "-o", to], cwd=folder, capture_output=True, text=True)
            if form == "vcard" or "built without" in done.stderr:
                continue
            assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "cannot be written: " in done.stderr, done
            assert "full" in done.stderr or "No space left" in done.stderr, done.stderr
            assert sorted(os.listdir(disk)) == ["mine"], (form, os.listdir(disk))
            print("   ", done.stderr.strip())
        (disk / "x.vcf").unlink(missing_ok=True)
        done = subprocess.run([program, "run", "mail", "--book", "book", "--out", "disk/out", "--options", "o.toml",
                               "--body", "none", "--format", "csv"], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done
    finally:
        subprocess.run(["umount", disk], check=True)


def main():
    program = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        awkward.make(program, folder)
        for check in [python_reads_csv, sqlite_is_read, pyarrow_reads_parquet, a_script_posts_to_dataverse,
                      a_full_disk_leaves_nothing_half_written]:
            print(check.__name__.replace("_", " "), flush=True)
            needs.run("exports", lambda: check(program, folder))


main()
