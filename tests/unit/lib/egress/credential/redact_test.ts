import assert from "node:assert/strict";
import {
  createRedactor,
  MAX_PATH,
  redactPath,
} from "../../../../../lib/egress/credential/redact.ts";

const SECRET = "sk-live+/=12345678";
const redact = createRedactor([SECRET]);

Deno.test("createRedactor finds a value plain, percent-encoded and in base64", () => {
  const base64 = btoa(SECRET).replace(/=+$/, "");
  const spellings = [
    SECRET,
    encodeURIComponent(SECRET),
    base64,
    `${base64}==`,
    base64.replaceAll("+", "-").replaceAll("/", "_"),
  ];
  for (const text of spellings) {
    const shown = redact(`a/${text}/b`);
    assert.match(shown, /^a\/\[redacted\](?:==)?\/b$/, text);
  }
});

Deno.test("createRedactor takes the longest value first and leaves short ones", () => {
  const both = createRedactor(["secret12", "secret1234", "abc"]);
  assert.equal(both("secret1234 secret12 abc"), "[redacted] [redacted] abc");
});

Deno.test("redactPath replaces values of keys that name a credential", () => {
  const cases: [string, string][] = [
    ["/a?b=c&d", "/a?b=c&d"],
    ["/a?access_token=x&b=c", "/a?access_token=[redacted]&b=c"],
    ["/a?KEY=x", "/a?KEY=[redacted]"],
    ["/a?X-Amz-Signature=x&X-Amz-Date=y", "/a?X-Amz-Signature=[redacted]&X-Amz-Date=y"],
    ["/a?api%5Fkey=x", "/a?api%5Fkey=[redacted]"],
    [
      "/a?accessToken=x&clientSecret=y&userId=z",
      "/a?accessToken=[redacted]&clientSecret=[redacted]&userId=z",
    ],
    ["/a?accesstoken=x&user[password]=y", "/a?accesstoken=[redacted]&user[password]=[redacted]"],
    ["/a?b=c;token=x;d=e", "/a?b=c;token=[redacted];d=e"],
    ["/a?token", "/a?token"],
    ["/a?sig=a=b", "/a?sig=[redacted]"],
    ["/a?monkey=x&keyboard=y&%zz=1", "/a?monkey=x&keyboard=y&%zz=1"],
    [`/a/${SECRET}?q=${SECRET}`, "/a/[redacted]?q=[redacted]"],
  ];
  for (const [target, shown] of cases) assert.equal(redactPath(target, redact), shown);
});

Deno.test("redactPath escapes control characters and cuts after redaction", () => {
  assert.equal(redactPath("/a\x1b\u202e", redact), "/a\\x1b\\u202e");
  const long = redactPath(`/${"a".repeat(MAX_PATH - 10)}${SECRET}${"b".repeat(100)}`, redact);
  assert.equal(long.length, MAX_PATH);
  assert.doesNotMatch(long, /sk-live/);
});
