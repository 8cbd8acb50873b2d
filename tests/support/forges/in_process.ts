/** A forge without a network: the real requests, answered in this process. */

import type { SendRequest } from "../../../lib/deploy_key/api_request.ts";
import { createSend } from "../../../lib/deploy_key/send_request.ts";
import { answerAsGitea } from "./gitea.ts";
import type { Answer } from "./server.ts";
import { World } from "./world.ts";

/** The token that may do all. */
export const TOKEN = "5f8e7c2a90b14d63a1f0c9d2e4b6a8f01234abcd";

/** A forge with the repositories `team/widget` and `team/gadget`, which Ada administers. */
export function teamWorld(scopes: readonly string[] = ["write:repository", "repo", "api"]): World {
  const world = new World();
  for (const name of ["widget", "gadget"]) {
    world.addRepo({ owner: "team", name, admins: ["ada"], readers: ["eve"] });
  }
  world.tokens.set(TOKEN, { user: "ada", scopes });
  return world;
}

/** Sends to it. */
export function sendTo(world: World, answer: Answer = answerAsGitea): SendRequest {
  return createSend({ extraCaPem: null, proxy: null }, {
    fetch: (url, init) => answer(world, new Request(url, init)),
  });
}
