"""An output folder with rows in nearly every table that are awkward to whoever reads them, for the checks beside it."""

import json
import subprocess

TEXTS = ["=1+2", '@SUM(A1), "quoted"', "a lone \" and a lone '", "a;b,c\td", "\\N and \\. and \\", '{"a",NULL} [1]',
         "Grüße 你好 👩‍👩‍👧 \u202eright to left\u202c", "'; DROP TABLE emails; --", "NULL", "", " ", "+49 30 1", "nul a\0b"]

TABLES = ["emails", "activityparties", "contacts", "leads", "decisions", "updates", "duplicates", "failures", "sent", "failed"]


def message(number, subject, body, more=""):
    return (f'From: "Abel, Kim" <kim@fabrikam.example>\nTo: ann@contoso.example\nSubject: {subject}\n{more}'
            f"Date: Mon, 2 Mar 2026 09:{number // 60:02}:{number % 60:02} +0000\nMessage-ID: <m{number}@x.example>\n\n{body}\n")


def make(program, folder, messages=0):
    """Runs the program over awkward mail, and over so many ordinary messages; the folder is `out`."""
    mail = folder / "mail"
    (mail / "Deals").mkdir(parents=True)
    (folder / "book").mkdir()
    (folder / "book" / "contact.csv").write_text("contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\n")
    (folder / "book" / "systemuser.csv").write_text(
        "systemuserid,fullname,internalemailaddress\nu-1,Ann Beck,ann@contoso.example\n")
    (folder / "o.toml").write_text('[email]\ntrack = "all"\ncreate_for = "everyone"\n[[email.folder]]\npath = "Deals"\n'
                                   'regarding = "contact:c-1"\n[send]\nallow = true\noutbox = "outgoing"\n')
    for number, text in enumerate(TEXTS):
        (mail / f"{number}.eml").write_text(message(number, text, text))
    long = 'long, "long"\\ ' * 20000
    (mail / "it's \"q\"\n;,.eml").write_text(message(50, "quoted", "line\n\nline\r\r\nline"))
    (mail / "long.eml").write_text(message(51, long[:9000], long))
    references = "References:" + "".join(f' <r{at};{{}},"\\@x.example>' for at in range(300)) + "\n"
    attached = ('Cc: "Bo \\"=Ek\\"" <bo@customer.example>, nobody\nMIME-Version: 1.0\nContent-Type: text/csv; name="a;b.csv"\n'
                'Content-Disposition: attachment; filename="=a;b, \\"c\\".csv"\n')
    (mail / "attached.eml").write_text(message(52, "attached", "a,b", references + attached))
    (mail / "id.eml").write_text(message(53, "id", "x").replace("m53@", "i" * 5000 + "@"))
    (mail / "broken.eml").write_text("")
    for number in range(messages):
        (mail / f"ordinary-{number}.eml").write_text(message(100 + number, f"ordinary {number}", "text\n" * 50))
    run(program, folder)
    (mail / "Deals" / "0.eml").write_text(message(0, TEXTS[0], TEXTS[0]))
    (folder / "cards.vcf").write_text("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Di \"Fay\"\r\nEMAIL:di@other.example\r\n"
                                      "TITLE:=head\\, \\n\\;of it\r\nEND:VCARD\r\n")
    (mail / "card.eml").write_text(message(60, "card", "x", "Cc: di@other.example\n"))
    run(program, folder, "--vcards", "cards.vcf")
    line = {"id": 'a;"b"', "from": "ann@contoso.example", "to": ["kim@fabrikam.example"], "subject": '=sent "x"', "body": "\0'"}
    lines = [line, {**line, "id": None, "from": "stranger@contoso.example"}]
    (folder / "outbox.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    subprocess.run([program, "send", "outbox.jsonl", "--book", "book", "--options", "o.toml", "--out", "out"], cwd=folder,
                   check=True, capture_output=True, timeout=60)


def run(program, folder, *more):
    subprocess.run([program, "run", "mail", "--book", "book", "--out", "out", "--options", "o.toml", "--quiet", *more],
                   cwd=folder, check=True, timeout=120)


def rows(folder, table):
    path = folder / "out" / f"{table}.jsonl"
    with open(path, encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]
