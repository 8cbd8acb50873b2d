/** A stand-in for the forges and registries that can't be reached: strict, over TLS, under their names. */

import { answer } from "./answers.ts";
import { makeContents } from "./contents.ts";
import type { StandInConfig, StandInLine } from "./protocol.ts";

async function say(line: StandInLine): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

async function readConfig(): Promise<StandInConfig> {
  let text = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.endsWith("\n")) break;
  }
  return JSON.parse(text);
}

const { cert_pem: cert, key_pem: key } = await readConfig();
await makeContents();
const options = { hostname: "0.0.0.0", port: 443, cert, key };
Deno.serve({ ...options, onListen: () => void say({ kind: "ready" }) }, async (request) => {
  const { host, pathname, search } = new URL(request.url);
  await say({ kind: "request", line: `${request.method} ${host}${pathname}${search}` });
  return await answer(request);
});
