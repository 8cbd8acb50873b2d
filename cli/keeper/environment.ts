/** Which of the person's variables a keeper gets: it lives long, and must not hold their credentials. */

/** The engine's client, the runtime and the loader need them. */
const NAMES = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "TMPDIR",
  "XDG_RUNTIME_DIR",
  "XDG_CONFIG_HOME",
  "DENO_DIR",
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_CERT_PATH",
  "DOCKER_TLS",
  "DOCKER_TLS_VERIFY",
  "DOCKER_API_VERSION",
  "DOCKER_CUSTOM_HEADERS",
  // An engine by ssh.
  "SSH_AUTH_SOCK",
  "LD_LIBRARY_PATH",
] as const;

/** Its whole environment. @param home absolute */
export function keeperEnvironment(
  env: (name: string) => string | undefined,
  home: string,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = { BOT_BOTTLE_HOME: home };
  for (const name of NAMES) {
    const value = env(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
