import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { planCleanup, removeItems } from "../../../../backends/docker/cleanup.ts";
import type { Inventory } from "../../../../backends/docker/inventory.ts";
import type { CleanupItem } from "../../../../backends/backend.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { parseSlug, type Slug } from "../../../../lib/names.ts";
import { type FakeProgram, fakeRun } from "../../../support/context.ts";

const running = parseSlug("up-aaaaa");
const kept = parseSlug("kept-bbbbb");
const orphan = parseSlug("gone-ccccc");

function container(slug: Slug, role: string, state: string): Inventory["containers"][number] {
  const id = `${slug}-${role}`;
  return { id, name: id, image: "i", state, status: "", createdAt: "", role, slug };
}

function resource(role: string, slug: Slug | null): Inventory["networks"][number] {
  const id = `${slug}-${role}`;
  return { id, name: id, role, slug };
}

const inventory: Inventory = {
  containers: [
    container(running, "agent", "exited"),
    container(running, "bundle", "running"),
    container(kept, "agent", "exited"),
    container(kept, "bundle", "created"),
  ],
  networks: [
    resource("inner", running),
    resource("inner", kept),
    resource("inner", orphan),
    resource("outer", null),
  ],
  volumes: [resource("ledger", running), resource("ledger", kept)],
};

const ids = (items: readonly CleanupItem[]): string[] => items.map(({ id }) => id);

Deno.test("planCleanup takes what does not run, containers first, and leaves the outer network while it is in use", () => {
  deepEqual(ids(planCleanup(inventory, { slugs: [], includeRunning: false })), [
    "kept-bbbbb-agent",
    "kept-bbbbb-bundle",
    "kept-bbbbb-inner",
    "gone-ccccc-inner",
    "kept-bbbbb-ledger",
  ]);
});

Deno.test("planCleanup takes what a crash left of a seal or a builder, whatever its name", () => {
  const left: Inventory = {
    containers: [
      { ...container(kept, "seal", "created"), name: "brave_hopper" },
      { ...container(orphan, "builder", "exited"), name: "calm_curie" },
    ],
    networks: [],
    volumes: [],
  };
  deepEqual(ids(planCleanup(left, { slugs: [], includeRunning: false })), [
    "kept-bbbbb-seal",
    "gone-ccccc-builder",
  ]);
});

Deno.test("planCleanup takes all, the outer network too, when told", () => {
  const items = planCleanup(inventory, { slugs: [], includeRunning: true });
  equal(items.length, 10);
  ok(ids(items).includes("null-outer"));
  deepEqual(items.filter((item) => item.running).map(({ id }) => id), ["up-aaaaa-bundle"]);
  equal(items.findLastIndex(({ kind }) => kind === "container"), 3);
});

Deno.test("planCleanup takes the bottles that are named, and those that run only when told", () => {
  const named = { slugs: [running], includeRunning: false };
  deepEqual(planCleanup(inventory, named), []);
  deepEqual(ids(planCleanup(inventory, { ...named, includeRunning: true })), [
    "up-aaaaa-agent",
    "up-aaaaa-bundle",
    "up-aaaaa-inner",
    "up-aaaaa-ledger",
  ]);
});

Deno.test("planCleanup takes an outer network that nobody is left to use", () => {
  const dangling = { containers: [], networks: [resource("outer", null)], volumes: [] };
  deepEqual(ids(planCleanup(dangling, { slugs: [], includeRunning: false })), ["null-outer"]);
  deepEqual(planCleanup(dangling, { slugs: [kept], includeRunning: true }), []);
});

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function remove(items: readonly CleanupItem[], program?: FakeProgram): Promise<string[]> {
  const run = fakeRun(program);
  await removeItems(createEngine({ run }), inventory, items);
  return run.calls.map((argv) => argv.join(" "));
}

Deno.test("removeItems makes one call a kind", async () => {
  const items = planCleanup(inventory, { slugs: [kept], includeRunning: false });
  deepEqual(await remove(items), [
    "docker rm --force --volumes kept-bbbbb-agent kept-bbbbb-bundle",
    "docker network rm kept-bbbbb-inner",
    "docker volume rm kept-bbbbb-ledger",
  ]);
});

Deno.test("removeItems leaves alone what is not in the inventory, whatever the item says", async () => {
  const foreign: CleanupItem = {
    kind: "container",
    name: "db",
    id: "f00",
    slug: null,
    running: true,
  };
  const wrongKind: CleanupItem = {
    kind: "volume",
    name: "x",
    id: "kept-bbbbb-agent",
    slug: kept,
    running: false,
  };
  deepEqual(await remove([foreign, wrongKind]), []);
});

Deno.test("removeItems takes what is gone already for removed", async () => {
  const items = planCleanup(inventory, { slugs: [kept], includeRunning: false });
  const calls = await remove(
    items,
    () => ({ code: 1, stderr: encode("Error: No such container: x\nexit status 1\n") }),
  );
  equal(calls.length, 3);
});

Deno.test("removeItems goes on past failures and tells all of them", async () => {
  const items = planCleanup(inventory, { slugs: [kept], includeRunning: false });
  const said = (argv: readonly string[]): string =>
    `Error response from daemon: ${argv[1]} is stuck\n`;
  await rejects(remove(items, (argv) => ({ code: 1, stderr: encode(said(argv)) })), (error) => {
    ok(error instanceof BottleError);
    equal(error.code, "cleanup-incomplete");
    deepEqual(error.details.map((line) => line.split(" ")[4]), ["rm", "network", "volume"]);
    return true;
  });
});

Deno.test("removeItems passes on that the engine can't be reached", async () => {
  const items = planCleanup(inventory, { slugs: [kept], includeRunning: false });
  const stderr = encode(
    "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
  );
  await rejects(remove(items, () => ({ code: 1, stderr })), { code: "docker-unreachable" });
});
