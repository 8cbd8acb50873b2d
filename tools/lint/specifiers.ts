/** Every place in a file that names another module. */

/** A specifier as it stands in the file; no text if it is computed. */
export interface Specifier {
  readonly text: string | undefined;
  readonly node: Deno.lint.Node;
}

/** A visitor that hands each specifier to `found`: static, dynamic and type imports, and re-exports. */
export function visitSpecifiers(found: (specifier: Specifier) => void): Deno.lint.LintVisitor {
  return {
    ImportDeclaration: (node) => found({ text: node.source.value, node }),
    ExportAllDeclaration: (node) => found({ text: node.source.value, node }),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) found({ text: node.source.value, node });
    },
    ImportExpression: (node) => found({ text: literalText(node.source), node }),
    TSImportType: (node) => {
      const type = node.argument;
      found({ text: type.type === "TSLiteralType" ? literalText(type.literal) : undefined, node });
    },
  };
}

function literalText(node: Deno.lint.Node): string | undefined {
  return node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
