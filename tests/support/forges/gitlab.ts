/** GitLab's API of deploy keys, in the one form that this program should send (docs.gitlab.com, "Deploy keys API"). */

import { json, violation } from "./answers.ts";
import { pageOf } from "./page.ts";
import { parsePublicKey } from "./public_key.ts";
import { hasShape, readStrictly, type StrictRequest } from "./strict_request.ts";
import type { TestDeployKey, TestRepo, World } from "./world.ts";

const FORM = { root: "/api/v4", authorization: "private-token", accept: "application/json" };

/** Answers one request. */
export async function answerAsGitLab(world: World, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  world.requests.push(`${request.method} ${pathname}${search}`);
  const strict = await readStrictly(request, FORM);
  if ("why" in strict) return violation(world, strict.why);
  const [projects, path = "", keys, id, ...more] = strict.path;
  const slash = path.lastIndexOf("/");
  if (projects !== "projects" || keys !== "deploy_keys" || more.length > 0 || slash < 1) {
    return violation(world, `the path ${pathname}`);
  }
  if (strict.authorization === null) return violation(world, "no token");
  const token = world.tokens.get(strict.authorization);
  if (token === undefined) return failure(401, "401 Unauthorized");
  if (!token.scopes.includes("api")) {
    return json(403, {
      error: "insufficient_scope",
      error_description:
        "The request requires higher privileges than provided by the access token.",
      scope: "api",
    });
  }
  const repo = world.repo(path.slice(0, slash), path.slice(slash + 1));
  const isVisible = repo?.admins.includes(token.user) || repo?.readers.includes(token.user);
  if (repo === undefined || !isVisible) return failure(404, "404 Project Not Found");
  if (!repo.admins.includes(token.user)) return failure(403, "403 Forbidden");
  if (strict.method === "POST" && id === undefined) return create(world, repo, strict);
  if (strict.method === "GET" && id === undefined) {
    const all = world.keysOf(repo);
    const page = pageOf(all, strict.query);
    if ("why" in page) return violation(world, page.why);
    return json(200, page.map(keyJson), { "x-total": `${all.length}` });
  }
  if (strict.method === "DELETE" && id !== undefined) {
    const key = world.keysOf(repo).find((each) => `${each.id}` === id);
    if (key === undefined) return failure(404, "404 Deploy Key Not Found");
    world.keys = world.keys.filter((each) => each !== key);
    return new Response(null, { status: 204 });
  }
  return violation(world, `${strict.method} ${pathname}`);
}

function failure(status: number, message: unknown): Response {
  return json(status, { message });
}

function create(world: World, repo: TestRepo, { body, query }: StrictRequest): Response {
  if (query.size > 0) return violation(world, "a query with POST");
  if (!hasShape(body, { title: "string", key: "string", can_push: "boolean" })) {
    return violation(world, `the body ${JSON.stringify(body)}`);
  }
  const { title, key: line, can_push: canPush } = body;
  if (typeof title !== "string" || typeof line !== "string" || typeof canPush !== "boolean") {
    return violation(world, "a body of other types");
  }
  const key = parsePublicKey(line);
  if ("why" in key) return violation(world, `the key: ${key.why}`);
  if (world.keys.some((other) => other.key.content === key.content)) {
    return failure(400, { "deploy_key.fingerprint_sha256": ["has already been taken"] });
  }
  return json(201, keyJson(world.addKey({ repo, title, key, line, readOnly: !canPush })));
}

function keyJson(key: TestDeployKey): Readonly<Record<string, unknown>> {
  return {
    id: key.id,
    title: key.title,
    created_at: key.createdAt,
    expires_at: null,
    key: key.line,
    fingerprint: "4a:9d:64:15:ed:3a:e6:07:6e:89:36:b3:3b:03:05:d9",
    fingerprint_sha256: key.key.fingerprint,
    can_push: !key.readOnly,
  };
}
