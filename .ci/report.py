"""Looks at the page that `report` makes in a real browser (Chromium, without a window), at desktop and phone width.

Usage: python3 .ci/report.py target/debug/mailtrack [FOLDER FOR SCREENSHOTS]
Drives it by ChromeDriver. If they are missing, Debian's packages are installed.
"""

import base64
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import needs

DECISIONS = 100_000
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--hide-scrollbars"]


class Page:
    """A page in the browser, by the WebDriver protocol."""

    def __init__(self, port, chromium, width, height, dark):
        self.base = f"http://127.0.0.1:{port}/session"
        flags = FLAGS + [f"--window-size={width},{height}"] + (["--force-dark-mode"] if dark else [])
        wanted = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                  "goog:chromeOptions": {"binary": chromium, "args": flags}}
        if width < 600:
            wanted["goog:chromeOptions"]["mobileEmulation"] = {
                "deviceMetrics": {"width": width, "height": height, "pixelRatio": 2, "touch": True}}
        made = self.call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self.base += "/" + made["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return json.load(answer)["value"]

    def open(self, file):
        self.call("POST", "/url", {"url": file.as_uri()})

    def run(self, script, *args):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def until(self, script):
        """Waits until the script gives something; it."""
        for _ in range(200):
            if found := self.run(script):
                return found
            time.sleep(0.05)
        raise AssertionError(f"never: {script}")

    def set(self, field, value):
        self.run("const it = document.getElementById(arguments[0]); it.value = arguments[1];"
                 "it.dispatchEvent(new Event('input'))", field, value)

    def count(self):
        return self.run("return document.getElementById('count').textContent")

    def said(self):
        """What stands on the console."""
        return [it["message"] for it in self.call("POST", "/se/log", {"type": "browser"})]

    def fetched(self):
        """What was asked for beside the page itself."""
        lines = [json.loads(it["message"])["message"] for it in self.call("POST", "/se/log", {"type": "performance"})]
        urls = [it["params"]["request"]["url"] for it in lines if it["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if url.startswith("http")]

    def shoot(self, path):
        if path:
            path.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        self.call("DELETE", "")


def mail(folder):
    """An mbox of many messages, some of them made to break a page."""
    hostile = ["<script>document.title = 'taken'</script>", "</script><img src=x onerror=\"document.title = 'taken'\">",
               "=?utf-8?B?4oCuZ25pbHQ=?=", "<!--", "&lt;b&gt; \"quoted\" 'single'", "]]>", "${1+1} `x`", "\\u003cb\\u003e"]
    with open(folder / "Archive.mbox", "w", encoding="utf-8", newline="\n") as out:
        for number in range(DECISIONS):
            day = f"{number % 28 + 1} {['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'][number // 28 % 6]} {2015 + number % 11}"
            subject = hostile[number % len(hostile)] if number < 80 else f"Order {number // 7} of machines"
            answers = f"In-Reply-To: <m{number - 1}@x.example>\n" if number % 3 else ""
            who = f"person{number % 700}@customer{number % 90}.example"
            out.write(f"From x Mon Mar  2 09:30:00 2026\nFrom: Person {number % 700} <{who}>\nTo: ann@contoso.example, "
                      f"team@contoso.example\nSubject: {subject}\nDate: {day} 09:{number % 60:02}:00 +0000\n{answers}"
                      f"Message-ID: <m{number}@x.example>\n\nBody\n\n")


def prepare(program, folder):
    (folder / "mail").mkdir()
    mail(folder / "mail")
    (folder / "book").mkdir()
    (folder / "book" / "contact.csv").write_text("contactid,fullname,emailaddress1\n" + "".join(
        f"c-{n},Person {n},person{n}@customer{n % 90}.example\n" for n in range(0, 700, 2))
        + "c-x,<i>Other</i>,person0@customer0.example\n")
    (folder / "book" / "systemuser.csv").write_text(
        "systemuserid,fullname,internalemailaddress\nu-1,Ann Beck,ann@contoso.example\n")
    run = lambda *args: subprocess.run([program, *args], cwd=folder, check=True, capture_output=True)
    run("run", "mail", "--book", "book", "--out", "out", "--quiet")
    run("report", "out", "-o", "report.html", "--book", "book")
    return folder / "report.html"


def look(page, file, shots, name):
    began = time.monotonic()
    page.open(file)
    page.until("return document.querySelector('#list [data-row]') !== null")
    took = time.monotonic() - began
    painted = page.run("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
    page.shoot(shots and shots / f"{name}-top.png")
    assert page.run("return document.title") == "mailtrack: out"
    assert page.count() == f"{DECISIONS:,} decisions", page.count()
    assert page.run("return document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    # Every text is text.
    page.set("search", "<script>")
    assert page.count().startswith("10 of"), page.count()
    assert page.run("return document.querySelectorAll('#list script, #list img').length") == 0
    assert "<script>document.title" in page.run("return document.querySelector('#list .subject').textContent")
    # Filters filter, alone and together.
    page.set("search", "")
    reason = page.run("return document.querySelector('#reasons [data-reason]').dataset.reason")
    page.run("document.querySelector('#reasons [data-reason]').click()")
    shown = page.run("return [...document.querySelectorAll('#list .reason')].map(it => it.textContent)")
    assert shown and set(shown) == {reason}, shown
    by_reason = page.count()
    page.set("sender", "PERSON8@")
    assert page.count() != by_reason
    shown = page.run("return [...document.querySelectorAll('#list .sender')].map(it => it.textContent)")
    assert shown and all("person8@" in it for it in shown), shown
    page.set("from", "2020-01-01")
    page.set("to", "2020-12-31")
    shown = page.run("return [...document.querySelectorAll('#list .time')].map(it => it.textContent)")
    assert shown and all(it.startswith("2020-") for it in shown), shown
    page.run("document.getElementById('list').scrollIntoView()")
    page.shoot(shots and shots / f"{name}-table.png")
    # A click shows why.
    page.run("document.querySelector('#list [data-row]').click()")
    words = page.run("const it = document.getElementById('one'); return it.open && it.textContent")
    assert words and "Tracked: its sender resolves to a record" in words and "Person 8 (contact:c-8)" in words, words
    page.shoot(shots and shots / f"{name}-one.png")
    page.run("document.getElementById('one-close').click(); document.getElementById('clear').click()")
    assert page.count() == f"{DECISIONS:,} decisions"
    # The far end of the table.
    page.run("const it = document.getElementById('list'); it.scrollTop = it.scrollHeight")
    page.until("return [...document.querySelectorAll('#list .time')].some(it => it.textContent.startsWith('2015-01-'))")
    assert page.said() == [] and page.fetched() == [], (page.said(), page.fetched())
    print(f"{name}: {DECISIONS:,} decisions, first painted after {painted:.0f} ms, the table there after {took * 1000:.0f} ms")


def main():
    program = Path(sys.argv[1]).resolve()
    shots = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    chromium, driver = needs.programs(["chromium", "chromedriver"], "chromium", "chromium-driver")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        file = prepare(program, Path(name))
        server = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                with socket.socket() as asked:
                    if asked.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            for kind, width, height, dark in (("desktop", 1280, 900, False), ("dark", 1280, 900, True), ("phone", 390, 844, False)):
                page = Page(port, chromium, width, height, dark)
                try:
                    look(page, file, shots, kind)
                finally:
                    page.close()
        finally:
            server.kill()


needs.run("report", main)
