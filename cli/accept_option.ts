/** `--accept`: what a person takes of an agent's work although it could harm. */

import { Option } from "../lib/deps/commander.ts";
import { type Acceptable, acceptable } from "../lib/workspace/findings.ts";
import { badUsage } from "./usage.ts";

/** The option. @param verb what is done in spite of it */
export function acceptOption(
  verb: string,
): Option<"--accept <kinds>", undefined, undefined, readonly Acceptable[]> {
  return new Option(
    "--accept <kinds>",
    `${verb} in spite of: links that lead out, submodules, names (comma-separated)`,
  ).argParser(collectKinds);
}

/** `links,names`, repeatable. @throws {BottleError} `usage` */
function collectKinds(text: string, before: readonly Acceptable[] = []): readonly Acceptable[] {
  return [
    ...before,
    ...text.split(",").map((word) => {
      const kind = acceptable.find((each) => each === word.trim());
      if (kind !== undefined) return kind;
      throw badUsage(
        `"${word}" is nothing that can be accepted`,
        `Take of: ${acceptable.join(", ")}`,
      );
    }),
  ];
}
