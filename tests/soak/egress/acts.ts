/** What the clients of a soak do, one request at a time. Whatever is not as it has to be is thrown. */

import assert from "node:assert/strict";
import { BLOCK_HEADER } from "../../../lib/egress/refusal.ts";
import { Wire } from "../../support/egress/wire.ts";
import { type ActKind, type ActWorld, urlOf } from "./act.ts";
import { CREDENTIAL_ACTS } from "./credential_acts.ts";
import { STREAM_ACTS } from "./stream_acts.ts";
import { hashOf, payloadHash, payloadStream } from "./payload.ts";
import { REFUSED_HOST, type Subject } from "./subject.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const STREAMS = 8;

/** All of them. */
export const ACTS: readonly ActKind[] = [
  { name: "GET 1 kB", end: "answered", clients: 4, act: (world) => download(world, "bytes", KIB) },
  { name: "POST, length", end: "answered", clients: 2, act: postWhole },
  { name: "POST, chunked", end: "answered", clients: 2, act: (world) => postStream(world) },
  {
    name: "GET, chunked",
    end: "answered",
    clients: 2,
    act: (world) => download(world, "chunks", world.random.below(512 * KIB)),
  },
  { name: "events", end: "answered", clients: 2, act: readEvents },
  {
    name: "GET 16 MiB",
    end: "answered",
    clients: 1,
    act: (world) => download(world, "bytes", 16 * MIB),
  },
  {
    name: "stalled reader",
    end: "answered",
    clients: 2,
    act: (world) => download(world, "bytes", 4 * MIB, () => stall(world, 2_000)),
  },
  {
    name: "stalled sender",
    end: "answered",
    clients: 2,
    act: (world) => postStream(world, () => stall(world, 500)),
  },
  { name: "download broken off", end: "aborted", clients: 2, act: abortDownload },
  { name: "upload broken off", end: "aborted", clients: 2, act: abortUpload },
  { name: "head never ended", end: "silent", clients: 1, act: leaveHead },
  { name: "refused host", end: "refused", clients: 1, act: askRefusedHost },
  { name: "refused path", end: "refused", clients: 1, act: refusedPath },
  { name: "malformed head", end: "refused", clients: 1, act: malformedHead },
  {
    name: "HTTP/2, 8 streams",
    end: "answered",
    clients: 2,
    isHttp2: true,
    requests: STREAMS,
    act: manyStreams,
  },
  ...CREDENTIAL_ACTS,
  ...STREAM_ACTS,
];

async function stall({ random }: ActWorld, maxMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random.below(maxMs)));
}

async function download(
  world: ActWorld,
  what: "bytes" | "chunks",
  length: number,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const { http: client, random } = world;
  const seed = random.below(1_000_000);
  const response = await fetch(urlOf(world, `/ok/${what}/${seed}/${length}`), { client });
  assert.equal(response.status, 200);
  await pause();
  const { hash, bytes } = await hashOf(response.body ?? new ReadableStream());
  assert.deepEqual([bytes, hash], [length, payloadHash(seed, length)]);
  return bytes;
}

async function postWhole(world: ActWorld): Promise<number> {
  const { random } = world;
  const [seed, length] = [random.below(1_000_000), 1 + random.below(256 * KIB)];
  const body = new Uint8Array(await new Response(payloadStream(seed, length)).arrayBuffer());
  return await post(world, seed, length, body);
}

async function postStream(world: ActWorld, pause?: () => Promise<void>): Promise<number> {
  const { random } = world;
  const [seed, length] = [random.below(1_000_000), 1 + random.below(256 * KIB)];
  return await post(world, seed, length, payloadStream(seed, length, pause));
}

async function post(
  world: ActWorld,
  seed: number,
  length: number,
  body: NonNullable<RequestInit["body"]>,
): Promise<number> {
  const response = await fetch(urlOf(world, "/ok/hash"), {
    client: world.http,
    method: "POST",
    body,
  });
  const text = await response.text();
  assert.deepEqual([response.status, text], [200, payloadHash(seed, length)]);
  return length;
}

/** Small and big answers and bodies on one connection at once. */
async function manyStreams(world: ActWorld): Promise<number> {
  const works = Array.from({ length: STREAMS }, (_, nth) => {
    if (nth % 4 === 1) return postWhole(world);
    if (nth % 4 === 2) return postStream(world);
    return download(world, "bytes", nth === 0 ? MIB : world.random.below(64 * KIB));
  });
  return (await Promise.all(works)).reduce((sum, bytes) => sum + bytes, 0);
}

async function readEvents(world: ActWorld): Promise<number> {
  const { http: client, random } = world;
  const [seed, count] = [random.below(1_000_000), 1 + random.below(50)];
  const response = await fetch(urlOf(world, `/ok/events/${seed}/${count}`), { client });
  const text = await response.text();
  const expected = Array.from({ length: count }, (_, nth) => `data: ${seed} ${nth}\n\n`).join("");
  assert.deepEqual([response.status, text], [200, expected]);
  return text.length;
}

async function abortDownload(world: ActWorld): Promise<number> {
  const response = await fetch(urlOf(world, `/ok/bytes/1/${16 * MIB}`), { client: world.http });
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  return 0;
}

async function abortUpload(world: ActWorld): Promise<number> {
  const path = `/ok/upload/${crypto.randomUUID()}`;
  const ending = new AbortController();
  const arrived = world.subject.upstream.arrival(path);
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  const answer = fetch(urlOf(world, path), {
    client: world.http,
    method: "POST",
    body: payloadStream(1, 1024 * MIB, pause),
    signal: ending.signal,
  });
  const broken = assert.rejects(answer, { name: "AbortError" });
  await Promise.race([arrived, answer]);
  ending.abort();
  await broken;
  return 0;
}

async function leaveHead(world: ActWorld): Promise<number> {
  using wire = await connect(world.subject);
  await wire.write(`GET http://127.0.0.1:${world.subject.upstream.plainPort}/ok HTTP/1.1\r\nHos`);
  await stall(world, 2_000);
  return 0;
}

async function askRefusedHost({ subject }: ActWorld): Promise<number> {
  using wire = await connect(subject);
  await wire.write(`CONNECT ${REFUSED_HOST}:443 HTTP/1.1\r\nHost: ${REFUSED_HOST}:443\r\n\r\n`);
  const { status, headers } = await wire.response();
  assert.deepEqual([status, headers.get(BLOCK_HEADER)], [403, "host-not-allowed"]);
  return 0;
}

async function refusedPath(world: ActWorld): Promise<number> {
  const response = await fetch(urlOf(world, "/other"), { client: world.http });
  const { reason } = await response.json();
  assert.deepEqual([response.status, reason], [403, "no-match"]);
  return 0;
}

async function malformedHead({ subject, random }: ActWorld): Promise<number> {
  const authority = `127.0.0.1:${subject.upstream.plainPort}`;
  const line = `POST http://${authority}/ok HTTP/1.1\r\nHost: ${authority}\r\n`;
  using wire = await connect(subject);
  await wire.write(
    random.pick([
      `${line}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc`,
      `${line}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
      `${line}Content-Length: +3\r\n\r\nabc`,
      `${line}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
      `${line}A: b\r\n folded\r\n\r\n`,
      `${line}A\r\n\r\n`,
      "GET / HTTP/2.0\r\n\r\n",
      "\x16\x03\x01 no TLS is spoken here\r\n\r\n",
    ]),
  );
  const { status, headers } = await wire.response();
  assert.deepEqual([status, headers.get(BLOCK_HEADER)], [400, "protocol"]);
  return 0;
}

async function connect({ port }: Subject): Promise<Wire> {
  return new Wire(await Deno.connect({ hostname: "127.0.0.1", port }));
}
