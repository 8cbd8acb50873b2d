/** Which part of the program may import which. */

interface Layer {
  /** Paths from the root that it may import: folders end in `/`. */
  readonly imports: readonly string[];
  /** The same in words, for the person who broke it. */
  readonly hint: string;
}

/** Data that any part may read: the program's name and version. */
const ANYONE = ["deno.json"] as const;

/** The first prefix that fits a path decides; a path that none fits (tests, tools) may import anything. */
const LAYERS: readonly (readonly [prefix: string, layer: Layer])[] = [
  ["lib/", { imports: ["lib/"], hint: "lib imports nothing above it" }],
  ["sidecars/", { imports: ["sidecars/", "lib/"], hint: "sidecars import lib only" }],
  ["backends/bundle/assets.ts", {
    imports: ["backends/", "lib/", "sidecars/", "dist/"],
    hint: "backends/bundle/assets.ts takes what it needs from sidecars/, backends/ and lib/",
  }],
  ["backends/", {
    imports: ["backends/", "lib/", "providers/provider.ts", "providers/registry.ts"],
    hint: "Of providers a backend knows provider.ts and registry.ts; of sidecars nothing",
  }],
  ["providers/", {
    imports: ["providers/", "lib/", "backends/backend.ts"],
    hint: "Of backends a provider knows backend.ts",
  }],
  ["cli/", {
    imports: ["cli/", "backends/", "providers/", "lib/"],
    hint: "cli imports backends, providers and lib",
  }],
  ["mod.ts", {
    imports: ["cli/", "backends/", "providers/", "lib/"],
    hint: "mod.ts imports cli, backends, providers and lib",
  }],
];

/** The layer of a file, or undefined where imports are free. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.find(([prefix]) => path.startsWith(prefix))?.[1];
}

/** Whether a file of this layer may import the file `target`; both are paths from the root. */
export function mayImport(layer: Layer, target: string): boolean {
  return [...layer.imports, ...ANYONE].some((allowed) =>
    allowed.endsWith("/") ? target.startsWith(allowed) : target === allowed
  );
}
