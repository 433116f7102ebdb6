"""Books that are read from a PostgreSQL server: what postgres.py checks beside its own."""

import csv
import json
import os
import subprocess
import time

from postgres import PASSWORD, ran

TABLES = """
create table people (id uuid primary key, name text, mail text, owner text, created timestamptz, off boolean, note text);
insert into people values
  ('00000000-0000-0000-0000-000000000007', 'Kim "K" Abel', 'kim@fabrikam.example', 'Ann Beck',
   '2024-01-31 10:22:00+02', false, E'two\\nlines'),
  ('00000000-0000-0000-0000-000000000008', 'Jörg Müller', 'joerg@fabrikam.example, jm@fabrikam.example', '9',
   '2024-02-01 00:00:00.5+00', true, null),
  ('00000000-0000-0000-0000-000000000009', null, 'not an address', null, null, null, '');
create table users (id int primary key, name text, mail text);
insert into users values (9, 'Ann Beck', 'ann@contoso.example');
"""

PEOPLE = "select id, name as fullname, mail as emailaddress1, owner as ownerid, created as createdon, off as isdisabled, note from people order by id"
USERS = "select id, name as fullname, mail as internalemailaddress from users"


def options(folder, name="options.toml", **queries):
    text = "[book.query]\n" + "".join(f'{kind} = """{query}"""\n' for kind, query in queries.items())
    (folder / name).write_text(text)
    return ["--options", name]


def crm(server):
    server.sql("drop database if exists crm with (force)")
    server.sql("create database crm")
    server.sql(TABLES, "crm")


def refused(program, arguments, folder, *words, **environment):
    """One line, the exit status of a bad book, and nothing left behind."""
    before = sorted(os.listdir(folder))
    status, out, err = ran(program, arguments, folder, **environment)
    assert (status, out) == (2, ""), (status, out, err)
    assert len(err.splitlines()) == 1, err
    for word in words:
        assert word in err, (word, err)
    assert sorted(os.listdir(folder)) == before, os.listdir(folder)


def a_book_is_read_by_a_query_for_each_type(server, program, folder):
    crm(server)
    of = options(folder, contact=PEOPLE, systemuser=USERS)
    url = server.url("crm")
    status, out, err = ran(program, ["book", "check", url, "--json", *of], folder)
    assert status == 0, err
    told = json.loads(out)
    assert told["records"] == {"contact": 3, "systemuser": 1}, told
    assert told["addresses"] == 4, told
    assert [file["rowswithwarnings"] for file in told["files"]] == [1, 0], told
    assert err.count("query of contact, row 3: emailaddress1 `not an address`") == 1, err
    addresses = ["kim@fabrikam.example", "jm@fabrikam.example", "ann@contoso.example", "nobody@x.example"]
    status, of_server, err = ran(program, ["resolve", "--json", "--book", url, *of, *addresses], folder)
    kim = json.loads(of_server.splitlines()[0])["candidates"][0]
    assert kim["createdon"] == "2024-01-31T08:22:00Z" and kim["active"], kim
    joerg = json.loads(of_server.splitlines()[1])["candidates"][0]
    assert not joerg["active"], joerg
    # A built one answers alike, and does not know the password.
    status, out, err = ran(program, ["book", "build", url, "-o", "crm.mtb", *of], folder)
    assert status == 0, err
    assert PASSWORD.encode() not in (folder / "crm.mtb").read_bytes()
    assert ran(program, ["resolve", "--json", "--book", "crm.mtb", *addresses], folder)[1] == of_server
    info = ran(program, ["book", "info", "crm.mtb"], folder)[1]
    assert "its source is a server, which cannot say whether it has changed" in info, info
    # So does a folder of the same records.
    records = folder / "records"
    records.mkdir()
    with open(records / "contact.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "fullname", "emailaddress1", "ownerid", "createdon", "isdisabled"])
        rows.writerow(["00000000-0000-0000-0000-000000000007", "Kim", "kim@fabrikam.example", "9", "2024-01-31T08:22:00Z", ""])
        rows.writerow(["00000000-0000-0000-0000-000000000008", "J", "joerg@fabrikam.example;jm@fabrikam.example", "9", "2024-02-01T00:00:00.5Z", "true"])
    (records / "systemuser.csv").write_text("id,fullname,internalemailaddress\n9,Ann Beck,ann@contoso.example\n")
    assert ran(program, ["resolve", "--json", "--book", "records", *addresses], folder)[1] == of_server


def a_run_asks_the_server_before_it_creates(server, program, folder):
    crm(server)
    of = options(folder, contact=PEOPLE, systemuser=USERS)
    url = server.socket_url("crm")
    assert ran(program, ["book", "build", url, "-o", "crm.mtb", *of], folder)[0] == 0
    server.sql("insert into people(id, mail) values ('00000000-0000-0000-0000-00000000000a', 'new@x.example')", "crm")
    (folder / "mail").mkdir()
    for name, sender, to in (("a", "new@x.example", "ann@contoso.example"), ("b", "kim@fabrikam.example", "new@x.example")):
        (folder / "mail" / f"{name}.eml").write_text(f"From: {sender}\nTo: {to}\nMessage-ID: <{name}@x>\n\nHi\n")
    (folder / "all.toml").write_text('[email]\ntrack = "all"\ncreate_for = "everyone"\n')
    status, out, err = ran(program, ["run", "mail", "--book", "crm.mtb", "--options", "all.toml", "--out", "out"], folder)
    assert status == 0, err
    assert "contact:00000000-0000-0000-0000-00000000000a" in (folder / "out" / "duplicates.jsonl").read_text()
    assert (folder / "out" / "contacts.jsonl").read_text() == ""
    # An old file is built again, whether or not anything has changed: a server does not tell.
    (folder / "often.toml").write_text('[local_data]\ninterval = "1s"\n')
    later = ["--now", "2100-01-01T00:00:00Z"]
    status, out, err = ran(program, ["run", "mail", "--book", "crm.mtb", "--options", "often.toml", "--out", "later", *later], folder)
    assert status == 0 and "was built again, because its source, the database" in err, err
    found = ran(program, ["resolve", "--json", "--book", "crm.mtb", "new@x.example"], folder)[1]
    assert json.loads(found)["sender"] == "contact:00000000-0000-0000-0000-00000000000a", found


def a_password_comes_from_the_environment_or_a_file(server, program, folder):
    crm(server)
    of = options(folder, contact=PEOPLE)
    asked = ["book", "check", server.url("crm", password=None), *of]
    assert ran(program, asked, folder, PGPASSWORD=PASSWORD)[0] == 0
    passwords = folder / "passwords"
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    passwords.write_text(f"localhost:*:*:*:{escaped}\n")
    passwords.chmod(0o600)
    assert ran(program, asked, folder, PGPASSFILE=str(passwords))[0] == 0
    passwords.chmod(0o644)
    refused(program, asked, folder, "cannot be connected to", PGPASSFILE=str(passwords))
    refused(program, asked, folder, "give it in PGPASSWORD")
    refused(program, ["book", "check", server.url("crm", password="other"), *of], folder, "password authentication failed")
    refused(program, ["book", "check", server.url("nowhere"), *of], folder, 'database "nowhere" does not exist')
    refused(program, ["book", "check", server.url("crm")], folder, "the options have no query")


def queries_that_cannot_be_are_refused_in_one_line(server, program, folder):
    crm(server)
    for query, word in (
        ("selekt 1", 'syntax error at or near "selekt"'),
        ("select * from nowhere", 'relation "nowhere" does not exist'),
        ("select 1; select 2", "multiple commands"),
        ("select mail as emailaddress1 from people", "has no column `contactid` or `id`; it has `emailaddress1`"),
        ("delete from people", "gives no columns"),
        ("delete from people returning id", "read-only transaction"),
        ("with gone as (delete from people returning id) select id from gone", ""),
        ("select id / 0 as id from users", "division by zero"),
        ("select 1) to program 'touch /tmp/x' --", "syntax error"),
        ("select 7 as id from people", "row 2: the contact id `7` stands on an earlier line too"),
        ("select id, mail as email, created as createdon, 'sometimes' as isdisabled, name as email from people", "two columns are called `email`"),
    ):
        of = options(folder, contact=query)
        status, out, err = ran(program, ["book", "build", server.url("crm"), "-o", "b.mtb", *of], folder)
        assert status == 2 and word in err and len(err.splitlines()) == (2 if "7 as id" in query else 1), (query, err)
        assert "query of contact" in err and not (folder / "b.mtb").exists(), err
    assert server.sql("select count(*) from people", "crm").strip() == "3"


def a_large_query_is_read_as_it_comes(server, program, folder):
    crm(server)
    rows = 300_000
    of = options(folder, contact=f"select g as id, 'm' || g || '@x.example' as emailaddress1, repeat('x', 400) as note from generate_series(1, {rows}) g")
    limited = ["bash", "-c", "ulimit -v 1500000; exec \"$@\"", "-", program]
    arguments = ["book", "check", server.socket_url("crm"), "--json", *of]
    done = subprocess.run([*limited, *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["addresses"] == rows


def a_server_that_goes_away_leaves_nothing(server, program, folder):
    crm(server)
    slow = "select g as id, 'm' || g || '@x.example' as emailaddress1, case when pg_sleep(0.001) is null then 1 end as x from generate_series(1, 1000000) g"
    of = options(folder, contact=slow)
    before = sorted(os.listdir(folder))
    process = subprocess.Popen([program, "book", "build", server.url("crm"), "-o", "b.mtb", *of], cwd=folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    assert process.poll() is None
    server.stop("immediate")
    try:
        out, err = process.communicate(timeout=60)
    finally:
        server.start()
    assert (process.returncode, out) == (2, ""), (process.returncode, out, err)
    assert len(err.splitlines()) == 1 and "query of contact: cannot be read: " in err and PASSWORD not in err, err
    assert sorted(os.listdir(folder)) == before, os.listdir(folder)


CHECKS = [
    a_book_is_read_by_a_query_for_each_type,
    a_run_asks_the_server_before_it_creates,
    a_password_comes_from_the_environment_or_a_file,
    queries_that_cannot_be_are_refused_in_one_line,
    a_large_query_is_read_as_it_comes,
    a_server_that_goes_away_leaves_nothing,
]
