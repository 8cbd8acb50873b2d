/** What a forge has to be able to do for a bottle to have a key of its own there. */

import type { Secret } from "../secret.ts";
import type { SendRequest } from "./api_request.ts";

/** A repository at a forge. */
export interface ForgeRepo {
  /** Where the forge is: `https://gitea.example.com`, without a slash at its end. */
  readonly api: string;
  /** Whose the repository is. */
  readonly owner: string;
  /** Its name, without `.git`. */
  readonly repo: string;
}

/** A deploy key to be. */
export interface NewKey {
  /** By which it is found again: one line. */
  readonly title: string;
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicLine: string;
  /** Whether it can read only. */
  readonly readOnly: boolean;
}

/** A deploy key as the forge has it. */
export interface ForgeKey {
  /** The forge's own, as it is in a path. */
  readonly id: string;
  /** As it was given. */
  readonly title: string;
}

/**
 * Deploy keys of one repository. Each call throws a `BottleError` where the forge refuses or can't be reached; its code is one of
 * `forge_error.ts`.
 */
export interface DeployKeyProvider {
  /** Whether a second key of the same title is refused; else there may be many. */
  readonly isTitleUnique: boolean;
  /** Adds a key. @throws {BottleError} `deploy-key-conflict` where there is one of that title already */
  create(key: NewKey, signal: AbortSignal): Promise<ForgeKey>;
  /** Removes one; one that is not there is as it should be. */
  delete(id: string, signal: AbortSignal): Promise<void>;
  /** All that have this title. */
  list(title: string, signal: AbortSignal): Promise<readonly ForgeKey[]>;
}

/** What a provider works with. */
export interface ProviderOptions {
  /** Whose keys. */
  readonly target: ForgeRepo;
  /** Sent with each request, and part of no error. */
  readonly token: Secret;
  /** How requests get there. */
  readonly send: SendRequest;
}

/** Makes the provider of one repository. */
export type OpenProvider = (options: ProviderOptions) => DeployKeyProvider;
