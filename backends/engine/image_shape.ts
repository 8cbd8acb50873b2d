/** The part of `docker image inspect` that is read: Docker's API since 1.41, and podman's command. */

import { z } from "../../lib/deps/zod.ts";

/** One image. */
export const imageShape = z.object({
  Id: z.string().regex(/^(?:sha256:)?[0-9a-f]{64}$/),
  RepoTags: z.array(z.string()).nullish(),
  Size: z.number().nullish(),
  Config: z.object({
    Env: z.array(z.string()).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
  }).nullish(),
});
