/** What the answerer says to a message: the bottle's own few names, and nothing else. */

import {
  type DnsAnswer,
  DnsCode,
  type DnsQuery,
  DnsType,
  parseQuery,
  writeAnswer,
  writeRefusal,
} from "./dns_message.ts";

import { BottleError } from "../../errors.ts";
import { parseHost } from "../host/host.ts";
import { parseAddress } from "../host/ip.ts";

/** Lower-case name → four bytes. Made by {@linkcode compileNames}. */
export type DnsNames = ReadonlyMap<string, Uint8Array>;

/** The bytes to send, and what was asked, for the audit. */
export interface DnsReply {
  /** Undefined: stay silent. */
  readonly bytes: Uint8Array | undefined;
  readonly asked?: DnsAsked;
}

/** One look-up. */
export interface DnsAsked {
  readonly name: string;
  /** `A`, `AAAA`, `TXT` …, or `TYPE<n>` (RFC 3597). */
  readonly type: string;
  /** False: there is no such name for this bottle. */
  readonly isKnown: boolean;
}

/** IANA, Domain Name System Parameters: the ones that are met. */
const typeNames: ReadonlyMap<number, string> = new Map([
  [1, "A"],
  [2, "NS"],
  [5, "CNAME"],
  [6, "SOA"],
  [10, "NULL"],
  [12, "PTR"],
  [15, "MX"],
  [16, "TXT"],
  [28, "AAAA"],
  [33, "SRV"],
  [64, "SVCB"],
  [65, "HTTPS"],
  [255, "ANY"],
]);

/**
 * Reads the configuration's names.
 * @throws {BottleError} `config-invalid`
 */
export function compileNames(names: Readonly<Record<string, string>>): DnsNames {
  return new Map(
    Object.entries(names).map(([text, value]) => {
      const host = parseHost(text);
      const address = parseAddress(value);
      if (host.kind === "name" && address?.family === 4) return [host.name, octets(address.value)];
      throw new BottleError(`Not a name and its IPv4 address: ${JSON.stringify([text, value])}`, {
        code: "config-invalid",
        hint: `In "dns.names"`,
      });
    }),
  );
}

/** Answers one message, from nothing but its own names: no look-up leaves the bottle. */
export function answerMessage(message: Uint8Array, names: DnsNames): DnsReply {
  const parsed = parseQuery(message);
  switch (parsed.kind) {
    case "ignore":
      return { bytes: undefined };
    case "refuse":
      return { bytes: writeRefusal(parsed) };
    case "query": {
      const address = parsed.class === 1 ? names.get(parsed.name) : undefined;
      const type = typeNames.get(parsed.type) ?? `TYPE${parsed.type}`;
      const asked: DnsAsked = { name: parsed.name, type, isKnown: address !== undefined };
      return { bytes: writeAnswer(parsed, answer(parsed, address)), asked };
    }
  }
  return parsed satisfies never;
}

function octets(value: bigint): Uint8Array {
  return Uint8Array.from([24n, 16n, 8n, 0n], (shift) => Number(value >> shift & 0xffn));
}

function answer(query: DnsQuery, address: Uint8Array | undefined): DnsAnswer {
  if (!address) return { code: DnsCode.nameError };
  const wantsAddress = query.type === DnsType.A || query.type === DnsType.ANY;
  return { code: DnsCode.noError, addresses: wantsAddress ? [address] : [] };
}
