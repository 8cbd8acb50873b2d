/** The command line of the bench. */

import { type Part, PARTS } from "./measures.ts";

/** What a run does. */
export interface BenchOptions {
  /** How the figures are printed. */
  readonly format: "text" | "json" | "markdown";
  /** Of each measurement that lasts a time. */
  readonly seconds: number;
  readonly rounds: number;
  readonly only: readonly Part[];
  /** The runtime's own HTTP runs along (ADR 0003). */
  readonly withNodeHttp: boolean;
}

/** For a person who asks. */
export const USAGE =
  `deno task bench:egress [--json | --markdown] [--seconds N] [--rounds N] [--only ${
    PARTS.join(",")
  }] [--node-http]`;

/** Parses arguments. @throws if one is not known */
export function parseOptions(args: readonly string[]): BenchOptions {
  let format: BenchOptions["format"] = "text";
  const options = {
    seconds: 2,
    rounds: 3,
    only: PARTS.filter(() => true),
    withNodeHttp: false,
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    switch (arg) {
      case "--json":
        format = "json";
        break;
      case "--markdown":
        format = "markdown";
        break;
      case "--node-http":
        options.withNodeHttp = true;
        break;
      case "--seconds":
        options.seconds = positive(arg, rest.shift());
        break;
      case "--rounds":
        options.rounds = Math.ceil(positive(arg, rest.shift()));
        break;
      case "--only":
        options.only = parts(rest.shift());
        break;
      default:
        throw new Error(`Unknown argument "${arg}"; ${USAGE}`);
    }
  }
  return { ...options, format };
}

function positive(name: string, text: string | undefined): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`"${name}" takes a number above 0`);
}

function parts(text: string | undefined): Part[] {
  return (text ?? "").split(",").map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) throw new Error(`No part "${name}"; ${PARTS.join(", ")}`);
    return part;
  });
}
