/** Keys of earlier designs, and what to write instead. */

const HINTS: ReadonlyMap<string, string> = new Map([
  ["git", "Write git-gate: { user: …, repos: … }"],
  ["git_user", "Write git-gate: { user: { name: …, email: … } }"],
  [
    "cred_proxy",
    "Write egress: { routes: [{ host: …, auth: { scheme: bearer, token_ref: NAME } }] }",
  ],
  ["tokens", "Name the host variable where it is used: auth: { scheme: bearer, token_ref: NAME }"],
  ["ssh", "Write git-gate: { repos: … } with a key block for each"],
  ["identity", "Write key: { provider: static, path: … }"],
  ["provisioned_key", "Write key: { provider: gitea, provisioner_token: NAME, api: … }"],
  ["token_env", "Write provisioner_token: NAME"],
  ["path_allowlist", "Write matches: [{ paths: [{ type: prefix, value: /… }] }]"],
  ["pipelock", "Write egress: { routes: … }: egress took its place"],
]);

/** What to write instead of a key of an earlier design; undefined for any other. */
export function legacyHint(key: string): string | undefined {
  return HINTS.get(key);
}

/** The keys that have a hint. */
export const LEGACY_KEYS: readonly string[] = [...HINTS.keys()];
