/** A connection as texts: one character is one byte. Every wait has an end. */

import { Buffer } from "node:buffer";

/** What a test waits for something that has to come; only a test that fails waits so long. */
const PATIENCE_MS = 15_000;

/** A response, taken out of its framing. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case; the last of several. */
  readonly headers: ReadonlyMap<string, string>;
  readonly head: string;
  readonly body: string;
}

/** Reads and writes one connection. */
export class Wire implements Disposable {
  readonly #conn: Deno.Conn;
  #text = "";
  #received = "";
  #isClosed = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Everything that has been read, whether taken or not. */
  get received(): string {
    return this.#received;
  }

  /** The connection below; nothing may have been read beyond what was taken. */
  get conn(): Deno.Conn {
    return this.#conn;
  }

  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Takes text up to and with `mark`. @throws if the connection ends before */
  async until(mark: string): Promise<string> {
    while (!this.#text.includes(mark)) {
      if (!await this.#fill()) throw new Error(`ended before ${JSON.stringify(mark)}`);
    }
    return this.#take(this.#text.indexOf(mark) + mark.length);
  }

  /** Takes so many bytes. @throws if the connection ends before */
  async exactly(length: number): Promise<string> {
    while (this.#text.length < length) {
      if (!await this.#fill()) throw new Error(`ended ${length - this.#text.length} bytes early`);
    }
    return this.#take(length);
  }

  /** Waits for more. @returns false at the end */
  async more(): Promise<boolean> {
    return await this.#fill();
  }

  /** Takes the rest. @returns whether the end was clean, and what came before it */
  async rest(): Promise<{ readonly text: string; readonly isClean: boolean }> {
    let isClean = true;
    try {
      while (await this.#fill());
    } catch (error) {
      if (!isCut(error)) throw error;
      isClean = false;
    }
    return { text: this.#take(this.#text.length), isClean };
  }

  /** Takes one response. @param method of the request that it answers */
  async response(method = "GET"): Promise<WireResponse> {
    const head = await this.until("\r\n\r\n");
    const [statusLine = "", ...lines] = head.trimEnd().split("\r\n");
    const headers = new Map(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }));
    const status = Number(statusLine.split(" ")[1]);
    const isBodiless = method === "HEAD" || status < 200 || status === 204 || status === 304;
    return { status, headers, head, body: isBodiless ? "" : await this.#body(headers) };
  }

  /** Closes our direction. */
  async closeWrite(): Promise<void> {
    if ("closeWrite" in this.#conn && typeof this.#conn.closeWrite === "function") {
      await this.#conn.closeWrite();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#conn.close();
    } catch {
      // Closed by the other side's reset.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #body(headers: ReadonlyMap<string, string>): Promise<string> {
    const length = headers.get("content-length");
    if (length !== undefined) return await this.exactly(Number(length));
    if (headers.get("transfer-encoding") !== "chunked") return (await this.rest()).text;
    let body = "";
    for (;;) {
      const size = Number.parseInt(await this.until("\r\n"), 16);
      if (size === 0) break;
      body += await this.exactly(size);
      await this.until("\r\n");
    }
    while (await this.until("\r\n") !== "\r\n");
    return body;
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  async #fill(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const count = await patiently(this.#conn.read(buffer));
    if (count === null) return false;
    const text = Buffer.from(buffer.subarray(0, count)).toString("latin1");
    this.#text += text;
    this.#received += text;
    return true;
  }
}

/** Fails a wait that takes too long. */
export async function patiently<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("waited too long")), PATIENCE_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for something that nobody announces. */
export async function eventually(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isCut(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.BrokenPipe;
}
