/** A whole bundle with git-gate, an upstream behind it, and a git where the agent would be. */

import type { ConfiguredBundle } from "../../../backends/bundle/bundle.ts";
import type { ConfigureDocument } from "../../../lib/control/protocol.ts";
import { DEFAULT_RULES, GIT_GATE_PORT } from "../../../lib/git_gate/config.ts";
import { type GitClient, startGitClient } from "../../support/git/client.ts";
import { type KeyPair, type Sshd, startSshd } from "../../support/git/sshd.ts";
import { engine, startTestBundle, type TestBundle } from "./harness.ts";

/** The value of the token in {@linkcode GateStage.document}. */
export const GIT_TOKEN = "git-marker-51c09e7d2ab84f36";
/** The password of the company's proxy in {@linkcode GateStage.document}: nothing goes there. */
export const PROXY_PASSWORD = "proxy-marker-0b7e44a19cd2";

/** Disposal leaves nothing. */
export interface GateStage extends AsyncDisposable {
  readonly bundle: TestBundle;
  readonly sshd: Sshd;
  /** Opens the upstream. */
  readonly key: KeyPair;
  readonly client: GitClient;
  /** One repository by ssh, `widget`, and one by https, `lib`, which is not there. */
  readonly document: ConfigureDocument;
  configure(): Promise<ConfiguredBundle>;
}

/** Makes it; `widget` has one commit, nothing is configured. */
export async function openGateStage(): Promise<GateStage> {
  await using undo = new AsyncDisposableStack();
  const bundle = undo.use(await startTestBundle({ mirrors: true }));
  const sshd = undo.use(
    await startSshd({ engine, name: `${bundle.name}-sshd`, network: bundle.outer }),
  );
  const key = await sshd.makeKey();
  await sshd.authorize(key.publicKey);
  const { url, path } = await sshd.createRepo("widget");
  const { user, host, port } = sshd;
  const client = undo.use(
    await startGitClient({
      engine,
      name: `${bundle.name}-client`,
      network: bundle.inner,
      address: bundle.addresses.agent,
    }),
  );
  await client.insteadOf(url.replace(/\.git$/, ""), `${gateUrl(bundle)}/widget/`);
  await sshd.container.read(["sh", "-c", SEED, "sh", path], { user: "git" });
  const repo = { push: "allow", rules: DEFAULT_RULES } as const;
  const document: ConfigureDocument = {
    ...bundle.document,
    git_gate: {
      listen: { address: bundle.addresses.bundle, port: GIT_GATE_PORT },
      peers: [bundle.addresses.agent],
      repos: [
        {
          ...repo,
          name: "widget",
          upstream: {
            ...{ scheme: "ssh", user, host, port, path },
            host_key: await sshd.hostKey(),
            private_key: key.privateKey,
          },
        },
        {
          ...repo,
          name: "lib",
          upstream: {
            ...{ scheme: "https", host: "git.example.org", port: 443, path: "/lib.git" },
            username: "bot",
            token: GIT_TOKEN,
          },
        },
      ],
      known_secrets: { salt: btoa("\0".repeat(32)), prints: [] },
      extra_ca_pem: null,
      upstream_proxy: {
        host: "192.0.2.1",
        port: 3128,
        credentials: { username: "ann", password: PROXY_PASSWORD },
        no_proxy: [],
      },
    },
  };
  const owned = undo.move();
  return {
    bundle,
    sshd,
    key,
    client,
    document,
    configure: () => bundle.configure(document),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Where a client finds the gate. */
export function gateUrl({ addresses }: TestBundle): string {
  return `http://${addresses.bundle}:${GIT_GATE_PORT}`;
}

/** A first commit, made on the upstream itself. */
const SEED = `cd "$1" && export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com \
GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com &&
git update-ref refs/heads/main "$(git commit-tree -m Begin "$(git hash-object -t tree -w /dev/null)")"`;
