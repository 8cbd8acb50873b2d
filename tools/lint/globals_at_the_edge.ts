/** Arguments, environment and exit belong to the entry points; the rest is handed a context. */

import { visitMembersOf } from "./member_of.ts";
import { repositoryPath } from "./repository_path.ts";

const ENTRY_POINTS = ["cli/main.ts", "cli/context.ts", "sidecars/main.ts"];
const FREE = /^(tests|tools|scripts)\//;
const MEMBERS = new Set(["args", "env", "exit", "exitCode", "argv"]);

/** The rule `globals-at-the-edge`. */
export const globalsAtTheEdge: Deno.lint.Rule = {
  create(context): Deno.lint.LintVisitor {
    const path = repositoryPath(context.filename);
    if (ENTRY_POINTS.includes(path) || FREE.test(path)) return {};
    return visitMembersOf(["Deno", "process"], (member, node) => {
      if (!MEMBERS.has(member)) return;
      context.report({
        node,
        message: `"${member}" of the process outside ${ENTRY_POINTS.join(", ")}`,
        hint: "Take it from the Context, or return to main",
      });
    });
  },
};
