/** Real registries on a network of the test's own, under their real names: a machine's resolver may know them by private addresses. */

import { randomBytes } from "node:crypto";
import type { Run } from "../../../lib/process/run.ts";
import { docker, startDenoContainer } from "../../support/deno_container.ts";

/** One registry. */
export interface Registry {
  readonly host: string;
  readonly port: number;
  /** A small thing that it serves. */
  readonly probe: string;
}

/** npm's public registry. */
export const NPM: Registry = {
  host: "registry.npmjs.org",
  port: 443,
  probe: "https://registry.npmjs.org/is-odd/3.0.1",
};

/** Debian's archive, over plain http as its images name it. */
export const DEBIAN: Registry = {
  host: "deb.debian.org",
  port: 80,
  probe: "http://deb.debian.org/debian/dists/trixie/Release.gpg",
};

/** Whether a registry answers this machine. @param extraCaPem trusted besides what this machine trusts */
export async function isReached({ probe }: Registry, extraCaPem?: string): Promise<boolean> {
  const caCerts = extraCaPem === undefined ? [] : [extraCaPem];
  using client = Deno.createHttpClient({ caCerts });
  try {
    const response = await fetch(probe, { client, signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** A network on which a relay answers in the registry's name. Disposal removes both. */
export interface Relay extends AsyncDisposable {
  readonly network: string;
}

/** Starts it. It carries bytes only: TLS is between egress and the registry. */
export async function startRelay(run: Run, { host, port }: Registry): Promise<Relay> {
  const [address] = await Deno.resolveDns(host, "A");
  if (address === undefined) throw new Error(`${host} has no address`);
  const network = `bot-bottle-test-${randomBytes(4).toString("hex")}`;
  const ready = Promise.withResolvers<void>();
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await run(["docker", "network", "rm", network]);
  });
  await docker(run, ["network", "create", network]);
  const container = undo.use(
    await startDenoContainer({
      run,
      name: `${network}-relay`,
      folders: ["tests/e2e/presets/relay"],
      entry: "tests/e2e/presets/relay/main.ts",
      args: [`${port}=${address}`],
      flags: ["--network", network, "--network-alias", host],
      onLine: () => ready.resolve(),
    }),
  );
  await Promise.race([
    ready.promise,
    container.ended.then(({ stderr }) => Promise.reject(new Error(`the relay: ${stderr}`))),
  ]);
  const owned = undo.move();
  return { network, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
