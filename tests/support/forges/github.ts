/**
 * GitHub's API of deploy keys, in the one form that this program should send (docs.github.com, "REST API endpoints for deploy keys", and the
 * bodies of its OpenAPI description).
 */

import { json, violation } from "./answers.ts";
import { pageOf } from "./page.ts";
import { parsePublicKey } from "./public_key.ts";
import { hasShape, readStrictly, type StrictRequest } from "./strict_request.ts";
import type { TestDeployKey, TestRepo, World } from "./world.ts";

const FORM = {
  root: "/api/v3",
  authorization: "authorization",
  accept: "application/vnd.github+json",
};

/** Answers one request, as an Enterprise Server does. */
export async function answerAsGitHub(world: World, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  world.requests.push(`${request.method} ${pathname}${search}`);
  const strict = await readStrictly(request, FORM);
  if ("why" in strict) return violation(world, strict.why);
  const [repos, owner = "", name = "", keys, id, ...more] = strict.path;
  if (repos !== "repos" || keys !== "keys" || more.length > 0) {
    return violation(world, `the path ${pathname}`);
  }
  const [, value] = /^Bearer (\S+)$/.exec(strict.authorization ?? "") ?? [];
  if (value === undefined) return violation(world, "no bearer's token");
  const token = world.tokens.get(value);
  if (token === undefined) return failure(401, "Bad credentials");
  const repo = world.repo(owner, name);
  // Who is no administrator is told that there is nothing.
  if (repo === undefined || !repo.admins.includes(token.user)) return failure(404, "Not Found");
  if (!token.scopes.includes("repo")) {
    return failure(403, "Resource not accessible by personal access token");
  }
  if (strict.method === "POST" && id === undefined) return create(world, repo, strict);
  if (strict.method === "GET" && id === undefined) {
    const page = pageOf(world.keysOf(repo), strict.query);
    return "why" in page ? violation(world, page.why) : json(200, page.map(keyJson));
  }
  if (strict.method === "DELETE" && id !== undefined) {
    const key = world.keysOf(repo).find((each) => `${each.id}` === id);
    if (key === undefined) return failure(404, "Not Found");
    world.keys = world.keys.filter((each) => each !== key);
    return new Response(null, { status: 204 });
  }
  return violation(world, `${strict.method} ${pathname}`);
}

function failure(status: number, message: string): Response {
  return json(status, {
    message,
    documentation_url: "https://docs.github.com/rest",
    status: `${status}`,
  });
}

function create(world: World, repo: TestRepo, { body, query }: StrictRequest): Response {
  if (query.size > 0) return violation(world, "a query with POST");
  if (!hasShape(body, { title: "string", key: "string", read_only: "boolean" })) {
    return violation(world, `the body ${JSON.stringify(body)}`);
  }
  const { title, key: line, read_only: readOnly } = body;
  if (typeof title !== "string" || typeof line !== "string" || typeof readOnly !== "boolean") {
    return violation(world, "a body of other types");
  }
  const key = parsePublicKey(line);
  if ("why" in key) return violation(world, `the key: ${key.why}`);
  if (world.keys.some((other) => other.key.content === key.content)) {
    return failure(422, "Validation Failed");
  }
  return json(201, keyJson(world.addKey({ repo, title, key, line, readOnly })));
}

function keyJson(key: TestDeployKey): Readonly<Record<string, unknown>> {
  return {
    id: key.id,
    // Without its comment.
    key: key.key.content,
    url: `https://github.example.com/api/v3/repos/x/y/keys/${key.id}`,
    title: key.title,
    verified: true,
    created_at: key.createdAt,
    read_only: key.readOnly,
    added_by: "ada",
    last_used: null,
    enabled: true,
  };
}
