/** What the program asks of Deno: the one list, for the launcher, the tests and `deno compile`. */

/**
 * Flags of `deno run`. Reading and writing are not narrowed: manifests name files anywhere (an extra CA, a skill), and the home is wherever
 * BOT_BOTTLE_HOME says. The environment is not either: bottles name the variables. No network: the engine is reached by its client.
 *
 * @param deno path of the Deno that runs it: it bundles the sidecars of a checkout
 */
export function permissionFlags(deno: string): readonly string[] {
  return [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    `--allow-run=docker,${deno}`,
  ];
}
