/** The upstream in a container, known as api.example.com on a network of the test's own. */

import { randomBytes } from "node:crypto";
import type { CertificateAuthority } from "../../../lib/egress/config.ts";
import type { Run } from "../../../lib/process/run.ts";
import { docker, startDenoContainer } from "../../support/deno_container.ts";
import { leafForNames } from "../../support/egress/certificates.ts";
import type { UpstreamConfig, UpstreamLine } from "./upstream/protocol.ts";

/** Its name. */
export const HOST = "api.example.com";

/** A running upstream. Disposal removes container and network. */
export interface Upstream extends AsyncDisposable {
  readonly network: string;
  /** What came so far. */
  readonly requests: readonly Extract<UpstreamLine, { kind: "request" }>[];
}

/** Starts it and waits until it listens. */
export async function startUpstream(
  run: Run,
  image: string,
  authority: CertificateAuthority,
): Promise<Upstream> {
  const network = `bot-bottle-test-${randomBytes(4).toString("hex")}`;
  const requests: Extract<UpstreamLine, { kind: "request" }>[] = [];
  const ready = Promise.withResolvers<void>();
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await run(["docker", "network", "rm", network]);
  });
  await docker(run, ["network", "create", network]);
  const container = undo.use(
    await startDenoContainer({
      run,
      image,
      name: `${network}-upstream`,
      folders: ["tests/e2e/clients/upstream"],
      entry: "tests/e2e/clients/upstream/main.ts",
      flags: ["--network", network, "--network-alias", HOST],
      onLine: (text) => {
        const line: UpstreamLine = JSON.parse(text);
        if (line.kind === "ready") ready.resolve();
        else requests.push(line);
      },
    }),
  );
  const config: UpstreamConfig = await leafForNames(authority, [HOST]);
  await container.send(JSON.stringify(config));
  await Promise.race([
    ready.promise,
    container.ended.then(({ stderr }) => Promise.reject(new Error(`the upstream: ${stderr}`))),
  ]);
  const owned = undo.move();
  return { network, requests, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
