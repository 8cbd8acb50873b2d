import { deepEqual, equal, notEqual } from "node:assert/strict";
import {
  gvisorKey,
  type GvisorResult,
  readGvisorResult,
  rememberGvisorResult,
} from "../../../../lib/state/gvisor_tests.ts";

const subject = {
  engine: "ABCD",
  engineVersion: "28.2.2",
  kernel: "6.8.0",
  registration: { path: "/usr/bin/runsc", runtimeArgs: ["--network=host"] },
};

function result(change: Partial<GvisorResult> = {}): GvisorResult {
  return {
    key: gvisorKey(subject),
    tested_at: "2026-01-02T03:04:05.678Z",
    passed: true,
    why: "",
    ...change,
  };
}

Deno.test("gvisorKey is another for another engine, version, kernel or registration", () => {
  equal(gvisorKey(subject), gvisorKey({ ...subject }));
  for (
    const change of [
      { engine: "EFGH" },
      { engineVersion: "29.0.0" },
      { kernel: "6.9.0" },
      { registration: { path: "/usr/bin/runsc" } },
      { registration: undefined },
    ]
  ) notEqual(gvisorKey({ ...subject, ...change }), gvisorKey(subject), JSON.stringify(change));
});

Deno.test("rememberGvisorResult replaces the result of its key, keeps the others', and drops the oldest", async () => {
  const home = await Deno.makeTempDir();
  try {
    await rememberGvisorResult(home, result());
    const other = result({ key: gvisorKey({ ...subject, engine: "EFGH" }) });
    await rememberGvisorResult(home, other);
    await rememberGvisorResult(home, result({ passed: false, why: "not sealed" }));
    deepEqual(await readGvisorResult(home, other.key), other);
    equal((await readGvisorResult(home, result().key))?.why, "not sealed");
    for (let at = 0; at < 20; at++) {
      const key = gvisorKey({ ...subject, engine: `engine ${at}` });
      await rememberGvisorResult(home, result({ key }));
    }
    equal(await readGvisorResult(home, other.key), undefined);
    equal(((await Deno.stat(`${home}/gvisor.json`)).mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("readGvisorResult knows nothing where the file is missing, broken or of another form", async () => {
  const home = await Deno.makeTempDir();
  try {
    const { key } = result();
    equal(await readGvisorResult(home, key), undefined);
    const texts = ["", "{", "[]", `{"schema":2,"results":[${JSON.stringify(result())}]}`];
    for (const text of texts) {
      await Deno.writeTextFile(`${home}/gvisor.json`, text);
      equal(await readGvisorResult(home, key), undefined, text);
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
