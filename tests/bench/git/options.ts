/** The command line of the bench. */

/** What can be measured. */
export const PARTS = ["clone", "push", "scan", "agents"] as const;

/** One of {@linkcode PARTS}. */
export type Part = (typeof PARTS)[number];

/** What a run does. */
export interface BenchOptions {
  readonly isJson: boolean;
  /** Of clones and scans; pushes have five times as many. */
  readonly rounds: number;
  readonly only: readonly Part[];
}

/** For a person who asks. */
export const USAGE = `deno task bench:git [--json] [--rounds N] [--only ${PARTS.join(",")}]`;

/** Parses arguments. @throws {Error} if one is not known */
export function parseOptions(args: readonly string[]): BenchOptions {
  let isJson = false;
  let rounds = 3;
  let only: readonly Part[] = PARTS;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    switch (arg) {
      case "--json":
        isJson = true;
        break;
      case "--rounds":
        rounds = countOf(rest.shift());
        break;
      case "--only":
        only = (rest.shift() ?? "").split(",").map(partOf);
        break;
      default:
        throw new Error(`Unknown argument "${arg}"; ${USAGE}`);
    }
  }
  return { isJson, rounds, only };
}

function countOf(text: string | undefined): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`"--rounds" takes a whole number above 0; ${USAGE}`);
}

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new Error(`No part "${name}"; ${USAGE}`);
  return part;
}
