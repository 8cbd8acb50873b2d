/** Clients that ask for the credential back, and clients that send what stands for one where it doesn't belong. */

import assert from "node:assert/strict";
import { BLOCK_HEADER } from "../../../lib/egress/refusal.ts";
import { type ActKind, type ActWorld, urlOf } from "./act.ts";
import { ECHOES } from "./upstream.ts";

/** All of them. */
export const CREDENTIAL_ACTS: readonly ActKind[] = [
  { name: "credential echoed", end: "answered", clients: 2, act: askEcho },
  { name: "the same, HTTP/2", end: "answered", clients: 1, isHttp2: true, act: askEcho },
  { name: "refused placeholder", end: "refused", clients: 1, act: sendPlaceholder },
];

/** In the format of all bottles, and no bottle's. */
const PLACEHOLDER = "sk-bot-bottle-other-1a2b3-0123456789abcdefghijkl";

async function askEcho(world: ActWorld): Promise<number> {
  const [nth, coding] = [world.random.below(ECHOES.length), world.random.pick(["plain", "gzip"])];
  const response = await fetch(urlOf(world, `/ok/echo/${nth}/${coding}`), { client: world.http });
  const text = await response.text();
  assert.equal(response.status, 200);
  assert.equal(text.length, `before ${ECHOES[nth]} after`.length);
  assert.match(text, /^before [*][^A-Za-z0-9]*[*]=* after$/);
  return text.length;
}

async function sendPlaceholder(world: ActWorld): Promise<number> {
  const response = await fetch(urlOf(world, "/ok/hash"), {
    client: world.http,
    headers: { "x-note": PLACEHOLDER },
  });
  await response.body?.cancel();
  assert.deepEqual([response.status, response.headers.get(BLOCK_HEADER)], [403, "placeholder"]);
  return 0;
}
