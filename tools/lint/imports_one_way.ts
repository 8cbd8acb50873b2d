/** Imports go one way: cli to backends and providers to lib, sidecars to lib. */

import { layerOf, mayImport } from "./layers.ts";
import { repositoryPath, resolveFrom } from "./repository_path.ts";
import { visitSpecifiers } from "./specifiers.ts";

/** The rule `imports-one-way`. */
export const importsOneWay: Deno.lint.Rule = {
  create(context): Deno.lint.LintVisitor {
    const from = repositoryPath(context.filename);
    const layer = layerOf(from);
    if (layer === undefined) return {};
    return visitSpecifiers(({ text, node }) => {
      if (text === undefined) {
        context.report({
          node,
          message: "An import whose path is computed can't be checked",
          hint: "Write the path out, one import a case",
        });
      } else if (text.startsWith(".")) {
        const target = resolveFrom(from, text);
        if (!mayImport(layer, target)) {
          context.report({ node, message: `"${from}" imports "${target}"`, hint: layer.hint });
        }
      }
    });
  },
};
