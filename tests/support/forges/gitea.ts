/**
 * Gitea's API of deploy keys, as strict as can be: it takes what Gitea takes, in the one form that this program should send, and answers
 * as Gitea does (go-gitea/gitea `routers/api/v1/repo/key.go`, `models/asymkey/ssh_key_deploy.go`, `routers/api/v1/api.go`).
 */

import { apiError, json, keyJson, violation } from "./answers.ts";
import { parsePublicKey } from "./public_key.ts";
import { hasShape, readStrictly, type StrictRequest } from "./strict_request.ts";
import type { TestRepo, TestToken, World } from "./world.ts";

/** Gitea's default of `MAX_RESPONSE_ITEMS`. */
const MAX_ITEMS = 50;
const FORM = { root: "/api/v1", authorization: "authorization", accept: "application/json" };

/** Answers one request. */
export async function answerAsGitea(world: World, request: Request): Promise<Response> {
  const { pathname, search, origin } = new URL(request.url);
  world.requests.push(`${request.method} ${pathname}${search}`);
  const strict = await readStrictly(request, FORM);
  if ("why" in strict) return violation(world, strict.why);
  const [repos, owner = "", name = "", keys, id, ...more] = strict.path;
  if (repos !== "repos" || keys !== "keys" || more.length > 0) {
    return violation(world, `the path ${pathname}`);
  }
  const user = authenticate(world, strict);
  if (user instanceof Response) return user;
  const repo = world.repo(owner, name);
  const isVisible = repo?.admins.includes(user.user) || repo?.readers.includes(user.user);
  if (repo === undefined || !isVisible) return apiError(404, "not found");
  if (!repo.admins.includes(user.user)) {
    return apiError(
      403,
      "user should be an owner or a collaborator with admin write of a repository",
    );
  }
  if (strict.method === "POST" && id === undefined) return create(world, repo, strict, origin);
  if (strict.method === "GET" && id === undefined) return list(world, repo, strict, origin);
  if (strict.method === "DELETE" && id !== undefined) return remove(world, repo, id);
  return violation(world, `${strict.method} ${pathname}`);
}

function authenticate(
  world: World,
  { authorization, method }: StrictRequest,
): TestToken | Response {
  if (authorization === null) return apiError(401, "token is required");
  const [, value] = /^token (\S+)$/.exec(authorization) ?? [];
  if (value === undefined) return violation(world, "an authorization that is no token");
  const token = world.tokens.get(value);
  if (token === undefined) return apiError(401, "invalid username, password or token");
  const wanted = method === "GET" ? ["read:repository", "write:repository"] : ["write:repository"];
  if (wanted.some((scope) => token.scopes.includes(scope))) return token;
  return apiError(
    403,
    `token does not have at least one of required scope(s): [${wanted[0]}]`,
  );
}

function create(
  world: World,
  repo: TestRepo,
  { body, query }: StrictRequest,
  origin: string,
): Response {
  if (query.size > 0) return violation(world, "a query with POST");
  if (!hasShape(body, { title: "string", key: "string", read_only: "boolean" })) {
    return violation(world, `the body ${JSON.stringify(body)}`);
  }
  const { title, key: line, read_only: readOnly } = body;
  if (typeof title !== "string" || typeof line !== "string" || typeof readOnly !== "boolean") {
    return violation(world, "a body of other types");
  }
  if (title === "" || line === "") return apiError(422, "[Title]: Required");
  const key = parsePublicKey(line);
  if ("why" in key) {
    world.violations.push(`the key: ${key.why}`);
    return apiError(422, `Invalid key content: ${key.why}`);
  }
  const same = world.keys.filter((other) => other.key.content === key.content);
  if (same.some((other) => other.repo === repo)) {
    return apiError(422, "This key has already been added to this repository");
  }
  if (world.keysOf(repo).some((other) => other.title === title)) {
    return apiError(422, "A key with the same name already exists");
  }
  return json(201, keyJson(world.addKey({ repo, title, key, line, readOnly }), origin));
}

function list(world: World, repo: TestRepo, { query }: StrictRequest, origin: string): Response {
  const names = [...query.keys()].sort().join();
  const [page = 0, limit = 0] = ["page", "limit"].map((name) => {
    const text = query.get(name) ?? "";
    return /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : 0;
  });
  if (names !== "limit,page" || page === 0 || limit === 0) {
    return violation(world, `the query ${names}`);
  }
  const keys = world.keysOf(repo);
  const size = Math.min(limit, MAX_ITEMS);
  const shown = keys.slice((page - 1) * size, page * size).map((key) => ({
    ...keyJson(key, origin),
    repository: { id: repo.id, name: repo.name, full_name: `${repo.owner}/${repo.name}` },
  }));
  return json(200, shown, { "x-total-count": `${keys.length}` });
}

/** One that is not there is as it should be; one of another repository is an error of the server's. */
function remove(world: World, repo: TestRepo, id: string): Response {
  if (!/^[1-9][0-9]*$/.test(id)) return violation(world, `the id ${id}`);
  const key = world.keys.find((each) => each.id === Number(id));
  if (key !== undefined && key.repo !== repo) return apiError(500, "");
  world.keys = world.keys.filter((each) => each !== key);
  return new Response(null, { status: 204 });
}
