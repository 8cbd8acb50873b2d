/** Deploy keys that outlived their bottle's session: what `list` and `doctor` tell of. */

import type { DeployKeyRecord } from "../../lib/deploy_key/record.ts";
import type { Slug } from "../../lib/names.ts";
import type { KnownStates } from "../../lib/state/store.ts";

/** One of them. Snake case: `list --json` prints it. */
export interface PendingKey {
  readonly slug: string;
  readonly title: string;
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  /** RFC 3339: when it was asked for. */
  readonly since: string;
}

/**
 * A bottle that runs, or is being launched, has its keys by right. One whose containers went down under it is told of otherwise: its keys go
 * with its next end.
 *
 * @param running bottles of which the engine has something running: a program may have started them that remembers none
 */
export function pendingKeys(
  records: readonly DeployKeyRecord[],
  { states }: Pick<KnownStates, "states">,
  running: readonly Slug[],
): readonly PendingKey[] {
  const living = new Set([
    ...states.filter(({ phase }) => phase !== "stopped").map(({ slug }) => slug),
    ...running,
  ]);
  return records.filter(({ slug }) => !living.has(slug)).map((record) => ({
    slug: record.slug,
    title: record.title,
    api: record.api,
    repository: `${record.owner}/${record.repo}`,
    since: record.createdAt,
  }));
}
