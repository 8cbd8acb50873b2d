/** Answers in Gitea's form (`services/context/api.go`, `modules/structs/repo_key.go`). */

import type { TestDeployKey, World } from "./world.ts";

/** JSON with Gitea's content type. */
export function json(status: number, value: unknown, headers: HeadersInit = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json;charset=utf-8", ...headers },
  });
}

/** An error as `APIError` has it. */
export function apiError(status: number, message: string): Response {
  return json(status, { message, url: "https://gitea.example.com/api/swagger" });
}

/** A key as it is answered. @param origin of the server */
export function keyJson(key: TestDeployKey, origin: string): Readonly<Record<string, unknown>> {
  const { id, repo, title, line, readOnly, createdAt } = key;
  return {
    id,
    key_id: 1000 + id,
    key: line,
    url: `${origin}/api/v1/repos/${repo.owner}/${repo.name}/keys/${id}`,
    title,
    fingerprint: key.key.fingerprint,
    created_at: createdAt,
    read_only: readOnly,
  };
}

/** A request that a server may put up with, and a test must not. */
export function violation(world: World, why: string): Response {
  world.violations.push(why);
  return apiError(400, why);
}
