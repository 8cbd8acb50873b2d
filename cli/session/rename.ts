/** `rename`: another label for a bottle. */

import { parseSlug } from "../../lib/names.ts";
import type { Services } from "../command.ts";
import { parseLabel } from "../label.ts";

/** @throws {BottleError} `usage`, `slug-invalid`, `bottle-unknown` */
export async function rename(services: Services, name: string, label: string): Promise<void> {
  const parsed = label === "" ? null : parseLabel(label);
  await services.states.update(parseSlug(name), { label: parsed });
}
