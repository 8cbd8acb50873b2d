/** What an attacker does, in one line each. Texts go through `fill`: `{open}` is a host and its port. */

import { eventually, type Wire } from "../../support/egress/wire.ts";
import type { Stage, TunnelOptions } from "./stage.ts";

/** A move of the attacker's. @returns what came back */
export type Move = (stage: Stage) => Promise<string>;

/** Says it to the proxy itself. */
export function say(text: string): Move {
  return async (stage) => await tell(await stage.plain(), stage.fill(text));
}

/** Says it inside a tunnel with TLS. @param authority such as `{open}` */
export function inTunnel(authority: string, text: string, options?: TunnelOptions): Move {
  return async (stage) => {
    const wire = await stage.tunnel(stage.fill(authority), options);
    return await tell(wire, stage.fill(text));
  };
}

/** Says the second part once the last word of the first has arrived upstream. */
export function inTunnelThen(authority: string, first: string, second: string): Move {
  return async (stage) => {
    const wire = await stage.tunnel(stage.fill(authority));
    await wire.write(stage.fill(first));
    await eventually(() => stage.sink.news().text.includes(first.trimEnd().slice(-5)));
    return await tell(wire, stage.fill(second));
  };
}

/** Says a beginning, and then a piece again and again, until the proxy has had enough. @param authority none: to the proxy itself */
export function sayForever(authority: string | undefined, first: string, piece: string): Move {
  return async (stage) => {
    const wire = authority === undefined
      ? await stage.plain()
      : await stage.tunnel(stage.fill(authority));
    let isOver = false;
    const hearing = wire.rest().catch(() => {}).then(() => isOver = true);
    await wire.write(stage.fill(first));
    while (!isOver) {
      if (piece !== "") await wire.write(piece).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await hearing;
    return wire.received;
  };
}

/** Says it in a granted tunnel, in the place of TLS. */
export function inBareTunnel(authority: string, bytes: string | Uint8Array<ArrayBuffer>): Move {
  return async (stage) => {
    const wire = await stage.plain();
    const target = stage.fill(authority);
    await wire.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    await wire.until("\r\n\r\n");
    return await tell(wire, typeof bytes === "string" ? stage.fill(bytes) : bytes);
  };
}

/** Asks for a tunnel by another server name than its host; heard is whether the handshake went through. */
export function handshake(authority: string, serverName: string): Move {
  return async (stage) => {
    try {
      const wire = await stage.tunnel(stage.fill(authority), { serverName });
      return await tell(wire, stage.fill(`GET / HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
    } catch (error) {
      return `no handshake: ${error instanceof Error ? error.name : typeof error}`;
    }
  };
}

/** Writes, waits for a response or the end, ends its own direction, and hears the rest. @returns the wire, and the first body out of its chunks */
export async function tell(wire: Wire, bytes: string | Uint8Array<ArrayBuffer>): Promise<string> {
  await wire.write(bytes).catch(() => {});
  const isHead = typeof bytes === "string" && bytes.startsWith("HEAD ");
  const response = await wire.response(isHead ? "HEAD" : "GET").catch(() => undefined);
  await wire.closeWrite().catch(() => {});
  await wire.rest().catch(() => {});
  wire.close();
  return `${wire.received}\n${response?.body ?? ""}`;
}
