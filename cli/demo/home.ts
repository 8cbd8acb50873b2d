/** The demo's own home: a folder that is gone afterwards. */

import { join } from "node:path";
import type { Context } from "../../lib/context.ts";
import { makeThrowaway } from "../../lib/state/throwaway.ts";
import { GIT_URL, INSIDE_HOST, UPSTREAM_HOST } from "./upstream.ts";

/** A throw-away home with the demo's manifests; disposing removes it. */
export interface DemoHome extends AsyncDisposable {
  readonly folder: string;
  /** The person's context, with this home and the demo's variables. */
  readonly context: Context;
}

/** What goes into it. */
export interface DemoHomeOptions {
  readonly context: Context;
  /** The upstream's authority. */
  readonly caPem: string;
  /** The credential that only egress gets. */
  readonly token: string;
  /** The credential that only git-gate gets. */
  readonly gitToken: string;
  /** What the agent holds instead. */
  readonly placeholder: string;
}

/** Names of the host variables with the credentials. */
const TOKEN_VARIABLE = "BOT_BOTTLE_DEMO_TOKEN";
const GIT_TOKEN_VARIABLE = "BOT_BOTTLE_DEMO_GIT_TOKEN";

/** Writes manifests and CA. The tokens are in memory only: the environment of the returned context has them. */
export async function makeDemoHome(options: DemoHomeOptions): Promise<DemoHome> {
  const { context, token, gitToken } = options;
  await using undo = new AsyncDisposableStack();
  const { folder } = undo.use(await makeThrowaway(context.home));
  for (const part of ["bottles", "agents"]) await Deno.mkdir(join(folder, part));
  await Deno.writeTextFile(join(folder, "bottles", "demo.md"), bottleText(options.placeholder));
  await Deno.writeTextFile(join(folder, "agents", "demo.md"), "---\nbottle: demo\n---\n");
  const caFile = join(folder, "ca.pem");
  await Deno.writeTextFile(caFile, `${await ownExtraCa(context)}${options.caPem}`);

  const own: Readonly<Record<string, string>> = {
    BOT_BOTTLE_EXTRA_CA: caFile,
    [TOKEN_VARIABLE]: token,
    [GIT_TOKEN_VARIABLE]: gitToken,
  };
  const owned = undo.move();
  return {
    folder,
    context: {
      ...context,
      home: folder,
      // Not in the home, which may lie in a repository.
      cwd: "/",
      env: (name) => own[name] ?? context.env(name),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The person's own extra CA stays in force: the images' builds may need it. */
async function ownExtraCa(context: Context): Promise<string> {
  const file = context.env("BOT_BOTTLE_EXTRA_CA");
  if (file === undefined || file === "") return "";
  return `${(await Deno.readTextFile(file)).trimEnd()}\n`;
}

function bottleText(placeholder: string): string {
  return `---
agent_provider: { template: scripted }
env: { API_TOKEN: ${placeholder} }
egress:
  routes:
    - host: ${UPSTREAM_HOST}
      matches:
        - methods: [GET]
          paths: [{ type: prefix, value: /whoami }, { type: exact, value: /refs }]
      auth: { scheme: bearer, token_ref: ${TOKEN_VARIABLE} }
    - host: ${INSIDE_HOST}
git-gate:
  user: { name: Demo, email: demo@demo.test }
  repos:
    widget:
      url: ${GIT_URL}
      key: { provider: token, token_ref: ${GIT_TOKEN_VARIABLE}, username: demo }
resources: { cpus: 1, memory: 512m, pids: 128 }
---
The demo's bottle.
`;
}
