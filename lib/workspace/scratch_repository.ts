/** A bare repository of our own that borrows a person's objects: git reads them there, and no configuration of theirs. */

import { join } from "node:path";
import { type GitHost, type HostGit, hostGit } from "./host_git.ts";

/** How a repository names its objects. */
export type ObjectFormat = "sha1" | "sha256";

/** Options of {@linkcode scratchRepository}. */
export interface ScratchOptions {
  readonly objectFormat: ObjectFormat;
  /** Folders of objects to borrow, absolute: `<git dir>/objects`. They are read and never written. */
  readonly borrow?: readonly string[];
  /** Commits whose parents are not there, as in a repository's `shallow` file. */
  readonly shallow?: readonly string[];
  /** Where it is made; default the system's folder for temporary files. */
  readonly parent?: string;
}

/** The repository. Disposing it removes its folder. */
export interface ScratchRepository extends AsyncDisposable {
  /** Its git dir, absolute. */
  readonly folder: string;
  /** git in it, without a work tree. */
  readonly git: HostGit;
}

/** Makes one, without starting git: `git init` would copy the machine's templates, hooks among them. */
export async function scratchRepository(
  host: GitHost,
  options: ScratchOptions,
): Promise<ScratchRepository> {
  const { borrow = [], shallow = [], parent } = options;
  // The folder's mode is 0700: what is laid open here is the person's.
  const folder = await Deno.makeTempDir({
    prefix: "bot-bottle-git-",
    ...(parent === undefined ? {} : { dir: parent }),
  });
  const remove = async (): Promise<void> => {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  };
  try {
    await Deno.mkdir(join(folder, "objects", "info"), { recursive: true });
    await Deno.mkdir(join(folder, "refs", "heads"), { recursive: true });
    await Deno.writeTextFile(join(folder, "HEAD"), "ref: refs/heads/main\n");
    await Deno.writeTextFile(join(folder, "config"), configText(options.objectFormat));
    if (borrow.length > 0) {
      const text = borrow.map((path) => `${quote(path)}\n`).join("");
      await Deno.writeTextFile(join(folder, "objects", "info", "alternates"), text);
    }
    if (shallow.length > 0) {
      await Deno.writeTextFile(
        join(folder, "shallow"),
        shallow.map((oid) => `${oid}\n`).join(""),
      );
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    folder,
    git: hostGit(host, { folder, gitDir: folder }),
    [Symbol.asyncDispose]: remove,
  };
}

function configText(format: ObjectFormat): string {
  const isNamed = format !== "sha1";
  return [
    "[core]",
    `\trepositoryFormatVersion = ${isNamed ? 1 : 0}`,
    "\tbare = true",
    ...(isNamed ? ["[extensions]", `\tobjectFormat = ${format}`] : []),
    "",
  ].join("\n");
}

/** As git quotes paths in C's way: an unquoted one could be read as a comment or end at a line end. */
function quote(path: string): string {
  const escaped = path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
  return `"${escaped}"`;
}
