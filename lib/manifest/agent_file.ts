/** One agent's file. */

import type { SourcePlace } from "../errors.ts";
import { agentSchema } from "./agent_schema.ts";
import { readGitUser } from "./bottle_file.ts";
import type { ManifestDocument } from "./document.ts";
import type { Problem } from "./problem.ts";
import { NAME } from "./name.ts";
import { checkShape } from "./shape.ts";
import type { AgentManifest, GitUser, Sourced } from "./types.ts";
import { valueAt } from "./value_tree.ts";

/** An agent's file as read. `agent` is null if there are problems. */
export interface AgentFile {
  readonly agent: AgentManifest | null;
  readonly gitUser: GitUser;
  /** Read even from a file with problems, so that one report covers the bottle too. */
  readonly bottle?: Sourced<string>;
  readonly problems: readonly Problem[];
}

/** Checks a document and takes it apart. */
export function readAgent(
  about: Pick<AgentManifest, "name" | "origin" | "shadows">,
  document: ManifestDocument,
): AgentFile {
  const { file, tree, body } = document;
  if (tree === null) return { agent: null, gitUser: {}, problems: document.problems };
  const place = (...path: PropertyKey[]): SourcePlace => tree.placeOf(path);
  const checked = checkShape(agentSchema, tree);
  const name = valueAt(tree.value, ["bottle"]);
  const bottle = typeof name === "string" && NAME.test(name)
    ? { bottle: { value: name, place: place("bottle") } }
    : {};
  const problems = [...document.problems, ...("problems" in checked ? checked.problems : [])];
  if ("problems" in checked || problems.length > 0) {
    return { agent: null, gitUser: {}, ...bottle, problems };
  }
  const { skills = [], "git-gate": gate } = checked.value;
  return {
    agent: {
      ...about,
      file,
      ...bottle,
      skills: skills.map((value, index) => ({ value, place: place("skills", index) })),
      prompt: body,
    },
    gitUser: readGitUser(gate?.user ?? {}, place),
    ...bottle,
    problems: [],
  };
}
