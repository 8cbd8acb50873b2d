/** Repositories: git-gate runs where there are some, its mirrors live as long as the bottle, and nothing of it is left. */

import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { openUpstream } from "./repo_upstream.ts";
import type { SubjectFactory } from "./subject.ts";

const PUSH = `cd widget && git switch -qc "$1" && echo "$1" >b.txt && git add . &&
git commit -qm "$1" && git push -q origin "$1"`;

/** Registers the tests. */
export function conformRepos(name: string, open: SubjectFactory): void {
  Deno.test(`${name}: a bottle with a repository clones and pushes, stops, is resumed and cleaned up`, async (t) => {
    await using upstream = await openUpstream();
    await using subject = await open();
    const { backend, home } = subject;
    const { manifests, gateKeys, sshd, url } = upstream;
    const spec = { keep: true, bundleNetworks: [{ name: upstream.network, hosts: [sshd.host] }] };
    const plan = await subject.prepare(manifests, spec);
    const first = await subject.launch(plan, { gateKeys });

    await t.step("the guest's git is led to the gate", async () => {
      const { gitGate } = first.endpoints;
      const told = await first.exec(["bash", "-c", "echo $GIT_GATE_URL"]);
      equal(told.stdout, `http://${gitGate?.host}:${gitGate?.port}\n`);
      const cloned = await first.exec(["git", "clone", "-q", url]);
      equal(cloned.code, 0, cloned.stderr);
      const pushed = await first.exec(["bash", "-c", PUSH, "bash", "bot/one"]);
      equal(pushed.code, 0, pushed.stderr);
      ok("refs/heads/bot/one" in await sshd.repo("widget").refs());
    });

    await t.step("the gate is one of the bundle's daemons", async () => {
      const { daemons } = await first.control.call("ready", null);
      deepEqual(daemons.map(({ name, state }) => `${name} ${state}`).toSorted(), [
        "egress ready",
        "git-gate ready",
        "supervise ready",
      ]);
      equal((await backend.list(home))[0]?.state, "running");
    });

    await t.step("resumed, it works on, with its mirrors", async () => {
      const volumes = await volumesOf(subject);
      equal(volumes.length, 2, volumes.join());
      await first[Symbol.asyncDispose]();
      const again = await subject.resume(
        await subject.prepare(manifests, { ...spec, slug: plan.slug }),
        { gateKeys },
      );
      deepEqual(await volumesOf(subject), volumes);
      const fetched = await again.exec(["git", "-C", "widget", "fetch", "-q"]);
      equal(fetched.code, 0, fetched.stderr);
      await again.control[Symbol.asyncDispose]();
    });

    await t.step("without its upstream a fetch fails, and says so", async () => {
      await sshd.stop();
      const opened = await backend.open(plan);
      const { code, stderr } = await opened.exec(["git", "-C", "widget", "fetch"]);
      notEqual(code, 0);
      match(stderr, /The upstream of "widget"/);
      await opened.control[Symbol.asyncDispose]();
    });

    await t.step("cleanup removes it, the mirrors too", async () => {
      await backend.stop(plan.slug);
      const selection = { slugs: [plan.slug], includeRunning: false };
      await backend.cleanup(await backend.plannedCleanup(home, selection));
      deepEqual(await backend.plannedCleanup(home, { slugs: [], includeRunning: true }), []);
    });
  });

  Deno.test(`${name}: a kept bottle whose manifest names a repository later gets the gate when it is resumed`, async () => {
    await using upstream = await openUpstream();
    await using subject = await open();
    const { manifests, gateKeys, sshd, url } = upstream;
    const spec = { keep: true, bundleNetworks: [{ name: upstream.network, hosts: [sshd.host] }] };
    const plan = await subject.prepare({}, spec);
    const first = await subject.launch(plan);
    equal(first.endpoints.gitGate, null);
    equal((await volumesOf(subject)).length, 1);
    await first.exec(["bash", "-c", "echo mine > kept"]);
    await first[Symbol.asyncDispose]();

    const later = await subject.prepare(manifests, { ...spec, slug: plan.slug });
    const again = await subject.resume(later, { gateKeys });
    equal((await again.exec(["cat", "kept"])).stdout, "mine\n");
    const cloned = await again.exec(["git", "clone", "-q", url]);
    equal(cloned.code, 0, cloned.stderr);
    const { rows } = await again.control.call("audit.tail", { after: 0 });
    equal(rows[0]?.seq, 1, "the ledger is the one of before");
    await again[Symbol.asyncDispose]();
  });

  Deno.test(`${name}: a bottle with repositories that does not start leaves nothing`, async () => {
    await using upstream = await openUpstream();
    await using subject = await open();
    const plan = await subject.prepare(upstream.manifests);
    await rejects(subject.launch(plan), { code: "credential-missing" });
    await rejects(
      subject.launch(plan, {
        gateKeys: upstream.gateKeys,
        provision: () => Promise.reject(new BottleError("No", { code: "provision-command" })),
      }),
      { code: "provision-command" },
    );
    const everything = { slugs: [], includeRunning: true };
    deepEqual(await subject.backend.plannedCleanup(subject.home, everything), []);
  });
}

/** Names, in order. */
async function volumesOf(
  { backend, home }: Awaited<ReturnType<SubjectFactory>>,
): Promise<readonly string[]> {
  const items = await backend.plannedCleanup(home, { slugs: [], includeRunning: true });
  return items.filter(({ kind }) => kind === "volume").map(({ name }) => name).toSorted();
}
