/** Only lib/process starts programs: one place that quotes nothing, kills properly and keeps secrets off argv. */

import { visitMembersOf } from "./member_of.ts";
import { repositoryPath, resolveFrom } from "./repository_path.ts";
import { visitSpecifiers } from "./specifiers.ts";

const FREE = /^(lib\/process|tests|tools|scripts)\//;
const MEMBERS = new Set(["Command", "run", "spawn", "spawnAndWait", "spawnAndWaitSync"]);
const HINT = "Use the Run of the Context";

/** The rule `programs-in-process`. */
export const programsInProcess: Deno.lint.Rule = {
  create(context): Deno.lint.LintVisitor {
    const path = repositoryPath(context.filename);
    if (FREE.test(path)) return {};
    return {
      ...visitMembersOf(["Deno"], (member, node) => {
        if (!MEMBERS.has(member)) return;
        context.report({ node, message: `"Deno.${member}" outside lib/process/`, hint: HINT });
      }),
      ...visitSpecifiers(({ text, node }) => {
        if (text === undefined || !startsPrograms(path, text)) return;
        context.report({ node, message: `"${text}" outside lib/process/`, hint: HINT });
      }),
    };
  },
};

function startsPrograms(path: string, specifier: string): boolean {
  return /^(node:)?(child_process|cluster)$/.test(specifier) ||
    (specifier.startsWith(".") && resolveFrom(path, specifier) === "lib/deps/dax.ts");
}
