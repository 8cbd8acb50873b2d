import assert from "node:assert/strict";
import { dropCredentials } from "../../../../../lib/egress/websocket/protocol_credentials.ts";

const table: readonly (readonly [offered: string[], kept: string[]])[] = [
  [["chat", "v2.api"], ["chat", "v2.api"]],
  [["realtime", "openai-insecure-api-key.sk-1", "openai-beta.realtime-v1"], [
    "realtime",
    "openai-beta.realtime-v1",
  ]],
  [["OpenAI-Insecure-API-Key.sk-1"], []],
  [["v4.channel.k8s.io", "base64url.bearer.authorization.k8s.io.c2VjcmV0"], ["v4.channel.k8s.io"]],
  [["token", "0123456789abcdef"], []],
  [["Bearer", "a", "chat"], ["chat"]],
  [["token"], ["token"]],
  [[], []],
];

for (const [offered, kept] of table) {
  Deno.test(`dropCredentials leaves of ${JSON.stringify(offered)} ${JSON.stringify(kept)}`, () => {
    assert.deepEqual(dropCredentials(offered), kept);
  });
}
