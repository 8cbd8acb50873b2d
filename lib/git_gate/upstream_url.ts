/**
 * The one parser of a repository's url in a manifest. What git would read in two ways, or would run, is refused here:
 * nothing behind it looks at the text again.
 */

import { parseAuthority } from "../egress/host/authority.ts";
import type { Host } from "../egress/host/host.ts";
import type { HttpsAddress, SshAddress } from "./upstream_address.ts";

/** Where ssh listens unless told. */
export const SSH_PORT = 22;
/** Where https listens unless told. */
export const HTTPS_PORT = 443;

/** An address, or what is wrong with the text: a predicate, and what to do. */
export type ParsedUpstream =
  | { readonly ok: true; readonly address: Omit<SshAddress, "hostKey"> | HttpsAddress }
  | { readonly ok: false; readonly why: string; readonly hint?: string };

/** Longer than any forge's; no line of a terminal or a configuration is flooded. */
const MAX_LENGTH = 1_024;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$/;
/** No character that a shell, a configuration of git or of ssh, or a url gives a meaning of its own. */
const SEGMENT = /^(?:[A-Za-z0-9._~+@,=:-]|%[0-9A-Fa-f]{2})+$/;
/** Escapes that a server might undo: a slash, a backslash, a dot, a percent sign, control characters, bytes above ASCII. */
const BAD_ESCAPE = /%(?:[01][0-9a-f]|2[5ef]|5c|7f|[89a-f][0-9a-f])/i;
/** Escapes of what {@linkcode SEGMENT} takes as it is: to servers they spell the same repository again. */
const NEEDLESS_ESCAPE = /%(?:2[bcd]|3[0-9ad]|4[0-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i;
const FORMS = "Write ssh://git@git.example.com/team/widget.git, or https://…";

/**
 * Parses `ssh://user@host[:port]/path`, `user@host:path` and `https://host[:port]/path`. Other transports, local paths,
 * passwords, options in disguise and paths with dots for segments are refused.
 *
 * @example
 * ```ts
 * import { parseUpstreamUrl } from "./upstream_url.ts";
 * const parsed = parseUpstreamUrl("git@git.example.com:team/widget.git");
 * if (!parsed.ok || parsed.address.path !== "team/widget.git") throw new Error("not parsed");
 * if (parseUpstreamUrl("ext::sh -c id").ok) throw new Error("a program");
 * ```
 */
export function parseUpstreamUrl(text: string): ParsedUpstream {
  if (text.length > MAX_LENGTH) return bad(`must have at most ${MAX_LENGTH} characters`);
  if (!/^[\x21-\x7e]+$/.test(text)) return bad("must be visible ASCII without spaces", FORMS);
  if (text.startsWith("-")) return bad("must not begin with a hyphen", FORMS);
  if (/^[^/:@]*::/.test(text)) return bad("names a program of git's instead of a url", FORMS);
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/.exec(text) ?? [];
  if (scheme !== undefined && rest !== undefined) return parseUrl(scheme, rest);
  return parseScpLike(text);
}

function parseUrl(scheme: string, rest: string): ParsedUpstream {
  if (scheme !== "ssh" && scheme !== "https") return badScheme(scheme.toLowerCase());
  const slash = rest.indexOf("/");
  if (slash < 0) return bad("names no repository", FORMS);
  const authority = rest.slice(0, slash);
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? undefined : authority.slice(0, at);
  const parsed = parseAuthority(authority.slice(at + 1));
  if ("kind" in parsed) return bad(`names no host: ${parsed.why}`);
  const { port } = parsed;
  const host = bareHost(parsed.host);
  const path = rest.slice(slash);
  return scheme === "ssh"
    ? withUser(user, { host, port: port ?? SSH_PORT, path: homePath(path) }, path)
    : withoutUser(user, { scheme, host, port: port ?? HTTPS_PORT, path });
}

/** git's own: what begins with a host and a colon before the first slash. */
function parseScpLike(text: string): ParsedUpstream {
  const [, user, name, path] = /^(?:([^@/:]*)@)?(\[[^\]/]*\]|[^/:[\]@]+):(.*)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) {
    return text.includes("@")
      ? bad("is no address of a repository", FORMS)
      : bad("is a path on a machine: the gate reaches repositories by network only", FORMS);
  }
  if (/^[A-Za-z]$/.test(name)) return bad("is a path of Windows", FORMS);
  const parsed = parseAuthority(name);
  if ("kind" in parsed) return bad(`names no host: ${parsed.why}`, FORMS);
  if (/^[0-9]+(?:\/|$)/.test(path)) {
    return bad(
      "has a number after the colon, where this form has no place for a port",
      `Write ssh://${user ?? "git"}@${name}:${path}, or ssh://${user ?? "git"}@${name}/${path}`,
    );
  }
  return withUser(user, { host: bareHost(parsed.host), port: SSH_PORT, path }, path);
}

function withUser(
  user: string | undefined,
  place: Pick<SshAddress, "host" | "port" | "path">,
  written: string,
): ParsedUpstream {
  if (user === undefined || user === "") {
    return bad("names no user", "Forges take git: write git@ before the host");
  }
  if (user.includes(":")) {
    return bad("holds a password", "Remove it: a key opens the repository");
  }
  if (!USER.test(user)) return bad("names no user that ssh can log in as", FORMS);
  const fault = findPathFault(written);
  if (fault !== undefined) return fault;
  // git undoes escapes in ssh:// urls and leaves those of the other form: which path is meant would be a guess.
  if (written.startsWith("/") && written.includes("%")) {
    return bad("has an escape in its path", `Write ${user}@host:path, where it stays as it is`);
  }
  return { ok: true, address: { scheme: "ssh", user, ...place, path: trim(place.path) } };
}

function withoutUser(user: string | undefined, address: HttpsAddress): ParsedUpstream {
  if (user !== undefined) {
    return user.includes(":")
      ? bad("holds a password", "Remove it: write key: { provider: token, token_ref: NAME }")
      : bad("names a user", "Write key: { provider: token, token_ref: NAME, username: … } instead");
  }
  const fault = findPathFault(address.path);
  return fault ?? { ok: true, address: { ...address, path: trim(address.path) } };
}

/** `/~ann/x` is `~ann/x` to ssh's other side (git's connect.c). */
function homePath(path: string): string {
  return path.startsWith("/~") ? path.slice(1) : path;
}

function trim(path: string): string {
  return path.replace(/\/$/, "");
}

function findPathFault(path: string): Extract<ParsedUpstream, { ok: false }> | undefined {
  if (/[?#]/.test(path)) return bad("has a query or a fragment", "Leave out what follows the path");
  const segments = trim(path).replace(/^\//, "").split("/");
  if (segments.every((segment) => segment === "")) return bad("names no repository", FORMS);
  if (segments.includes("")) return bad("has an empty segment in its path");
  if (segments.some((segment) => segment === "." || segment === "..")) {
    return bad('has "." or ".." for a segment of its path');
  }
  // git in the bottle is led by the beginning of a url: `foo.git` would begin `foo.git.git`, and lead to it.
  const base = segments.join("/").replace(/\/?\.git$/, "");
  if (base === "") return bad("names no repository", FORMS);
  if (base.endsWith(".git")) return bad("has .git twice at its end");
  if (/^\/?-/.test(path)) return bad("has a path that begins with a hyphen");
  if (/^~[^/]*$/.test(segments.join("/"))) return bad("names a home folder, and no repository");
  if (!segments.every((segment) => SEGMENT.test(segment))) {
    return bad("has a character in its path that is none of a-z, 0-9 and . _ ~ + @ , = : -");
  }
  if (BAD_ESCAPE.test(path)) {
    return bad("hides a character of its path behind an escape that servers read differently");
  }
  return NEEDLESS_ESCAPE.test(path)
    ? bad("has a character of its path behind an escape that needs none")
    : undefined;
}

const SCHEMES: ReadonlyMap<string, { readonly why: string; readonly hint: string }> = new Map([
  ["http", { why: "is not encrypted", hint: "Write https:// or ssh://" }],
  ["git", { why: "is not encrypted, and names nobody", hint: "Write https:// or ssh://" }],
  ["file", { why: "is a path on a machine", hint: "Write https:// or ssh://" }],
  ["git+ssh", { why: "is an old spelling", hint: "Write ssh://" }],
  ["ssh+git", { why: "is an old spelling", hint: "Write ssh://" }],
  ["ssh", { why: "has its scheme in upper case", hint: "Write ssh://" }],
  ["https", { why: "has its scheme in upper case", hint: "Write https://" }],
]);

function badScheme(scheme: string): ParsedUpstream {
  const { why, hint } = SCHEMES.get(scheme) ?? { why: "is neither ssh nor https", hint: FORMS };
  return bad(why, hint);
}

function bareHost(host: Host): string {
  return host.kind === "name" ? host.name : host.address.text;
}

function bad(why: string, hint?: string): Extract<ParsedUpstream, { ok: false }> {
  return { ok: false, why, ...(hint === undefined ? {} : { hint }) };
}
