/** What each host answers: as much of the forges' and registries' protocols as their clients need. */

import { archiveRepository, readContent, sha256, WHEEL } from "./contents.ts";
import { gitPart, serveGit } from "./git.ts";

/** Answers one request. @param path without the query */
type Answer = (path: string, request: Request) => Promise<Response> | Response;

const WHEEL_PATH = `/packages/aa/bb/${WHEEL}`;
const CRATE_FILE = "widget-1.0.0.crate";
const ASSET = "/github-production-release-asset/1/2?sp=r&sig=a%2Fb";

/** By the name that the request came for. */
const hosts: Readonly<Record<string, Answer>> = {
  "github.com": async (path, request) => {
    const part = gitPart(path);
    if (part !== undefined) return await serveGit(request, part);
    if (path === "/team/widget/releases/download/v1/widget.txt") {
      return redirect(`https://release-assets.githubusercontent.com${ASSET}`);
    }
    if (path === "/team/widget/archive/refs/heads/main.tar.gz") {
      return redirect("https://codeload.github.com/team/widget/tar.gz/refs/heads/main");
    }
    if (path === "/team/widget/raw/main/README.md") {
      return redirect("https://raw.githubusercontent.com/team/widget/main/README.md");
    }
    return notFound();
  },
  "codeload.github.com": async () => new Response(await archiveRepository()),
  "release-assets.githubusercontent.com": () => new Response("An asset\n"),
  "raw.githubusercontent.com": () => new Response("A widget\n"),
  "api.github.com": () => Response.json({ tag_name: "v1" }),
  "gitlab.com": async (path, request) => {
    const part = gitPart(path);
    if (part === undefined) return notFound();
    const project = path.slice(0, -part.length);
    if (project.endsWith(".git")) return await serveGit(request, part);
    return redirect(`https://gitlab.com${project}.git${part}${new URL(request.url).search}`);
  },
  "pypi.org": async (path) => {
    if (path !== "/simple/widget/") return notFound();
    const hash = await sha256(await readContent(WHEEL));
    const link = `https://files.pythonhosted.org${WHEEL_PATH}#sha256=${hash}`;
    return new Response(`<!DOCTYPE html><a href="${link}">${WHEEL}</a>`, {
      headers: { "content-type": "text/html" },
    });
  },
  "files.pythonhosted.org": async (path) =>
    path === WHEEL_PATH ? new Response(await readContent(WHEEL)) : notFound(),
  "index.crates.io": async (path) => {
    if (path === "/config.json") {
      return Response.json({ dl: "https://static.crates.io/crates", api: "https://crates.io" });
    }
    if (path !== "/wi/dg/widget") return notFound();
    const cksum = await sha256(await readContent(CRATE_FILE));
    const version = { name: "widget", vers: "1.0.0", deps: [], cksum, features: {}, yanked: false };
    return new Response(`${JSON.stringify(version)}\n`);
  },
  "static.crates.io": async (path) =>
    path === "/crates/widget/1.0.0/download"
      ? new Response(await readContent(CRATE_FILE))
      : notFound(),
};

/** All names that it answers to. */
export const standInHosts: readonly string[] = Object.keys(hosts);

/** Answers a request, by its host. */
export async function answer(request: Request): Promise<Response> {
  const { hostname, pathname } = new URL(request.url);
  return await (hosts[hostname] ?? notFound)(pathname, request);
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

function notFound(): Response {
  return new Response("Not found\n", { status: 404 });
}
