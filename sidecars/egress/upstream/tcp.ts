/** TCP to a checked address, and TLS over it. */

import { BottleError } from "../../../lib/errors.ts";
import { failure } from "../exchange/failure.ts";

/** How the runtime's words for such an alert end; a server of TLS 1.3 tells only once the request is under way. */
const WANTS_CERTIFICATE = "CertificateRequired";

/** A connection that has been made. */
export type Conn = Deno.TcpConn | Deno.TlsConn;

/** What TLS is to prove. */
export interface TlsOptions {
  /** The name, or the address, that the certificate must have. */
  readonly name: string;
  /** Trusted besides the system's roots, PEM. */
  readonly caCerts: readonly string[];
  readonly alpn: readonly ("h2" | "http/1.1")[];
}

/** A connection that has proved itself. */
export interface Secured {
  readonly conn: Deno.TlsConn;
  /** What it speaks; undefined: it did not say. */
  readonly protocol: string | undefined;
}

/**
 * Connects. No look-up follows: the address is one in its canonical text.
 *
 * @throws {BottleError} `upstream-unreachable`
 */
export async function connectTcp(
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  let conn: Deno.TcpConn;
  try {
    conn = await Deno.connect({ hostname: address, port, autoSelectFamily: false, signal });
  } catch {
    throw failure("upstream-unreachable");
  }
  // Before TLS, as it can't be set afterwards: without it each POST waits 44 ms.
  conn.setNoDelay(true);
  return conn;
}

/**
 * Makes it TLS: 1.2 or 1.3, as the runtime has no older. `startTls` alone reports no fault of the certificate:
 * `handshake` does. Whatever happens, `tcp` is not to be used again.
 *
 * @throws {BottleError} `upstream-tls`: it is not who it should be, or can't agree with us on TLS, and got nothing of the
 * request; `upstream-unreachable`: it went away, or the signal was aborted
 */
export async function secure(
  tcp: Deno.TcpConn,
  { name, caCerts, alpn }: TlsOptions,
  signal: AbortSignal,
): Promise<Secured> {
  let conn: Deno.TlsConn | undefined;
  const giveUp = (): void => closeQuietly(conn);
  signal.addEventListener("abort", giveUp);
  try {
    signal.throwIfAborted();
    conn = await Deno.startTls(tcp, {
      hostname: name,
      caCerts: [...caCerts],
      alpnProtocols: [...alpn],
    });
    const { alpnProtocol } = await conn.handshake();
    signal.throwIfAborted();
    return { conn, protocol: alpnProtocol ?? undefined };
  } catch (error) {
    closeQuietly(conn ?? tcp);
    if (signal.aborted || !(error instanceof Deno.errors.InvalidData)) {
      throw failure("upstream-unreachable");
    }
    throw tlsFault(error.message);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** Closes what may be closed, or consumed, already. */
export function closeQuietly(conn: Conn | undefined): void {
  try {
    conn?.close();
  } catch {
    // A connection whose other end reset it is closed already.
  }
}

/** What an error of a connection that was secured once says of the upstream; undefined: nothing. */
export function describeAlert(error: unknown): string | undefined {
  const isAlert = error instanceof Deno.errors.InvalidData;
  return isAlert && error.message.endsWith(WANTS_CERTIFICATE) ? describe(error.message) : undefined;
}

/** @param words the runtime's: they name the fault (expired, unknown issuer, an alert) and no value of ours */
function tlsFault(words: string): BottleError {
  return new BottleError(describe(words), { code: "upstream-tls", details: [words] });
}

function describe(words: string): string {
  if (words.startsWith("invalid peer certificate")) {
    return "The upstream's certificate does not verify";
  }
  return words.endsWith(WANTS_CERTIFICATE)
    ? "The upstream wants a client certificate, and there is none"
    : "The upstream and we can't agree on TLS";
}
