/** What refs there are, upstream and in the mirror, and whether the two are the same. */

/** Refs by full name, each with its object id in hex; heads and tags only. */
export type Refs = ReadonlyMap<string, string>;

/** Where HEAD points. */
export type Head =
  | { readonly kind: "branch"; readonly name: string }
  | { readonly kind: "detached"; readonly id: string };

/** An upstream as `git ls-remote --symref` tells it. */
export interface UpstreamRefs {
  readonly refs: Refs;
  /** Undefined: it does not say, as where its branch is not born yet. */
  readonly head: Head | undefined;
}

/** 40 hex digits (SHA-1) or 64 (SHA-256). */
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const MIRRORED = /^refs\/(?:heads|tags)\//;
/** git-check-ref-format(1): what no component may hold. Names that break it are refused by git, and never get into a mirror. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const BAD_REF = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.\/|\.lock(?:\/|$)|[/.]$/;

/**
 * Reads the output of `git ls-remote --symref <upstream> HEAD 'refs/heads/*' 'refs/tags/*'`. An upstream writes the names:
 * what is no name of a head or a tag is left out, and so are the lines of peeled tags.
 */
export function parseLsRemote(text: string): UpstreamRefs {
  const refs = new Map<string, string>();
  let head: Head | undefined;
  for (const line of text.split("\n")) {
    const [value = "", name = ""] = line.split("\t");
    if (name === "HEAD") head ??= readHead(value);
    else if (isMirrored(name) && OBJECT_ID.test(value)) refs.set(name, value);
  }
  return { refs, head };
}

/** Reads `git for-each-ref --format='%(objectname) %(refname)'`. */
export function parseForEachRef(text: string): Refs {
  const refs = new Map<string, string>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) refs.set(line.slice(space + 1), line.slice(0, space));
  }
  return refs;
}

/** Reads the file `HEAD` of a repository. */
export function parseHeadFile(text: string): Head | undefined {
  const value = text.trim();
  if (value.startsWith("ref: ")) return { kind: "branch", name: value.slice(5).trim() };
  return OBJECT_ID.test(value) ? { kind: "detached", id: value } : undefined;
}

/** Whether each ref is there and is the same. */
export function sameRefs(a: Refs, b: Refs): boolean {
  return a.size === b.size && [...a].every(([name, id]) => b.get(name) === id);
}

/** Whether a mirror's HEAD is as the upstream says; if that says nothing, it stays what it is. */
export function sameHead(mirror: Head | undefined, upstream: Head | undefined): boolean {
  if (upstream === undefined) return true;
  return JSON.stringify(mirror) === JSON.stringify(upstream);
}

/** Whether it is a good full name of a head or a tag. */
export function isMirrored(name: string): boolean {
  return MIRRORED.test(name) && !BAD_REF.test(name);
}

/** Of a branch the line with its name comes first, then one with its id, which says no more. */
function readHead(value: string): Head | undefined {
  if (value.startsWith("ref: ")) {
    const name = value.slice(5);
    return isMirrored(name) ? { kind: "branch", name } : undefined;
  }
  return OBJECT_ID.test(value) ? { kind: "detached", id: value } : undefined;
}
