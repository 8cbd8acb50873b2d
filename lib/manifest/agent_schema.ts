/** The schema of an agent's frontmatter. */

import { z } from "../deps/zod.ts";
import { gitUserSchema } from "./bottle_schema.ts";
import { name, shape } from "./shape.ts";

/** Claude Code's own keys for sub-agents: the same file serves both, we read none of them. */
const ignored = z.unknown().optional().meta({ description: "Ignored: Claude Code's own" });

/** `repos` of an agent: an agent may never widen its bottle. */
const repos = z.never({
  error: "is not an agent's to say: repos belong to the bottle",
}).optional();

/** An agent's keys. */
export const agentSchema = shape({
  bottle: name("a bottle").exactOptional(),
  skills: z.array(name("a skill")).exactOptional(),
  "git-gate": shape({ user: gitUserSchema.exactOptional(), repos }).exactOptional(),
  name: ignored,
  description: ignored,
  model: ignored,
  color: ignored,
  memory: ignored,
});
