/** git's own server: `git http-backend` as a CGI program (RFC 3875; gitprotocol-http). */

import { CONTENTS } from "./contents.ts";

/** The part of a path behind the project, if it is one that git serves. */
export function gitPart(path: string): string | undefined {
  return /\/(?:info\/refs|git-(?:upload|receive)-pack)$/.exec(path)?.[0];
}

/** Answers for the one repository there is, whatever project the path names. */
export async function serveGit(request: Request, part: string): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const child = new Deno.Command("git", {
    args: ["http-backend"],
    env: {
      GIT_PROJECT_ROOT: CONTENTS,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      PATH_INFO: `/repository.git${part}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: searchParams.toString(),
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const body = new Uint8Array(await request.arrayBuffer());
  const writer = child.stdin.getWriter();
  const written = writer.write(body).then(() => writer.close());
  const [{ stdout }] = await Promise.all([child.output(), written]);
  return fromCgi(stdout);
}

/** Splits the program's output at the first empty line into head and body. */
function fromCgi(output: Uint8Array<ArrayBuffer>): Response {
  const text = new TextDecoder("latin1").decode(output);
  const end = text.indexOf("\r\n\r\n");
  const headers = new Headers();
  for (const line of text.slice(0, end).split("\r\n")) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const status = Number(headers.get("status")?.slice(0, 3) ?? 200);
  headers.delete("status");
  return new Response(output.slice(end + 4), { status, headers });
}
