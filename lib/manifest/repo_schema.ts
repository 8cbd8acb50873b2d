/** The schema of a repository in a manifest (git-gate.md). */

import { z } from "../deps/zod.ts";
import { parseHostKey } from "../git_gate/host_key.ts";
import { parseUpstreamUrl } from "../git_gate/upstream_url.ts";
import { parseByteSize } from "./byte_size.ts";
import { parseCount } from "./count_size.ts";
import { credential, findFileFault } from "./credential_schema.ts";
import { quote } from "./problem.ts";
import { findApiFault } from "./repo_api.ts";
import { REPO_NAME } from "./repo_name.ts";
import { findBranchFault, findPathFault, findRefFault } from "./repo_pattern.ts";
import { type Fault, mustBe, mustBeOneOf, shape, text } from "./shape.ts";
import { valueAt } from "./value_tree.ts";

/** What opens a repository, by the word in `provider`. */
const key = z.discriminatedUnion("provider", [
  shape({
    provider: z.literal("static"),
    path: text(findFileFault).meta({
      description: "A private key on the host, absolute or below ~/, without a passphrase",
    }),
  }),
  shape({
    provider: z.literal("gitea"),
    provisioner_token: credential,
    api: text(findApiFault),
    read_only: z.boolean().exactOptional(),
  }),
  // Their own places are known.
  shape({
    provider: z.enum(["github", "gitlab"]),
    provisioner_token: credential,
    api: text(findApiFault).exactOptional(),
    read_only: z.boolean().exactOptional(),
  }),
  shape({
    provider: z.literal("token"),
    token_ref: credential,
    username: text((value) =>
      /^[\x21-\x39\x3b-\x7e]{1,255}$/.test(value)
        ? undefined
        : { why: "must be visible ASCII without a colon" }
    ).exactOptional(),
  }),
  shape({ provider: z.literal("none") }),
], {
  error: (issue) => {
    if (issue.code !== "invalid_union") {
      return mustBe("a map such as { provider: static, path: ~/.ssh/x }", issue.input);
    }
    const names = "static, gitea, github, gitlab, token or none";
    return mustBeOneOf(names, valueAt(issue.input, ["provider"]));
  },
});

/** Longer lists are no rules that a person wrote. */
const MAX_PATTERNS = 256;

const rules = shape({
  refs: z.array(text(findRefFault)).min(1, { error: "must name a ref, or be left out" })
    .max(MAX_PATTERNS).exactOptional(),
  protected: z.array(text(findBranchFault)).max(MAX_PATTERNS).exactOptional(),
  force: z.boolean().exactOptional(),
  delete: z.boolean().exactOptional(),
  approve_paths: z.array(text(findPathFault)).max(MAX_PATTERNS).exactOptional(),
  max_bytes: text(findSizeFault, "text such as 100m").exactOptional(),
  max_objects: z.union([z.int().min(1).max(100_000_000), text(findCountFault)], {
    error: (issue) => mustBe("a number, or text such as 50k", issue.input),
  }).exactOptional(),
});

const repo = shape({
  url: text(findUrlFault).meta({
    description: "ssh://user@host/path, user@host:path or https://host/path",
  }),
  host_key: text(findHostKeyFault).meta({
    description: "For ssh: the host's public key, type and base64",
  }).exactOptional(),
  key,
  push: z.enum(["allow", "approve", "deny"], {
    error: (issue) => mustBeOneOf("allow, approve or deny", issue.input),
  }).exactOptional(),
  rules: rules.exactOptional(),
});

/** `git-gate.repos`: by the name that the gate serves each under. */
export const reposSchema = z.record(
  z.string().meta({ pattern: REPO_NAME.source }),
  repo,
);

/** A repository whose parts fit; whether they go together is `repo_misfits.ts`'s to say. */
export type RepoFields = z.infer<typeof repo>;

function findUrlFault(value: string): Fault | undefined {
  const parsed = parseUpstreamUrl(value);
  return parsed.ok ? undefined : { why: parsed.why, ...parsed.hint && { hint: parsed.hint } };
}

function findHostKeyFault(value: string): Fault | undefined {
  const parsed = parseHostKey(value);
  return parsed.ok ? undefined : { why: parsed.why, hint: parsed.hint };
}

function findSizeFault(value: string): Fault | undefined {
  return parseByteSize(value) === undefined
    ? { why: `must be a size such as 512k, 100m or 1g, not ${quote(value)}` }
    : undefined;
}

function findCountFault(value: string): Fault | undefined {
  return parseCount(value) === undefined
    ? { why: `must be a count such as 500, 50k or 1m, not ${quote(value)}` }
    : undefined;
}
