/** What every backend does alike. A backend's own test file calls {@linkcode conformance} with a factory. */

import { conformCommands } from "./commands.ts";
import { conformFiles } from "./files.ts";
import { conformGitUser } from "./git_user.ts";
import { conformIsolation } from "./isolation.ts";
import { conformLife } from "./life.ts";
import { conformRepos } from "./repos.ts";
import type { SubjectFactory } from "./subject.ts";

/** Registers the suite's tests. */
export function conformance(name: string, open: SubjectFactory): void {
  conformCommands(name, open);
  conformFiles(name, open);
  conformGitUser(name, open);
  conformIsolation(name, open);
  conformLife(name, open);
  conformRepos(name, open);
}
