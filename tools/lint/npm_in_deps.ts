/** Third-party code comes from npm, at an exact version, through one file a package in lib/deps/. */

import { repositoryPath } from "./repository_path.ts";
import { visitSpecifiers } from "./specifiers.ts";

const EXACT = /^npm:(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.-]+)?(\/[\w./-]+)?$/;
const IN_DEPS = /^lib\/deps\/[\w-]+\.tsx?$/;

/** The rule `npm-in-deps`. */
export const npmInDeps: Deno.lint.Rule = {
  create(context): Deno.lint.LintVisitor {
    const inDeps = IN_DEPS.test(repositoryPath(context.filename));
    return visitSpecifiers(({ text, node }) => {
      const trouble = text === undefined ? undefined : troubleWith(text, inDeps);
      if (trouble !== undefined) context.report({ node, ...trouble });
    });
  },
};

interface Trouble {
  readonly message: string;
  readonly hint: string;
}

function troubleWith(specifier: string, inDeps: boolean): Trouble | undefined {
  if (/^(\.{0,2}\/|node:)/.test(specifier)) return undefined;
  if (!specifier.startsWith("npm:")) {
    return {
      message: `"${specifier}" is neither a relative path nor "node:" nor "npm:"`,
      hint: "Bare, jsr: and https: specifiers don't resolve everywhere the program runs",
    };
  }
  if (!inDeps) {
    return {
      message: `"${specifier}" outside lib/deps/`,
      hint: "Import it from lib/deps/<name>.ts",
    };
  }
  if (!EXACT.test(specifier)) {
    return { message: `"${specifier}" has no exact version`, hint: "Write npm:<name>@1.2.3" };
  }
  return undefined;
}
