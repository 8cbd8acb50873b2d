import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  type OutboundHead,
  PlaceholderWatch,
} from "../../../../../lib/egress/credential/misplaced.ts";
import type { InjectedAuth, Route } from "../../../../../lib/egress/route/route.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import { makePlaceholder, parseSlug } from "../../../../../lib/names.ts";

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const OWN = makePlaceholder("sk-ant-oat01-", parseSlug("demo-ab12c"), random);
const OTHER = makePlaceholder("", parseSlug("other-a-zz9zz"), random);
const auth: InjectedAuth = { scheme: "header", header: "x-key", token: "EGRESS_TOKEN_1" };
const plain: Route = { host: "a.example.com", origin: "m" };
const provider: Route = { ...plain, provider: true };
const watch = new PlaceholderWatch([{ value: OWN, token: "EGRESS_TOKEN_1" }]);
const head: OutboundHead = { host: "a.example.com", path: "/v1?a=1", headers: [["Accept", "*/*"]] };

function check(
  change: Partial<OutboundHead>,
  route: Route = plain,
  injected: InjectedAuth | undefined = auth,
): { readonly head: OutboundHead | string; readonly isMarked: boolean } {
  let isMarked = false;
  const place = { route, auth: injected, onMisplaced: () => void (isMarked = true) };
  try {
    return { head: watch.checkHead({ ...head, ...change }, place), isMarked };
  } catch (error) {
    assert.ok(error instanceof BottleError && error.code === "placeholder");
    assert.ok(!error.message.includes("bot-bottle-"));
    return { head: error.message, isMarked };
  }
}

Deno.test("checkHead gives a head without placeholders back as it is", () => {
  const place = { route: plain, auth, onMisplaced: () => {} };
  assert.equal(watch.checkHead(head, place), head);
  const long = { ...head, headers: [["x-long", "é".repeat(40_000)]] } as const;
  assert.equal(watch.checkHead(long, place), long);
});

Deno.test("checkHead lets a placeholder pass where its credential is put on, and nowhere else", () => {
  const right = [["X_KEY", `Bearer ${OWN}`]] as const;
  assert.deepEqual(check({ headers: right }), {
    head: { ...head, headers: right },
    isMarked: false,
  });
  const others: readonly InjectedAuth[] = [
    { ...auth, token: "EGRESS_TOKEN_2" },
    { ...auth, header: "x-other" },
    { scheme: "bearer", token: "EGRESS_TOKEN_1" },
  ];
  for (const other of others) {
    assert.match(String(check({ headers: right }, plain, other).head), /header "X_KEY"/);
  }
  const nothing = { route: plain, auth: undefined, onMisplaced: () => {} };
  assert.throws(() => watch.checkHead({ ...head, headers: right }, nothing));
  const unknown = check({ headers: [["x-key", OTHER]] });
  assert.match(String(unknown.head), /header "x-key"/);
  assert.equal(unknown.isMarked, true);
});

Deno.test("checkHead looks at the rest of a head whose placeholder is in its place", () => {
  const right = ["x-key", `Bearer ${OWN}`] as const;
  assert.match(String(check({ headers: [right, ["x-note", OWN]] }).head), /header "x-note"/);
  assert.match(String(check({ headers: [right], path: `/${OTHER}` }).head), /the URL/);
  const beside = check({ headers: [["x-key", `${OTHER} ${OWN}`]] });
  assert.match(String(beside.head), /header "x-key"/);
});

Deno.test("checkHead names the place, and overwrites there on a provider's host", () => {
  const stars = "*".repeat(OWN.length);
  assert.match(String(check({ path: `/${OWN}` }).head), /the URL/);
  assert.deepEqual(check({ path: `/${OWN}?b=${OWN}` }, provider), {
    head: { ...head, path: `/${stars}?b=${stars}` },
    isMarked: true,
  });
  assert.deepEqual(check({ headers: [["cookie", `a=${OWN}`]] }, provider).head, {
    ...head,
    headers: [["cookie", `a=${stars}`]],
  });
  for (const route of [plain, provider]) {
    assert.match(String(check({ headers: [[OWN, "1"]] }, route).head), /a header's name/);
    const hex = Buffer.from(OWN).toString("hex").match(/.{1,60}/g)?.join(".") ?? "";
    assert.match(String(check({ host: `${hex}.example.com` }, route).head), /the host's name/);
  }
});

Deno.test("checkHead finds what zero-width characters split", () => {
  const value = Buffer.from([...OWN].join("\u200b")).toString("latin1");
  assert.match(String(check({ headers: [["x-a", value]] }).head), /header "x-a"/);
});

Deno.test("checkTrailers takes no placeholder, not even where a head would", () => {
  const place = { route: plain, auth, onMisplaced: () => {} };
  assert.throws(() => watch.checkTrailers([["x-key", OWN]], place), /header "x-key"/);
  assert.deepEqual(watch.checkTrailers([["x-sum", "1"]], place), [["x-sum", "1"]]);
});

Deno.test("filter finds a placeholder of another bottle that comes in pieces", () => {
  const place = { route: plain, auth, onMisplaced: () => {} };
  const text = Buffer.from(`a bot-bottle-is-a-name ${OTHER} b`);
  for (let cut = 1; cut < text.length; cut++) {
    const filter = watch.filter(place, true);
    let passed = "";
    const emit = (part: Uint8Array): void => void (passed += Buffer.from(part).toString());
    assert.throws(
      () => {
        filter.push(new Uint8Array(text.subarray(0, cut)), emit);
        filter.push(new Uint8Array(text.subarray(cut)), emit);
        filter.end(emit);
      },
      /in the body/,
      `cut at ${cut}`,
    );
    assert.ok(!passed.includes(OTHER.slice(0, 14)), passed);
  }
});

Deno.test("filter overwrites on a provider's host only where it may", () => {
  const place = { route: provider, auth, onMisplaced: () => {} };
  const filter = watch.filter(place, true);
  let passed = "";
  filter.push(new TextEncoder().encode(`a ${OTHER} ${OWN} b`), (part) => {
    passed += new TextDecoder().decode(part);
  });
  assert.equal(passed, `a ${"*".repeat(OTHER.length)} ${"*".repeat(OWN.length)} b`);
  assert.throws(() => watch.filter(place, false).push(new TextEncoder().encode(OWN), () => {}));
});
