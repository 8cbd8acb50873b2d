/** What does not go together in a file's repositories, though each part may fit by itself. */

import { HOST_KEY_HINT } from "../git_gate/host_key.ts";
import type { UpstreamAddress } from "../git_gate/upstream_address.ts";
import { FORGES } from "../git_gate/repo_key.ts";
import { parseUpstreamUrl } from "../git_gate/upstream_url.ts";
import { formatPlace, type Problem, quote } from "./problem.ts";
import { findOwnerFault } from "./repo_api.ts";
import { findRepoNameFault } from "./repo_name.ts";
import type { Fault } from "./shape.ts";
import type { ManifestRepo, Sourced } from "./types.ts";
import { formatPath, type Path, valueAt, type ValueTree } from "./value_tree.ts";

/** Where a manifest has its repositories. */
export const REPOS = ["git-gate", "repos"] as const;

/** Looks at what can be read, whatever else is wrong: one report covers all. */
export function findRepoMisfits(tree: ValueTree): readonly Problem[] {
  const repos = valueAt(tree.value, REPOS);
  if (typeof repos !== "object" || repos === null || Array.isArray(repos)) return [];
  const seen = new Map<string, string>();
  return Object.entries(repos).flatMap(([name, repo]: [string, unknown]) => {
    const path = [...REPOS, name];
    const ofName = describeName(path, name, tree);
    const address = addressOf(repo);
    if (address === undefined) return ofName;
    const place = upstreamKey(address);
    const first = seen.get(place);
    seen.set(place, first ?? name);
    return [
      ...ofName,
      ...first === undefined ? [] : [{
        message: describeTwice(first, name),
        place: tree.placeOf([...path, "url"]),
        hint: ONE_NAME,
      }],
      ...findMisfits(address, repo).map((misfit) => ({
        message: `${quote(formatPath([...path, ...misfit.at]))} ${misfit.why}`,
        place: tree.placeOf([...path, ...misfit.at]),
        ...misfit.hint === undefined ? {} : { hint: misfit.hint },
      })),
    ];
  });
}

function describeName(path: Path, name: string, tree: ValueTree): readonly Problem[] {
  const fault = findRepoNameFault(name);
  if (fault === undefined) return [];
  const { why, hint } = fault;
  return [{
    message: `${quote(formatPath(path))} ${why}`,
    place: tree.placeOf(path, "key"),
    ...hint === undefined ? {} : { hint },
  }];
}

/** Two repositories of a folded bottle with one upstream; undefined if each has its own. */
export function findSharedUpstream(
  repos: ReadonlyMap<string, Sourced<ManifestRepo>>,
): Problem | undefined {
  const seen = new Map<string, Sourced<ManifestRepo>>();
  for (const repo of repos.values()) {
    const key = upstreamKey(repo.value.upstream);
    const first = seen.get(key);
    if (first !== undefined) {
      return {
        message: describeTwice(first.value.name, repo.value.name),
        place: repo.place,
        hint: `${ONE_NAME}; the other is in ${formatPlace(first.place)}`,
      };
    }
    seen.set(key, repo);
  }
  return undefined;
}

/**
 * The same for all addresses that people take for one repository: git in the bottle is led from each spelling to one
 * name, by ssh as by https.
 */
function upstreamKey({ host, path }: Pick<UpstreamAddress, "host" | "path">): string {
  return `${host} ${path.replace(/^\//, "").replace(/\/?\.git$/, "")}`;
}

const ONE_NAME = "Git in the bottle could not tell them apart: keep one";

function describeTwice(first: string, second: string): string {
  return `The repositories ${quote(first)} and ${quote(second)} have the same upstream`;
}

interface Misfit extends Fault {
  readonly at: Path;
}

type Address = Extract<ReturnType<typeof parseUpstreamUrl>, { ok: true }>["address"];

function addressOf(repo: unknown): Address | undefined {
  const url = valueAt(repo, ["url"]);
  const parsed = typeof url === "string" ? parseUpstreamUrl(url) : undefined;
  return parsed?.ok === true ? parsed.address : undefined;
}

function findMisfits({ scheme, path }: Address, repo: unknown): readonly Misfit[] {
  const provider = valueAt(repo, ["key", "provider"]);
  return [
    ...findHostKeyMisfits(scheme, valueAt(repo, ["host_key"])),
    ...findProviderMisfits(scheme, provider),
    ...findForgeMisfits(path, provider),
    ...findPushMisfits(provider, repo),
  ];
}

function findHostKeyMisfits(scheme: Address["scheme"], hostKey: unknown): readonly Misfit[] {
  if (scheme === "ssh") {
    return hostKey === undefined
      ? [{
        at: ["host_key"],
        why: "is missing: no host is trusted at the first connection",
        hint: HOST_KEY_HINT,
      }]
      : [];
  }
  return hostKey === undefined
    ? []
    : [{ at: ["host_key"], why: "is for ssh, and this url is https", hint: "Remove it" }];
}

const PROVIDERS = {
  ssh: { names: ["static", ...FORGES], hint: "Write { provider: static, path: ~/.ssh/x }" },
  https: { names: ["token", "none"], hint: "Write { provider: token, token_ref: NAME }" },
} as const;

function findProviderMisfits(scheme: Address["scheme"], provider: unknown): readonly Misfit[] {
  const other = scheme === "ssh" ? "https" : "ssh";
  return PROVIDERS[other].names.some((name) => name === provider)
    ? [{
      at: ["key", "provider"],
      why: `can't be ${quote(String(provider))}, as the url is ${scheme}`,
      hint: `${PROVIDERS[scheme].hint}, or an ${other} url`,
    }]
    : [];
}

function findForgeMisfits(path: string, provider: unknown): readonly Misfit[] {
  const forge = FORGES.find((name) => name === provider);
  const fault = forge === undefined ? undefined : findOwnerFault(path, forge);
  return fault === undefined ? [] : [{ at: ["url"], ...fault }];
}

function findPushMisfits(provider: unknown, repo: unknown): readonly Misfit[] {
  const push = valueAt(repo, ["push"]);
  if (push !== "allow" && push !== "approve") return [];
  if (provider === "none") {
    return [{
      at: ["push"],
      why: `can't be "${push}" without a key`,
      hint: "Write a key that may push, or leave push out",
    }];
  }
  return FORGES.some((name) => name === provider) && valueAt(repo, ["key", "read_only"]) === true
    ? [{
      at: ["push"],
      why: `can't be "${push}" with a key that only reads`,
      hint: "Write read_only: false, or leave push out",
    }]
    : [];
}
