/**
 * The demo's upstream, in a container of its own: an HTTPS server that tells whom it saw, by the hash of the credential, and another
 * that has a repository. Certificates, keys and the repository's token come on stdin, so that they are in no argument and in no
 * environment.
 */

interface Identity {
  readonly cert_pem: string;
  readonly key_pem: string;
}

const REPOSITORY = "/tmp/git/widget.git";
const GIT = { PATH: "/usr/bin:/bin", HOME: "/nonexistent" };

const given: { readonly api: Identity; readonly git: Identity; readonly git_token: string } =
  await new Response(Deno.stdin.readable).json();

await makeRepository();
await Promise.all([serve(443, given.api, api), serve(8443, given.git, git)]);
await Deno.stdout.write(new TextEncoder().encode("ready\n"));

function serve(
  port: number,
  { cert_pem: cert, key_pem: key }: Identity,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const listening = Promise.withResolvers<void>();
  Deno.serve({ port, cert, key, onListen: () => listening.resolve() }, handler);
  return listening.promise;
}

async function api(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  // What the repository has is told past git, and past whoever stands before it.
  if (pathname === "/refs") return new Response(await refs());
  const seen = new TextEncoder().encode(request.headers.get("authorization") ?? "");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", seen));
  return Response.json({ path: pathname, credential_sha256: digest.toHex() });
}

async function git(request: Request): Promise<Response> {
  if (request.headers.get("authorization") !== `Basic ${btoa(`demo:${given.git_token}`)}`) {
    const headers = { "www-authenticate": 'Basic realm="demo"' };
    return new Response("Not without the token\n", { status: 401, headers });
  }
  const { pathname, search } = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const answer = await run(["http-backend"], body, {
    GIT_PROJECT_ROOT: "/tmp/git",
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    REMOTE_USER: "demo",
    REQUEST_METHOD: request.method,
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: request.headers.get("content-type") ?? "",
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
  });
  return fromCgi(answer);
}

/** A CGI's answer: a head as HTTP's, with the status as a field of it, an empty line, the body. */
function fromCgi(answer: Uint8Array<ArrayBuffer>): Response {
  const end = answer.findIndex((_, at) =>
    answer[at] === 13 && answer[at + 1] === 10 && answer[at + 2] === 13
  );
  const headers = new Headers(
    new TextDecoder().decode(answer.subarray(0, end)).split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number((headers.get("status") ?? "200").slice(0, 3));
  headers.delete("status");
  return new Response(answer.subarray(end + 4), { status, headers });
}

async function makeRepository(): Promise<void> {
  await run(["init", "--quiet", "--bare", "--initial-branch=main", REPOSITORY]);
  const text = "A widget\n";
  const stream = `commit refs/heads/main
committer Ann <ann@demo.test> 1767225600 +0000
data 6
Begin
M 100644 inline README.md
data ${text.length}
${text}
`;
  await run(["-C", REPOSITORY, "fast-import", "--quiet"], new TextEncoder().encode(stream));
}

async function refs(): Promise<string> {
  const format = "--format=%(refname:short): %(contents:subject)";
  return new TextDecoder().decode(await run(["-C", REPOSITORY, "for-each-ref", format]));
}

async function run(
  args: readonly string[],
  stdin = new Uint8Array(),
  env: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  // deno-lint-ignore bot-bottle/programs-in-process -- a program by itself, which can import nothing of ours
  const child = new Deno.Command("git", {
    args: [...args],
    clearEnv: true,
    env: { ...GIT, ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A git that has read enough closes its end.
  const written = writer.write(stdin).then(() => writer.close()).catch(() => undefined);
  const { stdout } = await child.output();
  await written;
  return stdout;
}
