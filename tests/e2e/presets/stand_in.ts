/** Forges and registries in a container, known by their names on a network of the test's own. */

import { randomBytes } from "node:crypto";
import type { CertificateAuthority } from "../../../lib/egress/config.ts";
import type { Run } from "../../../lib/process/run.ts";
import { docker, startDenoContainer } from "../../support/deno_container.ts";
import { leafForNames } from "../../support/egress/certificates.ts";
import { standInHosts } from "./stand_in/answers.ts";
import type { StandInConfig, StandInLine } from "./stand_in/protocol.ts";

/** A running stand-in. Disposal removes container and network. */
export interface StandIn extends AsyncDisposable {
  readonly network: string;
  readonly hosts: readonly string[];
  /** What came so far: `GET host/path?query`. */
  readonly requests: readonly string[];
}

/** Starts it and waits until it listens. */
export async function startStandIn(
  run: Run,
  image: string,
  authority: CertificateAuthority,
): Promise<StandIn> {
  const network = `bot-bottle-test-${randomBytes(4).toString("hex")}`;
  const requests: string[] = [];
  const ready = Promise.withResolvers<void>();
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await run(["docker", "network", "rm", network]);
  });
  await docker(run, ["network", "create", network]);
  const aliases = standInHosts.flatMap((host) => ["--network-alias", host]);
  const container = undo.use(
    await startDenoContainer({
      run,
      image,
      name: `${network}-stand-in`,
      folders: ["tests/e2e/presets/stand_in"],
      entry: "tests/e2e/presets/stand_in/main.ts",
      flags: ["--network", network, ...aliases],
      onLine: (text) => {
        const line: StandInLine = JSON.parse(text);
        if (line.kind === "ready") ready.resolve();
        else requests.push(line.line);
      },
    }),
  );
  const config: StandInConfig = await leafForNames(authority, standInHosts);
  await container.send(JSON.stringify(config));
  await Promise.race([
    ready.promise,
    container.ended.then(({ stderr }) => Promise.reject(new Error(`the stand-in: ${stderr}`))),
  ]);
  const owned = undo.move();
  return {
    network,
    hosts: standInHosts,
    requests,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
