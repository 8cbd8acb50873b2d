"""What bot-bottle's egress does, for mitmproxy 8: one allowed host, the credential swapped, bodies streamed both ways and
searched on their way, one row a request. Its configuration is the JSON file that BENCH_ADDON names."""

import base64
import json
import os
import re
import time
import urllib.parse
from typing import Callable, Iterable

from mitmproxy import http

with open(os.environ["BENCH_ADDON"], encoding="utf-8") as file:
    CONFIG = json.load(file)

# Any bottle's placeholder, as it is; the client's own is looked for in every spelling besides.
PLACEHOLDER = b"bot-bottle-"

LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NO_LETTERS = bytes(set(range(256)) - set(LETTERS))
LOWER = bytes(range(256)).lower()
# What may stand between two letters, as of "73:6b:2d".
GAP = rb"[^0-9A-Za-z]{0,2}"
HEX_ESCAPE = re.compile(rb"\\(?:u00|x)([0-9A-Fa-f]{2})")
ENTITY = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")


def aligned(encode: Callable[[bytes], bytes], value: bytes, group: int, bits: int) -> Iterable[bytes]:
    """The part of each alignment that does not depend on what stands before and after."""
    for before in range(group):
        end = (before + len(value)) * 8 // bits
        yield encode(b"\0" * before + value)[-(-before * 8 // bits) : end]


class Secret:
    """One value in all its spellings: letters and digits alone are compared, without case, as ours does it."""

    def __init__(self, value: bytes) -> None:
        forms = {
            value,
            value[::-1],
            value.hex().encode(),
            b"".join(b"0x%02x" % byte for byte in value),
            *aligned(base64.b64encode, value, 3, 6),
            *aligned(base64.b32encode, value, 5, 5),
        }
        self.spellings = sorted({fold(form) for form in forms}, key=len, reverse=True)
        self.longest = max(map(len, self.spellings))
        self.prefixes = {form[:length] for form in self.spellings for length in range(4, len(form))}
        self.patterns = [
            re.compile(GAP.join(re.escape(bytes([letter])) for letter in form), re.IGNORECASE)
            for form in self.spellings
        ]

    def is_in(self, data: bytes) -> bool:
        return self.is_written_in(data) or (data != (plain := unescaped(data)) and self.is_written_in(plain))

    def is_written_in(self, data: bytes) -> bool:
        folded = fold(data)
        return any(spelling in folded for spelling in self.spellings)

    def redact(self, data: bytes) -> bytes:
        if not self.is_in(data):
            return data
        for pattern in self.patterns:
            data = pattern.sub(lambda found: b"*" * len(found[0]), data)
        # Behind escapes: where it begins there is not looked up, the whole piece goes.
        return b"*" * len(data) if self.is_in(data) else data

    def held_back(self, data: bytes) -> int:
        """How many bytes of the end may be the beginning of a spelling."""
        folded = fold(data[-4 * self.longest :])
        for length in range(min(self.longest - 1, len(folded)), 3, -1):
            if folded[-length:] in self.prefixes:
                kept = 0
                for at in range(len(data) - 1, -1, -1):
                    kept += data[at] in LETTERS
                    if kept == length:
                        return len(data) - at
        return 0


def fold(data: bytes) -> bytes:
    return data.translate(LOWER, NO_LETTERS)


def unescaped(data: bytes) -> bytes:
    if b"%" in data:
        data = urllib.parse.unquote_to_bytes(data)
    if b"\\u" in data or b"\\x" in data:
        data = HEX_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
    if b"&#" in data:
        data = ENTITY.sub(character, data)
    return data


def character(found: re.Match[bytes]) -> bytes:
    value = int(found[1], 16) if found[1] else int(found[2])
    return bytes([value]) if value < 128 else b" "


# Three letters with their gaps.
REMEMBERED = 9

CREDENTIAL = Secret(CONFIG["token"].encode())
OWN_PLACEHOLDER = Secret(CONFIG["placeholder"].encode())


def redact(data: bytes) -> bytes:
    return CREDENTIAL.redact(data)


def has_placeholder(data: bytes) -> bool:
    return PLACEHOLDER in data or OWN_PLACEHOLDER.is_in(data)


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
        whole = tail + data
        if has_placeholder(whole):
            row.marks.add("misplaced-placeholder")
        tail = whole[-max(REMEMBERED, OWN_PLACEHOLDER.held_back(whole)) :]
        return data

    return push


def inbound(row: Row) -> Callable[[bytes], Iterable[bytes]]:
    """Holds back what may be the beginning of a spelling from four letters on; fewer are passed, and remembered."""
    passed = b""
    tail = b""

    def push(data: bytes) -> Iterable[bytes]:
        nonlocal passed, tail
        row.bytes_down += len(data)
        known = len(passed)
        whole = redact(passed + tail + data)
        end = max(known, len(whole) - (CREDENTIAL.held_back(whole) if data else 0))
        tail = whole[end:]
        piece = whole[known:end]
        passed = whole[max(0, end - REMEMBERED) : end]
        # An empty piece would end a chunked body.
        return [piece] if piece else []

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
    head = [flow.request.path.encode(), *(value for _, value in flow.request.headers.fields)]
    if has_placeholder(b"\n\n".join(head)):
        row.marks.add("misplaced-placeholder")
    flow.request.headers["authorization"] = f"Bearer {CONFIG['token']}"
    flow.request.headers["accept-encoding"] = "identity"
    if "content-length" in flow.request.headers or "transfer-encoding" in flow.request.headers:
        flow.request.stream = outbound(row)


def responseheaders(flow: http.HTTPFlow) -> None:
    if "row" not in flow.metadata:
        return
    flow.response.headers.pop("alt-svc", None)
    if CREDENTIAL.is_in(b"\n\n".join(value for _, value in flow.response.headers.fields)):
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
        if has_placeholder(message.content):
            flow.metadata["row"].marks.add("misplaced-placeholder")
    else:
        message.content = redact(message.content)


def error(flow: http.HTTPFlow) -> None:
    if "row" in flow.metadata:
        flow.metadata["row"].write(flow, "failed")
