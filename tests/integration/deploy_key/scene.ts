/** The program with a home of the test's own, and a forge that it reaches by TLS which the home's extra CA vouches for. */

import { makeKeyPair } from "../../../lib/deploy_key/key_pair.ts";
import { scripted } from "../../../providers/scripted/provider.ts";
import {
  type Ended,
  engine,
  makeHome,
  programArgv,
  type StartOptions,
  type TestHome,
} from "../../e2e/cli/program.ts";
import { TOKEN } from "../../support/forges/in_process.ts";
import { type ForgeServer, startForge } from "../../support/forges/server.ts";
import { providerImage } from "../../support/provider_image.ts";

/** A scene. Disposal leaves nothing, and fails if a request was not as it should have been. */
export interface Scene extends AsyncDisposable {
  readonly home: TestHome;
  readonly forge: ForgeServer;
  /** What each command line gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command line with the scene's variables. */
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
  /** The argv of a command line. */
  argv(args: readonly string[]): readonly string[];
  /** Writes the bottle's manifest with these repositories of `team`. */
  declare(repos: readonly DeclaredRepo[]): Promise<void>;
  /** What the home has written down: titles and ids. */
  records(): Promise<readonly (readonly [title: string, id: string | null])[]>;
}

/** A repository of a bottle. */
export interface DeclaredRepo {
  readonly name: string;
  /** Default: one that nobody has. */
  readonly hostKey?: string;
  readonly url?: string;
  readonly readOnly?: boolean;
}

/** Makes it, with the repositories `team/widget` and `team/gadget` at the forge. */
export async function makeScene(): Promise<Scene> {
  await using undo = new AsyncDisposableStack();
  const forge = undo.use(await startForge());
  for (const name of ["widget", "gadget"]) {
    forge.world.addRepo({ owner: "team", name, admins: ["ada"], readers: [] });
  }
  forge.world.tokens.set(TOKEN, { user: "ada", scopes: ["write:repository"] });
  const machineFile = Deno.env.get("BOT_BOTTLE_EXTRA_CA") ?? "";
  const machinePem = machineFile === "" ? null : await Deno.readTextFile(machineFile);
  const caPem = `${machinePem ?? ""}${forge.caPem}`;
  // The image is the same with another CA in its build's context: it need not be made again.
  const { tag } = providerImage(scripted, caPem);
  await engine.raw(["tag", providerImage(scripted, machinePem).tag, tag]);
  undo.defer(async () => void await engine.raw(["image", "rm", "--no-prune", tag]));
  const home = undo.use(await makeHome());
  const caFile = `${home.folder}/ca.pem`;
  await Deno.writeTextFile(caFile, caPem);
  const env = { BOT_BOTTLE_EXTRA_CA: caFile, GITEA_TOKEN: TOKEN };
  const anyHostKey = (await makeKeyPair("")).publicLine.trim();
  const declare: Scene["declare"] = async (repos) => {
    await Deno.writeTextFile(
      `${home.folder}/bottles/dev.md`,
      [
        "---",
        "agent_provider: { template: scripted }",
        "resources: { cpus: 1, memory: 512m, pids: 128 }",
        "git-gate:",
        "  repos:",
        ...repos.flatMap(({ name, hostKey = anyHostKey, url, readOnly = false }) => [
          `    ${name}:`,
          `      url: ${url ?? `ssh://git@git.example.com/team/${name}.git`}`,
          `      host_key: ${hostKey}`,
          "      key:",
          "        provider: gitea",
          `        api: ${forge.api}`,
          "        provisioner_token: GITEA_TOKEN",
          `        read_only: ${readOnly}`,
        ]),
        "---",
        "",
      ].join("\n"),
    );
  };
  await declare([{ name: "widget" }]);
  const owned = undo.move();
  return {
    home,
    forge,
    env,
    declare,
    argv: (args) => programArgv(...args),
    run: (args, options = {}) => home.start(args, { ...options, env: { ...env, ...options.env } }),
    records: () => readRecords(home.folder),
    [Symbol.asyncDispose]: async () => {
      // While the forge is still there.
      await home.start(["cleanup", "--all", "--yes"], { env });
      await owned.disposeAsync();
      const { violations, keys } = forge.world;
      if (violations.length + keys.length > 0) {
        throw new Error(
          `violations: ${violations.join("; ")}; keys: ${forge.world.titles().join()}`,
        );
      }
    },
  };
}

async function readRecords(home: string): ReturnType<Scene["records"]> {
  const found: (readonly [string, string | null])[] = [];
  try {
    for await (const { name } of Deno.readDir(`${home}/deploy_keys`)) {
      const { title, id } = JSON.parse(await Deno.readTextFile(`${home}/deploy_keys/${name}`));
      found.push([title, id]);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}
