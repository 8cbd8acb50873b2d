/** git-gate's repositories in the plan's JSON: which key, by where it comes from. */

import { credentialToJson } from "./credential_json.ts";
import type { RepoKey } from "../git_gate/repo_key.ts";
import type { UpstreamAddress } from "../git_gate/upstream_address.ts";
import { formatPlace } from "../manifest/problem.ts";
import type { GateRepoPlan } from "./plan.ts";
import type { Json } from "./plan_json.ts";

/** One repository, snake case. */
export function gateRepoToJson(repo: GateRepoPlan): Json {
  const { rules } = repo;
  return {
    name: repo.name,
    url: repo.url,
    upstream: upstreamToJson(repo.upstream),
    key: keyToJson(repo.key),
    push: repo.push,
    rules: {
      refs: [...rules.refs],
      protected: rules.protected && [...rules.protected],
      force: rules.force,
      delete: rules.delete,
      approve_paths: [...rules.approve_paths],
      max_bytes: rules.max_bytes,
      max_objects: rules.max_objects,
    },
    from: formatPlace(repo.place),
  };
}

function upstreamToJson(upstream: UpstreamAddress): Json {
  const { scheme, host, port, path } = upstream;
  if (scheme === "https") return { scheme, host, port, path };
  const { user, hostKey } = upstream;
  return {
    scheme,
    user,
    host,
    port,
    path,
    host_key: hostKey.text,
    fingerprint: hostKey.fingerprint,
  };
}

function keyToJson(key: RepoKey): Json {
  switch (key.provider) {
    case "static":
      return {
        provider: key.provider,
        path: key.path,
        fingerprint: key.fingerprint ?? null,
      };
    case "gitea":
    case "github":
    case "gitlab":
      return {
        provider: key.provider,
        api: key.api,
        provisioner_token: credentialToJson(key.provisionerToken),
        read_only: key.readOnly,
        owner: key.owner,
        repo: key.repo,
      };
    case "token":
      return {
        provider: key.provider,
        token_ref: credentialToJson(key.tokenRef),
        username: key.username,
      };
    case "none":
      return { provider: key.provider };
  }
  return key satisfies never;
}
