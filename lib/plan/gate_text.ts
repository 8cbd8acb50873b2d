/** A repository in words: for the preflight, `info` and the effective values. Not escaped. */

import type { PushMode, RepoRules } from "../git_gate/config.ts";
import { DEFAULT_RULES } from "../git_gate/config.ts";
import type { RepoKey } from "../git_gate/repo_key.ts";
import { describeCredential } from "../manifest/credential.ts";
import type { ManifestRepo } from "../manifest/types.ts";
import { sizeText } from "../size_text.ts";

/** `widget ← ssh://git@git.example.com/team/widget.git  [key: static ~/.ssh/widget SHA256:…]`. */
export function repoText({ name, url, key }: Pick<ManifestRepo, "name" | "url" | "key">): string {
  return `${name} ← ${url}  [key: ${keyText(key)}]`;
}

/** Where the key comes from, and what is known of it; never the key. */
export function keyText(key: RepoKey): string {
  switch (key.provider) {
    case "static":
      return ["static", key.path, key.fingerprint ?? ""].join(" ").trimEnd();
    case "gitea":
    case "github":
    case "gitlab":
      return `${key.provider} deploy key of ${key.owner}/${key.repo}, ${
        key.readOnly ? "reads only" : "reads and writes"
      }, made at ${key.api} ← ${describeCredential(key.provisionerToken)}`;
    case "token":
      return `token ← ${describeCredential(key.tokenRef)}`;
    case "none":
      return "none";
  }
  return key satisfies never;
}

/** `host SHA256:…`, and what a push may do. */
export function repoDetails(
  { upstream, push, rules }: Pick<ManifestRepo, "upstream" | "push" | "rules">,
): string {
  const host = upstream.scheme === "ssh" ? [`host ${upstream.hostKey.fingerprint}`] : [];
  return [...host, pushText(push, rules)].join("; ");
}

/** What a push may do: `push allow: refs/heads/bot/*; …`. */
export function pushText(push: PushMode, rules: RepoRules): string {
  if (push === "deny") return "push deny: it is read only";
  return [
    `push ${push}: ${rules.refs.join(", ")}`,
    protectedText(rules),
    ...rules.approve_paths.length === 0 ? [] : [`approval for ${rules.approve_paths.join(", ")}`],
    ...isDefaultSize(rules)
      ? []
      : [`at most ${sizeText(rules.max_bytes)}, ${rules.max_objects} objects`],
  ].join("; ");
}

function protectedText({ protected: names, force, delete: mayDelete }: RepoRules): string {
  const what = [...force ? ["forced"] : [], ...mayDelete ? ["deleted"] : []].join(" or ");
  if (what === "") return "nothing is forced or deleted";
  if (names === null) return `${what}: all but the upstream's HEAD branch`;
  return names.length === 0 ? `${what}: all` : `${what}: all but ${names.map(short).join(", ")}`;
}

function isDefaultSize(rules: RepoRules): boolean {
  return rules.max_bytes === DEFAULT_RULES.max_bytes &&
    rules.max_objects === DEFAULT_RULES.max_objects;
}

function short(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}
