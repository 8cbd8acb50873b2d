import assert from "node:assert/strict";
import { layerOf, mayImport } from "../../tools/lint/layers.ts";
import { loadedAtStart, loadModuleGraph, type ModuleGraph } from "../support/module_graph.ts";

const CLI = "cli/main.ts";
const PARSER = "cli/program.ts";

/** The one package that a command's description may load. */
const LIGHT = /^npm:(@commander-js\/extra-typings|commander)@/;

function packagesOf(graph: ModuleGraph, entry: string): string[] {
  assert.ok(graph.has(entry), entry);
  return [...loadedAtStart(graph, entry)].filter((module) => module.startsWith("npm:"));
}

Deno.test(`${CLI} starts without any package`, async () => {
  assert.deepEqual(packagesOf(await loadModuleGraph(CLI), CLI), []);
});

Deno.test("a keeper starts without any package, and without what reads manifests", async () => {
  const graph = await loadModuleGraph(CLI);
  const keeper = "cli/keeper/main.ts";
  assert.deepEqual(packagesOf(graph, keeper), []);
  const heavy = [...loadedAtStart(graph, keeper)].filter((module) =>
    /^lib\/(manifest|provision)\/(index|load|yaml_tree|shape|provision)\.ts$/.test(module)
  );
  assert.deepEqual(heavy, []);
});

Deno.test("commands describe themselves without a package but the parser", async () => {
  const graph = await loadModuleGraph(CLI);
  const commands = [...graph.keys()].filter((module) => /^cli\/commands\/[^/]+\.ts$/.test(module));
  assert.ok(commands.length >= 10, commands.join(" "));
  assert.ok(packagesOf(graph, PARSER).some((name) => LIGHT.test(name)), "the parser was not seen");
  for (const entry of [PARSER, ...commands]) {
    assert.deepEqual(packagesOf(graph, entry).filter((name) => !LIGHT.test(name)), [], entry);
  }
});

// The lint plugin says so too, but a comment can silence it, and it can't see what a specifier resolves to.
for (const entry of [CLI, "mod.ts", "sidecars/main.ts"]) {
  Deno.test(`imports from ${entry} go one way`, async () => {
    const graph = await loadModuleGraph(entry);
    assert.ok(graph.has(entry));
    assert.deepEqual(wrongImports(graph), []);
  });
}

Deno.test("loadedAtStart follows what is loaded and no more", () => {
  const graph: ModuleGraph = new Map([
    ["cli/a.ts", [
      { target: "cli/b.ts", isType: false, isDynamic: false },
      { target: "cli/later.ts", isType: false, isDynamic: true },
      { target: "cli/types.ts", isType: true, isDynamic: false },
    ]],
    ["cli/b.ts", [
      { target: "npm:zod@4.6.7", isType: false, isDynamic: false },
      { target: "cli/a.ts", isType: false, isDynamic: false },
    ]],
    ["cli/later.ts", [{ target: "npm:yaml@2.9.1", isType: false, isDynamic: false }]],
  ]);
  assert.deepEqual([...loadedAtStart(graph, "cli/a.ts")], [
    "cli/a.ts",
    "cli/b.ts",
    "npm:zod@4.6.7",
  ]);
});

Deno.test("wrongImports sees types and dynamic imports too", () => {
  const graph: ModuleGraph = new Map([
    ["lib/a.ts", [
      { target: "cli/b.ts", isType: true, isDynamic: false },
      { target: "cli/c.ts", isType: false, isDynamic: true },
      { target: "lib/d.ts", isType: false, isDynamic: false },
      { target: "node:path", isType: false, isDynamic: false },
    ]],
  ]);
  assert.deepEqual(wrongImports(graph), ["lib/a.ts -> cli/b.ts", "lib/a.ts -> cli/c.ts"]);
});

function wrongImports(graph: ModuleGraph): string[] {
  return [...graph].flatMap(([module, imports]) => {
    const layer = layerOf(module);
    if (layer === undefined) return [`${module} is in no layer`];
    return imports.filter(({ target }) => !/^(npm|node):/.test(target) && !mayImport(layer, target))
      .map(({ target }) => `${module} -> ${target}`);
  });
}
