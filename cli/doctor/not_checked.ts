/** What a check says that has nothing to look at: never that all is well. */

import { type Finding, note } from "./finding.ts";
import type { EngineScene } from "./scene.ts";

/** @param docker null: no engine; else there is no image to make a container from */
export function notChecked(docker: EngineScene | null): Finding {
  return docker === null ? note("Not checked: there is no engine to ask") : note(
    "Not checked: no image of ours is there to look with",
    "Run doctor without --no-self-test: it builds one",
  );
}
