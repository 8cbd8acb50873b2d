/** The guest's git configuration: every spelling of a declared repository leads to the gate. */

import { spellings } from "./spellings.ts";
import type { UpstreamAddress } from "./upstream_address.ts";

/** A repository, as far as the guest's git goes. */
export interface GuestRepo {
  /** The name that the gate serves it by. */
  readonly name: string;
  /** As the manifest has it. */
  readonly url: string;
  readonly upstream: UpstreamAddress;
  /** Egress leads to its host too: repositories whose names only begin like its own are left to egress. Default false. */
  readonly isOpen?: boolean;
}

/** Where the gate answers. */
export interface GateEndpoint {
  readonly scheme: "http";
  /** A name or an address; of IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

const HEAD = `# Written by bot-bottle, anew whenever the bottle starts.
# Declared repositories are reached by git-gate, whichever way their url is written.
`;

/**
 * The whole file. What git replaces is the beginning of a url: what follows it stays. So a base ends in a slash, and
 * the url of a repository whose name only begins like a declared one becomes `…/widget/-other.git`, which the gate
 * does not serve: never another declared repository. Where egress may serve it, rules for each way to go on keep it.
 */
export function guestGitConfig(repos: readonly GuestRepo[], gate: GateEndpoint | null): string {
  if (gate === null || repos.length === 0) return HEAD;
  const base = `${gate.scheme}://${gate.host}:${gate.port}/`;
  return [
    HEAD,
    // Not by egress, whatever the variables say; and no helper is asked for a password that the gate never wants.
    section("http", base, [["proxy", ""], ["followRedirects", "false"]]),
    section("credential", base, [["helper", ""]]),
    ...repos.map(({ name, url, upstream }) =>
      section(
        "url",
        `${base}${name}/`,
        spellings(url, upstream).map((spelling) => ["insteadOf", spelling]),
      )
    ),
    ...repos.filter(({ isOpen = false }) => isOpen).flatMap((repo) => keepLongerNames(repo, base)),
  ].join("\n");
}

/** What the name of a repository goes on with. */
const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."];

/**
 * The longest rule that fits is git's: those for a longer name lead from a url to itself. `.` begins the repository's own
 * `.git` too, which so has a rule of its own.
 */
function keepLongerNames({ name, url, upstream }: GuestRepo, base: string): readonly string[] {
  const starts = spellings(url, upstream).filter((spelling) => spelling.startsWith("https://"));
  const longer = starts.flatMap((start) =>
    LETTERS.flatMap((letter) => [`${start}${letter}`, `${start}.git${letter}`])
  );
  return [
    section("url", `${base}${name}/.git`, starts.map((start) => ["insteadOf", `${start}.git`])),
    ...longer.map((start) => section("url", start, [["insteadOf", start]])),
  ];
}

function section(
  name: string,
  subsection: string,
  entries: readonly (readonly [key: string, value: string])[],
): string {
  const lines = entries.map(([key, value]) => `\t${key} = ${quote(value)}\n`);
  return `[${name} ${quote(subsection)}]\n${lines.join("")}`;
}

/** git-config, "Syntax": in double quotes a backslash and a quote are escaped. */
function quote(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
