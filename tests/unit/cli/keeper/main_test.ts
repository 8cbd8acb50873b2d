import assert from "node:assert/strict";
import { keeperMain } from "../../../../cli/keeper/main.ts";

interface Ran {
  readonly code: number;
  readonly said: readonly string[];
}

async function run(stdin: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<Ran> {
  const said: string[] = [];
  const code = await keeperMain({
    env: () => undefined,
    signal: signal ?? new AbortController().signal,
    stdin,
    answer: (line) => Promise.resolve(void said.push(line)),
    pid: 7,
    uid: Deno.uid(),
  });
  return { code, said };
}

const told = (text: string): ReadableStream<Uint8Array> =>
  ReadableStream.from([new TextEncoder().encode(text)]);

Deno.test("keeperMain ends without a word when its starter dies, even in the middle of the seed", async () => {
  for (const text of ["", '{"slug":"demo-ab12c"']) {
    assert.deepEqual(await run(told(text)), { code: 0, said: [] });
  }
});

Deno.test("keeperMain ends on SIGTERM while it waits to be told", async () => {
  const ending = new AbortController();
  const waiting = run(new ReadableStream<Uint8Array>(), ending.signal);
  ending.abort();
  assert.deepEqual(await waiting, { code: 0, said: [] });
});

const bad: readonly (readonly [what: string, seed: string])[] = [
  ["what is not JSON", "a marker\n"],
  [
    "a seed of another shape",
    '{"slug":"demo-ab12c","home":"/h","environment":[["A",["marker"]]]}\n',
  ],
  ["bytes that are no text", "\xff\n"],
];

for (const [what, seed] of bad) {
  Deno.test(`keeperMain refuses ${what}, and quotes nothing of it`, async () => {
    const { code, said: [line = ""] } = await run(told(seed));
    assert.equal(code, 1);
    assert.equal(typeof JSON.parse(line).error, "string");
    assert.doesNotMatch(line, /marker/);
  });
}

Deno.test("keeperMain knows no bottle that its home does not remember", async () => {
  const home = await Deno.makeTempDir();
  const { code, said } = await run(
    told(`${JSON.stringify({ slug: "demo-ab12c", home, environment: [] })}\n`),
  );
  assert.deepEqual([code, said], [1, [
    JSON.stringify({ error: 'No bottle "demo-ab12c" is remembered in this home' }),
  ]]);
  await Deno.remove(home, { recursive: true });
});
