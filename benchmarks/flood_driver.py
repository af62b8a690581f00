"""Sends prepared requests at a pace, whatever the answers take: a process of its own, which costs the servers beside it little.

`python benchmarks/flood_driver.py HOST PORT FILE PER_SECOND`: FILE holds requests as they go over the wire, each behind its length
in four bytes. Connections are kept and used again. Prints JSON: answers by status, seconds of each, seconds in all.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path

PATIENCE = 120.0
"""Seconds that whoever sends waits for an answer."""
MOST_AT_ONCE = 400

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Sender:
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.idle: list[Connection] = []
        self.room = asyncio.Semaphore(MOST_AT_ONCE)
        self.answers: Counter[str] = Counter()
        self.seconds: list[float] = []

    async def send(self, request: bytes) -> None:
        """One request; what the person waits for begins when they send, also while no connection is free."""
        begun = time.perf_counter()
        async with self.room:
            try:
                said = await asyncio.wait_for(self._exchange(request), PATIENCE)
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                said = type(error).__name__
        self.answers[said] += 1
        self.seconds.append(time.perf_counter() - begun)

    async def _exchange(self, request: bytes) -> str:
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "content-length" in headers:
            await reader.readexactly(int(headers["content-length"]))
            if headers.get("connection", "").lower() != "close":
                self.idle.append((reader, writer))
                return first.split()[1]
        writer.close()
        return first.split()[1]


def requests_of(path: Path) -> list[bytes]:
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


async def run(host: str, port: int, requests: list[bytes], a_second: float) -> dict[str, object]:
    sender, tasks = Sender(host, port), []
    first = time.perf_counter()
    for number, request in enumerate(requests):
        await asyncio.sleep(max(0.0, first + number / a_second - time.perf_counter()))
        tasks.append(asyncio.create_task(sender.send(request)))
    offered = time.perf_counter() - first
    await asyncio.gather(*tasks)
    took = time.perf_counter() - first
    return {"answers": sender.answers, "seconds": sender.seconds, "offered": offered, "took": took}


if __name__ == "__main__":
    place = sys.argv[1], int(sys.argv[2])
    print(json.dumps(asyncio.run(run(*place, requests_of(Path(sys.argv[3])), float(sys.argv[4])))))
