/** What stands where an upstream would: it keeps every byte, and answers as the case wants. */

import type { Leaf } from "../../../lib/pki/leaf.ts";
import { type Recorder, startRecorder } from "../../support/egress/recorder.ts";
import type { Wire } from "../../support/egress/wire.ts";

/** One request as an upstream of HTTP/1.1 reads it. */
export interface SinkRequest {
  readonly head: string;
  readonly body: string;
}

/** What an answer may need. */
export interface SinkAid {
  /** Puts hosts into a text. */
  fill(text: string): string;
  /** Adds to what was got: the same in plain words, where the wire has it masked or coded. */
  note(text: string): void;
}

/** Answers a request; the connection is kept unless it throws. */
export type Respond = (wire: Wire, request: SinkRequest, aid: SinkAid) => Promise<void>;

/** Answers every request with these bytes; `{open}` and its like are filled in. */
export function respondWith(bytes: string): Respond {
  return (wire, _request, { fill }) => wire.write(fill(bytes));
}

/** A plain `200`. */
export const respondOk: Respond = respondWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

/** Upstreams with TLS and without. */
export interface Sink extends AsyncDisposable {
  readonly tls: Recorder;
  readonly http: Recorder;
  /** Another that is watched like these; ended with them. */
  add(recorder: Recorder): void;
  /** From now on. */
  answer(respond: Respond, fill: (text: string) => string): void;
  /** Remembers where it is: {@linkcode Sink.news} is what came after. */
  mark(): void;
  /** Connections and bytes since the mark. */
  news(): { readonly connections: number; readonly text: string };
}

/** Starts both. */
export function startSink(leaf: Leaf): Sink {
  let respond = respondOk;
  let fill = (text: string): string => text;
  let notes = "";
  const note = (text: string): void => void (notes += `${text}\n`);
  const behave = async (wire: Wire): Promise<void> => {
    for (;;) await respond(wire, await readRequest(wire), { fill, note });
  };
  const tls = startRecorder(leaf, behave);
  const http = startRecorder(undefined, behave);
  const all = [tls, http];
  const wires = (): readonly Wire[] => all.flatMap((recorder) => recorder.wires);
  let known = new Map<Wire, number>();
  return {
    tls,
    http,
    add: (recorder) => void all.push(recorder),
    answer: (next, filler) => {
      respond = next;
      fill = filler;
    },
    mark: () => {
      notes = "";
      known = new Map(wires().map((wire) => [wire, wire.received.length]));
    },
    news: () => ({
      connections: wires().filter((wire) => !known.has(wire)).length,
      text: wires().map((wire) => wire.received.slice(known.get(wire) ?? 0)).join("") + notes,
    }),
    async [Symbol.asyncDispose](): Promise<void> {
      for (const recorder of all) await recorder[Symbol.asyncDispose]();
    },
  };
}

/** By the first framing field that it finds, as a careless server would. */
async function readRequest(wire: Wire): Promise<SinkRequest> {
  const head = await wire.until("\r\n\r\n");
  const length = /^content-length: *([0-9]+)\r$/im.exec(head)?.[1];
  if (length !== undefined) return { head, body: await wire.exactly(Number(length)) };
  if (!/^transfer-encoding: *chunked\r$/im.test(head)) return { head, body: "" };
  let body = "";
  for (;;) {
    const size = Number.parseInt(await wire.until("\r\n"), 16);
    if (size === 0) break;
    body += await wire.exactly(size);
    await wire.until("\r\n");
  }
  let trailers = "";
  for (let line = ""; line !== "\r\n"; trailers += line) line = await wire.until("\r\n");
  return { head, body: body + trailers };
}
