"""Works with a real PostgreSQL server, which it starts and stops: what is read from it, what is written to it.

Usage: python3 .ci/postgres.py target/debug/mailtrack
Uses the PostgreSQL that is there, or installs Debian's where it may; where neither can be it says so and passes.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

USER, PASSWORD = "mailtrack", "s3:cr@t\\x"


def skip(why):
    print(f"a real PostgreSQL server is not tested: {why}")
    sys.exit(0)


def programs():
    """The folder of the server's programs."""
    def find():
        found = [it for it in [shutil.which("initdb")] if it]
        found += sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda it: int(it.split("/")[4]))
        return Path(found[-1]).resolve().parent if found else None
    if not find():
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            skip("no initdb here, and it cannot be installed")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "postgresql"]):
            ran = subprocess.run(["apt-get", "-q", *arguments], env=environment, capture_output=True, timeout=600)
            if ran.returncode != 0:
                skip(f"apt-get {arguments[0]} failed with {ran.returncode}")
    return find() or skip("no initdb here")


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
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout",
                        folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"],
                       check=True, capture_output=True, timeout=60)
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


# Each takes the server, the program and a folder of its own.
CHECKS = []


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
    main()
