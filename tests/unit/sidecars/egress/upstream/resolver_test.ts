import assert from "node:assert/strict";
import { hostName } from "../../../../../lib/egress/host/host.ts";
import {
  type AddressRecord,
  resolveHost,
  type ResolveRecords,
} from "../../../../../sidecars/egress/upstream/resolver.ts";

const name = hostName("api.example.com");

/** Answers by type, for 60 s; an error is thrown, "never" waits for the signal. */
function fakeResolver(answers: Record<"A" | "AAAA", string[] | Error | "never">): ResolveRecords {
  return (_name, type, { signal }) => {
    const answer = answers[type];
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer !== "never") {
      return Promise.resolve(answer.map((address) => ({ address, ttl: 60 })));
    }
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
}

async function texts(answers: Record<"A" | "AAAA", string[] | Error | "never">): Promise<string> {
  const { addresses } = await resolveHost(name, {
    resolve: fakeResolver(answers),
    timeoutMs: 200,
  });
  return addresses.map(({ text }) => text).join(" ");
}
const none = new Deno.errors.NotFound("no records");

Deno.test("resolveHost asks for the absolute name, once a family", async () => {
  const asked: string[] = [];
  await resolveHost(name, {
    resolve: (...question) => {
      asked.push(question.slice(0, 2).join(" "));
      return Promise.resolve([]);
    },
  });
  assert.deepEqual(asked, ["api.example.com. A", "api.example.com. AAAA"]);
});

Deno.test("resolveHost gives all addresses, IPv4 first, and none for a name without", async () => {
  assert.equal(
    await texts({ A: ["8.8.8.8", "10.0.0.1"], AAAA: ["FD00::0:1"] }),
    "8.8.8.8 10.0.0.1 fd00::1",
  );
  assert.equal(await texts({ A: none, AAAA: ["::1"] }), "::1");
  assert.equal(await texts({ A: none, AAAA: none }), "");
});

Deno.test("resolveHost takes no record that is no address", async () => {
  assert.equal(await texts({ A: ["127.1", "fe80::1%eth0", "8.8.8.8", ""], AAAA: [] }), "8.8.8.8");
});

Deno.test("resolveHost goes on with one family if the other fails", async () => {
  assert.equal(await texts({ A: ["8.8.8.8"], AAAA: new Error("SERVFAIL") }), "8.8.8.8");
  assert.equal(await texts({ A: new Error("SERVFAIL"), AAAA: ["::1"] }), "::1");
});

Deno.test("resolveHost does not wait for IPv6 where IPv4 has answered", async () => {
  const resolve = fakeResolver({ A: ["8.8.8.8"], AAAA: "never" });
  const started = performance.now();
  const { addresses } = await resolveHost(name, { resolve, timeoutMs: 10_000 });
  assert.deepEqual(addresses.map(({ text }) => text), ["8.8.8.8"]);
  assert.ok(performance.now() - started < 5_000);
});

Deno.test("resolveHost tells a resolver that fails or is silent from a name that is not there", async () => {
  const failed = { code: "unresolvable", message: `Cannot resolve "api.example.com"` };
  await assert.rejects(texts({ A: new Error("SERVFAIL"), AAAA: none }), {
    ...failed,
    hint: "The resolver failed",
  });
  await assert.rejects(texts({ A: none, AAAA: new Error("SERVFAIL") }), failed);
  const hint = "The resolver did not answer within 200 ms";
  await assert.rejects(texts({ A: "never", AAAA: "never" }), { ...failed, hint });
});

Deno.test("resolveHost ends with the signal's reason", async () => {
  const reason = new Error("Ctrl-C");
  const resolve = fakeResolver({ A: "never", AAAA: "never" });
  await assert.rejects(resolveHost(name, { resolve, signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const pending = resolveHost(name, { resolve, signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(pending, reason);
});

Deno.test("resolveHost reads the hosts file by the system's resolver", async () => {
  const { addresses } = await resolveHost(hostName("localhost"));
  assert.ok(addresses.some(({ text }) => text === "127.0.0.1"));
});

Deno.test("resolveHost says how long an answer holds: as long as the record that ends first", async () => {
  const record = (address: string, ttl: number): AddressRecord => ({ address, ttl });
  const cases: [readonly AddressRecord[], readonly AddressRecord[], number][] = [
    [[record("8.8.8.8", 300), record("8.8.4.4", 20)], [record("::1", 60)], 20_000],
    [[record("8.8.8.8", 300)], [record("::1", 0)], 0],
    [[record("8.8.8.8", 300)], [], 300_000],
  ];
  for (const [four, six, expected] of cases) {
    const resolve: ResolveRecords = (_name, type) => Promise.resolve(type === "A" ? four : six);
    assert.equal((await resolveHost(name, { resolve })).ttlMs, expected);
  }
});
