/** Egress without a bundle: the configuration on stdin, the ready line and then the audit on stdout. */

import { parseEgressConfig } from "../../lib/egress/config_schema.ts";
import { parseAddress } from "../../lib/egress/host/address.ts";
import { printHost } from "../../lib/egress/host/host.ts";
import { BottleError } from "../../lib/errors.ts";
import { startEngine } from "./engine.ts";

/** What {@linkcode runAlone} takes. */
export interface AloneOptions {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly onLog: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** 8 MiB, as the control channel takes. */
const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/**
 * Runs until the signal. The first line on stdout is `{"ready":true,"proxy":"http://…","ca_pem":"…"}`, each later one
 * an audit row.
 *
 * @throws {BottleError} `config-invalid`, what `startEngine` throws; `audit-unavailable`: nobody reads the rows any more
 */
export async function runAlone(options: AloneOptions): Promise<void> {
  const config = parseEgressConfig(await readDocument(options.readable));
  const writer = options.writable.getWriter();
  const encoder = new TextEncoder();
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const engine = await startEngine({
    config,
    onLog: options.onLog,
    append: async (rows) => {
      await ready.promise;
      const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      try {
        await writer.write(encoder.encode(lines));
      } catch (error) {
        // Whoever read them does not come back, and nothing passes unrecorded.
        ended.reject(unread(error));
        throw error;
      }
    },
  });
  const proxy = `http://${urlHost(config.listen.address)}:${engine.port}`;
  const line = JSON.stringify({ ready: true, proxy, ca_pem: engine.ca.cert_pem });
  await writer.write(encoder.encode(`${line}\n`));
  ready.resolve();
  options.signal.addEventListener("abort", () => ended.resolve());
  if (options.signal.aborted) ended.resolve();
  try {
    await ended.promise;
  } finally {
    await engine.close();
    writer.releaseLock();
  }
}

/** One JSON document: it ends with the line that completes it, or with the stream. */
async function readDocument(readable: ReadableStream<Uint8Array>): Promise<unknown> {
  const reader = readable.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    if (text.length > MAX_CONFIG_BYTES) throw invalid("It is larger than 8 MiB");
    if (!value.includes("\n")) continue;
    const document = parseJson(text);
    if (document !== undefined) return document;
  }
  const document = parseJson(text);
  if (document === undefined) throw invalid("It is no JSON");
  return document;
}

/** The parser's own words quote the text, which holds credentials. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function urlHost(address: string): string {
  const parsed = parseAddress(address);
  return parsed === undefined ? address : printHost({ kind: "ip", address: parsed });
}

function unread(cause: unknown): BottleError {
  return new BottleError("Nobody reads the audit on stdout any more", {
    code: "audit-unavailable",
    hint: "Whoever starts it reads its stdout until it ends",
    cause,
  });
}

function invalid(hint: string): BottleError {
  return new BottleError("Cannot read the configuration from stdin", {
    code: "config-invalid",
    hint,
  });
}
