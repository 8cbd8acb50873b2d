/** The image with git, its ssh client and its ssh server: for upstreams and for who talks to them. */

import { createHash } from "node:crypto";
import type { Run } from "../../../lib/process/run.ts";
import dockerfile from "./Dockerfile" with { type: "text" };

/** Builds it if it isn't there; returns its tag, which is made of its content. */
export async function ensureGitImage(run: Run, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256").update(dockerfile).digest("hex").slice(0, 12);
  const tag = `bot-bottle-test-git:${hash}`;
  if ((await run(["docker", "image", "inspect", tag])).code === 0) return tag;
  const { code, stderr } = await run(["docker", "build", "--tag", tag, "-"], {
    stdin: dockerfile,
    ...(signal === undefined ? {} : { signal }),
  });
  if (code !== 0) throw new Error(`docker build: ${new TextDecoder().decode(stderr)}`);
  return tag;
}
