/** What routes have sent in a bottle's life: kept beside the ledger, so that no restart begins a budget anew. */

import { readCount, readShape } from "../../lib/control/shape.ts";
import {
  type ByteWish,
  type GrantedBytes,
  ReservedBytes,
} from "../../lib/egress/route/route_limits.ts";
import { BottleError } from "../../lib/errors.ts";

/** As many routes as egress takes, and those that were denied meanwhile. */
const MAX_ROUTES = 8_192;

/** Budgets in a file. Opened by {@linkcode openBytesOut}. */
export class BytesOut {
  readonly #path: string;
  #kept: ReservedBytes;

  constructor(path: string, kept: ReservedBytes) {
    this.#path = path;
    this.#kept = kept;
  }

  /**
   * Reserves as many as are left, and has them on disk when it returns: what was reserved is never given twice, though
   * some of it may never be used.
   *
   * @throws {BottleError} `ledger-unusable`: nothing is reserved
   */
  reserve(wish: ByteWish): GrantedBytes {
    const next = new ReservedBytes(this.#kept.entries());
    const answer = next.reserve(wish);
    if (answer.granted === 0) return answer;
    const entries = next.entries();
    if (entries.length > MAX_ROUTES) throw unusable(`more than ${MAX_ROUTES} routes`);
    write(this.#path, JSON.stringify({ version: 1, reserved: Object.fromEntries(entries) }));
    this.#kept = next;
    return answer;
  }
}

/**
 * Reads what there is; a file that can't be understood is no beginning from nothing.
 *
 * @throws {BottleError} `ledger-unusable`
 */
export function openBytesOut(path: string): BytesOut {
  const text = read(path);
  if (text === undefined) return new BytesOut(path, new ReservedBytes());
  try {
    const document = readShape(JSON.parse(text), "file");
    if (document.version !== 1) throw unusable("it is of another version");
    const reserved = readShape(document.reserved, "reserved");
    const entries = Object.keys(reserved).map((route) =>
      [route, readCount(reserved, route)] as const
    );
    return new BytesOut(path, new ReservedBytes(entries));
  } catch (cause) {
    throw unusable("it is damaged", cause);
  }
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw unusable("it can't be read", cause);
  }
}

/** Whole or not at all, also when the machine loses power. */
function write(path: string, text: string): void {
  const scratch = `${path}.new`;
  try {
    using file = Deno.openSync(scratch, { write: true, create: true, truncate: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
    Deno.renameSync(scratch, path);
  } catch (cause) {
    throw unusable("it can't be written", cause);
  }
}

function unusable(why: string, cause?: unknown): BottleError {
  return new BottleError(`Cannot keep what routes have sent: ${why}`, {
    code: "ledger-unusable",
    cause,
  });
}
