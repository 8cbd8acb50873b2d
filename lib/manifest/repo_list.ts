/** A file's repositories in the form that plans use, defaults filled in. */

import { DEFAULT_RULES, type PushMode, type RepoRules } from "../git_gate/config.ts";
import { parseHostKey } from "../git_gate/host_key.ts";
import type { RepoKey } from "../git_gate/repo_key.ts";
import type { UpstreamAddress } from "../git_gate/upstream_address.ts";
import { parseUpstreamUrl } from "../git_gate/upstream_url.ts";
import { parseByteSize } from "./byte_size.ts";
import { parseCount } from "./count_size.ts";
import { readCredential } from "./credential.ts";
import { canonicalApi, HOSTED_APIS, ownerOf } from "./repo_api.ts";
import { REPOS } from "./repo_misfits.ts";
import { fullRef } from "./repo_pattern.ts";
import type { RepoFields } from "./repo_schema.ts";
import type { ManifestRepo, Sourced } from "./types.ts";
import type { ValueTree } from "./value_tree.ts";

/** What GitHub, GitLab and Gitea take beside a token. */
const TOKEN_USERNAME = "git";

/** Repositories by name; of a file without problems, so that nothing is left out. */
export function readRepos(
  repos: Readonly<Record<string, RepoFields>>,
  tree: ValueTree,
): ReadonlyMap<string, Sourced<ManifestRepo>> {
  const read = new Map<string, Sourced<ManifestRepo>>();
  for (const [name, fields] of Object.entries(repos)) {
    const upstream = readUpstream(fields);
    const key = upstream && readKey(fields.key, upstream);
    if (upstream === undefined || key === undefined) continue;
    read.set(name, {
      value: {
        name,
        url: fields.url,
        upstream,
        key,
        push: fields.push ?? defaultPush(key),
        rules: readRules(fields.rules ?? {}),
      },
      place: tree.placeOf([...REPOS, name], "key"),
    });
  }
  return read;
}

function readUpstream(
  { url, host_key: hostKey = "" }: RepoFields,
): UpstreamAddress | undefined {
  const parsed = parseUpstreamUrl(url);
  if (!parsed.ok) return undefined;
  const { address } = parsed;
  if (address.scheme === "https") return address;
  const key = parseHostKey(hostKey);
  return key.ok ? { ...address, hostKey: key.key } : undefined;
}

function readKey(key: RepoFields["key"], { path }: UpstreamAddress): RepoKey | undefined {
  switch (key.provider) {
    case "static":
    case "none":
      return key;
    case "token": {
      const tokenRef = readCredential(key.token_ref);
      const username = key.username ?? TOKEN_USERNAME;
      return tokenRef && { provider: key.provider, tokenRef, username };
    }
    case "gitea":
    case "github":
    case "gitlab": {
      const provisionerToken = readCredential(key.provisioner_token);
      const api = canonicalApi(
        key.provider === "gitea" ? key.api : key.api ?? HOSTED_APIS[key.provider],
      );
      const owner = ownerOf(path, key.provider);
      if (provisionerToken === undefined || api === undefined || owner === undefined) {
        return undefined;
      }
      const readOnly = key.read_only ?? false;
      return { provider: key.provider, api, provisionerToken, readOnly, ...owner };
    }
  }
  return key satisfies never;
}

/** What no key can push is not offered. */
function defaultPush(key: RepoKey): PushMode {
  return key.provider === "none" || "readOnly" in key && key.readOnly ? "deny" : "allow";
}

function readRules(rules: NonNullable<RepoFields["rules"]>): RepoRules {
  const { max_bytes: bytes = "", max_objects: objects } = rules;
  const count = typeof objects === "string" ? parseCount(objects) : objects;
  return {
    refs: rules.refs ?? DEFAULT_RULES.refs,
    protected: rules.protected?.map(fullRef) ?? DEFAULT_RULES.protected,
    force: rules.force ?? DEFAULT_RULES.force,
    delete: rules.delete ?? DEFAULT_RULES.delete,
    approve_paths: rules.approve_paths ?? DEFAULT_RULES.approve_paths,
    max_bytes: parseByteSize(bytes) ?? DEFAULT_RULES.max_bytes,
    max_objects: count ?? DEFAULT_RULES.max_objects,
  };
}
