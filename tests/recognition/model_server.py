"""A site that offers one model, and misbehaves as a test asks."""

from __future__ import annotations

import io
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "vosk-model-small-it-0.22"
FILES = {
    "am/final.mdl": b"model" * 9000,
    "graph/HCLr.fst": b"graph" * 50000,
    "graph/Gr.fst": b"g",
    "conf/mfcc.conf": b"",
}


def model_zip(files: dict[str, bytes] = FILES, top: str = NAME + "/") -> bytes:
    """The same bytes for the same files: a name alone would stamp each entry with the time of day."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        for path, content in files.items():
            zipped.writestr(zipfile.ZipInfo(top + path), content)
    return data.getvalue()


class Server(ThreadingHTTPServer):
    """Serves one file with ranges, and misbehaves as a test asks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = model_zip()
        self.tag = '"one"'
        self.drop_after: list[int] = []
        """Bytes after which each coming answer breaks off"""
        self.status = 200
        self.ranges = True
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        start = 0
        if wanted and server.ranges and self.headers.get("If-Range") == server.tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if server.status != 200:
            self.send_error(server.status)
            return
        body = server.data[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(server.data) - 1}/{len(server.data)}")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", server.tag)
        self.end_headers()
        self.wfile.write(body[: server.drop_after.pop(0)] if server.drop_after else body)

    def log_message(self, format: str, *args: object) -> None:
        pass
