/** What git and ssh read by path: written once, at the daemon's start, to a tmpfs that is the daemon's alone. */

import type { GateRepo, GitGateConfig } from "../../lib/git_gate/config.ts";
import { serveGitConfig, upstreamGitConfig } from "../../lib/git_gate/git_config.ts";
import { knownHostsText, sshConfigText } from "../../lib/git_gate/ssh_config.ts";
import type { GitFiles } from "./git.ts";

/**
 * Writes everything, each file for its owner only: keys and tokens are in them, and nowhere else.
 *
 * @param folder the tmpfs; what an earlier daemon wrote there is replaced
 * @returns for each repository its files, by name
 */
export async function writeGateFiles(
  config: GitGateConfig,
  folder: string,
): Promise<ReadonlyMap<string, GitFiles>> {
  const serve = `${folder}/gitconfig`;
  await writePrivate(serve, serveGitConfig());
  const extraCa = `${folder}/extra-ca.pem`;
  if (config.extra_ca_pem !== null) await writePrivate(extraCa, config.extra_ca_pem);
  const extraCaFile = config.extra_ca_pem === null ? undefined : extraCa;
  const files = new Map<string, GitFiles>();
  for (const [index, repo] of config.repos.entries()) {
    // By number: ssh's sockets have short names.
    const own = `${folder}/${index}`;
    await Deno.mkdir(own, { recursive: true, mode: 0o700 });
    const upstream = `${own}/gitconfig`;
    await writePrivate(
      upstream,
      upstreamGitConfig({ upstream: repo.upstream, extraCaFile, proxy: config.upstream_proxy }),
    );
    files.set(repo.name, { serve, upstream, ssh: await writeSshFiles(repo, own) });
  }
  return files;
}

async function writeSshFiles({ upstream }: GateRepo, folder: string): Promise<string> {
  const path = `${folder}/ssh_config`;
  if (upstream.scheme !== "ssh") return path;
  const files = {
    key: `${folder}/key`,
    knownHosts: `${folder}/known_hosts`,
    control: `${folder}/master`,
  };
  // ssh reads no key whose last line does not end.
  await writePrivate(files.key, `${upstream.private_key.trimEnd()}\n`);
  await writePrivate(files.knownHosts, knownHostsText(upstream));
  await writePrivate(path, sshConfigText(upstream, files));
  return path;
}

/** Never readable by others, not even while it is written. */
async function writePrivate(path: string, text: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
}
