/** Ten who push to one repository at once. */

import type { GitClient } from "./client.ts";
import type { UpstreamRepo } from "./upstream_repo.ts";

/** What became of it. */
export interface Together {
  /** Milliseconds from the first command to the last one's end. */
  readonly ms: number;
  /** What was not as it should be; nothing is right. */
  readonly faults: readonly string[];
}

/** How {@linkcode pushTogether} goes. */
export interface TogetherOptions {
  readonly client: GitClient;
  readonly upstream: UpstreamRepo;
  /** The upstream, as the client reaches it. */
  readonly url: string;
  readonly agents: number;
}

/** As often as a push may find that somebody was quicker. */
const TRIES = 40;

/** Each clones, pushes a branch of its own, then a commit to a branch that all push to: pull, try again. */
export async function pushTogether(options: TogetherOptions): Promise<Together> {
  const { client, upstream, url, agents } = options;
  const names = Array.from({ length: agents }, (_, at) => `agent${at}`);
  await upstream.git("branch", "--force", "shared", "HEAD");
  const before = await upstream.git("rev-list", "--count", "shared");
  const from = performance.now();
  const ends = await Promise.all(
    names.map((name) =>
      client.sh(
        `set -e; git clone --quiet --depth 1 --branch shared ${url} ${name}; cd ${name}
      git switch --quiet --create ${name}; echo own >${name}-own.txt; git add .
      git commit --quiet --message "Own of ${name}"; git push --quiet origin ${name}
      git switch --quiet shared; echo shared >${name}.txt; git add .
      git commit --quiet --message "Shared of ${name}"
      for try in $(seq ${TRIES}); do
        if git push --quiet origin shared; then exit 0; fi
        git pull --quiet --rebase origin shared
      done; exit 1`,
        { timeoutMs: 600_000 },
      )
    ),
  );
  const ms = performance.now() - from;
  const faults = ends.flatMap(({ code, stderr }, at) =>
    code === 0 ? [] : [`${names[at]} ended with ${code}: ${stderr}`]
  );
  const { code, stdout, stderr } = await upstream.fsck();
  if (code !== 0) faults.push(`fsck of the upstream: ${stdout}${stderr}`);
  const count = Number(await upstream.git("rev-list", "--count", "shared")) - Number(before);
  if (count !== agents) faults.push(`${count} commits on the shared branch`);
  const refs = await upstream.refs();
  const files = (await upstream.git("ls-tree", "--name-only", "shared")).split("\n");
  for (const name of names) {
    if (refs[`refs/heads/${name}`] === undefined) faults.push(`no branch of ${name}`);
    if (!files.includes(`${name}.txt`)) faults.push(`no file of ${name} on the shared branch`);
  }
  return { ms, faults };
}
