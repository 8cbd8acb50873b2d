"""What bot-bottle's egress does, for mitmproxy 8: one allowed host, the credential swapped, bodies streamed both ways and
searched on their way, one row a request. Its configuration is the JSON file that BENCH_ADDON names."""

import base64
import json
import os
import time
import urllib.parse
from typing import Callable, Iterable

from mitmproxy import http

with open(os.environ["BENCH_ADDON"], encoding="utf-8") as file:
    CONFIG = json.load(file)

PLACEHOLDER = b"bot-bottle-"


def base64_spellings(value: bytes) -> Iterable[bytes]:
    """The part of each alignment that does not depend on what stands before and after."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + value)
        start = -(-before * 8 // 6)
        end = (before + len(value)) * 8 // 6
        yield encoded[start:end]
        yield encoded[start:end].translate(bytes.maketrans(b"+/", b"-_"))


def spellings(value: bytes) -> list[bytes]:
    every = "".join(f"%{byte:02X}" for byte in value)
    forms = {
        value,
        value.hex().encode(),
        value.hex().upper().encode(),
        urllib.parse.quote(value, safe="").encode(),
        every.encode(),
        every.lower().encode(),
        *base64_spellings(value),
    }
    return sorted(forms, key=len, reverse=True)


SPELLINGS = spellings(CONFIG["token"].encode())
LONGEST = max(map(len, SPELLINGS))
PREFIXES = {spelling[:length] for spelling in SPELLINGS for length in range(1, len(spelling))}


def redact(data: bytes) -> bytes:
    for spelling in SPELLINGS:
        if spelling in data:
            data = data.replace(spelling, b"*" * len(spelling))
    return data


def held_back(data: bytes) -> int:
    """How many bytes of the end may be the beginning of a spelling."""
    for length in range(min(LONGEST - 1, len(data)), 0, -1):
        if data[-length:] in PREFIXES:
            return length
    return 0


class Row:
    """Counts, and in the end writes."""

    def __init__(self) -> None:
        self.began = time.time()
        self.bytes_up = 0
        self.bytes_down = 0
        self.marks: set[str] = set()

    def write(self, flow: http.HTTPFlow, verdict: str) -> None:
        row = {
            "time": self.began,
            "method": flow.request.method,
            "host": flow.request.pretty_host,
            "port": flow.request.port,
            "path": redact(flow.request.path.encode()).decode(),
            "verdict": verdict,
            "marks": sorted(self.marks),
            "bytes_up": self.bytes_up,
            "bytes_down": self.bytes_down,
            "duration_ms": round((time.time() - self.began) * 1000, 3),
            "status": flow.response.status_code if flow.response else 0,
        }
        ROWS.write(json.dumps(row) + "\n")
        ROWS.flush()


ROWS = open(CONFIG["rows"], "a", encoding="utf-8")


def outbound(row: Row) -> Callable[[bytes], bytes]:
    tail = b""

    def push(data: bytes) -> bytes:
        nonlocal tail
        row.bytes_up += len(data)
        if PLACEHOLDER in tail + data:
            row.marks.add("misplaced-placeholder")
        tail = data[-len(PLACEHOLDER) + 1 :]
        return data

    return push


def inbound(row: Row) -> Callable[[bytes], Iterable[bytes]]:
    tail = b""

    def push(data: bytes) -> Iterable[bytes]:
        nonlocal tail
        row.bytes_down += len(data)
        whole = redact(tail + data)
        keep = held_back(whole) if data else 0
        tail = whole[len(whole) - keep :]
        passed = whole[: len(whole) - keep]
        # An empty piece would end a chunked body.
        return [passed] if passed else []

    return push


def is_allowed(request: http.Request) -> bool:
    return request.pretty_host == CONFIG["host"] and request.port in CONFIG["ports"]


def refuse(flow: http.HTTPFlow) -> None:
    flow.response = http.Response.make(403, b'{"error":"blocked"}', {"content-type": "application/json"})
    Row().write(flow, "blocked")


def http_connect(flow: http.HTTPFlow) -> None:
    if not is_allowed(flow.request):
        refuse(flow)


def requestheaders(flow: http.HTTPFlow) -> None:
    if not is_allowed(flow.request):
        return refuse(flow)
    row = flow.metadata["row"] = Row()
    for name in ("authorization", "proxy-authorization", "x-api-key", "cookie"):
        flow.request.headers.pop(name, None)
    if PLACEHOLDER in flow.request.path.encode() or any(
        PLACEHOLDER in value for _, value in flow.request.headers.fields
    ):
        row.marks.add("misplaced-placeholder")
    flow.request.headers["authorization"] = f"Bearer {CONFIG['token']}"
    flow.request.headers["accept-encoding"] = "identity"
    if "content-length" in flow.request.headers or "transfer-encoding" in flow.request.headers:
        flow.request.stream = outbound(row)


def responseheaders(flow: http.HTTPFlow) -> None:
    if "row" not in flow.metadata:
        return
    flow.response.headers.pop("alt-svc", None)
    flow.response.headers.fields = tuple(
        (name, redact(value)) for name, value in flow.response.headers.fields
    )
    if flow.response.status_code != 101:
        flow.response.stream = inbound(flow.metadata["row"])


def response(flow: http.HTTPFlow) -> None:
    if "row" in flow.metadata:
        flow.metadata["row"].write(flow, "allowed")


def websocket_message(flow: http.HTTPFlow) -> None:
    message = flow.websocket.messages[-1]
    if message.from_client:
        if PLACEHOLDER in message.content:
            flow.metadata["row"].marks.add("misplaced-placeholder")
    else:
        message.content = redact(message.content)


def error(flow: http.HTTPFlow) -> None:
    if "row" in flow.metadata:
        flow.metadata["row"].write(flow, "failed")
