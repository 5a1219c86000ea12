# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves one folder over HTTP for the tests of downloads, and prints the port it was given.

usage: ArchiveServer.py FOLDER MODE
  range     honours Range, as the real server does
  whole     knows no Range
  cutting   honours Range and breaks every connection after 3,000 bytes
  dead      sends the header and no byte of the body
"""

import http.server
import os
import sys

FOLDER, MODE = sys.argv[1:3]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = os.path.join(FOLDER, os.path.basename(self.path))
        if not os.path.isfile(path):
            return self.send_error(404)
        data = open(path, "rb").read()
        start = 0
        asked = self.headers.get("Range")
        with open(os.path.join(FOLDER, "requests.log"), "a") as log:
            log.write(f"{asked}\n")
        if asked and MODE != "whole":
            start = int(asked.removeprefix("bytes=").split("-")[0])
            if start >= len(data):
                return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        limit = {"cutting": 3000, "dead": 0}.get(MODE, len(data))
        self.wfile.write(data[start : start + limit])

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
