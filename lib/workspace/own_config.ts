/** What the person's own git configuration says about repositories: read and never obeyed as a whole, for it may name programs. */

import type { GitHost } from "./host_git.ts";

/** Values of `safe.directory`, in the order in which git reads them: an empty one forgets those before. */
export async function safeFolders(host: GitHost, signal?: AbortSignal): Promise<readonly string[]> {
  return [
    ...await ownConfig(host, "--system", "safe.directory", signal),
    ...await ownConfig(host, "--global", "safe.directory", signal),
  ];
}

/** The person's list of files that no repository should see: `core.excludesFile`, or where git looks without it; undefined: none known. */
export async function excludesFile(
  { run, env }: GitHost,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const said = await ownConfig({ run, env }, "--global", "core.excludesFile", signal);
  const folder = env("XDG_CONFIG_HOME") || (env("HOME") && `${env("HOME")}/.config`);
  return said.at(-1) ?? (folder ? `${folder}/git/ignore` : undefined);
}

/** `git config` starts nothing but git; without a repository around it only the named file counts. */
async function ownConfig(
  { run, env }: GitHost,
  scope: "--global" | "--system",
  name: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const inherited = ["PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"];
  const result = await run(
    ["git", "-C", "/", "config", scope, "--null", "--type=path", "--get-all", name],
    {
      clearEnv: true,
      env: {
        ...Object.fromEntries(
          inherited.flatMap((variable) => {
            const value = env(variable);
            return value === undefined ? [] : [[variable, value]];
          }),
        ),
        GIT_CEILING_DIRECTORIES: "/",
        GIT_PAGER: "cat",
        LC_ALL: "C",
      },
      ...(signal === undefined ? {} : { signal }),
    },
  );
  return result.code === 0 ? new TextDecoder().decode(result.stdout).split("\0").slice(0, -1) : [];
}
