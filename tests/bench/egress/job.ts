/** What the client is asked to do, and what it answers: one JSON document a line, each way. */

/** How the client gets to the origin. */
export interface Way {
  /** Null: straight. */
  readonly proxyPort: number | null;
  readonly originPort: number;
  /** The origin again, slower, but it sends each write at once: where moments count. */
  readonly promptPort: number;
  /** Of the authority whose certificate the client gets to see. */
  readonly caPem: string;
}

/** One measurement. */
export type Job =
  /** Keep-alive connections over HTTP/1.1, one request of 1 kB in flight on each. */
  | { readonly kind: "requests"; readonly connections: number; readonly seconds: number }
  /** The same requests over one connection of HTTP/2, so many in flight. */
  | { readonly kind: "streams"; readonly streams: number; readonly seconds: number }
  /** One body, its length checked. */
  | { readonly kind: "download" | "upload" }
  /** TCP, CONNECT, TLS, one request, end: eight at a time. */
  | { readonly kind: "sessions"; readonly seconds: number }
  /** One request after the other on one connection, each timed up to its first byte. */
  | { readonly kind: "first-byte"; readonly path: "/1k" | "/100k"; readonly seconds: number }
  /** Event streams, each timed from the origin's send of its first event to the client's receipt. */
  | { readonly kind: "events"; readonly times: number }
  /** WebSocket messages that the origin sends back, one in flight. */
  | { readonly kind: "messages"; readonly seconds: number }
  /** Transfers that stand still, as the receiver reads nothing; they last until the next job. */
  | {
    readonly kind: "stall";
    readonly transfers: number;
    readonly direction: "down" | "up";
  }
  /** Ends those. */
  | { readonly kind: "release" };

/** Figures by name; the name tells the unit. */
export type Figures = Readonly<Record<string, number>>;

/** A line to the client. */
export interface Order {
  readonly way: Way;
  readonly job: Job;
}

/** A line from the client. */
export type Answer = { readonly figures: Figures } | { readonly error: string };

/** What a big transfer is, in bytes: 256 MiB. */
export const BIG_BYTES = 256 * 1024 * 1024;

/** The one name that every machine resolves to itself. */
export const ORIGIN_NAME = "localhost";

/** What the client has instead of a credential. */
export const PLACEHOLDER = "bot-bottle-bench-aaaaa-AbCdEfGhIjKlMnOpQrStUv";
