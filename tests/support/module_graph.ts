/** Which module imports which, as Deno resolves it. */

import { createRun } from "../../lib/process/create_run.ts";
import { ROOT } from "./suites/files.ts";

/** An import of a module. */
export interface Import {
  /** A path from the root, or `npm:zod@4.6.7`, or `node:path`. */
  readonly target: string;
  /** Gone when the program runs. */
  readonly isType: boolean;
  /** Not loaded before it is asked for. */
  readonly isDynamic: boolean;
}

/** Each module of ours that can be reached, by its path from the root. */
export type ModuleGraph = ReadonlyMap<string, readonly Import[]>;

/** The part of `deno info --json` that is read here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    /** Why it could not be loaded. */
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
      readonly type?: { readonly specifier: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** The graph from an entry, a path from the root. @throws Error if a module of it can't be loaded. */
export async function loadModuleGraph(entry: string): Promise<ModuleGraph> {
  const argv = [Deno.execPath(), "info", "--json", ROOT + entry];
  const { code, stdout, stderr } = await createRun()(argv, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`deno info ${entry}: ${new TextDecoder().decode(stderr)}`);
  const info: Info = JSON.parse(new TextDecoder().decode(stdout));
  const failed = info.modules.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw new Error(`${failed.specifier}: ${failed.error}`);
  return new Map(
    info.modules.filter(({ specifier }) => specifier.startsWith("file:")).map((module) => [
      fromRoot(module.specifier),
      (module.dependencies ?? []).map(({ code, type, isDynamic }) => ({
        target: fromRoot(code?.specifier ?? type?.specifier ?? ""),
        isType: code === undefined,
        isDynamic: isDynamic === true,
      })),
    ]),
  );
}

/** What is loaded as soon as the entry is: modules of ours, packages and built-ins. */
export function loadedAtStart(graph: ModuleGraph, entry: string): Set<string> {
  const loaded = new Set<string>();
  const load = (module: string): void => {
    if (loaded.has(module)) return;
    loaded.add(module);
    for (const { target, isType, isDynamic } of graph.get(module) ?? []) {
      if (!isType && !isDynamic) load(target);
    }
  };
  load(entry);
  return loaded;
}

function fromRoot(specifier: string): string {
  const root = `file://${ROOT}`;
  return specifier.startsWith(root) ? specifier.slice(root.length) : specifier;
}
