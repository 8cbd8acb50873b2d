/** Variables of the guest that bot-bottle sets itself: a manifest that sets one would undo the bottle. */

/** Programs that bring a CA store of their own, and the variable by which each takes the guest's whole bundle instead. */
export const CA_BUNDLE_VARIABLES = [
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT",
  "GIT_SSL_CAINFO",
  "CARGO_HTTP_CAINFO",
  "AWS_CA_BUNDLE",
  "DENO_CERT",
  "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
  "CODEX_CA_CERTIFICATE",
] as const;

/** Proxy, CA and identity of the bottle: `guest_env.ts` sets them; `HOME`, `USER` and the loader's are exec's. */
export const RESERVED_ENV: ReadonlySet<string> = new Set([
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "NODE_USE_ENV_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "SSL_CERT_DIR",
  "GIT_GATE_URL",
  "MCP_SUPERVISE_URL",
  ...CA_BUNDLE_VARIABLES,
  "HOME",
  "USER",
]);

/** Whether a manifest may not set the variable. */
export function isReservedEnv(name: string): boolean {
  return RESERVED_ENV.has(name) || name === "BOT_BOTTLE" || name.startsWith("BOT_BOTTLE_");
}
