import assert from "node:assert/strict";
import { blockReasons } from "../../../../lib/egress/reason.ts";
import { BLOCK_HEADER, defaultHint, refusal } from "../../../../lib/egress/refusal.ts";

const decode = (body: Uint8Array): string => new TextDecoder().decode(body);

Deno.test("refusal has the documented body, in its order", () => {
  const { status, headers, body } = refusal("method", {
    detail: `"POST" is not allowed`,
    host: "api.example.com",
    route: "*.example.com",
    hint: "Ask",
  });
  assert.equal(
    decode(body),
    `{"error":"blocked","reason":"method","detail":"\\"POST\\" is not allowed","host":"api.example.com","route":"*.example.com","hint":"Ask"}\n`,
  );
  assert.equal(status, 403);
  assert.deepEqual(headers, [
    ["content-type", "application/json"],
    ["content-length", String(body.length)],
    ["cache-control", "no-store"],
    [BLOCK_HEADER, "method"],
  ]);
});

Deno.test("refusal of each reason has its status, a hint and a whole number of bytes", () => {
  for (const [reason, status] of Object.entries(blockReasons)) {
    if (!isReason(reason)) throw new Error(reason);
    const made = refusal(reason, { detail: "ü", host: "" });
    assert.equal(made.status, status);
    const document = JSON.parse(decode(made.body));
    assert.equal(document.hint, defaultHint(reason));
    assert.ok(document.hint.length > 10 && !document.hint.endsWith("."));
    assert.equal(document.route, null);
    assert.ok(
      made.headers.some(([name, value]) =>
        name === "content-length" && Number(value) === made.body.length
      ),
    );
  }
});

Deno.test("refusal escapes control characters and cuts long texts", () => {
  const { body } = refusal("protocol", {
    detail: "\x1b]8;;x\x07\u202e",
    host: `${"a".repeat(5_000)}`,
    route: "\u200b",
  });
  const document = JSON.parse(decode(body));
  assert.equal(document.detail, "\\x1b]8;;x\\x07\\u202e");
  assert.equal(document.host.length, 1_024);
  assert.equal(document.route, "\\u200b");
});

function isReason(text: string): text is keyof typeof blockReasons {
  return text in blockReasons;
}
