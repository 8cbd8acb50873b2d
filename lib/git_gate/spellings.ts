/** All ways to write the url of one repository that people, tools and submodules use. */

import { HTTPS_PORT, SSH_PORT } from "./upstream_url.ts";
import type { UpstreamAddress } from "./upstream_address.ts";

/**
 * Each without `.git` and without a slash at its end, so that a url that has them still begins with it. The same path
 * by another scheme counts as the same repository: forges serve it so, and the bottle reaches nothing but the gate.
 *
 * @param url as a manifest has it, for the letter case of its host
 *
 * @example
 * ```ts
 * import { spellings } from "./spellings.ts";
 * const upstream = { scheme: "https", host: "git.example.com", port: 443, path: "/team/lib.git" } as const;
 * const all = spellings("https://git.example.com/team/lib.git", upstream);
 * if (!all.includes("git@git.example.com:team/lib")) throw new Error("not found");
 * ```
 */
export function spellings(url: string, upstream: UpstreamAddress): readonly string[] {
  const { scheme, path } = upstream;
  const ports = {
    ssh: scheme === "ssh" ? upstream.port : SSH_PORT,
    https: scheme === "https" ? upstream.port : HTTPS_PORT,
  };
  const users = scheme === "ssh" && upstream.user !== "git" ? [upstream.user, "git"] : ["git"];
  const all = hostsOf(url, upstream).flatMap((host) =>
    pathsOf(path).flatMap((base) => [
      ...overSsh(host, base, ports.ssh, users),
      ...overHttps(host, base, ports.https),
    ])
  );
  return [...new Set(all)];
}

/** The canonical one, and the one that a person has written. */
function hostsOf(url: string, { host }: UpstreamAddress): readonly string[] {
  const canonical = host.includes(":") ? `[${host}]` : host;
  const written = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(url)?.[1];
  return written === undefined ? [canonical] : [canonical, written];
}

/** Relative, without `.git`. For a repository inside of a work tree with and without the slash before its `.git`. */
function pathsOf(path: string): readonly string[] {
  const base = path.replace(/^\//, "").replace(/\.git$/, "");
  return base.endsWith("/") ? [base, base.slice(0, -1)] : [base];
}

function overSsh(
  host: string,
  path: string,
  port: number,
  users: readonly string[],
): readonly string[] {
  const logins = [...users.map((user) => `${user}@`), ""];
  const places = port === SSH_PORT ? [host, `${host}:${SSH_PORT}`] : [`${host}:${port}`];
  return [
    ...["ssh", "git+ssh", "ssh+git"].flatMap((scheme) =>
      logins.flatMap((login) => places.map((place) => `${scheme}://${login}${place}/${path}`))
    ),
    // This form has no place for a port.
    ...port === SSH_PORT
      ? logins.flatMap((login) => [`${login}${host}:${path}`, `${login}${host}:/${path}`])
      : [],
  ];
}

function overHttps(host: string, path: string, port: number): readonly string[] {
  if (port !== HTTPS_PORT) return [`https://${host}:${port}/${path}`];
  return [
    `https://${host}/${path}`,
    `https://${host}:${HTTPS_PORT}/${path}`,
    `http://${host}/${path}`,
    `http://${host}:80/${path}`,
    `git://${host}/${path}`,
  ];
}
