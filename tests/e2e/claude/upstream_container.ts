/** The upstream in a container, known as api.anthropic.com on a network of the test's own. */

import type { Run } from "../../../lib/process/run.ts";
import { LeafIssuer } from "../../../lib/pki/leaf.ts";
import type { CertificateAuthority } from "../../../lib/egress/config.ts";
import { docker, startDenoContainer } from "../../support/deno_container.ts";
import { API_HOST } from "./upstream/check.ts";
import type { RequestRecord, UpstreamConfig, UpstreamLine } from "./upstream/protocol.ts";

/** Options of {@linkcode startUpstream}. */
export interface UpstreamOptions extends Omit<UpstreamConfig, "cert_pem" | "key_pem"> {
  readonly run: Run;
  /** Name of the network and beginning of the container's. */
  readonly name: string;
  /** Signs the upstream's certificate. */
  readonly authority: CertificateAuthority;
}

/** A running upstream. Disposal removes container and network. */
export interface Upstream extends AsyncDisposable {
  /** The engine network on which it answers as api.anthropic.com. */
  readonly network: string;
  readonly records: readonly RequestRecord[];
  /** Resolves when that turn is held back. */
  holding(turn: number): Promise<void>;
  /** Lets the held turn go. */
  release(): Promise<void>;
}

/** Starts it and waits until it listens. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { run, name, authority, ...config } = options;
  const issuer = await LeafIssuer.open(authority, { now: () => new Date() });
  const leaf = await issuer.leafFor({ kind: "name", value: API_HOST });
  const records: RequestRecord[] = [];
  const ready = Promise.withResolvers<void>();
  const holds = new Map(
    config.holdBefore.map((turn) => [turn, Promise.withResolvers<void>()] as const),
  );
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await run(["docker", "network", "rm", name]);
  });
  await docker(run, ["network", "create", name]);
  const container = undo.use(
    await startDenoContainer({
      run,
      name: `${name}-upstream`,
      folders: ["tests/e2e/claude/upstream"],
      entry: "tests/e2e/claude/upstream/main.ts",
      flags: ["--network", name, "--network-alias", API_HOST],
      onLine: (text) => {
        const line: UpstreamLine = JSON.parse(text);
        if (line.kind === "request") records.push(line);
        else if (line.kind === "ready") ready.resolve();
        else holds.get(line.turn)?.resolve();
      },
    }),
  );
  const full: UpstreamConfig = { ...config, ...leaf };
  await container.send(JSON.stringify(full));
  await Promise.race([
    ready.promise,
    container.ended.then(({ stderr }) => Promise.reject(new Error(`the upstream: ${stderr}`))),
  ]);
  const owned = undo.move();
  return {
    network: name,
    records,
    holding: (turn) =>
      holds.get(turn)?.promise ?? Promise.reject(new Error(`turn ${turn} is not held`)),
    release: () => container.send("go"),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
