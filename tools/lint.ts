/** The project's own lint rules; `deno.json` loads them, `deno lint` runs them. */

import { globalsAtTheEdge } from "./lint/globals_at_the_edge.ts";
import { importsOneWay } from "./lint/imports_one_way.ts";
import { npmInDeps } from "./lint/npm_in_deps.ts";
import { programsInProcess } from "./lint/programs_in_process.ts";

const plugin: Deno.lint.Plugin = {
  name: "bot-bottle",
  rules: {
    "imports-one-way": importsOneWay,
    "npm-in-deps": npmInDeps,
    "globals-at-the-edge": globalsAtTheEdge,
    "programs-in-process": programsInProcess,
  },
};

export default plugin;
