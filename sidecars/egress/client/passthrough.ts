/** A tunnel of a route with `tls: passthrough`: the name that TLS begins with is judged, what follows goes on as it is. */

import type { Reservation } from "../../../lib/egress/audit/audit_queue.ts";
import { type ClientHello, helloFault } from "../../../lib/egress/tls/client_hello.ts";
import { ClientHelloReader } from "../../../lib/egress/tls/client_hello_reader.ts";
import { printHost } from "../../../lib/egress/host/host.ts";
import type { AllowedConnect } from "../../../lib/egress/judge/judge_connect.ts";
import { BottleError } from "../../../lib/errors.ts";
import { finish } from "../exchange/answer.ts";
import type { ByteDuplex } from "../body/body.ts";
import { failure } from "../exchange/failure.ts";
import { outcomeOf } from "../exchange/outcome.ts";
import type { ClientSide, EngineParts } from "../parts.ts";
import { ExchangeRecord } from "../exchange/record.ts";

/** What {@linkcode servePassthrough} takes besides what all exchanges share. */
export interface Passthrough {
  /** The connection to the proxy itself. */
  readonly side: ClientSide;
  readonly connect: AllowedConnect;
  /** Tells the client that the tunnel is there. */
  readonly grant: () => Promise<void>;
  /** The place of its row. */
  readonly reservation: Reservation;
}

/** Relays an allowed tunnel to its end, and records it. Never throws for what a client or an upstream does. */
export async function servePassthrough(
  parts: EngineParts,
  passthrough: Passthrough,
): Promise<void> {
  const { target, route } = passthrough.connect;
  const record = new ExchangeRecord();
  record.kind = "connect";
  record.method = "CONNECT";
  record.scheme = "https";
  record.target = target;
  record.route = route.host;
  record.marks.push("passthrough");
  if (!parts.dialer.isChecked({ scheme: "https", target, route })) {
    record.marks.push("address-not-checked");
  }
  try {
    await relay(parts, passthrough, record);
    finish(parts, record, passthrough.reservation, { verdict: "allowed" });
  } catch (error) {
    finish(parts, record, passthrough.reservation, outcomeOf(error));
  }
}

async function relay(
  { dialer, limits, closing }: EngineParts,
  { side, connect: { target, route }, grant }: Passthrough,
  record: ExchangeRecord,
): Promise<void> {
  const { client, reader, watch, activity } = side;
  const gone = new AbortController();
  let upstream: ByteDuplex | undefined;
  let why: BottleError | undefined;
  const cut = (error: BottleError | undefined): void => {
    // Cutting the client is what tells of a client that is gone.
    if (gone.signal.aborted) return;
    why = error;
    gone.abort();
    upstream?.destroy();
    client.destroy();
  };
  const onClosing = (): void => cut(undefined);
  client.onBroken = (): void => cut(failure("client-closed"));
  closing.addEventListener("abort", onClosing);
  try {
    watch.onExpire = (): void => cut(helloFault("No ClientHello in time"));
    watch.bound(limits.totalMs);
    watch.arm(limits.headMs);
    activity.isIdle = true;
    await grant();
    const { raw, serverName } = await readHello(() => reader.readRaw());
    activity.isIdle = false;
    if (serverName !== printHost(target.host)) {
      throw helloFault("The TLS server name is not the host of the CONNECT");
    }
    watch.onExpire = (): void => cut(failure("upstream-timeout"));
    let isHalfClosed = false;
    const move = (): void => watch.arm(isHalfClosed ? limits.idleMs : limits.silenceMs);
    const halfClose = (end: () => void): void => {
      end();
      isHalfClosed = true;
      move();
    };
    move();
    upstream = await dialer.openRaw({ scheme: "https", target, route }, gone.signal);
    const server = upstream;
    record.status = 200;
    record.hasLeft = true;
    await server.write(raw);
    record.bytesUp += raw.length;
    await Promise.all([
      pump(() => reader.readRaw(), (bytes) => server.write(bytes), (bytes) => {
        record.bytesUp += bytes;
        move();
      }).then(() => halfClose(() => server.end())),
      pump(() => server.read(), (bytes) => client.write(bytes), (bytes) => {
        record.bytesDown += bytes;
        move();
      }).then(() => halfClose(() => client.end())),
    ]);
  } catch (error) {
    if (why !== undefined) throw why;
    if (!closing.aborted) throw error;
  } finally {
    activity.isIdle = false;
    client.onBroken = undefined;
    closing.removeEventListener("abort", onClosing);
    watch.disarm();
    upstream?.destroy();
  }
}

async function readHello(
  read: () => Promise<Uint8Array | undefined>,
): Promise<ClientHello & { readonly raw: Uint8Array }> {
  const hello = new ClientHelloReader();
  for (;;) {
    const bytes = await read();
    if (bytes === undefined) throw helloFault("The client ended before its ClientHello");
    const found = hello.push(bytes);
    if (found !== undefined) return { ...found, raw: hello.raw };
  }
}

/** Each piece is taken before the next is asked for: who does not read is waited for. */
async function pump(
  read: () => Promise<Uint8Array | undefined>,
  write: (bytes: Uint8Array) => Promise<void>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (;;) {
    const bytes = await read();
    if (bytes === undefined) return;
    await write(bytes);
    onBytes(bytes.length);
  }
}
