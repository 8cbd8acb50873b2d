/** The manifests' schemas as JSON Schema, so that editors complete and check. */

import { z } from "../deps/zod.ts";
import { agentSchema } from "./agent_schema.ts";
import { bottleSchema } from "./bottle_schema.ts";

/** JSON Schema (draft 2020-12) of a manifest's frontmatter. What only code can say (hosts, paths, forms) is not in it. */
export function manifestJsonSchema(kind: "agent" | "bottle"): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(kind === "agent" ? agentSchema : bottleSchema, { io: "input" });
  return { ...schema, title: `Frontmatter of ${kind === "agent" ? "an agent" : "a bottle"}` };
}
