/**
 * Looks for markers in every place where a bottle might leave a credential: environment and memory of the agent's
 * processes, file systems, what the engine tells and keeps, argvs, volumes, logs, audit, state.
 */

import type { ControlClient } from "../../lib/control/client.ts";
import { resourceName } from "../../lib/names.ts";
import type { Run } from "../../lib/process/run.ts";
import { type Hit, scanBytes, scanStream } from "./marker_search/byte_scanner.ts";
import {
  containerLogs,
  type EngineObjects,
  inspect,
  listEngineObjects,
  type Owner,
  processIds,
  searchFileSystem,
  searchVolume,
} from "./marker_search/engine_objects.ts";
import { docker } from "./deno_container.ts";
import type { Needle } from "./marker_search/needle.ts";
import { type PlaceName, placeNames } from "./marker_search/places.ts";
import type { ProcessWatcher } from "./marker_search/watcher.ts";

/** A marker that was found. */
export interface Finding extends Hit {
  readonly place: PlaceName;
  /** Which process, container, file … */
  readonly where: string;
}

/** How much was looked at: a search that saw nothing proves nothing. */
export interface SearchReport {
  readonly findings: readonly Finding[];
  /** Things searched, by place. */
  readonly searched: ReadonlyMap<PlaceName, number>;
  /** Bytes of the agent's memory that were read. */
  readonly memoryBytes: number;
}

/** What {@linkcode searchMarkers} needs of a running bottle. */
export interface SearchTarget extends Owner {
  readonly run: Run;
  readonly control: ControlClient;
  /** Host folder: `BOT_BOTTLE_HOME`. */
  readonly home: string;
  /** Started with the same needles, before the bottle. */
  readonly watcher: ProcessWatcher;
}

/** Searches every place for every needle. */
export async function searchMarkers(
  target: SearchTarget,
  needles: readonly Needle[],
): Promise<SearchReport> {
  const report = new Report();
  const objects = await listEngineObjects(target.run, target);
  // The agent's processes first: they end.
  const memoryBytes = await searchProcesses(target, report);
  await searchEngine(target, objects, needles, report);
  await searchControl(target, needles, report);
  await searchState(target.home, needles, report);
  const { samples, hits } = await target.watcher.argv();
  report.add("argv", "every process of the engine's host", hits, samples);
  return { findings: report.findings, searched: report.searched, memoryBytes };
}

class Report {
  readonly findings: Finding[] = [];
  readonly searched = new Map<PlaceName, number>(placeNames.map((place) => [place, 0]));

  add(place: PlaceName, where: string, hits: readonly Hit[], count = 1): void {
    this.searched.set(place, (this.searched.get(place) ?? 0) + count);
    this.findings.push(...hits.map((hit) => ({ place, where, ...hit })));
  }
}

async function searchProcesses(target: SearchTarget, report: Report): Promise<number> {
  let bytes = 0;
  for (
    const found of await target.watcher.scan(
      await processIds(target.run, resourceName(target.slug, "agent")),
    )
  ) {
    const where = `${found.pid} ${found.program}`;
    report.add("environment", where, found.environment);
    report.add("memory", where, found.memory);
    bytes += found.memoryBytes;
  }
  return bytes;
}

async function searchEngine(
  { run, slug }: SearchTarget,
  objects: EngineObjects,
  needles: readonly Needle[],
  report: Report,
): Promise<void> {
  const kinds = [
    ["container", objects.containers],
    ["network", objects.networks],
    ["volume", objects.volumes],
    ["image", objects.images],
  ] as const;
  for (const [kind, ids] of kinds) {
    for (const id of ids) {
      report.add(`inspect ${kind}`, id, scanBytes(needles, await inspect(run, kind, id)));
    }
  }
  for (const id of objects.images) {
    const history = await docker(run, ["image", "history", "--no-trunc", id]);
    report.add("image history", id, scanBytes(needles, history));
  }
  for (const id of objects.containers) {
    report.add("container log", id, scanBytes(needles, await containerLogs(run, id)));
  }
  await Promise.all(
    [resourceName(slug, "agent"), resourceName(slug, "bundle")].map(async (name) => {
      report.add("file system", name, await searchFileSystem(run, needles, name));
    }),
  );
  for (const id of objects.volumes) {
    report.add("volume", id, await searchVolume(run, needles, id));
  }
}

async function searchControl(
  { control }: SearchTarget,
  needles: readonly Needle[],
  report: Report,
): Promise<void> {
  const { daemons } = await control.call("ready", null);
  for (const { name, log } of daemons) {
    report.add("daemon log", name, scanBytes(needles, log.join("\n")));
  }
  const { rows } = await control.call("audit.tail", { limit: 10_000 });
  for (const { seq, row } of rows) {
    report.add("audit", `row ${seq}`, scanBytes(needles, JSON.stringify(row)));
  }
}

async function searchState(
  folder: string,
  needles: readonly Needle[],
  report: Report,
): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await searchState(path, needles, report);
    if (!entry.isFile) continue;
    const file = await Deno.open(path);
    report.add("state", path, await scanStream(needles, file.readable));
  }
}
