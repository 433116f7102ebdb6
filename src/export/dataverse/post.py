"""Posts the batches of this folder to Dataverse, in the order of manifest.json.

Usage: TOKEN=... python3 post.py https://yourorganization.crm.dynamics.com
"""

import json
import os
import re
import sys
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def multipart(root, requests, boundary):
    """The requests as parts of `multipart/mixed`."""
    parts = []
    for request in requests:
        headers = "".join(f"{name}: {value}\r\n" for name, value in request["headers"].items())
        parts.append(f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                     f"{request['method']} {root}{request['url']} HTTP/1.1\r\n{headers}\r\n"
                     f"{json.dumps(request['body'])}\r\n")
    return ("".join(parts) + f"--{boundary}--\r\n").encode()


def post(server, token, batch, requests):
    """Posts a batch; the status of each request, in their order, and the text of the answer."""
    boundary = "batch_mailtrack"
    root = batch["path"].removesuffix("$batch")
    headers = {**batch["headers"], "Authorization": f"Bearer {token}", "OData-Version": "4.0", "OData-MaxVersion": "4.0",
               "Accept": "application/json", "Content-Type": f"multipart/mixed; boundary={boundary}"}
    data = multipart(root, requests, boundary)
    request = urllib.request.Request(server + batch["path"], data, headers, method=batch["method"])
    with urllib.request.urlopen(request, timeout=600) as answer:
        text = answer.read().decode()
    return [int(status) for status in re.findall(r"^HTTP/1\.1 (\d{3})", text, re.MULTILINE)], text


def main():
    server, refused = sys.argv[1].rstrip("/"), 0
    for batch in json.loads((FOLDER / "manifest.json").read_text())["batches"]:
        requests = json.loads((FOLDER / batch["file"]).read_text(encoding="utf-8"))["requests"]
        statuses, text = post(server, os.environ["TOKEN"], batch, requests)
        if len(statuses) != len(requests):
            sys.exit(f"{batch['file']}: {len(statuses)} answers to {len(requests)} requests: {text[:1000]}")
        for request, status in zip(requests, statuses):
            if status not in batch["accept"]:
                refused += 1
                print(f"{batch['file']}: {request['method']} {request['url']}: {status}")
        print(f"{batch['file']}: {len(requests)} requests, {statuses.count(412)} were there already")
    sys.exit(1 if refused else 0)


main()
