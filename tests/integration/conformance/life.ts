/** Starting, listing, stopping, resuming, cleaning up. */

import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import type { BottleSummary } from "../../../backends/backend.ts";
import type { Slug } from "../../../lib/names.ts";
import { droppedLimits } from "../../../lib/plan/limits.ts";
import type { Subject, SubjectFactory } from "./subject.ts";

async function stateOf(subject: Subject, slug: Slug): Promise<BottleSummary["state"] | undefined> {
  return (await subject.backend.list(subject.home)).find((one) => one.slug === slug)?.state;
}

/** Registers the tests. */
export function conformLife(name: string, open: SubjectFactory): void {
  Deno.test(`${name}: a bottle is listed, stopped, resumed and cleaned up`, async (t) => {
    await using subject = await open();
    const { backend, home } = subject;
    const manifests = { bottle: { env: { KEPT: "yes" } } };
    const plan = await subject.prepare(manifests, { keep: true });
    const spec = { slug: plan.slug, keep: true };
    const first = await subject.launch(plan);
    await first.exec(["bash", "-c", "echo mine > kept"]);

    await t.step("list shows it running", async () => {
      const [shown, ...others] = await backend.list(home);
      deepEqual(others, []);
      deepEqual([shown?.slug, shown?.state, shown?.why], [plan.slug, "running", null]);
      ok(shown?.agent !== null && shown?.bundle !== null);
    });

    await t.step("the engine tells what it is held to, and what memory it uses", async () => {
      const { limits } = await backend.inForce(plan.slug);
      deepEqual(droppedLimits(plan.manifest.bottle.resources, limits), []);
      const { signal } = new AbortController();
      const memory = (await backend.memory(await backend.list(home), signal)).get(plan.slug);
      ok((memory?.agentBytes ?? 0) > 0 && (memory?.bundleBytes ?? 0) > 0, JSON.stringify(memory));
    });

    await t.step("cleanup leaves what runs alone", async () => {
      deepEqual(await backend.plannedCleanup(home, { slugs: [], includeRunning: false }), []);
      deepEqual(
        await backend.plannedCleanup(home, { slugs: [plan.slug], includeRunning: false }),
        [],
      );
    });

    await t.step("another process opens it", async () => {
      await using control = await backend.control(plan.slug);
      equal((await control.call("ready", null)).ready, true);
      const opened = await backend.open(await subject.prepare(manifests, spec));
      equal((await opened.exec(["bash", "-c", "cat kept; echo $KEPT"])).stdout, "mine\nyes\n");
      equal(opened.endpoints.caSha256, first.endpoints.caSha256);
      await opened.control[Symbol.asyncDispose]();
    });

    await t.step("what runs isn't resumed", async () => {
      await rejects(subject.resume(plan), { code: "bottle-running" });
      equal(await stateOf(subject, plan.slug), "running");
    });

    await t.step("disposing one that is kept stops it", async () => {
      await first[Symbol.asyncDispose]();
      equal(await stateOf(subject, plan.slug), "stopped");
      await rejects(backend.open(plan), { code: "bottle-not-running" });
      await rejects(backend.control(plan.slug), { code: "bottle-not-running" });
    });

    await t.step("resume has the files, a new certificate, and passes its self-test", async () => {
      const again = await subject.resume(await subject.prepare(manifests, spec));
      equal((await again.exec(["cat", "kept"])).stdout, "mine\n");
      notEqual(again.endpoints.caSha256, first.endpoints.caSha256);
      deepEqual(again.endpoints.noProxy, first.endpoints.noProxy);
      equal(await stateOf(subject, plan.slug), "running");
      await again.control[Symbol.asyncDispose]();
    });

    await t.step("stop ends it from outside", async () => {
      await backend.stop(plan.slug);
      equal(await stateOf(subject, plan.slug), "stopped");
    });

    await t.step("cleanup removes it, and nothing is left", async () => {
      const items = await backend.plannedCleanup(home, {
        slugs: [plan.slug],
        includeRunning: false,
      });
      ok(items.some(({ kind }) => kind === "container"));
      ok(items.every(({ slug, running }) => slug === plan.slug && !running));
      await backend.cleanup(items);
      deepEqual(await backend.list(home), []);
      deepEqual(await backend.plannedCleanup(home, { slugs: [], includeRunning: true }), []);
    });

    await t.step("one that is gone is unknown", async () => {
      await rejects(backend.open(plan), { code: "bottle-unknown" });
      await rejects(backend.stop(plan.slug), { code: "bottle-unknown" });
      await rejects(backend.control(plan.slug), { code: "bottle-unknown" });
      await rejects(subject.resume(plan), { code: "bottle-unknown" });
    });
  });

  Deno.test(`${name}: two launches at once don't disturb each other, and disposal leaves nothing`, async () => {
    await using subject = await open();
    const plans = await Promise.all([subject.prepare(), subject.prepare()]);
    const [one, two] = await Promise.all(plans.map((plan) => subject.launch(plan)));
    ok(one !== undefined && two !== undefined);
    notEqual(one.endpoints.noProxy.join(), two.endpoints.noProxy.join());
    const [bundle] = two.endpoints.noProxy;
    const reach = await one.exec(["timeout", "4", "bash", "-c", `exec 3<>/dev/tcp/${bundle}/9099`]);
    notEqual(reach.code, 0);
    await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
    deepEqual(
      await subject.backend.plannedCleanup(subject.home, { slugs: [], includeRunning: true }),
      [],
    );
  });

  Deno.test(`${name}: a launch with a name that is taken fails and leaves the other alone`, async () => {
    await using subject = await open();
    const plan = await subject.prepare();
    await using bottle = await subject.launch(plan);
    await rejects(subject.launch(plan), (error) => {
      ok(error instanceof BottleError);
      deepEqual([error.code, error.exitCode], ["name-taken", 125]);
      return true;
    });
    equal((await bottle.exec(["echo", "here"])).stdout, "here\n");
    equal((await bottle.control.call("ready", null)).ready, true);
    equal(await stateOf(subject, plan.slug), "running");
  });

  Deno.test(`${name}: a provisioning that fails undoes the launch`, async () => {
    await using subject = await open();
    const plan = await subject.prepare();
    const failing = subject.launch(plan, {
      provision: () => Promise.reject(new BottleError("No", { code: "provision-command" })),
    });
    await rejects(failing, { code: "provision-command" });
    deepEqual(
      await subject.backend.plannedCleanup(subject.home, { slugs: [], includeRunning: true }),
      [],
    );
  });
}
