import assert from "node:assert/strict";
import type { IpAddress } from "../../../../../lib/egress/host/address.ts";
import {
  interleaveFamilies,
  raceConnect,
  type Winner,
} from "../../../../../sidecars/egress/upstream/connect_race.ts";
import { address } from "../../../../support/egress/proxy.ts";
import { eventually } from "../../../../support/egress/wire.ts";

const never = new AbortController().signal;
const texts = (addresses: readonly IpAddress[]): string => addresses.map((a) => a.text).join(" ");

/** Attempts that the test ends itself. */
class Attempts {
  readonly started: string[] = [];
  readonly aborted: string[] = [];
  readonly discarded: string[] = [];
  readonly #pending = new Map<string, PromiseWithResolvers<string>>();

  run(names: readonly string[], staggerMs: number, signal = never): Promise<Winner<string>> {
    return raceConnect(names.map(address), {
      attempt: ({ text }, given) => {
        this.started.push(text);
        const pending = Promise.withResolvers<string>();
        this.#pending.set(text, pending);
        given.addEventListener("abort", () => this.aborted.push(text));
        return pending.promise;
      },
      discard: (connection) => this.discarded.push(connection),
      staggerMs,
      signal,
    });
  }

  succeed(text: string): void {
    this.#pending.get(text)?.resolve(`to ${text}`);
  }

  fail(text: string): void {
    this.#pending.get(text)?.reject(new Error(`no ${text}`));
  }
}

const HOUR = 3_600_000;

Deno.test("interleaveFamilies takes families in turn, the first address's first, and not too many", () => {
  const all = ["8.8.8.8", "8.8.4.4", "1.1.1.1", "2001:db8::1"].map(address);
  assert.equal(texts(interleaveFamilies(all)), "8.8.8.8 2001:db8::1 8.8.4.4 1.1.1.1");
  assert.equal(texts(interleaveFamilies(all.toReversed())), "2001:db8::1 1.1.1.1 8.8.4.4 8.8.8.8");
  assert.equal(texts(interleaveFamilies([])), "");
  const many = Array.from({ length: 20 }, (_, index) => address(`8.8.8.${index}`));
  assert.equal(interleaveFamilies(many).length, 8);
});

Deno.test("raceConnect tries one address alone as long as it is not slow", async () => {
  const attempts = new Attempts();
  const race = attempts.run(["8.8.8.8", "8.8.4.4"], HOUR);
  assert.deepEqual(attempts.started, ["8.8.8.8"]);
  attempts.succeed("8.8.8.8");
  const { connection, address: { text } } = await race;
  assert.deepEqual([connection, text], ["to 8.8.8.8", "8.8.8.8"]);
  assert.deepEqual(attempts.started, ["8.8.8.8"]);
});

Deno.test("raceConnect tries the next beside a slow one, takes the first, and gives the other up", async () => {
  const attempts = new Attempts();
  const race = attempts.run(["8.8.8.8", "8.8.4.4"], 1);
  await eventually(() => attempts.started.length === 2);
  attempts.succeed("8.8.4.4");
  assert.equal((await race).address.text, "8.8.4.4");
  assert.ok(attempts.aborted.includes("8.8.8.8"));
  attempts.succeed("8.8.8.8");
  await eventually(() => attempts.discarded.length === 1);
  assert.deepEqual(attempts.discarded, ["to 8.8.8.8"]);
});

Deno.test("raceConnect tries the next at once when one has failed", async () => {
  const attempts = new Attempts();
  const race = attempts.run(["8.8.8.8", "8.8.4.4", "1.1.1.1"], HOUR);
  attempts.fail("8.8.8.8");
  await eventually(() => attempts.started.length === 2);
  attempts.fail("8.8.4.4");
  await eventually(() => attempts.started.length === 3);
  attempts.succeed("1.1.1.1");
  assert.equal((await race).address.text, "1.1.1.1");
});

Deno.test("raceConnect fails as the first did, once all have", async () => {
  const attempts = new Attempts();
  const race = attempts.run(["8.8.8.8", "8.8.4.4"], 1);
  await eventually(() => attempts.started.length === 2);
  attempts.fail("8.8.4.4");
  attempts.fail("8.8.8.8");
  await assert.rejects(race, /no 8\.8\.4\.4/);
});

Deno.test("raceConnect ends with the signal's reason, and takes nothing that comes later", async () => {
  const attempts = new Attempts();
  const controller = new AbortController();
  const race = attempts.run(["8.8.8.8", "8.8.4.4"], HOUR, controller.signal);
  controller.abort(new Error("gone"));
  await assert.rejects(race, /gone/);
  attempts.succeed("8.8.8.8");
  await eventually(() => attempts.discarded.length === 1);
  assert.deepEqual(attempts.started, ["8.8.8.8"]);
  await assert.rejects(attempts.run(["8.8.8.8"], 1, AbortSignal.abort(new Error("x"))), /x/);
});
