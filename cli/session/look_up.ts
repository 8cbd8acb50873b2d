/** Asks this machine's resolver. The program has no network of its own, so another one asks. */

import { type IpAddress, parseAddress } from "../../lib/egress/host/address.ts";
import type { HostName } from "../../lib/egress/host/host.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Run } from "../../lib/process/run.ts";

/** As long as egress waits, and a little. */
const ANSWER_MS = 15_000;

/** glibc's and musl's; macOS has none of them, and a program for the same. */
const programs: Readonly<Record<string, (name: HostName) => readonly string[]>> = {
  darwin: (name) => ["dscacheutil", "-q", "host", "-a", "name", name],
  linux: (name) => ["getent", "ahosts", name],
};

/**
 * The addresses of a name, each once; none: it has none here.
 *
 * @param os as `Deno.build.os` has it
 * @throws {BottleError} `not-looked-up`: there is no program for it; `timeout`
 */
export async function lookUp(
  name: HostName,
  { run, os, signal }: { readonly run: Run; readonly os: string; readonly signal: AbortSignal },
): Promise<readonly IpAddress[]> {
  const argv = programs[os]?.(name);
  if (argv === undefined) throw unasked(name);
  try {
    const { stdout } = await run(argv, { signal, timeoutMs: ANSWER_MS });
    const words = new TextDecoder().decode(stdout).split(/\s+/);
    const found = words.flatMap((word) => parseAddress(word) ?? []);
    return [...new Map(found.map((address) => [address.text, address])).values()];
  } catch (error) {
    if (error instanceof BottleError && error.code === "program-missing") throw unasked(name);
    throw error;
  }
}

function unasked(name: HostName): BottleError {
  return new BottleError(`Cannot look "${name}" up: this machine has no program for it`, {
    code: "not-looked-up",
    hint: "Say what it resolves to: --address 192.0.2.1",
  });
}
