/** A real upstream for a bottle with a repository. */

import { createEngine } from "../../../backends/engine/engine.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { makeNetwork } from "../../support/git/container.ts";
import { type Sshd, startSshd } from "../../support/git/sshd.ts";
import type { Manifests } from "./subject.ts";

/** An upstream, and what a bottle needs for it. */
export interface Upstream extends AsyncDisposable {
  readonly sshd: Sshd;
  readonly network: string;
  /** What the agent clones. */
  readonly url: string;
  readonly manifests: Partial<Manifests>;
  /** How a manifest declares it. */
  readonly widget: Readonly<Record<string, unknown>>;
  /** What opens it. */
  readonly privateKey: string;
  readonly gateKeys: ReadonlyMap<string, string>;
}

/** With one repository, `widget`, that has one commit. */
export async function openUpstream(): Promise<Upstream> {
  const engine = createEngine({ run: createRun() });
  const id = `bot-bottle-test-repos-${crypto.randomUUID().slice(0, 8)}`;
  await using undo = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-key-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const network = undo.use(await makeNetwork(engine, id));
  const sshd = undo.use(await startSshd({ engine, name: `${id}-sshd`, network: network.name }));
  const { privateKey, publicKey } = await sshd.makeKey();
  await sshd.authorize(publicKey);
  const { commit, url } = await sshd.createRepo("widget");
  await commit("main", { "a.txt": "a\n" });
  const path = `${folder}/key`;
  await Deno.writeTextFile(path, privateKey, { mode: 0o600 });
  const widget = { url, host_key: await sshd.hostKey(), key: { provider: "static", path } };
  const owned = undo.move();
  return {
    sshd,
    network: network.name,
    url,
    manifests: {
      bottle: {
        "git-gate": {
          user: { name: "Bot", email: "bot@example.com" },
          repos: { widget },
        },
      },
    },
    widget,
    privateKey,
    gateKeys: new Map([["widget", privateKey]]),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
