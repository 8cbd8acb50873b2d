/** Lines of the threat list that a real bottle shows too: by an attack of `attacks/`, or a test elsewhere. */

import type { ThreatId } from "./threats.ts";

/** One of them. */
export interface InBottle {
  readonly line: ThreatId;
  /** Name of an attack of `attacks/all.ts`. */
  readonly attack?: string;
  /** File from the root, and words of a test's name in it. */
  readonly test?: readonly [file: string, words: string];
}

const METADATA = "the metadata service through the proxy";
const LOOK_UPS = [
  "tests/redteam/names_test.ts",
  "DNS look-ups of any kind from the agent",
] as const;
const SESSION = [
  "tests/e2e/claude/session_test.ts",
  "works through a session with an OAuth token of a command's that is nowhere to be found",
] as const;

/** All of them. */
export const inBottles: readonly InBottle[] = [
  { line: "dns-any", test: LOOK_UPS },
  { line: "dns-txt", test: LOOK_UPS },
  { line: "dns-any", attack: "a resolver outside, named in resolv.conf and asked directly" },
  {
    line: "dns-any",
    attack: "the system's resolver, for names that the bundle itself can resolve",
  },
  ...([
    "ip-plain",
    "ip-decimal",
    "ip-hex",
    "ip-octal",
    "ip-short",
    "ip-mapped",
    "ip-nat64",
  ] as const)
    .map((line) => ({ line, attack: METADATA })),
  { line: "to-metadata", attack: METADATA },
  { line: "to-private", attack: "a host on a network that the bundle has joined, by its name" },
  { line: "to-private", attack: "the host's own addresses through the proxy" },
  {
    line: "to-loopback",
    attack: "what listens in the bundle itself, by loopback and by its own addresses",
  },
  { line: "at-rest", test: SESSION },
  { line: "in-logs", test: SESSION },
];
