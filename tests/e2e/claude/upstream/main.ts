/** An HTTPS server that speaks the Messages API, strictly; runs in a container of its own. */

import { checkRequest, type Expected, type Fault, isFault } from "./check.ts";
import { encodeEvent, PING, turnEvents } from "./events.ts";
import type { RequestRecord, UpstreamConfig, UpstreamLine } from "./protocol.ts";
import { nextTurn, type Turn } from "./turns.ts";

const PLACEHOLDER = /bot-bottle-[a-z0-9-]+-[A-Za-z0-9]{22}/;
/** Between events, so that they are chunks of their own on the wire. */
const EVENT_GAP_MS = 5;
const PING_EVERY_MS = 500;

type Played = Exclude<Turn, { kind: "wrong" }>;

function say(line: UpstreamLine): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

async function* readLines(): AsyncGenerator<string, void> {
  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function credentialOf(headers: Headers, { header, token }: Expected): RequestRecord["credential"] {
  const value = headers.get(header)?.replace(/^Bearer /, "");
  if (value === undefined) return "none";
  if (value === token) return "real";
  return PLACEHOLDER.test(value) ? "placeholder" : "other";
}

function refuse({ status, type, what }: Fault): Response {
  return Response.json({ type: "error", error: { type, message: `Refused: ${what}` } }, { status });
}

/** Each event is made when the last one was taken: the reader's pace is the writer's. */
async function* play(turn: Played, model: string): AsyncGenerator<Uint8Array, void> {
  if (config.holdBefore.includes(turn.number)) {
    say({ kind: "holding", turn: turn.number });
    let held = true;
    const released = gate.promise.then(() => void (held = false));
    while (held) {
      yield encodeEvent(PING);
      await Promise.race([released, new Promise((wake) => setTimeout(wake, PING_EVERY_MS))]);
    }
  }
  for (const event of turnEvents(turn, model)) {
    yield encodeEvent(event);
    await new Promise((wake) => setTimeout(wake, EVENT_GAP_MS));
  }
}

const lines = readLines();
const config: UpstreamConfig = JSON.parse((await lines.next()).value ?? "null");
let gate = Promise.withResolvers<void>();

const server = Deno.serve({
  hostname: "0.0.0.0",
  port: 443,
  cert: config.cert_pem,
  key: config.key_pem,
  onListen: () => say({ kind: "ready" }),
}, async (request) => {
  const { method, url, headers } = request;
  const body = await request.text();
  const answer = checkRequest({ method, url, headers, body }, config);
  const turn = isFault(answer) ? null : nextTurn(answer, config.subject);
  const fault: Fault | null = isFault(answer)
    ? answer
    : turn?.kind === "wrong"
    ? { status: 400, type: "invalid_request_error", what: turn.what }
    : null;
  const played = turn === null || turn.kind === "wrong" ? null : turn;
  say({
    kind: "request",
    method,
    path: url.slice(new URL(url).origin.length),
    credential: credentialOf(headers, config),
    placeholderSeen: PLACEHOLDER.test(JSON.stringify([url, [...headers], body])),
    status: fault?.status ?? 200,
    turn: played?.number ?? null,
    fault: fault?.what ?? null,
  });
  if (fault !== null || played === null || isFault(answer)) {
    return refuse(fault ?? { status: 400, type: "invalid_request_error", what: "turn" });
  }
  return new Response(ReadableStream.from(play(played, answer.model)), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
});

for await (const line of lines) {
  if (line !== "go") continue;
  gate.resolve();
  gate = Promise.withResolvers();
}
await server.shutdown();
