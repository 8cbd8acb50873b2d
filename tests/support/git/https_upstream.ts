/** A git server over https in this process: the host's `git http-backend`, a certificate of the test's own, and one token. */

import { concatBytes } from "../../../lib/concat_bytes.ts";
import { CgiHeadReader } from "../../../lib/git_gate/cgi_head.ts";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { LeafIssuer } from "../../../lib/pki/leaf.ts";

/** Options of {@linkcode startHttpsUpstream}. */
export interface HttpsUpstreamOptions {
  /** An address of this machine that the gate reaches. */
  readonly address: string;
  /** What opens it: user name and token. */
  readonly login: { readonly username: string; readonly token: string };
  /** Answers everything with a redirect to this url's origin. */
  readonly redirectTo?: string;
}

/** A running server. Disposal ends it and removes its repositories. */
export interface HttpsUpstream extends AsyncDisposable {
  readonly port: number;
  /** Of the authority that has signed its certificate. */
  readonly caPem: string;
  /** Requests as they came: method, path, `Authorization` or empty. */
  readonly requests: readonly { readonly path: string; readonly authorization: string }[];
  /** git in a repository of it; it is made by `init`. */
  git(repo: string, ...args: readonly string[]): Promise<string>;
}

/** Starts it. Repositories are at `/<name>.git`. */
export async function startHttpsUpstream(options: HttpsUpstreamOptions): Promise<HttpsUpstream> {
  const { address, login, redirectTo } = options;
  const root = await Deno.makeTempDir({ prefix: "bot-bottle-https-upstream-" });
  const authority = await createAuthority(new Date());
  const issuer = await LeafIssuer.open(authority, { now: () => new Date() });
  const leaf = await issuer.leafFor({ kind: "ip", value: address });
  const requests: { path: string; authorization: string }[] = [];
  const wanted = `Basic ${btoa(`${login.username}:${login.token}`)}`;
  const server = Deno.serve({
    hostname: address,
    port: 0,
    cert: leaf.cert_pem,
    key: leaf.key_pem,
    onListen: () => {},
  }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const authorization = request.headers.get("authorization") ?? "";
    requests.push({ path: `${pathname}${search}`, authorization });
    if (redirectTo !== undefined) {
      return Response.redirect(new URL(`${pathname}${search}`, redirectTo), 301);
    }
    if (authorization !== wanted) {
      return new Response("no", { status: 401, headers: { "www-authenticate": "Basic realm=x" } });
    }
    return await backend(root, request);
  });
  const git = async (repo: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await new Deno.Command("git", {
      args: ["-C", `${root}/${repo}.git`, ...args],
      env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trimEnd();
  };
  return {
    port: server.addr.port,
    caPem: authority.cert_pem,
    requests,
    git: async (repo, ...args) => {
      await Deno.mkdir(`${root}/${repo}.git`, { recursive: true });
      return await git(repo, ...args);
    },
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await Deno.remove(root, { recursive: true });
    },
  };
}

async function backend(root: string, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const child = new Deno.Command("git", {
    args: ["-c", "http.receivepack=true", "http-backend"],
    env: {
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_USER: "git",
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const fed = (request.body ?? ReadableStream.from([])).pipeTo(child.stdin).catch(() => {});
  const answer = concatBytes(await Array.fromAsync(child.stdout));
  await Promise.all([fed, child.status]);
  const head = new CgiHeadReader().push(answer);
  if (head === undefined) return new Response("no answer", { status: 500 });
  return new Response(new Uint8Array(head.rest), {
    status: head.status,
    headers: head.headers.map(([name, value]): [string, string] => [name, value]),
  });
}
