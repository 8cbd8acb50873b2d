/** One upstream, one client, and gates that come and go: all on one network, all with a bundle's limits. */

import { createEngine } from "../../../backends/engine/engine.ts";
import { DEFAULT_RULES } from "../../../lib/git_gate/config.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { type GitClient, startGitClient } from "../../support/git/client.ts";
import { makeNetwork } from "../../support/git/container.ts";
import { type Gate, type GateOptions, startGate } from "../../support/git/gate.ts";
import { startSshd } from "../../support/git/sshd.ts";
import type { UpstreamRepo } from "../../support/git/upstream_repo.ts";
import { BIG, bigRepositoryStream } from "./repository.ts";

/** What everything is measured on. */
export interface BenchStage extends AsyncDisposable {
  readonly client: GitClient;
  readonly upstream: UpstreamRepo;
  /** A gate with an empty mirror; disposal removes it. */
  startGate(options?: Pick<GateOptions, "script" | "host" | "at">): Promise<Gate>;
  /** Where a gate has the upstream. */
  gateUrl(gate: Gate): string;
  /** How long a shell command takes in the client, in milliseconds, without the engine's part. @throws {Error} if it fails */
  time(command: string): Promise<number>;
}

/** As the bundle has them. */
const LIMITS = ["--memory", "1g", "--memory-swap", "1g", "--pids-limit", "256"] as const;
const CLIENT_AT = 3;
const NAME = "big";
const MINUTES = 60_000;

/** Starts all but gates, and fills the upstream. */
export async function openBenchStage(say: (line: string) => void): Promise<BenchStage> {
  const engine = createEngine({ run: createRun() });
  const id = `bot-bottle-bench-git-${crypto.randomUUID().slice(0, 8)}`;
  await using undo = new AsyncDisposableStack();
  const network = undo.use(await makeNetwork(engine, id));
  const address = network.address(CLIENT_AT);
  const [sshd, client] = [
    undo.use(
      await startSshd({
        engine,
        name: `${id}-sshd`,
        network: network.name,
        flags: ["--ip", network.address(CLIENT_AT + 1), ...LIMITS],
      }),
    ),
    undo.use(
      await startGitClient({
        engine,
        name: `${id}-client`,
        network: network.name,
        address,
        flags: LIMITS,
      }),
    ),
  ];
  const key = await sshd.makeKey();
  await sshd.authorize(key.publicKey);
  await client.trust(sshd, key.privateKey);
  const upstream = await sshd.createRepo(NAME);
  say(`making ${BIG.commits} commits of ${BIG.bytes / 1024 ** 2} MiB`);
  const own = { user: "git", cwd: upstream.path, timeoutMs: 10 * MINUTES };
  const stdin = bigRepositoryStream(BIG);
  await sshd.container.read(["git", "fast-import", "--quiet"], { ...own, stdin });
  await sshd.container.read(["git", "gc", "--quiet"], own);
  const host_key = await sshd.hostKey();
  const { user, host, port } = sshd;
  const gateUrl = (gate: Gate): string => `${gate.url(NAME)}.git`;
  const owned = undo.move();
  return {
    client,
    upstream,
    gateUrl,
    startGate: (options = {}) =>
      startGate({
        ...options,
        engine,
        inner: network,
        outer: [],
        config: {
          peers: [address],
          repos: [{
            name: NAME,
            upstream: {
              scheme: "ssh",
              user,
              host,
              port,
              path: upstream.path,
              host_key,
              private_key: key.privateKey,
            },
            push: "allow",
            rules: DEFAULT_RULES,
          }],
          known_secrets: { salt: btoa("\0".repeat(32)), prints: [] },
          extra_ca_pem: null,
          upstream_proxy: null,
        },
      }),
    time: async (command) => {
      const script =
        `from=$(date +%s%N); { ${command}; } >&2 || exit; echo $(($(date +%s%N) - from))`;
      const argv = ["bash", "-c", script];
      return Number(await client.container.read(argv, { timeoutMs: 10 * MINUTES })) / 1e6;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
