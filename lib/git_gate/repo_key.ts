/** What opens an upstream, by where it comes from: `git-gate.repos.<name>.key`. */

import type { CredentialSource } from "../manifest/credential.ts";

/** An ssh key of the person's. */
export interface StaticKey {
  /** Tells the forms apart. */
  readonly provider: "static";
  /** Of the private key on the host, as written: absolute, or below `~/`. */
  readonly path: string;
  /** Of the public key, `SHA256:…`, as the file was when the plan was made; absent: not known. */
  readonly fingerprint?: string;
}

/** A forge that is given deploy keys by its API. */
export type ForgeName = "gitea" | "github" | "gitlab";
/** All of them. */
export const FORGES = ["gitea", "github", "gitlab"] as const satisfies readonly ForgeName[];

/** An ssh key that lives as long as the bottle runs: a forge is given it as a deploy key. */
export interface DeployKey {
  /** Tells the forms apart. */
  readonly provider: ForgeName;
  /**
   * Where the forge's API is: `https://gitea.example.com`, `https://api.github.com`, without a slash at the end and without `/api/v1` or
   * `/api/v4`.
   */
  readonly api: string;
  /** What may add and remove deploy keys. It stays on the host. */
  readonly provisionerToken: CredentialSource;
  /** Whether the deploy key can read only. */
  readonly readOnly: boolean;
  /** Of the repository, from its url; at GitLab a group may be in a group: `tools/build`. */
  readonly owner: string;
  /** The repository's name there, from its url, without `.git`. */
  readonly repo: string;
}

/** A token for https. */
export interface TokenKey {
  /** Tells the forms apart. */
  readonly provider: "token";
  /** Where it comes from. */
  readonly tokenRef: CredentialSource;
  /** For Basic authentication. */
  readonly username: string;
}

/** A public repository by https: nothing is pushed to it. */
export interface NoKey {
  /** Tells the forms apart. */
  readonly provider: "none";
}

/** What opens an upstream. */
export type RepoKey = StaticKey | DeployKey | TokenKey | NoKey;

/** The credential that a key names; undefined for one that names none. */
export function credentialOf(key: RepoKey): CredentialSource | undefined {
  switch (key.provider) {
    case "gitea":
    case "github":
    case "gitlab":
      return key.provisionerToken;
    case "token":
      return key.tokenRef;
    case "static":
    case "none":
      return undefined;
  }
  return key satisfies never;
}
