/** Where the API of a repository's forge is, and what the repository is called there. */

import { parseAuthority } from "../egress/host/authority.ts";
import { classifyAddress } from "../egress/host/address.ts";
import { type Host, printHost } from "../egress/host/host.ts";
import type { ForgeName } from "../git_gate/repo_key.ts";
import type { Fault } from "./shape.ts";

const FORM = /^(https?):\/\/([^/?#]*)((?:\/[A-Za-z0-9._~-]+)*)\/?$/;

/** Where the API is that a manifest need not name. */
export const HOSTED_APIS = {
  github: "https://api.github.com",
  gitlab: "https://gitlab.com",
} as const;

/** Scheme, host and the forge's own folder, without `/api/v1` or `/api/v4`; undefined if {@linkcode findApiFault} finds a fault. */
export function canonicalApi(text: string): string | undefined {
  const [, scheme, authority = "", folder = ""] = FORM.exec(text) ?? [];
  const parsed = parseAuthority(authority);
  if (scheme === undefined || "kind" in parsed) return undefined;
  const port = parsed.port === undefined ? "" : `:${parsed.port}`;
  return `${scheme}://${printHost(parsed.host)}${port}${folder.replace(/\/api\/v[14]$/, "")}`;
}

/** What is wrong with an API's address; undefined if nothing. */
export function findApiFault(text: string): Fault | undefined {
  const hint = "Write https://gitea.example.com";
  const [, scheme, authority = "", folder = ""] = FORM.exec(text) ?? [];
  if (scheme === undefined) return { why: "is no address of an API", hint };
  if (authority.includes("@")) return { why: "holds a user", hint: "Remove what is before the @" };
  const parsed = parseAuthority(authority);
  if ("kind" in parsed) return { why: `names no host: ${parsed.why}`, hint };
  if (/\/\.{1,2}(?:\/|$)/.test(folder)) return { why: "has a path with dots for segments", hint };
  return scheme === "https" || isThisMachine(parsed.host)
    ? undefined
    : { why: "is not encrypted: the token could be read on its way", hint: "Write https://" };
}

const OWNED = /^\/?([^/~][^/]*)\/([^/]+?)(?:\.git)?$/;
/** GitLab has groups in groups. */
const GROUPED = /^\/?([^/~][^/]*(?:\/[^/]+)*)\/([^/]+?)(?:\.git)?$/;

/** Owner and name, where a forge's urls have them: the segments of the path, the name last. */
export function ownerOf(
  path: string,
  forge: ForgeName,
): { readonly owner: string; readonly repo: string } | undefined {
  const [, owner, repo] = (forge === "gitlab" ? GROUPED : OWNED).exec(path) ?? [];
  return owner === undefined || repo === undefined ? undefined : { owner, repo };
}

/** What is wrong with a path that has to name owner and repository. */
export function findOwnerFault(path: string, forge: ForgeName): Fault | undefined {
  return ownerOf(path, forge) === undefined
    ? {
      why: "does not say whose repository it is, which a deploy key needs",
      hint: "Write it as the forge shows it: ssh://git@gitea.example.com/OWNER/NAME.git",
    }
    : undefined;
}

function isThisMachine(host: Host): boolean {
  return host.kind === "name"
    ? host.name === "localhost"
    : classifyAddress(host.address) === "loopback";
}
