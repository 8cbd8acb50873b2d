/** A repository whose configuration starts a program wherever git lets it. */

import { writeProgram } from "./program_file.ts";
import { makeRepository, type TestRepository } from "./repository.ts";

/** The repository, and what its programs did. */
export interface HostileRepository extends TestRepository {
  /** Which of its programs have run: the names of the settings. */
  readonly ran: () => Promise<readonly string[]>;
}

/** Hooks that plumbing, or a command that reads, could start. */
const HOOKS = [
  "reference-transaction",
  "post-index-change",
  "post-checkout",
  "pre-auto-gc",
  "fsmonitor-watchman",
] as const;

/**
 * Makes it, with one commit and one change that is not committed. Nothing has run when this returns; a plain `git status`
 * in it runs `core.fsmonitor` and `filter.clean`.
 *
 * @param folder the work tree
 * @param canaries a folder of the test's, beside the repository
 */
export async function makeHostileRepository(
  folder: string,
  canaries: string,
): Promise<HostileRepository> {
  const repository = await makeRepository(folder);
  await Deno.mkdir(canaries, { recursive: true });
  await repository.write("file.txt", "first\n");
  await repository.write(".gitattributes", "* filter=evil diff=evil merge=evil\n");
  await repository.commit("First");
  // Of another size: git looks at no more than that, and at whole seconds.
  await repository.write("file.txt", "other text\n");

  const program = async (name: string): Promise<string> => {
    const path = `${canaries}/${name}.sh`;
    await writeProgram(path, `#!/bin/sh\n: > '${canaries}/${name}.ran'\n`);
    return path;
  };
  const included = `${canaries}/included.config`;
  await Deno.writeTextFile(
    included,
    `[core]\n\tfsmonitor = ${await program(
      "include.path",
    )}\n[alias]\n\trev-parse = !${await program(
      "alias",
    )}\n`,
  );
  const settings: Record<string, string> = {
    "filter.evil.clean": await program("filter.clean"),
    "filter.evil.smudge": await program("filter.smudge"),
    "filter.evil.required": "true",
    "diff.evil.command": await program("diff.command"),
    "diff.evil.textconv": await program("diff.textconv"),
    "diff.external": await program("diff.external"),
    "merge.evil.driver": await program("merge.driver"),
    "uploadpack.packObjectsHook": await program("uploadpack.packObjectsHook"),
    "core.sshCommand": await program("core.sshCommand"),
    "core.gitProxy": await program("core.gitProxy"),
    "core.askPass": await program("core.askPass"),
    "core.pager": await program("core.pager"),
    "core.editor": await program("core.editor"),
    "core.alternateRefsCommand": await program("core.alternateRefsCommand"),
    "credential.helper": `!${await program("credential.helper")}`,
    "gpg.program": await program("gpg.program"),
    "log.showSignature": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "extensions.partialClone": "evil",
    "remote.evil.promisor": "true",
    "remote.evil.url": `ext::${await program("remote.ext")}`,
    "remote.evil.uploadpack": await program("remote.uploadpack"),
    "remote.evil.vcs": "evil",
    "include.path": included,
    "core.fsmonitor": await program("core.fsmonitor"),
    "core.hooksPath": `${canaries}/hooks`,
  };
  await repository.git("config", "core.repositoryFormatVersion", "1");
  for (const hooks of [`${canaries}/hooks`, `${folder}/.git/hooks`]) {
    await Deno.mkdir(hooks, { recursive: true });
    for (const hook of HOOKS) {
      await Deno.copyFile(await program(`hook.${hook}`), `${hooks}/${hook}`);
    }
  }
  // Written as text: `git config` reads what it has written so far.
  const text = Object.entries(settings).map(([name, value]) => {
    const [section = "", ...rest] = name.split(".");
    const key = rest.pop() ?? "";
    const sub = rest.length === 0 ? "" : ` "${rest.join(".")}"`;
    return `[${section}${sub}]\n\t${key} = "${value}"\n`;
  });
  await Deno.writeTextFile(`${folder}/.git/config`, text.join(""), { append: true });
  return {
    ...repository,
    ran: async () => {
      const names: string[] = [];
      for await (const { name } of Deno.readDir(canaries)) {
        if (name.endsWith(".ran")) names.push(name.slice(0, -".ran".length));
      }
      return names.sort();
    },
  };
}
