import assert from "node:assert/strict";
import { findUnpackFault } from "../../../../lib/git_gate/trace.ts";

/** As git 2.47 writes it. */
function event(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ sid: "20260102T030405.000000Z-H1-P2", thread: "main", ...fields });
}

Deno.test("findUnpackFault finds the first error, and tells one of size", () => {
  const start = event({ event: "start", argv: ["git", "receive-pack"] });
  const big = event({ event: "error", msg: "pack exceeds maximum allowed size (1.00 KiB)" });
  const bad = event({ event: "error", msg: "object 1: gitmodulesUrl: \x1b[2J" });
  assert.deepEqual(findUnpackFault([start, big, bad].join("\n")), {
    isTooBig: true,
    what: "pack exceeds maximum allowed size (1.00 KiB)",
  });
  assert.deepEqual(findUnpackFault([bad, big].join("\n")), {
    isTooBig: false,
    what: "object 1: gitmodulesUrl: \\x1b[2J",
  });
});

Deno.test("findUnpackFault finds nothing where there is none, or a line is cut", () => {
  const texts = ["", event({ event: "start", argv: ['"event":"error"'] }), `{"event":"error","ms`];
  for (const text of [...texts, event({ event: "error" }), event({ event: "error", msg: 1 })]) {
    assert.equal(findUnpackFault(text), undefined);
  }
});
