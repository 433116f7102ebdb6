"""Sends over STARTTLS and TLS, with a login, to a real mail server (aiosmtpd), and reads what came.

Usage: python3 .ci/send.py target/debug/mailtrack
Installs aiosmtpd into an environment of its own in a temporary folder.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import needs

SERVER = r'''
import email, email.policy, json, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP

folder = sys.argv[1]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
taken = []


class Handler:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        taken.append({
            "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": message["Subject"],
            "names": [str(address) for address in message["To"].addresses], "bcc": message["Bcc"],
            "body": message.get_content(), "id": message["Message-ID"],
            "defects": [str(defect) for defect in message.defects],
        })
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"ann", b"s3cret"), handled=False)


class Starttls(Controller):
    def factory(self):
        return SMTP(self.handler, tls_context=context, require_starttls=True, auth_required=True,
                    authenticator=authenticate, hostname="localhost")


class Tls(Controller):
    def factory(self):
        return SMTP(self.handler, auth_required=True, auth_require_tls=False, authenticator=authenticate,
                    hostname="localhost")


starttls = Starttls(Handler(), hostname="127.0.0.1", port=0)
tls = Tls(Handler(), hostname="127.0.0.1", port=0, ssl_context=context)
ports = {}
for name, controller in (("starttls", starttls), ("tls", tls)):
    # A free port: the library wants to know it before it starts.
    import socket
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    ports[name] = controller.port
print(json.dumps(ports), flush=True)
sys.stdin.readline()
starttls.stop()
tls.stop()
print(json.dumps(taken), flush=True)
'''

BODY = "Grüße,\n.a line that begins with a dot\n" + "long " * 400 + "\nFrom here\n"


def send(program, folder, name, port, password, ca_file):
    """Sends one message; the exit status and what was told."""
    (folder / "options.toml").write_text(f"""
[send]
allow = true
[send.smtp]
host = "localhost"
port = {port}
security = "{name}"
user = "ann"
password_env = "MAIL_PASSWORD"
ca_file = "{ca_file}"
timeout_seconds = 10
""")
    line = {"from": "Ann Beck <ann@contoso.example>", "to": ["Jürgen Groß <j@fabrikam.example>", "\"Doe, Jo\" <jo@x.example>"],
            "bcc": "boss@contoso.example", "subject": f"Grüße über {name} " + "ä" * 300, "body": BODY, "id": name}
    (folder / "outbox.jsonl").write_text(json.dumps(line) + "\n")
    ran = subprocess.run([program, "send", "outbox.jsonl", "--book", "book", "--options", "options.toml", "--out", "out"],
                         cwd=folder, env={**os.environ, "MAIL_PASSWORD": password}, capture_output=True, text=True,
                         timeout=60)
    return ran.returncode, ran.stdout + ran.stderr


def main():
    program = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = needs.python_with(folder / "env", "aiosmtpd")
        needs.certificate(folder, "DNS:localhost", "IP:127.0.0.1")
        (folder / "book").mkdir()
        (folder / "book" / "systemuser.csv").write_text(
            "systemuserid,fullname,internalemailaddress\nu-1,Ann Beck,ann@contoso.example\n")
        server = subprocess.Popen([python, "-c", SERVER, folder], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            ports = json.loads(server.stdout.readline() or "{}")
            assert ports, "the server did not start"
            for security in ("starttls", "tls"):
                # A certificate that nobody vouches for, and a wrong password: nothing goes out, and the message waits.
                for password, ca_file, words in (("s3cret", "", "no secure connection"), ("wrong", "cert.pem", "refuses with 535")):
                    status, told = send(program, folder, security, ports[security], password, ca_file)
                    assert status == 1 and words in told and "1 pending" in told, (security, told)
                status, told = send(program, folder, security, ports[security], "s3cret", "cert.pem")
                assert status == 0 and "1 sent" in told, (security, told)
            taken = json.loads(server.communicate("\n", timeout=30)[0])
        finally:
            server.kill()
        sent = [json.loads(line) for line in (folder / "out" / "sent.jsonl").read_text().splitlines()]
        assert len(taken) == len(sent) == 2, taken
        for it, row in zip(taken, sent):
            assert it["tls"] and not it["defects"], it
            assert it["from"] == "ann@contoso.example", it
            assert it["to"] == row["recipients"] == ["j@fabrikam.example", "jo@x.example", "boss@contoso.example"], it
            assert it["names"] == ["Jürgen Groß <j@fabrikam.example>", '"Doe, Jo" <jo@x.example>'], it
            assert it["bcc"] is None and it["body"].replace("\r\n", "\n").rstrip("\n") == BODY.rstrip("\n"), it
            assert it["subject"] == row["subject"] and len(it["subject"]) == 255, it
            assert it["subject"].endswith(row["trackingtoken"]) and it["id"] == f"<{row['messageid']}>", it
    print("sent over STARTTLS and TLS, with a login, and read back the same")


needs.run("send", main)
