/** Which repository and which of git's services a request is for. */

/** The two programs of git that serve over HTTP. */
export type GitService = "git-upload-pack" | "git-receive-pack";

/** What a request asks for. */
export type GateRequest =
  /** What refs there are: `GET …/info/refs?service=…`. */
  | { readonly kind: "advertisement"; readonly repo: string; readonly service: GitService }
  /** A service's turn: `POST …/git-upload-pack`. */
  | { readonly kind: "service"; readonly repo: string; readonly service: GitService }
  /** Git LFS, of a declared repository or another. */
  | { readonly kind: "lfs" }
  /** A repository that is not declared; `asked` is what stands for it in the path. */
  | {
    readonly kind: "undeclared";
    readonly asked: string;
    readonly service: GitService;
    /** What the answer's type ends with. */
    readonly step: "advertisement" | "result";
  }
  /** Anything else: the dumb protocol, a page, a wrong method. */
  | { readonly kind: "other"; readonly status: 400 | 404 | 405 };

const MAX_PATH = 2_048;
/** What git sends for a repository of ours; a percent sign would be another spelling of something. */
const PLAIN = /^[A-Za-z0-9._\-/~@:+,=!$&'()*;]*$/;
const ENDS = ["/info/refs", "/git-upload-pack", "/git-receive-pack"] as const;

/**
 * Reads method, path and query. A repository is at `/<name>`, also with `.git`, a slash, and both behind it: `insteadOf`
 * replaces the begin of a url, and what is behind it stays.
 *
 * @param names those that are declared
 * @param path with its leading slash, as it was sent
 * @param query behind the question mark; empty: none
 *
 * @example
 * ```ts
 * import { routeRequest } from "./request_path.ts";
 * const names = new Set(["widget"]);
 * const { kind } = routeRequest(names, "GET", "/widget/.git/info/refs", "service=git-upload-pack");
 * if (kind !== "advertisement") throw new Error(kind);
 * ```
 */
export function routeRequest(
  names: ReadonlySet<string>,
  method: string,
  path: string,
  query: string,
): GateRequest {
  if (path.length > MAX_PATH || !PLAIN.test(path)) return { kind: "other", status: 400 };
  if (/\/info\/lfs(?:\/|$)/.test(path)) return { kind: "lfs" };
  const end = ENDS.find((end) => path.endsWith(end));
  if (end === undefined) return { kind: "other", status: 404 };
  const service = end === "/info/refs" ? serviceOf(query) : postService(end, query);
  // Without a service it would be the dumb protocol, which reads files.
  if (service === undefined) return { kind: "other", status: 404 };
  if (method !== (end === "/info/refs" ? "GET" : "POST")) return { kind: "other", status: 405 };
  const asked = path.slice(0, -end.length);
  const repo = repoOf(asked);
  if (repo === undefined || !names.has(repo)) {
    const step = end === "/info/refs" ? "advertisement" : "result";
    return { kind: "undeclared", asked, service, step };
  }
  return { kind: end === "/info/refs" ? "advertisement" : "service", repo, service };
}

/** Exactly one parameter: whatever else stands there git did not write. */
function serviceOf(query: string): GitService | undefined {
  switch (query) {
    case "service=git-upload-pack":
      return "git-upload-pack";
    case "service=git-receive-pack":
      return "git-receive-pack";
    default:
      return undefined;
  }
}

function postService(
  end: "/git-upload-pack" | "/git-receive-pack",
  query: string,
): GitService | undefined {
  if (query !== "") return undefined;
  return end === "/git-upload-pack" ? "git-upload-pack" : "git-receive-pack";
}

function repoOf(asked: string): string | undefined {
  return /^\/([^/]+?)(?:\.git)?(?:\/|\/\.git|\/\.git\/)?$/.exec(asked)?.[1];
}
