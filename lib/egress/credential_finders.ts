/** Finders of the credentials that are put on, for what comes back. */

import type { EgressConfig } from "./config.ts";
import type { InjectedAuth } from "./route.ts";
import type { Finder } from "./scan/finder.ts";
import { secretFinder } from "./scan/secret_finder.ts";

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
    const key = `${auth.token} ${username ?? ""}`;
    if (!this.#made.has(key)) {
      const token = this.#tokens[auth.token] ?? "";
      // Of Basic, base64 joins both where they meet.
      const joined = username === undefined ? [] : [`${username}:${token}`];
      this.#made.set(key, secretFinder([token, ...joined]));
    }
    return this.#made.get(key);
  }
}
