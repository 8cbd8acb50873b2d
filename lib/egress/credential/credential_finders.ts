/** Finders of the credentials that are put on, for what comes back. */

import type { EgressConfig } from "../config.ts";
import { decodeBase64 } from "./credentials.ts";
import type { InjectedAuth } from "../route/route.ts";
import type { Finder } from "../scan/finder.ts";
import { secretFinder } from "../scan/secret_finder.ts";

/** Makes each once, when it is first asked for. */
export class CredentialFinders {
  readonly #tokens: EgressConfig["tokens"];
  readonly #made = new Map<string, Finder | undefined>();

  constructor(tokens: EgressConfig["tokens"]) {
    this.#tokens = tokens;
  }

  /** Undefined: the value is so short that it would be found everywhere. */
  get(auth: InjectedAuth): Finder | undefined {
    const username = auth.scheme === "basic" ? auth.username : undefined;
    const key = `${auth.token} ${auth.scheme} ${username ?? ""}`;
    if (!this.#made.has(key)) {
      const token = this.#tokens[auth.token] ?? "";
      // Of Basic, base64 joins both where they meet.
      const joined = username === undefined ? [] : [`${username}:${token}`];
      const parts = auth.scheme === "header" ? fieldParts(token) : [];
      this.#made.set(key, secretFinder([...new Set([token, ...joined, ...parts])]));
    }
    return this.#made.get(key);
  }
}

/** A shorter part of a field may be a word. */
const MIN_PART = 16;

/**
 * What a server may show of a whole field's value when it has read it: what stands behind a scheme, the value of a
 * cookie or of a parameter, what Basic has in base64.
 *
 * @param value visible ASCII and inner spaces
 */
function fieldParts(value: string): readonly string[] {
  const [, basic = ""] = /^basic +(\S+)$/i.exec(value) ?? [];
  const pair = decodeBase64(basic);
  const parts = value.split(/[ ;,]+/).flatMap((part) => [part, part.replace(/^[^=]*=/, "")])
    .map((part) => part.replace(/^"|"$/g, ""));
  return [
    ...parts.filter((part) => part.length >= MIN_PART),
    ...(pair === "" ? [] : [pair, pair.replace(/^[^:]*:/, "")]),
  ];
}
