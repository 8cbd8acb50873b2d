/** `--bundle-network`: engine networks that the bundle joins. */

import { parseHost } from "../egress/host/host.ts";
import { BottleError, ExitCode } from "../errors.ts";
import type { BundleNetwork } from "./spec.ts";

/** Docker's names (RestrictedNameChars). */
const NETWORK = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

/**
 * Hosts in canonical form, a network's mentions put together.
 *
 * @throws {BottleError} `bundle-network-invalid`, exit code 2
 */
export function canonicalNetworks(
  networks: readonly BundleNetwork[],
): readonly BundleNetwork[] {
  const byName = new Map<string, Set<string>>();
  for (const { name, hosts } of networks) {
    if (!NETWORK.test(name)) throw invalid(`Not an engine network's name: ${show(name)}`);
    const known = byName.get(name) ?? new Set();
    for (const host of hosts) known.add(canonical(host));
    byName.set(name, known);
  }
  return [...byName].map(([name, hosts]) => ({ name, hosts: [...hosts] }));
}

function canonical(text: string): string {
  const host = parseHost(text);
  if (host.kind === "name") return host.name;
  throw invalid(`Not a host's name: ${show(text)}`);
}

function invalid(message: string): BottleError {
  return new BottleError(message, {
    code: "bundle-network-invalid",
    exitCode: ExitCode.usage,
    hint: "Write --bundle-network NAME, or NAME=host,host",
  });
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
