"""A real HTTP server that speaks the chat protocol, in a thread: what it is to answer is put into `says`, what it got stands in `got`."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def chat(content, *, finish="stop", **message):
    """A right answer of the protocol around this content (text, or what becomes JSON)."""
    text = content if isinstance(content, (str, type(None))) else json.dumps(content)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "little-model-2026",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 812, "completion_tokens": 96, "total_tokens": 908},
    }


class Reply:
    """One scripted answer: `body` is bytes, text or something that becomes JSON; `drip` sends a byte each so many seconds."""

    def __init__(self, body=b"", *, status=200, headers=None, wait=0.0, drip=0.0, drop=False, length=None):
        self.body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.status, self.headers, self.wait, self.drip, self.drop, self.length = (
            status,
            headers or {},
            wait,
            drip,
            drop,
            length,
        )


class ChatServer:
    """`with ChatServer() as server`: `server.url` is the base address. Each of `says` answers one request; the last one goes on."""

    def __init__(self):
        self.says: list[Reply] = []
        self.got: list[dict] = []
        self.sent = 0  # bytes of an answer that came one by one
        self.ended = threading.Event()
        chat_server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                chat_server.answer(self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.ended.set()
        self.http.shutdown()
        self.http.server_close()

    def answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.got.append({"path": handler.path, "headers": dict(handler.headers), "body": json.loads(body)})
        reply = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        self.ended.wait(reply.wait)
        if reply.drop:
            handler.connection.close()
            return
        try:
            handler.send_response(reply.status)
            for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(reply.length or len(reply.body)))
            handler.end_headers()
            if not reply.drip:
                handler.wfile.write(reply.body)
            for at in range(len(reply.body) if reply.drip else 0):
                handler.wfile.write(reply.body[at : at + 1])
                self.sent = at + 1
                if self.ended.wait(reply.drip):
                    break
        except OSError:
            time.sleep(0)  # the client has left, which is what some tests are about

    @property
    def heard(self) -> str:
        """Everything that ever arrived, as one text."""
        return json.dumps(self.got, ensure_ascii=False)
