/** What a client of a soak does at a time: the vocabulary. */

import type { Random } from "../random.ts";
import type { Subject } from "./subject.ts";

/** What an act works with. */
export interface ActWorld {
  readonly subject: Subject;
  /** Through the proxy; one client's own, so that its connections are. */
  readonly http: Deno.HttpClient;
  readonly random: Random;
}

/** Makes its requests. @returns bytes of bodies that were checked */
export type Act = (world: ActWorld) => Promise<number>;

/** What becomes of an act's request: answered, refused, broken off by the client, or never whole. */
export type ActEnd = "answered" | "refused" | "aborted" | "silent";

/** A kind of client. */
export interface ActKind {
  readonly name: string;
  readonly end: ActEnd;
  /** Clients of this kind at once. */
  readonly clients: number;
  /** Whether its `http` speaks HTTP/2. */
  readonly isHttp2?: true;
  /** Requests of one act; default: one. */
  readonly requests?: number;
  readonly act: Act;
}

/** Of a path of the upstream that counts. */
export function urlOf({ subject }: ActWorld, path: string): string {
  return `https://127.0.0.1:${subject.upstream.tlsPort}${path}`;
}
