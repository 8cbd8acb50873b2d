/** From the choice to the plan of an image: its arguments, and the tag that they make with everything else. */

import { imageTag } from "./tag.ts";
import type { ChosenImage } from "./choose.ts";
import { declaresArg } from "./dockerfile.ts";
import type { ImagePlan } from "./types.ts";

/** What the tag is made of besides the choice. */
export interface ImageFacts {
  /** The provider's name. */
  readonly provider: string;
  /** The provider's `--build-arg`s. */
  readonly args: Readonly<Record<string, string>>;
  /** PEM of the operator's CA, or null. */
  readonly extraCaPem: string | null;
}

/** Pure. The provider's arguments go to its own Dockerfile, and to others as far as they declare them. */
export function planImage(chosen: ChosenImage, facts: ImageFacts): ImagePlan {
  if (chosen.kind === "ready") return chosen;
  const { dockerfile, context, file } = chosen;
  const taken = Object.entries(facts.args).filter(([name]) =>
    file === null || declaresArg(dockerfile, name)
  );
  const args = { ...Object.fromEntries(taken), ...chosen.args };
  const { provider, extraCaPem } = facts;
  const tag = imageTag({ provider, dockerfile, args, extraCaPem, context });
  return { ...chosen, args, tag };
}
