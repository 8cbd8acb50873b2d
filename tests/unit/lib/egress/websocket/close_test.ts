import assert from "node:assert/strict";
import { parseClose, writeClose } from "../../../../../lib/egress/websocket/close.ts";

Deno.test("parseClose reads what writeClose writes", () => {
  const reason = new TextEncoder().encode("bye");
  assert.deepEqual(parseClose(writeClose(4001, reason)), { code: 4001, reason });
});

Deno.test("parseClose takes a close without a code", () => {
  assert.equal(parseClose(new Uint8Array()), undefined);
});

for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535]) {
  Deno.test(`parseClose refuses the code ${code}`, () => {
    assert.throws(() => parseClose(writeClose(code, new Uint8Array())), {
      code: "websocket-malformed",
    });
  });
}

for (const code of [1000, 1003, 1007, 1014, 3000, 4999]) {
  Deno.test(`parseClose takes the code ${code}`, () => {
    assert.equal(parseClose(writeClose(code, new Uint8Array()))?.code, code);
  });
}

Deno.test("parseClose refuses half a code", () => {
  assert.throws(() => parseClose(new Uint8Array([3])), { code: "websocket-malformed" });
});

Deno.test("parseClose refuses a reason that is no UTF-8", () => {
  assert.throws(() => parseClose(new Uint8Array([3, 232, 0xff])), { code: "websocket-data" });
});
