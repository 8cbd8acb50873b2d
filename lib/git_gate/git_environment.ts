/** The whole environment of a git of the gate: nothing of the daemon's own, and nothing that is secret. */

/** Options of {@linkcode gitEnvironment}. */
export interface GitEnvironmentOptions {
  /** Path of git's configuration, in the place of the system's and the user's. */
  readonly configFile: string;
  /** Path of ssh's configuration; undefined: it has no ssh. */
  readonly sshConfigFile?: string | undefined;
}

/** Makes it. The paths are the gate's own, and hold nothing that a shell would read. */
export function gitEnvironment(
  { configFile, sshConfigFile }: GitEnvironmentOptions,
): Readonly<Record<string, string>> {
  return {
    PATH: "/usr/bin:/bin",
    HOME: "/nonexistent",
    XDG_CONFIG_HOME: "/nonexistent",
    // Messages are read by programs: in one language.
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: configFile,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/false",
    SSH_ASKPASS: "/bin/false",
    SSH_ASKPASS_REQUIRE: "never",
    GIT_ADVICE: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_SSH_VARIANT: "ssh",
    GIT_SSH_COMMAND: sshConfigFile === undefined ? "/bin/false" : `exec ssh -F ${sshConfigFile}`,
  };
}
