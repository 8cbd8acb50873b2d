import assert from "node:assert/strict";
import { errorLine, parseMessage, requestLine, RpcError } from "../../../../lib/control/message.ts";

const parse = (text: string | Uint8Array): ReturnType<typeof parseMessage> =>
  parseMessage(typeof text === "string" ? new TextEncoder().encode(text) : text);

const good: readonly [string, Record<string, unknown>][] = [
  [`{"jsonrpc":"2.0","id":1,"method":"a"}`, { kind: "request", id: 1, method: "a", params: null }],
  [`{"jsonrpc":"2.0","id":"x","method":"a","params":{"b":1}}`, {
    kind: "request",
    id: "x",
    method: "a",
    params: { b: 1 },
  }],
  [`{"jsonrpc":"2.0","method":"a","params":[1]}`, {
    kind: "notification",
    method: "a",
    params: [1],
  }],
  [`{"jsonrpc":"2.0","id":1,"result":null}`, { kind: "result", id: 1, result: null }],
];
for (const [line, message] of good) {
  Deno.test(`parseMessage reads ${line}`, () => assert.deepEqual(parse(line), message));
}

const bad: readonly [string, string | Uint8Array, number][] = [
  ["broken JSON", "{", -32700],
  ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), -32700],
  ["an empty line", "", -32700],
  ["a batch", `[{"jsonrpc":"2.0","id":1,"method":"a"}]`, -32600],
  ["a number", "1", -32600],
  ["another version", `{"jsonrpc":"1.0","id":1,"method":"a"}`, -32600],
  ["an id that is an object", `{"jsonrpc":"2.0","id":{},"method":"a"}`, -32600],
  ["parameters that are a text", `{"jsonrpc":"2.0","id":1,"method":"a","params":"b"}`, -32600],
  ["neither a request nor an answer", `{"jsonrpc":"2.0","id":1}`, -32600],
  ["a result without an id", `{"jsonrpc":"2.0","result":1}`, -32600],
];
for (const [name, line, code] of bad) {
  Deno.test(`parseMessage refuses ${name}`, () => {
    const message = parse(line);
    assert.equal(message.kind, "bad");
    assert.equal(message.kind === "bad" && message.error.code, code);
  });
}

Deno.test("parseMessage never quotes what it could not read", () => {
  const message = parse(`{"token": sk-secret}`);
  assert.doesNotMatch(JSON.stringify(message), /secret/);
  assert.ok(message.kind === "bad" && !message.error.message.includes("secret"));
});

Deno.test("parseMessage reads an error of any shape", () => {
  for (const error of [`{"code":-1,"message":"no"}`, `{}`, `"no"`, "null"]) {
    const message = parse(`{"jsonrpc":"2.0","id":7,"error":${error}}`);
    assert.ok(message.kind === "error" && message.error instanceof RpcError && message.id === 7);
  }
});

Deno.test("requestLine leaves null parameters out, as JSON-RPC wants", () => {
  assert.equal(requestLine(1, "a", null), `{"jsonrpc":"2.0","id":1,"method":"a"}`);
});

Deno.test("errorLine carries the code and the message alone", () => {
  const error = new RpcError(-32000, "not yet", { cause: "secret" });
  assert.equal(
    errorLine(3, error),
    `{"jsonrpc":"2.0","id":3,"error":{"code":-32000,"message":"not yet"}}`,
  );
});
