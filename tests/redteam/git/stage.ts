/** A real bottle with repositories behind git-gate, and the real server that they are on. */

import type { LedgerRow } from "../../../lib/egress/audit/audit_row.ts";
import { parseSlug, resourceName } from "../../../lib/names.ts";
import {
  type Container,
  containerNamed,
  type Ended,
  makeNetwork,
} from "../../support/git/container.ts";
import { type Sshd, startSshd } from "../../support/git/sshd.ts";
import { engine, makeHome } from "../../e2e/cli/program.ts";
import type { RepoName } from "./case.ts";
import { deltaBomb, doublings } from "./delta_bomb.ts";

/** Where the attacks take place. */
export interface GitStage extends AsyncDisposable {
  readonly sshd: Sshd;
  /** The agent's container. */
  readonly agent: Pick<Container, "name" | "exec" | "read">;
  /** What the agent's programs have around them. */
  readonly env: Readonly<Record<string, string>>;
  /** A credential of the bottle: egress has it. */
  readonly known: string;
  /** A bash script in the agent's container, as its user, in its home. */
  guest(script: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Every row of the audit so far, oldest first. */
  audit(): Promise<readonly LedgerRow[]>;
  /** Starts another bottle of the same home, without repositories. @returns the name of its bundle's container */
  neighbour(): Promise<string>;
}

/** How each repository is declared, besides where it is. */
const RULES: Readonly<Record<RepoName, Readonly<Record<string, unknown>>>> = {
  widget: {},
  small: { rules: { max_bytes: "1m", max_objects: 1000 } },
  closed: { push: "deny" },
  asking: { push: "approve" },
  guarded: {
    rules: {
      refs: ["refs/heads/bot/*"],
      force: false,
      delete: false,
      approve_paths: [".github/workflows/**"],
    },
  },
};

/** Names of all repositories. */
export const repoNames: readonly RepoName[] = ["widget", "small", "closed", "asking", "guarded"];

/** Of the server on its network: engines give the first addresses to whoever comes. */
const SSHD_AT = 12;
const TOKEN = "GIT_REDTEAM_TOKEN";

/** Starts server and bottle, fills the repositories and clones each in the guest. */
export async function openGitStage(): Promise<GitStage> {
  await using undo = new AsyncDisposableStack();
  const id = `bot-bottle-test-git-${crypto.randomUUID().slice(0, 8)}`;
  const network = undo.use(await makeNetwork(engine, id));
  const sshd = undo.use(
    await startSshd({
      engine,
      name: `${id}-sshd`,
      network: network.name,
      // Its own also after a restart.
      flags: ["--ip", network.address(SSHD_AT)],
    }),
  );
  const key = await sshd.makeKey();
  await sshd.authorize(key.publicKey);
  for (const name of repoNames) await fillRepo(sshd, name);
  const home = undo.use(await makeHome());
  const path = `${home.folder}/key`;
  await Deno.writeTextFile(path, key.privateKey, { mode: 0o600 });
  const host_key = await sshd.hostKey();
  const repos = Object.fromEntries(repoNames.map((name) => {
    const { url } = sshd.repo(name);
    return [name, { url, host_key, key: { provider: "static", path }, ...RULES[name] }];
  }));
  const bottle = {
    agent_provider: { template: "scripted" },
    resources: { cpus: 1, memory: "512m", pids: 128 },
    "git-gate": { user: { name: "Bot", email: "bot@example.com" }, repos },
    egress: {
      routes: [{ host: "api.example.com", auth: { scheme: "bearer", token_ref: TOKEN } }],
    },
  };
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    `---\n${JSON.stringify(bottle)}\n---\n`,
  );
  const known = `bb-${crypto.randomUUID()}`;
  const start = async (...flags: readonly string[]): Promise<string> => {
    const argv = ["start", "demo", "--yes", "--detach", ...flags];
    const { code, stdout, stderr } = await home.start(argv, { env: { [TOKEN]: known } });
    if (code !== 0) throw new Error(`start ended with ${code}: ${stderr}`);
    return stdout.trim();
  };
  const slug = await start("--bundle-network", `${network.name}=${sshd.host}`);
  const agent = containerNamed(engine, resourceName(parseSlug(slug), "agent"));
  const env = await environmentOf(home.run("exec", slug, "--", "env", "-0"));
  const guest: GitStage["guest"] = (script, more = {}) =>
    agent.exec(["bash", "-s"], {
      user: "node",
      cwd: env.HOME ?? "/",
      env: { ...env, ...more },
      stdin: script,
    });
  const clones = repoNames.map((name) => `git clone --quiet ${sshd.repo(name).url} base/${name}`);
  const cloned = await guest(`set -e; mkdir base; ${clones.join("\n")}`);
  if (cloned.code !== 0) throw new Error(`cloning in the guest: ${cloned.stderr}`);
  const bombs = { bomb: deltaBomb([8 * 1024 ** 3]), chain: deltaBomb(doublings(14)) };
  for (const [name, stdin] of Object.entries(bombs)) {
    await agent.read(["sh", "-c", `cat >/tmp/${name}.pack`], { stdin });
  }
  const owned = undo.move();
  return {
    sshd,
    agent,
    env,
    known,
    guest,
    audit: async () => {
      const { code, stdout, stderr } = await home.run("audit", slug, "--json");
      if (code !== 0) throw new Error(`audit ended with ${code}: ${stderr}`);
      return stdout.trimEnd().split("\n").map((line): LedgerRow => JSON.parse(line));
    },
    neighbour: async () => {
      const other = parseSlug(await start("--bundle-network", `${network.name}=${sshd.host}`));
      return resourceName(other, "bundle");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Three commits on `main`, a branch that may be pushed everywhere, and a server that takes push options. */
async function fillRepo(sshd: Sshd, name: RepoName): Promise<void> {
  const repo = await sshd.createRepo(name);
  await repo.git("config", "receive.advertisePushOptions", "true");
  await repo.commit("main", { "README.md": `# ${name}\n` });
  await repo.commit("main", { ".github/workflows/ci.yml": "on: push\n" });
  await repo.commit("main", { "src/index.js": "export {};\n" });
  await repo.git("branch", "bot/kept", "main");
}

async function environmentOf(printed: Promise<Ended>): Promise<Readonly<Record<string, string>>> {
  const { code, stdout, stderr } = await printed;
  if (code !== 0) throw new Error(`exec ended with ${code}: ${stderr}`);
  return Object.fromEntries(
    stdout.split("\0").filter((one) => one.includes("=")).map((one) => {
      const at = one.indexOf("=");
      return [one.slice(0, at), one.slice(at + 1)] as const;
    }),
  );
}
