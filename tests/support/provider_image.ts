/** The image that a bottle gets whose manifest says nothing of one. */

import type { BuiltImage } from "../../lib/image/types.ts";
import { imageTag } from "../../lib/image/tag.ts";
import type { AgentProvider } from "../../providers/provider.ts";

/** @param extraCaPem the operator's CA, as the build will have it */
export function providerImage(provider: AgentProvider, extraCaPem: string | null): BuiltImage {
  const { name, dockerfile, guestPrograms = [] } = provider;
  const args = {};
  return {
    kind: "build",
    tag: imageTag({ provider: name, dockerfile, args, extraCaPem, context: null }),
    dockerfile,
    file: null,
    args,
    context: null,
    origin: `provider ${name}`,
    candidates: [],
    rebuild: false,
    programs: guestPrograms,
  };
}
