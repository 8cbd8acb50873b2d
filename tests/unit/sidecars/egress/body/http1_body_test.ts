import assert from "node:assert/strict";
import { bodyDecoder } from "../../../../../lib/egress/http1/body_decoder.ts";
import { MessageReader } from "../../../../../lib/egress/http1/message_reader.ts";
import { Http1Body } from "../../../../../sidecars/egress/body/http1_body.ts";

Deno.test("Http1Body lets others have their turn in a body of the smallest chunks", async () => {
  const bytes = new TextEncoder().encode(`${"1\r\nx\r\n".repeat(10_000)}0\r\n\r\n`);
  const pieces = [bytes];
  const reader = new MessageReader({ read: () => Promise.resolve(pieces.shift()) });
  const body = new Http1Body(reader, bodyDecoder({ kind: "chunked" }));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  let length = 0;
  for (let piece = await body.read(); piece !== undefined; piece = await body.read()) {
    length += piece.length;
  }
  clearInterval(timer);
  assert.equal(length, 10_000);
  assert.ok(turns > 0);
});
