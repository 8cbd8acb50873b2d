/** A bare repository on the server, as its owner sees it: past ssh, past every gate. */

import type { Container, Ended } from "./container.ts";

/** Where the server has its repositories; also the home of its user, so that `<name>.git` finds them too. */
export const REPOSITORIES = "/srv/git";

/** What there is in it at one time. */
export interface UpstreamState {
  /** Every object's id, in order. */
  readonly objects: string;
  /** Every ref with its id, in order. */
  readonly refs: string;
  /** Which of some texts are in it: see {@linkcode UpstreamRepo.holds}. */
  readonly held: readonly string[];
}

/** The owner's view. */
export interface UpstreamRepo {
  readonly name: string;
  /** Absolute, on the server. */
  readonly path: string;
  /** As a person would write it: `ssh://git@<host>/srv/git/<name>.git`. */
  readonly url: string;
  /** git in it; stdout without its last line end. @throws {Error} if git fails */
  git(...args: readonly string[]): Promise<string>;
  /** The same with something on stdin. */
  feed(stdin: string | Uint8Array, ...args: readonly string[]): Promise<string>;
  /** Commits these files on a branch, on top of what it has; the commit's id. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Every object in its store, loose or packed, reachable or not, also of pushes that are under way. */
  objects(): Promise<ReadonlySet<string>>;
  /** Full name → id; `HEAD` → what it points at. */
  refs(): Promise<Readonly<Record<string, string>>>;
  /** Whether the bytes are anywhere in it: in an object, a ref's name, a reflog, a configuration. */
  holds(text: string): Promise<boolean>;
  /** All of that at once. */
  look(...texts: readonly string[]): Promise<UpstreamState>;
  fsck(): Promise<Ended>;
  /** Puts a script in the place of a hook, or takes it away. */
  hook(name: "pre-receive" | "update" | "post-receive", script: string | undefined): Promise<void>;
}

/** All objects, those of quarantines too. */
const LIST_OBJECTS = `git cat-file --batch-all-objects --batch-check='%(objectname)' --unordered
for one in objects/tmp_objdir-*; do
  [ -d "$one" ] || continue
  GIT_OBJECT_DIRECTORY=$one git cat-file --batch-all-objects --batch-check='%(objectname)'
done`;

/** Contents of all objects, then names and texts of all files. `$1` is looked for as it is. */
const LOOK_FOR = `{ git cat-file --batch-all-objects --batch --unordered; find . -print
find . -type f ! -path './objects/*' -exec cat {} +; git for-each-ref; } | grep -qaF -e "$1"`;

/** The three, with empty lines between; texts to look for are the arguments. */
const LOOK = `{ ${LIST_OBJECTS}; } | sort -u; echo
cat HEAD; git for-each-ref; echo
for text; do sh -c "$LOOK_FOR" sh "$text" && echo "$text"; done; true`;

/** Says where it is; it need not exist yet. */
export function upstreamRepo(
  server: Pick<Container, "exec" | "read">,
  host: string,
  name: string,
): UpstreamRepo {
  const path = `${REPOSITORIES}/${name}.git`;
  const own = { user: "git", cwd: path };
  const feed: UpstreamRepo["feed"] = (stdin, ...args) =>
    server.read(["git", ...args], { ...own, stdin });
  const git: UpstreamRepo["git"] = (...args) => server.read(["git", ...args], own);
  return {
    name,
    path,
    url: `ssh://git@${host}${path}`,
    git,
    feed,
    commit: async (branch, files) => {
      const ref = `refs/heads/${branch}`;
      const old = await server.exec(["git", "rev-parse", "--verify", "--quiet", ref], own);
      const who = "Ada <ada@example.com> 1767323045 +0000";
      const lines = [`commit ${ref}`, `committer ${who}`, dataOf(`Change ${branch}`)];
      if (old.code === 0) lines.push(`from ${old.stdout.trim()}`);
      for (const [file, text] of Object.entries(files)) {
        lines.push(`M 100644 inline ${file}`, dataOf(text));
      }
      await feed(`${lines.join("\n")}\n`, "fast-import", "--quiet");
      return await git("rev-parse", ref);
    },
    objects: async () => {
      const text = await server.read(["sh", "-c", LIST_OBJECTS], own);
      return new Set(text.split("\n").filter((line) => line !== ""));
    },
    refs: async () => {
      const format = "--format=%(refname) %(objectname)";
      const text = await git("for-each-ref", format);
      const pairs = text.split("\n").filter((line) => line !== "").map((line) => {
        const [ref = "", id = ""] = line.split(" ");
        return [ref, id] as const;
      });
      const head = await server.read(["cat", "HEAD"], own);
      return Object.fromEntries([["HEAD", head.replace("ref: ", "")], ...pairs]);
    },
    holds: async (text) => {
      const { code, stderr } = await server.exec(["sh", "-c", LOOK_FOR, "sh", text], own);
      if (code > 1) throw new Error(`looking into ${path}: ${stderr}`);
      return code === 0;
    },
    look: async (...texts) => {
      const text = await server.read(["sh", "-c", LOOK, "sh", ...texts], {
        ...own,
        env: { LOOK_FOR },
      });
      const [objects = "", refs = "", held = ""] = text.split("\n\n");
      return { objects, refs, held: held.split("\n").filter((line) => line !== "") };
    },
    fsck: () => server.exec(["git", "fsck", "--full", "--strict", "--no-progress"], own),
    hook: async (hook, script) => {
      const file = `${path}/hooks/${hook}`;
      const write = `rm -f "$1"; [ -z "$2" ] || { cat >"$1" && chmod 0755 "$1"; }`;
      const stdin = script === undefined ? "" : `#!/bin/sh\n${script}\n`;
      await server.read(["sh", "-c", write, "sh", file, script === undefined ? "" : "put"], {
        ...own,
        stdin,
      });
    },
  };
}

function dataOf(text: string): string {
  return `data ${new TextEncoder().encode(text).length}\n${text}`;
}
