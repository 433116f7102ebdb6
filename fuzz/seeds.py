#!/usr/bin/env python3
"""Makes the seeds of each fuzzing target from the fixtures: fuzz/corpus/TARGET/*.

Usage: fuzz/seeds.py [FOLDER]    FOLDER holds more mail to take seeds from
"""

import email
import email.policy
import gzip
import hashlib
import io
import pathlib
import sys
import tarfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
DEMO = HERE.parent / "fixtures" / "demo"
SEPARATOR = b"\x1e"

INVITATION = b"""BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
ORGANIZER;CN="Beck, Ann":mailto:ann@customer.example\r
ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:me@own.example\r
DTSTART;TZID=Europe/Berlin:20240102T090000\r
SUMMARY:A meeting\r
END:VEVENT\r
END:VCALENDAR\r
"""

CARD = b"""BEGIN:VCARD\r
VERSION:3.0\r
FN:Ann Beck\r
N:Beck;Ann;;Dr.;\r
EMAIL;TYPE=WORK:ann@customer.example\r
TEL;TYPE=CELL:+49 170 000\r
ADR:;;Street 1;Town;;12345;DE\r
END:VCARD\r
"""

MULTIPART = b"""From: Ann <ann@customer.example>\r
Content-Type: multipart/mixed; boundary="b=1"\r
\r
--b=1\r
Content-Type: text/html; charset=iso-8859-2\r
Content-Transfer-Encoding: quoted-printable\r
\r
<p>Gr=FC=DFe<br>&amp; more</p>\r
--b=1\r
Content-Type: text/calendar; method=REQUEST\r
Content-Transfer-Encoding: base64\r
\r
QkVHSU46VkNBTEVOREFSDQpNRVRIT0Q6UkVRVUVTVA0KRU5EOlZDQUxFTkRBUg0K\r
--b=1\r
Content-Type: application/pdf; name*0*=utf-8''a%20; name*1=b.pdf\r
Content-Disposition: attachment\r
\r
x\r
--b=1--\r
"""

REPORT = b"""X-MS-Journal-Report:\r
Content-Type: multipart/mixed; boundary=r\r
\r
--r\r
Content-Type: text/plain\r
\r
Sender: ann@customer.example\r
Subject: x\r
Message-Id: <1@customer.example>\r
To: me@own.example\r
\r
--r\r
Content-Type: message/rfc822\r
\r
From: ann@customer.example\r
Subject: x\r
\r
text\r
--r--\r
"""

TEXTS = [
    "Thu, 6 Oct 2022 12:27:13 +0200 (CEST)", "2022-10-06T12:27:13Z", "Thu Oct  6 12:27:13 2022",
    "by x.example; 06-Oct-22 12.27.13 EST", "=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?B?R3L832U=?=",
    "<1@customer.example> <2@customer.example>", "CRM:0001042", "Re: [list] AW: Fwd: offer", "Dr. Ann van der Beck, PhD",
    "https://www.customer.example/a?b", "<table><tr><td>a</td></tr></table><script>x</script>&nbsp;&#x20AC;", "\\\"\u0007\u202e",
]
ADDRESSES = [
    "Ann Beck <ann@customer.example>, \"Beck, Bob\" <bob@customer.example>", "ann@customer.example (Ann)",
    "team: ann@customer.example, bob@customer.example;", "=?utf-8?Q?J=C3=B6rg?= <j\u00f6rg@b\u00fccher.example>",
    "\"a b\"@[127.0.0.1], <@r.example:a@b.example>", "'ann@customer.example' via List <list@own.example>",
    "a@b.example; c@d.example", "undisclosed-recipients:;",
]
INDEXES = ["AdXmK0c4Ls4yDz8aQ0SJb7bE7qzgUgAAAAAB", "Ac3AZ6F7NWlS8VYDTyeDr6wd4F4DYgAABBqQAAAC9YA=", "AQHOwGeh"]


def keep(target, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def of_message(data):
    head = data.split(b"\n\n")[0] if b"\n\n" in data else data.split(b"\r\n\r\n")[0]
    keep("head", head + b"\n\n")
    keep("mime", data)
    keep("mbox", b"From a@b Thu Oct  6 12:27:13 2022\n" + data + b"\n\nFrom a@b Thu Oct  6 12:27:13 2022\n" + data)
    keep("mbox", b"%d\n" % len(data) + data)
    keep("archives", bytes([7]) + data)
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for name, value in message.items():
        value = str(value).encode("utf-8", "replace")
        if name.lower() in ("from", "to", "cc", "bcc", "reply-to", "sender"):
            keep("addresses", value)
        elif name.lower() == "thread-index":
            keep("conversation", value)
        else:
            keep("text", value)


def of_archives(messages):
    tar, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as to, zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as other:
        for number, data in enumerate(messages[:4]):
            member = tarfile.TarInfo(f"Inbox/{number}.eml")
            member.size = len(data)
            to.addfile(member, io.BytesIO(data))
            other.writestr(f"Inbox/{number}.eml", data)
    mbox = b"".join(b"From a@b Thu Oct  6 12:27:13 2022\n" + it + b"\n\n" for it in messages[:3])
    for form, data in enumerate(
        [tar.getvalue(), zipped.getvalue(), gzip.compress(tar.getvalue()), gzip.compress(mbox), b"", b"",
         b"%d\n" % len(messages[0]) + messages[0], messages[0], mbox, mbox]):
        keep("archives", bytes([form]) + data)
        keep("archives", bytes([form + 10]) + data)


def of_book():
    files = {path.name: path.read_bytes()[:6000] for path in (DEMO / "book").iterdir()}
    contacts, emails = files.get("contact.csv", b""), files.get("email.csv", b"activityid,messageid\n1,<a@b>\n")
    user = b'{"systemuserid":"u-1","fullname":"Me","internalemailaddress":"me@own.example"}\n'
    keep("book", SEPARATOR.join([contacts, emails, user]))
    for data in files.values():
        keep("book", data)
    dynamics = b'\xef\xbb\xbf"(Do Not Modify) Contact","Full Name","Email","Owner","Status","Created On"\n"1","A B","a@b.example","Me","Active","1/2/2024 9:00 AM"\n'
    salesforce = b'"Id","FirstName","LastName","Email","OwnerId","AccountId","CreatedDate"\n"1","A","B","a@b.example","5","7","2024-01-02"\n'
    hubspot = b'Record ID,First Name,Last Name,Email,Additional email addresses,Contact owner\n1,A,B,a@b.example,c@d.example;e@f.example,Me\n'
    generic = b'id;name;email;owner\n1;A B;a@b.example;me\n'
    for form, data in enumerate([dynamics, salesforce, hubspot, generic]):
        keep("presets", bytes([form]) + SEPARATOR.join([data, data, data]))
    keep("presets", bytes([3]) + generic.decode().encode("utf-16"))


def main():
    more = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    messages = [path.read_bytes() for path in sorted((DEMO / "mail").rglob("*")) if path.is_file()]
    if more:
        messages += [path.read_bytes()[:16_000] for path in sorted(more.rglob("*")) if path.is_file()][::50]
    messages += [MULTIPART, REPORT]
    for data in messages:
        of_message(data)
    of_archives(messages)
    of_book()
    for path in DEMO.glob("*.toml"):
        keep("options", path.read_bytes())
    for data, target in [(INVITATION, "calendar"), (CARD, "vcards"), (CARD * 2, "vcards")]:
        keep(target, data)
    for texts, target in [(TEXTS, "text"), (ADDRESSES, "addresses"), (INDEXES, "conversation")]:
        for text in texts:
            keep(target, text.encode())
    for manner in range(4):
        keep("index", bytes([manner]))
        keep("index", bytes([manner]) + bytes([0, 2, 0, 0, 255]) + bytes([40, 0, 0, 0, 7]))
    keep("state", bytes([0, 16, 0, 1]))
    keep("state", bytes([100, 0, 0, 1, 9]))
    for folder in sorted((HERE / "corpus").iterdir()):
        print(f"{folder.name}: {sum(1 for _ in folder.iterdir())}")


main()
