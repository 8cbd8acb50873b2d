/** A push in quarantine on this machine, as `receive-pack` has it before its hook: real git, no network. */

import { serveGitConfig } from "../../../lib/git_gate/git_config.ts";
import { DEFAULT_RULES } from "../../../lib/git_gate/config.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import type { RunOptions } from "../../../lib/process/run.ts";
import { BareMirror } from "../../../sidecars/git_gate/bare_mirror.ts";
import { GitRunner } from "../../../sidecars/git_gate/git.ts";
import { Places } from "../../../sidecars/git_gate/places.ts";
import type { PushToScan } from "../../../sidecars/git_gate/scan/push_to_scan.ts";

/** A repository, and a mirror of what its upstream has. Disposal removes both. */
export interface LocalRepo extends AsyncDisposable {
  readonly folder: string;
  /** git in the repository; stdout as text, without its last line end. @throws {Error} with its stderr */
  git(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Commits and refs, as git-fast-import(1) reads them. */
  fastImport(stream: string | Uint8Array): Promise<void>;
  /** The mirror becomes as the repository is now. */
  mirrorAll(): Promise<void>;
  /**
   * Puts what the mirror lacks of these refs into a quarantine.
   *
   * @param loose ids of objects that come with it though no ref reaches them
   */
  push(refs: readonly string[], loose?: readonly string[]): Promise<PushToScan>;
}

const NONE = "0".repeat(40);
const ENV = {
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
} as const;

/** Makes an empty one. */
export async function makeLocalRepo(): Promise<LocalRepo> {
  const run = createRun();
  const root = await Deno.makeTempDir({ prefix: "bot-bottle-test-push-" });
  const [folder, bare, serve] = [`${root}/repo`, `${root}/mirror`, `${root}/gitconfig`];
  const exec = async (
    args: readonly string[],
    { env, ...options }: RunOptions = {},
  ): Promise<Uint8Array> => {
    const all = { ...options, clearEnv: true, env: { ...ENV, ...env } };
    const { code, stdout, stderr } = await run(["git", ...args], all);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return stdout;
  };
  await Deno.writeTextFile(serve, serveGitConfig());
  await exec(["init", "--quiet", "--initial-branch=main", folder]);
  await exec(["init", "--quiet", "--bare", "--initial-branch=main", bare]);
  const git: LocalRepo["git"] = async (args, options) =>
    new TextDecoder().decode(await exec(["-C", folder, ...args], options)).replace(/\n$/, "");
  const mirror = new BareMirror({
    repo: {
      name: "test",
      upstream: { scheme: "https", host: "", port: 0, path: "", username: "", token: null },
      push: "allow",
      rules: DEFAULT_RULES,
    },
    folder: bare,
    runner: new GitRunner({ serve, upstream: "", ssh: "" }),
    refreshes: new Places(1),
  });
  const pack = async (args: readonly string[], stdin: string, env: Record<string, string>): Promise<
    void
  > => {
    const made = await exec(["-C", folder, "pack-objects", "--quiet", "--stdout", ...args], {
      stdin,
    });
    await exec(["--git-dir", bare, "index-pack", "--stdin", "--fix-thin"], { stdin: made, env });
  };
  return {
    folder,
    git,
    fastImport: async (stdin) => void await git(["fast-import", "--quiet", "--force"], { stdin }),
    mirrorAll: async () => {
      const all = "+refs/*:refs/*";
      await exec(["--git-dir", bare, "fetch", "--quiet", "--prune", folder, all]);
    },
    push: async (refs, loose = []) => {
      const quarantine = `${bare}/objects/tmp_objdir-incoming-${crypto.randomUUID().slice(0, 6)}`;
      await Deno.mkdir(quarantine);
      const env = {
        GIT_OBJECT_DIRECTORY: quarantine,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: `${bare}/objects`,
        GIT_QUARANTINE_PATH: quarantine,
      };
      const had = new TextDecoder().decode(
        await exec(["--git-dir", bare, "for-each-ref", "--format=^%(objectname)"]),
      );
      const ids = refs.length === 0 ? [] : (await git(["rev-parse", ...refs])).split("\n");
      await pack(["--revs", "--thin"], `${ids.join("\n")}\n${had}`, env);
      if (loose.length > 0) await pack([], `${loose.join("\n")}\n`, env);
      const commands = refs.map((ref, at) => ({ ref, old: NONE, new: ids[at] ?? NONE }));
      return { mirror, quarantine: env, commands };
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
