/** Answers that git-gate gives by itself. */

import type { BottleError } from "../../lib/errors.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { errPacket } from "../../lib/git_gate/err_packet.ts";
import type { GitService } from "../../lib/git_gate/request_path.ts";

/**
 * A service's no, as git shows it best: with an HTTP status it would add that of its own, and many of the libraries that speak
 * git's protocol would show nothing else.
 */
export function refuseService(
  service: GitService,
  kind: "advertisement" | "result",
  text: string,
): Response {
  return new Response(errPacket(text), {
    headers: {
      "content-type": `application/x-${service}-${kind}`,
      "cache-control": "no-cache",
    },
  });
}

/** What {@linkcode refuseService} says for an error: the sentence, what others wrote, what to do. */
export function errorText({ message, details, hint }: BottleError): string {
  const more = hint === undefined ? details : [...details, hint];
  return [message, ...more].map((line, at) => at === 0 ? line : `  ${line}`).join("\n");
}

/** @param asked what stands for the repository in the path @param names of the declared ones */
export function undeclaredText(asked: string, names: Iterable<string>): string {
  const shown = escapeControl(asked.replace(/^\//, "")).slice(0, 200);
  return `not declared: "${shown}" is not one of this bottle's repositories\n` +
    `  declared: ${[...names].join(", ")}`;
}

/** As Git LFS shows it (its API, "Response Errors"): 501 tells its lock check to go on without. */
export function refuseLfs(): Response {
  const message = "Git LFS does not go through git-gate in this version: push without LFS objects";
  return new Response(JSON.stringify({ message }), {
    status: 501,
    headers: { "content-type": "application/vnd.git-lfs+json" },
  });
}

/** For what no git sends, or only one that asks for the dumb protocol: git shows the text behind `remote:`. */
export function refusePlain(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
