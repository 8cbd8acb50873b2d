/** An upstream, the gate alone, and a client that reaches nothing but the gate. */

import { createEngine, type Engine } from "../../../backends/engine/engine.ts";
import {
  DEFAULT_RULES,
  type GateRepo,
  type GitGateConfig,
  type RepoRules,
} from "../../../lib/git_gate/config.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { type GitClient, startGitClient } from "./client.ts";
import { makeNetwork, type Network } from "./container.ts";
import { type Gate, startGate } from "./gate.ts";
import { type KeyPair, type Sshd, startSshd } from "./sshd.ts";
import type { UpstreamRepo } from "./upstream_repo.ts";

/** How the gate has a repository, besides where it is. */
export type StagedRepo = Partial<Omit<GateRepo, "name" | "upstream" | "rules">> & {
  readonly rules?: Partial<RepoRules>;
  /** HEAD's branch on the upstream; default `main`. */
  readonly head?: string;
};

/** Options of {@linkcode openGitStage}. */
export interface GitStageOptions {
  /** Made on the upstream, empty, each under its name. */
  readonly repos: Readonly<Record<string, StagedRepo>>;
  /** What the gate is configured with besides. */
  readonly config?: Partial<Pick<GitGateConfig, "known_secrets" | "extra_ca_pem">>;
  /** As the gate's option of this name. */
  readonly mirrorsSize?: string;
}

/** All of them, running. Disposal leaves nothing. */
export interface GitStage extends AsyncDisposable {
  readonly engine: Engine;
  readonly inner: Network;
  readonly outer: Network;
  readonly sshd: Sshd;
  readonly gate: Gate;
  /** Knows the upstream's url by the gate's only. */
  readonly client: GitClient;
  /** What opens the upstream: the gate has it. */
  readonly key: KeyPair;
  /** The gate's configuration, to change and restart it with. */
  readonly config: Omit<GitGateConfig, "listen">;
  repo(name: string): UpstreamRepo;
}

/** Of the client on the inner network. */
const CLIENT_AT = 3;
/** Of the server on the outer one: engines give the first addresses to whoever comes. */
const SSHD_AT = 12;
const NO_SECRETS = { salt: btoa("\0".repeat(32)), prints: [] } as const;

/** Starts them. */
export async function openGitStage(options: GitStageOptions): Promise<GitStage> {
  const engine = createEngine({ run: createRun() });
  const id = `bot-bottle-test-git-${crypto.randomUUID().slice(0, 8)}`;
  await using undo = new AsyncDisposableStack();
  const inner = undo.use(await makeNetwork(engine, `${id}-inner`, "--internal"));
  const outer = undo.use(await makeNetwork(engine, `${id}-outer`));
  const sshd = undo.use(
    await startSshd({
      engine,
      name: `${id}-sshd`,
      network: outer.name,
      // Its own also after a restart.
      flags: ["--ip", outer.address(SSHD_AT)],
    }),
  );
  const key = await sshd.makeKey();
  await sshd.authorize(key.publicKey);
  const names = Object.keys(options.repos);
  for (const name of names) await sshd.createRepo(name, options.repos[name]?.head);
  const hostKey = await sshd.hostKey();
  const config = {
    peers: [inner.address(CLIENT_AT)],
    repos: Object.entries(options.repos)
      .map(([name, staged]) => stagedRepo(sshd, hostKey, key, name, staged)),
    known_secrets: NO_SECRETS,
    extra_ca_pem: null,
    upstream_proxy: null,
    ...options.config,
  };
  const { mirrorsSize } = options;
  const gate = undo.use(
    await startGate({
      ...{ engine, inner, outer: [outer.name], config },
      ...(mirrorsSize === undefined ? {} : { mirrorsSize }),
    }),
  );
  const client = undo.use(
    await startGitClient({
      engine,
      name: `${id}-client`,
      network: inner.name,
      address: inner.address(CLIENT_AT),
    }),
  );
  for (const name of names) {
    await client.insteadOf(sshd.repo(name).url.replace(/\.git$/, ""), `${gate.url(name)}/`);
  }
  const owned = undo.move();
  return {
    engine,
    inner,
    outer,
    sshd,
    gate,
    client,
    key,
    config,
    repo: (name) => sshd.repo(name),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As the gate has it. */
function stagedRepo(
  { user, host, port, repo }: Sshd,
  hostKey: string,
  { privateKey }: KeyPair,
  name: string,
  { head: _head, rules, push = "allow" }: StagedRepo,
): GateRepo {
  const path = repo(name).path;
  return {
    name,
    upstream: { scheme: "ssh", user, host, port, path, host_key: hostKey, private_key: privateKey },
    push,
    rules: { ...DEFAULT_RULES, ...rules },
  };
}
