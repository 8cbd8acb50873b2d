/** Proxies that the engine's client would hand to every container by itself. */

/** What `proxies` of the client's `config.json` can set (docs.docker.com, "Use a proxy server with the Docker CLI"). */
const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"] as const;

const BLANK = NAMES.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => [
  "--env",
  `${name}=`,
]);

/**
 * The arguments, with those variables blank where a container is made. The client puts the person's proxies into each one, with
 * the password that such an address may have; only a variable that is set it leaves alone.
 */
export function withoutClientProxies(args: readonly string[]): readonly string[] {
  const [verb, ...rest] = args;
  return verb === "run" || verb === "create" ? [verb, ...BLANK, ...rest] : args;
}
