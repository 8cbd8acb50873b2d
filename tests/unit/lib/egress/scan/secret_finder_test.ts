import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { redactingFilter } from "../../../../../lib/egress/scan/secret_finder.ts";
import { redactSlowly } from "../../../../support/egress/naive_scan.ts";

const SECRET = "sk-Ant01-q7Zw/x+Y=_kP93.mLd0";

/** What comes out of each push, then of the end. @param cuts where the text is cut, ascending */
function run(text: string, secrets: readonly string[], cuts: readonly number[] = []): string[] {
  const filter = redactingFilter(secrets);
  const data = Buffer.from(text, "latin1");
  const places = [0, ...cuts, data.length];
  const out: string[] = [];
  let part = "";
  const emit = (bytes: Uint8Array): void => {
    assert.notEqual(bytes.length, 0);
    part += Buffer.from(bytes).toString("latin1");
  };
  const close = (): void => {
    out.push(part);
    part = "";
  };
  for (const [index, from] of places.entries()) {
    const piece = Uint8Array.from(data.subarray(from, places[index + 1] ?? data.length));
    if (piece.length === 0 || index === places.length - 1) continue;
    filter.push(piece, emit);
    close();
  }
  filter.end(emit);
  close();
  return out;
}

function redact(text: string, secrets: readonly string[] = [SECRET]): string {
  return run(text, secrets).join("");
}

const bytes = Buffer.from(SECRET);
const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
const percent = hex.map((byte) => `%${byte}`).join("");
const shifted = ["", "a", "ab"].map((before) =>
  Buffer.from(`${before}${SECRET}!!`).toString("base64").slice(
    Math.ceil(before.length * 8 / 6),
    Math.floor((before.length + bytes.length) * 8 / 6),
  )
);
function base32(data: Uint8Array): string {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Number.parseInt(five.padEnd(5, "0"), 2))
  ).join("").slice(0, -1);
}

const hidden: readonly (readonly [what: string, text: string])[] = [
  ["plain", SECRET],
  ["in upper case", SECRET.toUpperCase()],
  ["reversed", [...SECRET].reverse().join("")],
  ...shifted.map((text, shift) => [`in base64, shifted by ${shift}`, text] as const),
  ["in base64 for URLs", shifted[0]?.replaceAll("+", "-").replaceAll("/", "_") ?? ""],
  ["in base32", base32(bytes)],
  ["in hexadecimal", hex.join("")],
  ["in upper-case hexadecimal", hex.join("").toUpperCase()],
  ["percent-encoded whole", percent],
  ["percent-encoded whole, in upper case", percent.toUpperCase()],
  ["percent-encoded twice", percent.replaceAll("%", "%25")],
  ["percent-encoded three times", percent.replaceAll("%", "%2525")],
  ["in \\u escapes", hex.map((byte) => `\\u00${byte}`).join("")],
  ["in \\x escapes", hex.map((byte) => `\\x${byte}`).join("")],
  ["in 0x bytes", hex.map((byte) => `0x${byte}`).join("")],
  ["in decimal entities", [...bytes].map((byte) => `&#${byte};`).join("")],
  ["in hexadecimal entities", hex.map((byte) => `&#x${byte};`).join("")],
];
for (const [what, text] of hidden) {
  Deno.test(`redactingFilter overwrites a secret ${what}, cut anywhere`, () => {
    const expected = redact(`a ${text} b`);
    assert.equal(expected, `a ${"*".repeat(text.length)} b`);
    // So long is a character, at most; three letters may pass, a separator, and an escape's beginning.
    const shown = 5 * Math.ceil(text.length / SECRET.length);
    for (let cut = 1; cut < text.length + 4; cut++) {
      const cutText = run(`a ${text} b`, [SECRET], [cut]).join("");
      const first = cutText.indexOf("*");
      assert.equal(
        cutText,
        `a ${text.slice(0, first - 2)}${expected.slice(first)}`,
        `cut at ${cut}`,
      );
      assert.ok(first - 2 <= shown, `cut at ${cut}: ${cutText}`);
    }
  });
}

const split: readonly (readonly [what: string, text: string])[] = [
  ["split by spaces", [...SECRET].join(" ")],
  ["split by line ends", [...SECRET].join("\r\n")],
  ["in hexadecimal with colons", hex.join(":")],
  ["in hexadecimal with spaces", hex.join(" ")],
  ["in 0x bytes with commas", hex.map((byte) => `0x${byte}`).join(", ")],
  ["as a JSON array of characters", JSON.stringify([...SECRET])],
  ["in UTF-16, little-endian", Buffer.from(SECRET, "utf16le").toString("latin1")],
  ["split by zero-width spaces", Buffer.from([...SECRET].join("\u200b")).toString("latin1")],
  ["split by escaped zero-width spaces", [...SECRET].join("\\u200b")],
  ["split by entities", [...SECRET].join("&zwnj;")],
  ["in lines of base64", (shifted[0] ?? "").replace(/.{12}/g, "$&\r\n")],
  ["in lines of base64, in a JSON string", (shifted[0] ?? "").replace(/.{12}/g, "$&\\n")],
  ["with a delimiter percent-encoded", encodeURIComponent(SECRET)],
  ["with a delimiter percent-encoded twice", encodeURIComponent(encodeURIComponent(SECRET))],
  ["in base64, percent-encoded", encodeURIComponent(shifted[0] ?? "")],
  ["as a JSON string", JSON.stringify(SECRET).replaceAll("/", "\\/")],
];
for (const [what, text] of split) {
  Deno.test(`redactingFilter overwrites the letters of a secret ${what}, cut anywhere`, () => {
    const expected = redact(`<${text}>`);
    assert.equal(expected.length, text.length + 2);
    assert.doesNotMatch(
      expected.replace(/\\u200b|\\n|&zwnj;|%(?:25)?[0-9A-F]{2}/g, ""),
      /[0-9a-z]/i,
    );
    for (let cut = 1; cut < text.length + 2; cut++) {
      const pieces = run(`<${text}>`, [SECRET], [cut]).join("");
      assert.equal(pieces.slice(cut), expected.slice(cut), `cut at ${cut}`);
    }
  });
}

Deno.test("redactingFilter leaves JSON that holds a secret valid", () => {
  for (
    const text of [
      JSON.stringify({ token: SECRET, characters: [...SECRET] }),
      JSON.stringify({ text: [...SECRET].join("\n") }),
      `{"t":"${hex.map((byte) => `\\u00${byte}`).join("")}"}`,
      JSON.stringify({ text: [...SECRET].join('"') }),
    ]
  ) {
    const shown = redact(text);
    assert.notEqual(shown, text);
    assert.doesNotThrow(() => JSON.parse(shown), shown);
  }
});

Deno.test("redactingFilter leaves what is no secret", () => {
  for (
    const text of [
      "",
      SECRET.slice(0, -1),
      SECRET.slice(1),
      SECRET.replace("q7", "q8"),
      [...SECRET].join("x"),
      [...SECRET].join(" ".repeat(17)),
      [...SECRET].join("\n\n"),
      "A text that says nothing of it",
    ]
  ) assert.equal(redact(text), text);
});

Deno.test("redactingFilter looks for no value under eight bytes, nor for one without letters", () => {
  assert.equal(redact("1234567 1234567", ["1234567"]), "1234567 1234567");
  assert.equal(redact("-+-+-+-+-+", ["-+-+-+-+-+"]), "-+-+-+-+-+");
  assert.equal(redact("12345678", ["12345678"]), "********");
});

Deno.test("redactingFilter lets a whole event pass at once, though it ends as a secret begins", () => {
  for (const end of ["s", "sk-", "sk-A", "sk-Ant01-q7Zw"]) {
    const event = `data: ${end}\n\n`;
    assert.deepEqual(run(event + event, [SECRET], [event.length]), [event, event, ""]);
  }
});

Deno.test("redactingFilter holds back nothing before four letters, and then only those", () => {
  assert.deepEqual(run("a sk-A", [SECRET], [6]), ["a sk-A", ""]);
  assert.deepEqual(run("a sk-An", [SECRET], [7]), ["a ", "sk-An"]);
  const rest = SECRET.slice(5);
  assert.deepEqual(run(`a sk-An${rest}`, [SECRET], [7]), ["a ", "*".repeat(SECRET.length), ""]);
});

Deno.test("redactingFilter finds a secret that comes byte by byte", () => {
  const text = `token=${SECRET};`;
  const cuts = Array.from({ length: text.length - 1 }, (_, at) => at + 1);
  assert.equal(run(text, [SECRET], cuts).join(""), `token=sk-A${"*".repeat(SECRET.length - 4)};`);
});

Deno.test("redactingFilter overwrites overlapping secrets whole", () => {
  const secrets = ["abcdefgh12345678", "12345678ijklmnop", "bcdefgh1"];
  const text = "xabcdefgh12345678ijklmnopx";
  for (let cut = 5; cut < text.length - 5; cut++) {
    const shown = run(text, secrets, [cut]).join("");
    assert.match(shown, /^x[abc]{0,3}\*{21,24}x$/, `${cut}: ${shown}`);
  }
});

const letter = fc.constantFrom("a", "b", "1", "-");
const secret = fc.string({ unit: letter, minLength: 8, maxLength: 20 });
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: letter, maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "\n",
      "\n\n",
      "\\n",
      "%2d",
      "%61",
      "&#97;",
      "\\u0062",
      "é",
      "\0",
      "\x80",
    ),
  },
);

function text(secrets: readonly string[]): fc.Arbitrary<string> {
  const hidden = fc.constantFrom(...secrets, ...secrets.map((secret) => btoa(secret)));
  const part = fc.oneof(
    { weight: 3, arbitrary: piece },
    { weight: 1, arbitrary: hidden },
    { weight: 1, arbitrary: fc.tuple(hidden, piece).map(([text, gap]) => [...text].join(gap)) },
  );
  return fc.array(part, { maxLength: 30 }).map((parts) => parts.join(""));
}

Deno.test("redactingFilter passes over nothing that a slow search finds", () => {
  const secrets = fc.array(secret, { minLength: 1, maxLength: 3 });
  const cases = secrets.chain((all) => fc.tuple(fc.constant(all), text(all)));
  fc.assert(
    fc.property(cases, ([secrets, text]) => {
      const slow = Buffer.from(redactSlowly(Buffer.from(text, "latin1"), secrets)).toString(
        "latin1",
      );
      assert.equal(redact(text, secrets), slow);
    }),
    { numRuns: 400 },
  );
});

Deno.test("redactingFilter comes to the same however a stream is cut, but for three letters at each cut", () => {
  const cases = fc.array(secret, { minLength: 1, maxLength: 2 }).chain((all) =>
    fc.tuple(fc.constant(all), text(all), fc.array(fc.double({ min: 0, max: 1, noNaN: true })))
  );
  fc.assert(
    fc.property(cases, ([secrets, text, shares]) => {
      const whole = redact(text, secrets);
      const cuts = shares.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b);
      const shown = run(text, secrets, cuts).join("");
      assert.equal(shown.length, whole.length);
      let letters = 0;
      for (let at = 0; at < whole.length; at++) {
        if (shown[at] === whole[at]) continue;
        assert.equal(whole[at], "*");
        assert.equal(shown[at], text[at]);
        if (/[0-9a-z]/.test(text[at] ?? "")) letters++;
      }
      assert.ok(letters <= 3 * cuts.length, `${letters} letters, ${cuts.length} cuts`);
    }),
    { numRuns: 400 },
  );
});
