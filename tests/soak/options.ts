/** The command line of a soak. */

/** What is asked for. */
export interface SoakOptions {
  /** Of mixed load on the proxy. */
  readonly minutes: number;
  /** Launches that are broken off. */
  readonly rounds: number;
  /** Requests with mutations. */
  readonly requests: number;
  /** Connections to the proxy at once, after the requests. */
  readonly connections: number;
  /** Kills at random instants of bottles' lives. */
  readonly kills: number;
  readonly parts: ReadonlySet<SoakPart>;
  /** The same seed makes the same choices. */
  readonly seed: number;
}

/** What it is made of. */
export type SoakPart = "launch" | "life" | "egress";

/** Names of {@linkcode SoakPart}. */
const PARTS = ["launch", "life", "egress"] as const;

/** How it is called. */
export const USAGE =
  "Usage: deno task soak [--minutes N] [--rounds N] [--requests N] [--connections N] [--kills N] [--only launch|life|egress] [--seed N]";

/** Parses it; undefined: not such a command line. */
export function parseSoakOptions(
  args: readonly string[],
  randomSeed: number,
): SoakOptions | undefined {
  const numbers = {
    minutes: 30,
    rounds: 60,
    requests: 1_000_000,
    connections: 10_000,
    kills: 200,
    seed: randomSeed,
  };
  let parts: readonly SoakPart[] = PARTS;
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, "");
    const value = args[at + 1] ?? "";
    if (name === "only") {
      parts = PARTS.filter((part) => part === value);
      if (parts.length === 0) return undefined;
    } else if (isNumberName(name) && /^\d+(\.\d+)?$/.test(value)) {
      numbers[name] = Number(value);
    } else {
      return undefined;
    }
  }
  return { ...numbers, parts: new Set(parts) };
}

const NUMBERS = ["minutes", "rounds", "requests", "connections", "kills", "seed"] as const;

function isNumberName(name: string | undefined): name is typeof NUMBERS[number] {
  return NUMBERS.some((one) => one === name);
}
