"""Works with a real PostgreSQL server, which it starts and stops: what is read from it, what is written to it.

Usage: python3 .ci/postgres.py target/debug/mailtrack
Uses the PostgreSQL that is installed, or installs Debian's.
"""

import csv
import glob
import io
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from datetime import datetime, timezone
from pathlib import Path

import awkward
import needs

USER, PASSWORD = "mailtrack", "s3:cr@t\\x"


def programs():
    """The folder of the server's programs."""
    def find():
        found = [it for it in [shutil.which("initdb")] if it]
        found += sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda it: int(it.split("/")[4]))
        return Path(found[-1]).resolve().parent if found else None
    if not find():
        needs.install("postgresql")
    if not find():
        raise needs.Missing("there is no initdb")
    return find()


class Server:
    """A server of its own, in a folder: over TCP with a password, over a socket without, TLS by its own certificate."""

    def __init__(self, folder):
        self.folder, self.programs, self.process = folder, programs(), None
        # A server refuses to be run by root.
        self.is_root = os.geteuid() == 0
        names = {user.pw_name for user in pwd.getpwall()}
        self.user = "postgres" if "postgres" in names else "nobody"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.sockets = folder / "socket"
        self.sockets.mkdir(parents=True)
        (folder / "password").write_text(PASSWORD + "\n")
        needs.certificate(folder, "DNS:localhost")
        if self.is_root:
            for path in [folder, *folder.iterdir()]:
                shutil.chown(path, self.user)
        os.chmod(folder / "key.pem", 0o600)
        self.run("initdb", "--no-sync", "-D", folder / "data", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8",
                 "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", folder / "password")

    def command(self, name, *arguments):
        user = ["runuser", "-u", self.user, "--"] if self.is_root else []
        return [*user, self.programs / name, *arguments]

    def run(self, name, *arguments):
        """Runs one of its programs; what it says."""
        ran = subprocess.run(self.command(name, *arguments), cwd="/", capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, f"{name}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def start(self):
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.sockets,
                    "ssl": "on", "ssl_cert_file": self.folder / "cert.pem", "ssl_key_file": self.folder / "key.pem",
                    "fsync": "off"}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self, mode="fast"):
        """`fast` lets go of what is under way, `immediate` is as if the power had failed."""
        self.run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop")

    def is_running(self):
        return subprocess.run(self.command("pg_ctl", "-D", self.folder / "data", "status"), cwd="/",
                              capture_output=True, timeout=60).returncode == 0

    def sql(self, text, database="postgres"):
        """Has a statement carried out; the rows as psql's unaligned output."""
        return self.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.sockets, "-p",
                        str(self.port), "-U", USER, "-d", database, "-c", text)

    def url(self, database, parameters="", password=PASSWORD, host="localhost"):
        """The URL over TCP."""
        login = USER if password is None else f"{USER}:{urllib.parse.quote(password, safe='')}"
        return f"postgres://{login}@{host}:{self.port}/{database}{parameters}"

    def socket_url(self, database):
        return f"postgres://{USER}@{urllib.parse.quote(str(self.sockets), safe='')}:{self.port}/{database}"


def ran(program, arguments, folder, **environment):
    """Runs the program; the exit status, what it said on standard output and on standard error."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run([program, *arguments], cwd=folder, env={**clean, "HOME": str(folder), **environment},
                          capture_output=True, text=True, timeout=120)
    assert PASSWORD not in done.stdout + done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def read_back(server, database, table, schema="public"):
    """The rows of a table as PostgreSQL gives them, by the names and types of its columns."""
    types = dict(line.split("|") for line in server.sql(
        f"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = '{schema}' AND "
        f"table_name = '{table}' ORDER BY ordinal_position", database).splitlines())
    # Texts are lists in JSON; a null is told apart from an empty text by the quotes of CSV's neighbour, JSON.
    text = server.sql(f"COPY (SELECT row_to_json(t) FROM {schema}.{table} AS t) TO STDOUT (FORMAT csv)", database)
    csv.field_size_limit(1 << 30)
    return types, [json.loads(cells[0]) for cells in csv.reader(io.StringIO(text, newline=""))]


def same(want, got, kind):
    if kind == "timestamp with time zone" and want is not None:
        return datetime.fromisoformat(got).astimezone(timezone.utc) == datetime.fromisoformat(want.replace("Z", "+00:00"))
    # PostgreSQL has no NUL.
    return json.loads(json.dumps(want).replace("\\u0000", "\\ufffd")) == got


def hold(server, database, folder, table, schema="public"):
    """Every value of every row of the JSON lines is what the table has."""
    types, got = read_back(server, database, table, schema)
    want = awkward.rows(folder, table)
    assert len(want) == len(got), (table, len(want), len(got))
    def key(row):
        return json.dumps([row.get(name) for name in sorted(want[0]) if types[name] != "timestamp with time zone"],
                          sort_keys=True).replace("\\u0000", "\\ufffd")
    for want, got in zip(sorted(want, key=key), sorted(got, key=key)):
        for name, value in want.items():
            assert same(value, got[name], types[name]), (table, name, str(value)[:300], str(got[name])[:300])


def exported_rows_are_read_back_and_a_repeat_changes_nothing(server, program, folder):
    awkward.make(program, folder, messages=300)
    server.sql("CREATE DATABASE crm")
    url = server.url("crm")
    status, told, said = ran(program, ["export", "out", "--to", "postgres", "-o", url], folder)
    assert status == 0 and "warning: PostgreSQL does not allow NUL in text: U+FFFD replaces it in" in said, (told, said)
    for table, line in zip(awkward.TABLES, told.splitlines()):
        count = len(awkward.rows(folder, table)) if (folder / "out" / f"{table}.jsonl").exists() else 0
        assert line == f"PostgreSQL database `crm` at localhost:{server.port}: {table}: {count} {'row' if count == 1 else 'rows'}", line
    for table in awkward.TABLES:
        if (folder / "out" / f"{table}.jsonl").exists():
            hold(server, "crm", folder, table)
    dump = lambda: [read_back(server, "crm", table) for table in awkward.TABLES]
    before = sorted(map(str, dump()))
    status, again, _ = ran(program, ["export", "out", "--to", "postgres", "-o", server.socket_url("crm")], folder)
    assert status == 0 and again.splitlines()[0].endswith(told.splitlines()[0].split(":")[-1])
    for before, after in zip(sorted(before), sorted(map(str, dump()))):
        assert sorted(before) == sorted(after)
    # What comes later is added, what an activity no longer has is removed, and what others have stays.
    (folder / "mail" / "later.eml").write_text(awkward.message(99, "later", "x"))
    awkward.run(program, folder)
    server.sql("INSERT INTO activityparties SELECT 99, activityid, 2, 'gone', NULL, NULL, NULL, NULL, false FROM emails LIMIT 1;"
               "INSERT INTO activityparties VALUES (1, '00000000-0000-4000-8000-000000000000', 2, 'stays', NULL, NULL, NULL, NULL, false)",
               "crm")
    assert ran(program, ["export", "out", "--to", "postgres", "-o", url], folder)[0] == 0
    strays = server.sql("DELETE FROM activityparties WHERE addressused IN ('gone', 'stays') RETURNING addressused", "crm")
    assert strays == "stays\n", strays
    for table in awkward.TABLES[:5]:
        hold(server, "crm", folder, table)


def tables_have_types_keys_and_indexes(server, program, folder):
    types, _ = read_back(server, "crm", "emails")
    for name, kind in {"activityid": "uuid", "receivedon": "timestamp with time zone", "directioncode": "boolean",
                       "references": "ARRAY", "attachments": "jsonb", "correlationmethod": "bigint",
                       "subject": "text"}.items():
        assert types[name] == kind, (name, types[name])
    keys = server.sql("SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace", "crm")
    assert "activityparties|PRIMARY KEY (activityid, ordinal)" in keys and keys.count("PRIMARY KEY") == 10, keys
    assert "USING btree (receivedon)" in server.sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'emails'", "crm")
    joined = server.sql("SELECT count(*) FROM emails JOIN activityparties USING (activityid) WHERE partyid = 'contact:c-1' "
                        "AND receivedon >= '2026-03-02T09:30:00Z'", "crm")
    assert int(joined) > 0
    assert server.sql("SELECT attachments->0->>'filename' FROM emails WHERE subject = 'attached'", "crm") == '=a;b, "c".csv\n'


def a_schema_of_its_own_and_a_table_that_is_another(server, program, folder):
    awkward.make(program, folder)
    server.sql("CREATE DATABASE other")
    url = server.url("other")
    export = ["export", "out", "--to", "postgres", "-o", url]
    assert ran(program, [*export, "--schema", 'mail "track"'], folder)[0] == 0
    assert server.sql('SELECT count(*) > 0 FROM "mail ""track""".emails', "other") == "t\n"
    for statements, words in [
        ("CREATE TABLE leads (a int)", "the table `public.leads` has no column `leadid` (uuid), "),
        ("CREATE VIEW leads AS SELECT 1 AS leadid", "the table `public.leads` has the column `leadid` as integer, and not as uuid, "),
        ("CREATE TABLE updates (updateid uuid, line bigint, activityid text, regardingobjectid text, source text)",
         "the table `public.updates` has another key than `updateid`: the column `updateid`, "),
        ("CREATE TABLE failures (failureid uuid PRIMARY KEY, line bigint, source text, error text, mine text NOT NULL)",
         "the table `public.failures` has a column `mine` that every row must give a value, "),
    ]:
        server.sql(statements, "other")
        tables = server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "other")
        status, told, said = ran(program, export, folder)
        place = f"mailtrack: PostgreSQL database `other` at localhost:{server.port}: "
        assert status == 2 and said.startswith(place + words) and len(said.splitlines()) == 1, (statements, said)
        assert tables == server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "other")
        kind = statements.split()[1]
        server.sql(f"DROP {kind} {statements.split()[2]}", "other")
    # Columns of the user's own stay, and what later runs fill is added.
    assert ran(program, export, folder)[0] == 0
    server.sql("ALTER TABLE contacts ADD COLUMN note text; UPDATE contacts SET note = 'mine'; "
               "ALTER TABLE contacts DROP COLUMN jobtitle", "other")
    assert ran(program, export, folder)[0] == 0
    got = server.sql("SELECT max(note), max(jobtitle) FROM contacts", "other")
    assert got == "mine|=head, \n;of it\n", got
    server.sql("CREATE ROLE reader LOGIN PASSWORD 'x'")
    status, _, said = ran(program, export[:-1] + [url.replace(f"//{USER}:", "//reader:")], folder, PGPASSWORD="x")
    assert status == 1 and "password authentication failed" in said, said
    url = f"postgres://reader@localhost:{server.port}/other"
    status, _, said = ran(program, export[:-1] + [url], folder, PGPASSWORD="x")
    assert status == 1 and "permission denied" in said and len(said.splitlines()) == 1, said


def who_logs_in_and_how(server, program, folder):
    awkward.make(program, folder)
    server.sql("CREATE DATABASE door")
    certificate = server.folder / "cert.pem"
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    (folder / ".pgpass").write_text(f"# mine\nlocalhost:*:door:{USER}:{escaped}\n")
    def export(url, **environment):
        status, _, said = ran(program, ["export", "out", "--to", "postgres", "-o", url], folder, **environment)
        return status, [line for line in said.splitlines() if "does not allow NUL" not in line]
    for mode, url, environment, want in [
        (0o644, server.url("door", password=None), {}, "is ignored: its permissions are 0644, and may be 0600 or less"),
        (0o600, server.url("door", password=None), {}, None),
        (0o600, server.url("door", password=None), {"PGPASSWORD": "wrong"}, "password authentication failed"),
        (0o600, server.url("door", "?sslmode=disable"), {}, None),
        (0o600, server.url("door", "?sslmode=require"), {}, None),
        (0o600, server.url("door", "?sslmode=verify-full"), {}, "invalid peer certificate"),
        (0o600, server.url("door", f"?sslmode=verify-full&sslrootcert={certificate}"), {}, None),
        (0o600, server.url("door", f"?sslmode=verify-full&sslrootcert={certificate}", host="127.0.0.1"), {},
         'not valid for name "127.0.0.1"'),
        (0o600, server.url("door", "?sslmode=verify-ca"), {}, "sslmode is `verify-ca`"),
        (0o600, "postgres://", {"PGHOST": str(server.sockets), "PGPORT": str(server.port), "PGUSER": USER,
                                "PGDATABASE": "door"}, None),
        (0o600, server.url("nowhere"), {}, 'database "nowhere" does not exist'),
        (0o600, "postgres://localhost:1/door", {}, "at localhost:1: cannot be connected to: Connection refused"),
    ]:
        os.chmod(folder / ".pgpass", mode)
        status, said = export(url, **environment)
        if want is None:
            assert (status, said) == (0, []), (url, said)
        else:
            assert status in (1, 2) and len(said) == 1 and want in said[0], (url, said)


def a_server_that_goes_away_leaves_nothing_half_written(server, program, folder):
    awkward.make(program, folder)
    server.sql("CREATE DATABASE away")
    export = ["export", "out", "--to", "postgres", "-o", server.url("away")]
    assert ran(program, export, folder)[0] == 0
    (folder / "mail" / "later.eml").write_text(awkward.message(99, "later", "x"))
    awkward.run(program, folder)
    before = server.sql("SELECT count(*), sum(hashtext(e::text)::bigint) FROM emails AS e", "away")
    # Somebody holds a table, so that the server goes when other tables are filled already.
    lock = subprocess.Popen(server.command("psql", "-X", "-q", "-h", server.sockets, "-p", str(server.port), "-U", USER,
                                           "-d", "away"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/")
    lock.stdin.write("BEGIN; LOCK TABLE decisions; SELECT 1;\n")
    lock.stdin.flush()
    lock.stdout.readline()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    exporting = subprocess.Popen([program, *export], cwd=folder, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mailtrack' AND wait_event_type = 'Lock'"
    for _ in range(100):
        if server.sql(waits, "away") == "1\n":
            break
        time.sleep(0.1)
    else:
        raise AssertionError("the export does not wait")
    server.stop("immediate")
    told, said = exporting.communicate(timeout=60)
    lock.kill()
    lock.communicate()
    place = f"mailtrack: PostgreSQL database `away` at localhost:{server.port}: cannot be written, and is as it was: "
    assert exporting.returncode == 1 and said.startswith(place) and len(said.splitlines()) == 1 and told == "", (told, said)
    print("   ", said.strip())
    server.start()
    assert before == server.sql("SELECT count(*), sum(hashtext(e::text)::bigint) FROM emails AS e", "away")
    assert ran(program, export, folder)[0] == 0
    hold(server, "away", folder, "emails")


# Each takes the server, the program and a folder of its own.
CHECKS = [
    exported_rows_are_read_back_and_a_repeat_changes_nothing,
    tables_have_types_keys_and_indexes,
    a_schema_of_its_own_and_a_table_that_is_another,
    who_logs_in_and_how,
    a_server_that_goes_away_leaves_nothing_half_written,
]


def main():
    program = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        server = Server(Path(name) / "server")
        server.start()
        try:
            from postgres_book import CHECKS as OF_BOOKS
            for check in [*CHECKS, *OF_BOOKS]:
                folder = Path(name) / check.__name__
                folder.mkdir()
                check(server, program, folder)
                print(f"PostgreSQL: {check.__name__.replace('_', ' ')}")
        finally:
            if server.is_running():
                server.stop("immediate")


if __name__ == "__main__":
    needs.run("postgres", main)
