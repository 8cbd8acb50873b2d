/** Reading a member of a global, however it is written. */

/** A visitor that hands over each name read from one of the globals: `Deno.env`, `Deno["env"]`, `const { env } = Deno`. */
export function visitMembersOf(
  objects: readonly string[],
  found: (member: string, node: Deno.lint.Node) => void,
): Deno.lint.LintVisitor {
  const isObject = (node: Deno.lint.Node | null): boolean =>
    node !== null && (
      (node.type === "Identifier" && objects.includes(node.name)) ||
      (node.type === "MemberExpression" && node.object.type === "Identifier" &&
        node.object.name === "globalThis" && objects.includes(memberName(node) ?? ""))
    );
  return {
    MemberExpression(node): void {
      const name = memberName(node);
      if (name !== undefined && isObject(node.object)) found(name, node);
    },
    VariableDeclarator(node): void {
      if (node.id.type !== "ObjectPattern" || !isObject(node.init)) return;
      for (const property of node.id.properties) {
        if (property.type === "Property" && property.key.type === "Identifier") {
          found(property.key.name, property);
        }
      }
    },
  };
}

function memberName(node: Deno.lint.MemberExpression): string | undefined {
  const { property } = node;
  if (!node.computed) return property.type === "Identifier" ? property.name : undefined;
  return property.type === "Literal" && typeof property.value === "string"
    ? property.value
    : undefined;
}
