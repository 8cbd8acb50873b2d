import assert from "node:assert/strict";
import type { Route, RouteLimits } from "../../../../../lib/egress/route/route.ts";
import { ReservedBytes } from "../../../../../lib/egress/route/route_limits.ts";
import type { BodyReader } from "../../../../../sidecars/egress/body/body.ts";
import {
  reserveInMemory,
  RouteMeters,
} from "../../../../../sidecars/egress/inspect/route_meters.ts";

const head = { method: "POST", path: "/", headers: [] };
const none = { kind: "none" } as const;

function route(limits: RouteLimits, host = "a.test"): Route {
  return { host, limits, origin: "m" };
}

/** A body of pieces. */
function bodyOf(pieces: readonly string[], trailers: BodyReader["trailers"] = []): BodyReader {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return {
    read: () => Promise.resolve(left.shift()),
    get isDone(): boolean {
      return left.length === 0;
    },
    get trailers(): BodyReader["trailers"] {
      return left.length === 0 ? trailers : [];
    },
  };
}

/** How many bytes come through. */
async function drain(body: BodyReader): Promise<number> {
  let count = 0;
  for (;;) {
    const piece = await body.read();
    if (piece === undefined) return count;
    count += piece.length;
  }
}

Deno.test("RouteMeters refuses requests beyond a minute's, each route for itself, and says when", async () => {
  const meters = new RouteMeters(reserveInMemory());
  const ask = async (host: string, now: number): Promise<unknown> => {
    const limited = { route: route({ requests_per_minute: 2 }, host), framing: none };
    const refused = await meters.admit(limited, head, now);
    return refused && [refused.reason, refused.retryAfterS, refused.route];
  };
  assert.equal(await ask("a.test", 0), undefined);
  assert.equal(await ask("a.test", 0), undefined);
  assert.deepEqual(await ask("a.test", 500), ["rate-limit", 30, "a.test"]);
  assert.equal(await ask("b.test", 500), undefined);
  assert.equal(await ask("a.test", 30_000), undefined);
});

Deno.test("RouteMeters refuses a body that says it is too long, and cuts one that turns out so", async () => {
  const meters = new RouteMeters(reserveInMemory());
  const bounded = route({ body_bytes: 5 });
  const long = { route: bounded, framing: { kind: "length", length: 6 } } as const;
  assert.equal((await meters.admit(long, head))?.reason, "body-too-large");
  const fits = { route: bounded, framing: { kind: "length", length: 5 } } as const;
  assert.equal(await meters.admit(fits, head), undefined);
  assert.equal(await drain(meters.meter(bounded, bodyOf(["abc", "de"]))), 5);
  const body = meters.meter(bounded, bodyOf(["abc", "def"]));
  assert.equal((await body.read())?.length, 3);
  await assert.rejects(body.read(), { code: "body-too-large" });
});

Deno.test("RouteMeters lets no more leave than the route's budget: heads, bodies and trailers", async () => {
  const budgets = new ReservedBytes();
  const meters = new RouteMeters((wish) => Promise.resolve(budgets.reserve(wish)));
  const bounded = route({ bytes_out: 100 });
  const asked = { route: bounded, framing: { kind: "chunked" } } as const;
  // 19 bytes of head: "POST / HTTP/1.1" and two line ends.
  assert.equal(await meters.admit(asked, head), undefined);
  assert.equal(await drain(meters.meter(bounded, bodyOf(["x".repeat(40)], [["a", "b"]]))), 40);
  assert.equal(await meters.admit(asked, head), undefined);
  await assert.rejects(drain(meters.meter(bounded, bodyOf(["x".repeat(20)]))), { code: "budget" });
  assert.equal((await meters.admit(asked, head))?.reason, "budget");
  assert.equal(
    await meters.admit({ route: route({ bytes_out: 100 }, "b.test"), framing: none }, head),
    undefined,
  );
});

Deno.test("RouteMeters refuses a request whose length shows that it can't go whole, and spends nothing on it", async () => {
  const meters = new RouteMeters(reserveInMemory());
  const bounded = route({ bytes_out: 100 });
  const ask = (length: number): Promise<unknown> =>
    meters.admit({ route: bounded, framing: { kind: "length", length } }, head);
  assert.notEqual(await ask(82), undefined);
  assert.equal(await ask(81), undefined);
});

Deno.test("RouteMeters lets nothing leave when nobody can say what has left", async () => {
  const meters = new RouteMeters(() => Promise.reject(new Error("down")));
  const asked = { route: route({ bytes_out: 100 }), framing: none };
  await assert.rejects(meters.admit(asked, head), { code: "audit-unavailable" });
});

Deno.test("RouteMeters asks for one slice at a time, however many exchanges wait for it", async () => {
  const wishes: number[] = [];
  const meters = new RouteMeters((wish) => {
    wishes.push(wish.bytes);
    return Promise.resolve({ granted: wish.bytes, reserved: wish.bytes });
  });
  const asked = { route: route({ bytes_out: 160_000 }), framing: none };
  await Promise.all(Array.from({ length: 50 }, () => meters.admit(asked, head)));
  assert.deepEqual(wishes, [10_000]);
});

Deno.test("RouteMeters leaves the body of a route without limits alone", () => {
  const meters = new RouteMeters(reserveInMemory());
  const body = bodyOf(["abc"]);
  assert.equal(meters.meter({ host: "a.test", origin: "m" }, body), body);
});
