/** The schema of a bottle's frontmatter. */

import { z } from "../deps/zod.ts";
import { parseEnvName } from "../names.ts";
import { parseByteSize } from "./byte_size.ts";
import { providerCredential } from "./credential_schema.ts";
import { NAME } from "./name.ts";
import { isPresetName, nearestPreset } from "./presets.ts";
import { parseEnvForm } from "./env_form.ts";
import { findPathFault, findReferenceFault, findVersionFault } from "./image_shape.ts";
import { reposSchema } from "./repo_schema.ts";
import { isReservedEnv } from "./reserved_env.ts";
import { routeSchema } from "./route_schema.ts";
import {
  type Fault,
  mustBe,
  mustBeOneOf,
  name,
  NOT_IN_THIS_VERSION,
  notYet,
  shape,
  text,
} from "./shape.ts";
import { quote } from "./problem.ts";

const MIN_MEMORY_BYTES = 64 * 1024 ** 2;

const parent = text((value) => {
  if (NAME.test(value) || isPresetName(value)) return undefined;
  return {
    why: `must be the name of a bottle, not ${quote(value)}`,
    hint: hintAtPreset(value),
  };
}, "the name of a bottle");

/** `agent_provider.template`. Which providers there are is not the schema's to know. */
export const templateSchema = name("a provider").refine((value) => value !== "codex", {
  error: `${NOT_IN_THIS_VERSION}: "codex"`,
  params: { hint: "Write claude" },
});

const provider = shape({
  template: templateSchema,
  dockerfile: text(findPathFault, "the path of a Dockerfile").exactOptional(),
  image: text(findReferenceFault, "an image").exactOptional(),
  version: text(findVersionFault, "a version").exactOptional(),
  auth_token: providerCredential.exactOptional(),
  forward_host_credentials: z.boolean().refine((value) => !value, { error: NOT_IN_THIS_VERSION })
    .exactOptional(),
});

const env = z.record(
  z.string()
    .refine((key) => parseEnvName(key) !== undefined, {
      error: "is not a name that a variable can have",
    })
    .refine((key) => !isReservedEnv(key), { error: "is set by bot-bottle itself: remove it" }),
  text((value) => {
    const form = parseEnvForm(value);
    return form.kind === "bad" ? form : undefined;
  }),
);

/** `git-gate.user`, of a bottle or an agent: what git writes into commits. */
export const gitUserSchema = shape({
  name: text((value) => findIdentityFault(value)).exactOptional(),
  email: text((value) =>
    findIdentityFault(value) ??
      (/^\S+@\S+$/.test(value) ? undefined : { why: "must be an address" })
  ).exactOptional(),
});

const resources = shape({
  cpus: z.number().min(0.1).max(1024).exactOptional(),
  memory: text(findMemoryFault, "text such as 4g").exactOptional(),
  pids: z.int().min(16).max(4_194_304).exactOptional(),
});

/** A bottle's keys. */
export const bottleSchema = shape({
  extends: z.union([parent, z.array(parent)], {
    error: (issue) => mustBe("the name of a bottle, or a list of names", issue.input),
  }).exactOptional(),
  agent_provider: provider.exactOptional(),
  env: env.exactOptional(),
  "git-gate": shape({
    user: gitUserSchema.exactOptional(),
    repos: reposSchema.exactOptional(),
  }).exactOptional(),
  egress: shape({
    log: z.enum(["all", "blocked", "off"], {
      error: (issue) => mustBeOneOf('"all", "blocked" or "off"', issue.input),
    }).exactOptional(),
    routes: z.array(routeSchema).exactOptional(),
  }).exactOptional(),
  supervise: z.boolean().refine((value) => !value, { error: NOT_IN_THIS_VERSION }).exactOptional(),
  resources: resources.exactOptional(),
  limits: notYet(),
});

/** A bottle's frontmatter that fits. */
export type BottleFields = z.infer<typeof bottleSchema>;

function hintAtPreset(value: string): string {
  const preset = value.includes("/") ? nearestPreset(value) : undefined;
  return preset === undefined
    ? "Write the stem of its file, or builtin/ and the name of a preset"
    : `Did you mean "${preset}"?`;
}

/** git forbids angle brackets and line ends in an identity; no terminal should see control characters. */
function findIdentityFault(value: string): Fault | undefined {
  // deno-lint-ignore no-control-regex -- exactly those are refused
  return /^[^<>\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]{1,200}$/.test(value)
    ? undefined
    : { why: "must be 1 to 200 characters without < > and control characters" };
}

function findMemoryFault(value: string): Fault | undefined {
  const bytes = parseByteSize(value);
  if (bytes === undefined) return { why: "must be a size such as 512m or 4g" };
  return bytes < MIN_MEMORY_BYTES ? { why: "must be at least 64m" } : undefined;
}
