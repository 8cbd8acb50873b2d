/** Deploy keys that could not be removed, in a line each. */

import { escapeControl } from "../../lib/egress/escape.ts";
import type { StayingKey } from "../session/deploy_keys.ts";

/** @param retry the command that tries again */
export function stayingKeyLine({ record, why }: StayingKey, retry: string): string {
  const { title, owner, repo, api } = record;
  return `! The deploy key "${title}" of "${escapeControl(owner)}/${escapeControl(repo)}" at "${
    escapeControl(api)
  }" stays: ${escapeControl(why)}. \`${retry}\` tries again`;
}
