/** Only lib/process starts programs: one place that quotes nothing, kills properly and keeps secrets off argv. */

import { visitMembersOf } from "./member_of.ts";
import { repositoryPath } from "./repository_path.ts";
import { visitSpecifiers } from "./specifiers.ts";

const FREE = /^(lib\/process|tests|tools|scripts)\//;
const MEMBERS = new Set(["Command", "run", "spawn", "spawnAndWait", "spawnAndWaitSync"]);
const PROGRAM_MODULE = /^(node:)?(child_process|cluster)$/;
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
        if (text === undefined || !PROGRAM_MODULE.test(text)) return;
        context.report({ node, message: `"${text}" outside lib/process/`, hint: HINT });
      }),
    };
  },
};
