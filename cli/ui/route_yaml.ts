/** Routes as a manifest would have them. */

import type { AllowChange } from "../../lib/egress/route/route_change.ts";

/**
 * The frontmatter's part, with a line end; what is allowed for a time only is written without its end.
 *
 * @param routed hosts that have a route already: a manifest has each host once
 */
export function routesYaml(
  changes: readonly AllowChange[],
  routed: ReadonlySet<string> = new Set(),
): string {
  const lines = changes.flatMap(({ host, ports, methods, paths }) => [
    `    - host: ${scalar(host)}${routed.has(host) ? "   # has a route: put both under one" : ""}`,
    ...(ports === null ? [] : [`      ports: [${ports.join(", ")}]`]),
    ...matchLines(methods, paths),
  ]);
  return ["egress:", "  routes:", ...lines, ""].join("\n");
}

function matchLines(
  methods: AllowChange["methods"],
  paths: AllowChange["paths"],
): readonly string[] {
  const parts = [
    ...(methods === null ? [] : [`methods: [${methods.join(", ")}]`]),
    ...(paths === null ? [] : [
      `paths: [${
        paths.map(({ type, value }) => `{ type: ${type}, value: ${scalar(value)} }`).join(", ")
      }]`,
    ]),
  ];
  if (parts.length === 0) return [];
  return [
    "      matches:",
    ...parts.map((part, index) => `        ${index === 0 ? "- " : "  "}${part}`),
  ];
}

/** JSON's texts are YAML's: for whatever YAML could take for something else. */
function scalar(text: string): string {
  return /^[a-z/][A-Za-z0-9./_-]*$/.test(text) ? text : JSON.stringify(text);
}
