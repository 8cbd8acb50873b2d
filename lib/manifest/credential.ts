/** Where a credential comes from: named in a manifest, asked at launch, never stored. */

import { parseEnvName } from "../names.ts";
import type { EnvName } from "../names.ts";

/** What a provider's credential is, where that can't be told from its value before a launch. */
export type CredentialType = "oauth_token" | "api_key";

/** Where a credential comes from. */
export type CredentialSource =
  /** A variable of the host. */
  | { readonly kind: "env"; readonly name: EnvName }
  /** What a program of the host's prints: run after the person's yes, without a shell. `type` is for providers. */
  | {
    readonly kind: "command";
    readonly argv: readonly string[];
    readonly type?: CredentialType;
  }
  /** What a file of the host's holds: absolute, or below `~/`. */
  | { readonly kind: "file"; readonly path: string };

/** A credential as a manifest writes it: `NAME`, `{ command: […], kind: … }` or `{ file: … }`. */
export type CredentialFields =
  | string
  | { readonly command: readonly string[]; readonly kind?: CredentialType }
  | { readonly file: string };

/** What the schema let through, as a source; undefined if it is no variable's name after all. */
export function readCredential(fields: CredentialFields): CredentialSource | undefined {
  if (typeof fields === "string") {
    const name = parseEnvName(fields);
    return name && { kind: "env", name };
  }
  if ("file" in fields) return { kind: "file", path: fields.file };
  const { command: argv, kind: type } = fields;
  return { kind: "command", argv, ...(type && { type }) };
}

/**
 * The key under which a launch keeps the value: a variable's own name, or what no variable can be called. Sources of
 * the same key are asked once.
 *
 * @example
 * ```ts
 * import { credentialKey } from "./credential.ts";
 * const argv = ["pass", "show", "github"];
 * if (credentialKey({ kind: "command", argv }) !== 'command:["pass","show","github"]') throw new Error();
 * ```
 */
export function credentialKey(source: CredentialSource): string {
  switch (source.kind) {
    case "env":
      return source.name;
    case "command":
      return `command:${JSON.stringify(source.argv)}`;
    case "file":
      return `file:${source.path}`;
  }
  return source satisfies never;
}

/** For people: `GITHUB_TOKEN`, `"pass show github"`, `"~/.config/token"`. Never the value. */
export function describeCredential(source: CredentialSource): string {
  switch (source.kind) {
    case "env":
      return source.name;
    case "command":
      return `"${source.argv.map(quoteArgument).join(" ")}"`;
    case "file":
      return `"${source.path}"`;
  }
  return source satisfies never;
}

/** The subject of a message: `The host variable "GITHUB_TOKEN"`, `The command "pass show github"`, `The file "~/x"`. */
export function nameCredential(source: CredentialSource): string {
  switch (source.kind) {
    case "env":
      return `The host variable "${source.name}"`;
    case "command":
      return `The command ${describeCredential(source)}`;
    case "file":
      return `The file ${describeCredential(source)}`;
  }
  return source satisfies never;
}

/** As a shell would want it: one argument never reads as two, or as a pipe. Shown, never run. */
function quoteArgument(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
