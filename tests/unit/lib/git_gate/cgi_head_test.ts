import { deepEqual, equal, throws } from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { type CgiHead, CgiHeadReader } from "../../../../lib/git_gate/cgi_head.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

for (
  const [what, head, status] of [
    [
      "http-backend's own",
      "Expires: Fri, 01 Jan 1980 00:00:00 GMT\r\nContent-Type: x/y\r\n\r\n",
      200,
    ],
    ["one with a status", "Status: 404 Not Found\r\nContent-Type: x/y\r\n\r\n", 404],
    ["one with bare line feeds", "Status: 403 No\nContent-Type: x/y\n\n", 403],
  ] as const
) {
  Deno.test(`CgiHeadReader reads ${what}, and leaves the body`, () => {
    const read = new CgiHeadReader().push(bytes(`${head}\n\nbody`));
    equal(read?.status, status);
    equal(read?.headers.find(([name]) => name === "content-type")?.[1], "x/y");
    equal(text(read?.rest), "\n\nbody");
  });
}

Deno.test("CgiHeadReader reads the same however the pieces come", () => {
  const whole = bytes(
    "Status: 200 OK\r\nContent-Type: x/y\r\nPragma: no-cache\r\n\r\n\r\nbody\r\n\r\n",
  );
  const first = new CgiHeadReader().push(whole);
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: whole.length })), (cuts) => {
    const reader = new CgiHeadReader();
    const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
    let head: CgiHead | undefined;
    let rest = "";
    for (const [index, at] of places.entries()) {
      const piece = whole.slice(at, places[index + 1] ?? whole.length);
      if (head !== undefined) rest += text(piece);
      else head = reader.push(piece);
    }
    deepEqual(head?.headers, first?.headers);
    equal(text(head?.rest) + rest, text(first?.rest));
  }));
});

for (
  const [what, head] of [
    ["a line without a colon", "Content-Type x\r\n\r\n"],
    ["a name with a space", "Content Type: x\r\n\r\n"],
    ["a status that is none", "Status: fine\r\n\r\n"],
    ["one that does not end", `X: ${"a".repeat(17_000)}`],
  ] as const
) {
  Deno.test(`CgiHeadReader refuses ${what}`, () => {
    throws(() => new CgiHeadReader().push(bytes(head)), SyntaxError);
  });
}
