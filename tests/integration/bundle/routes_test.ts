import assert from "node:assert/strict";
import { waitReady } from "../../../backends/bundle/bundle.ts";
import { systemClock } from "../../../lib/clock.ts";
import type { Route } from "../../../lib/egress/route/route.ts";
import { daemonPid, request, startTestBundle, until } from "./harness.ts";

const NOT_ALLOWED = /x-bot-bottle-block: host-not-allowed/;
const route: Route = { host: "example.com", origin: "allow" };

Deno.test("a bundle's routes change at once, are in its audit, and outlive an egress that was killed", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  assert.deepEqual(await control.call("routes.get", null), { routes: [], revision: 1 });
  assert.match(await request(bundle, "/before"), NOT_ALLOWED);

  const put = { routes: [route], expected_revision: 1 };
  assert.deepEqual(await control.call("routes.put", put), { revision: 2 });
  assert.doesNotMatch(await request(bundle, "/after"), NOT_ALLOWED);
  await bundle.exec("sh", "-c", `kill -9 ${await daemonPid(bundle, "egress")}`);
  await until("egress is down", async () => !(await control.call("ready", null)).ready);
  await waitReady(control, systemClock, 15_000);
  assert.deepEqual(await control.call("routes.get", null), { routes: [route], revision: 2 });
  assert.doesNotMatch(await request(bundle, "/again"), NOT_ALLOWED);

  await control.call("routes.put", { routes: [], expected_revision: 2 });
  assert.match(await request(bundle, "/denied"), NOT_ALLOWED);
  const rows = await until("the rows", async () => {
    const { rows } = await control.call("audit.tail", {});
    return rows.some(({ row }) => row.path === "/denied") && rows;
  });
  assert.deepEqual(rows.flatMap(({ row }) => row.kind === "policy" ? [row.change] : []), [
    { by: "host", revision: 2, added: ["example.com"], removed: [], changed: [] },
    { by: "host", revision: 3, added: [], removed: ["example.com"], changed: [] },
  ]);
});

Deno.test("a bundle refuses routes that are none, that carry a credential elsewhere, or come too late", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  const auth = { scheme: "bearer", token: "EGRESS_TOKEN_1" } as const;
  const refused: readonly (readonly [Route, RegExp])[] = [
    [{ ...route, auth }, /"example\.com" can't get a credential/],
    [{ ...route, allow_private: true }, /"example\.com" can't open private addresses/],
    [{ ...route, host: "EXAMPLE.com" }, /Not a list of routes; 0\.host: Not a canonical host/],
  ];
  for (const [wrong, message] of refused) {
    const put = { routes: [wrong], expected_revision: 1 };
    await assert.rejects(control.call("routes.put", put), { code: "control-refused", message });
  }
  await assert.rejects(control.call("routes.put", { routes: [route], expected_revision: 0 }), {
    code: "control-conflict",
  });
  assert.deepEqual(await control.call("routes.get", null), { routes: [], revision: 1 });
});
