/** The image with the package clients that Debian has. */

import { createHash } from "node:crypto";
import type { Run } from "../../../lib/process/run.ts";
import { docker } from "../deno_container.ts";
import dockerfile from "./Dockerfile" with { type: "text" };

/** Builds it if it isn't there; returns its tag, which is made of its content. */
export async function ensureClientsImage(run: Run): Promise<string> {
  const hash = createHash("sha256").update(dockerfile).digest("hex").slice(0, 12);
  const tag = `bot-bottle-test-clients:${hash}`;
  if ((await run(["docker", "image", "inspect", tag])).code !== 0) {
    await docker(run, ["build", "--tag", tag, "-"], dockerfile);
  }
  return tag;
}
