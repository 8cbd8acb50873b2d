import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { parseUpstreamUrl } from "../../../../lib/git_gate/upstream_url.ts";

const ssh = { scheme: "ssh", user: "git", host: "git.example.com", port: 22 };
const https = { scheme: "https", host: "git.example.com", port: 443 };

const GOOD: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["ssh://git@git.example.com/team/widget.git", { ...ssh, path: "/team/widget.git" }],
  ["ssh://git@git.example.com:22/team/widget.git", { ...ssh, path: "/team/widget.git" }],
  ["ssh://git@git.example.com:2222/team/widget", { ...ssh, port: 2222, path: "/team/widget" }],
  ["ssh://git@GIT.Example.com/team/widget.git/", { ...ssh, path: "/team/widget.git" }],
  ["ssh://git@git.example.com/~ann/widget.git", { ...ssh, path: "~ann/widget.git" }],
  ["ssh://git@git.example.com/~/widget.git", { ...ssh, path: "~/widget.git" }],
  ["ssh://git@[2001:db8::1]:2222/w", { ...ssh, host: "2001:db8::1", port: 2222, path: "/w" }],
  ["ssh://git@192.0.2.7/w.git", { ...ssh, host: "192.0.2.7", path: "/w.git" }],
  ["ssh://deploy.bot@git.example.com/w", { ...ssh, user: "deploy.bot", path: "/w" }],
  ["git@git.example.com:team/widget.git", { ...ssh, path: "team/widget.git" }],
  ["git@git.example.com:/srv/git/widget.git", { ...ssh, path: "/srv/git/widget.git" }],
  ["git@git.example.com:~ann/widget.git", { ...ssh, path: "~ann/widget.git" }],
  ["git@git.example.com:v3/org/My%20Project/w", { ...ssh, path: "v3/org/My%20Project/w" }],
  ["git@[2001:DB8::0:1]:w.git", { ...ssh, host: "2001:db8::1", path: "w.git" }],
  ["https://git.example.com/team/lib.git", { ...https, path: "/team/lib.git" }],
  ["https://git.example.com:8443/team/lib/", { ...https, port: 8443, path: "/team/lib" }],
  ["https://git.example.com/org/My%20Project/_git/lib", {
    ...https,
    path: "/org/My%20Project/_git/lib",
  }],
  ["https://[2001:db8::1]/lib", { ...https, host: "2001:db8::1", path: "/lib" }],
];

Deno.test("parseUpstreamUrl reads ssh, scp-like and https addresses", () => {
  for (const [text, address] of GOOD) {
    assert.deepEqual(parseUpstreamUrl(text), { ok: true, address }, text);
  }
});

const BAD: readonly (readonly [string, RegExp])[] = [
  ["", /visible ASCII/],
  ["ext::sh -c id", /visible ASCII/],
  ["ext::sh%20-c%20id", /a program of git's/],
  ["fd::17", /a program of git's/],
  ["::x", /a program of git's/],
  ["file:///srv/git/widget.git", /path on a machine/],
  ["git://git.example.com/team/widget.git", /not encrypted/],
  ["http://git.example.com/team/widget.git", /not encrypted/],
  ["ftp://git.example.com/team/widget.git", /neither ssh nor https/],
  ["git+ssh://git@git.example.com/team/widget.git", /old spelling/],
  ["ssh+git://git@git.example.com/team/widget.git", /old spelling/],
  ["SSH://git@git.example.com/team/widget.git", /upper case/],
  ["HTTPS://git.example.com/team/widget.git", /upper case/],
  ["/srv/git/widget.git", /path on a machine/],
  ["./widget", /path on a machine/],
  ["../widget.git", /path on a machine/],
  ["~/widget.git", /path on a machine/],
  ["widget", /path on a machine/],
  ["C:\\git\\widget", /path of Windows/],
  ["C:/git/widget", /path of Windows/],
  ["git@git.example.com/team/widget.git", /no address/],
  ["-oProxyCommand=id:x", /begin with a hyphen/],
  ["--upload-pack=id", /begin with a hyphen/],
  ["ssh://git@-oProxyCommand=id/w", /names no host/],
  ["ssh://git@-host.example.com/w", /names no host/],
  ["ssh://-oProxyCommand=id@git.example.com/w", /names no user that/],
  ["git@-oProxyCommand=id:w", /names no host/],
  ["-git@git.example.com:w", /begin with a hyphen/],
  ["ssh://-git@git.example.com/w", /names no user that/],
  ["git@git.example.com:-w", /begins with a hyphen/],
  ["git@git.example.com:--upload-pack=id", /begins with a hyphen/],
  ["ssh://git@git.example.com/-w", /begins with a hyphen/],
  ["ssh://git.example.com/team/widget.git", /names no user$/],
  ["git.example.com:team/widget.git", /names no user$/],
  ["@git.example.com:team/widget.git", /names no user$/],
  ["ssh://@git.example.com/w", /names no user$/],
  ["ssh://git:pass@git.example.com/w", /holds a password/],
  ["https://ann:pass@git.example.com/w", /holds a password/],
  ["https://ann@git.example.com/w", /names a user/],
  ["https://@git.example.com/w", /names a user/],
  ["ssh://git@evil@git.example.com/w", /names no user that/],
  ["ssh://git@git.example.com", /names no repository/],
  ["ssh://git@git.example.com/", /names no repository/],
  ["ssh://git@git.example.com//", /names no repository/],
  ["git@git.example.com:", /names no repository/],
  ["https://git.example.com", /names no repository/],
  ["https://git.example.com/.git", /names no repository/],
  ["git@git.example.com:.git", /names no repository/],
  ["https://git.example.com/foo.git.git", /twice at its end/],
  ["https://git.example.com/foo.git.git/", /twice at its end/],
  ["git@git.example.com:foo.git/.git", /twice at its end/],
  ["https://git.example.com/te%61m/w", /needs none/],
  ["https://git.example.com/team/w%2Bx", /needs none/],
  ["ssh://git@git.example.com/~ann", /home folder/],
  ["git@git.example.com:~", /home folder/],
  ["ssh://git@git.example.com:0/w", /port/],
  ["ssh://git@git.example.com:65536/w", /port/],
  ["ssh://git@git.example.com:022/w", /port/],
  ["ssh://git@git.example.com:/w", /port/],
  ["ssh://git@git.example.com:22x/w", /port/],
  ["https://git.example.com:99999/w", /port/],
  ["git@git.example.com:2222/team/widget.git", /no place for a port/],
  ["git@git.example.com:2222", /no place for a port/],
  ["ssh://git@2001:db8::1/w", /names no host/],
  ["ssh://git@[fe80::1%25eth0]/w", /names no host/],
  ["ssh://git@[::1/w", /names no host/],
  ["git@[2001:db8::1:w", /no address/],
  ["git@[git.example.com:2222]:w", /names no host/],
  ["ssh://git@127.1/w", /names no host/],
  ["ssh://git@0x7f000001/w", /names no host/],
  ["ssh://git@git_host/w", /names no host/],
  ["ssh://git@/w", /names no host/],
  ["https:///w", /names no host/],
  ["ssh://git@git.example.com/../w", /"\.\."/],
  ["ssh://git@git.example.com/team/../../w", /"\.\."/],
  ["git@git.example.com:../w", /"\.\."/],
  ["https://git.example.com/team/./w", /"\.\."/],
  ["https://git.example.com/team//w", /empty segment/],
  ["https://git.example.com//w", /empty segment/],
  ["https://git.example.com/w//", /empty segment/],
  ["https://git.example.com/w?x=1", /query/],
  ["https://git.example.com/w#x", /fragment/],
  ["https://git.example.com/w\\x", /a character in its path/],
  ["https://git.example.com/w%", /a character in its path/],
  ["https://git.example.com/w%2", /a character in its path/],
  ["https://git.example.com/%2e%2e/w", /behind an escape/],
  ["https://git.example.com/a%2Fb", /behind an escape/],
  ["https://git.example.com/a%5cb", /behind an escape/],
  ["https://git.example.com/a%252e", /behind an escape/],
  ["https://git.example.com/a%00b", /behind an escape/],
  ["https://git.example.com/a%0ab", /behind an escape/],
  ["https://git.example.com/a%C3%BC", /behind an escape/],
  ["ssh://git@git.example.com/My%20Project/w", /escape in its path/],
  ["ssh://%67it@git.example.com/w", /names no user that/],
  ["ssh://git@git%2eexample.com/w", /names no host/],
  ["git@git.example.com:$(id)", /a character in its path/],
  ["git@git.example.com:a'b", /a character in its path/],
  ["git@git.example.com:`id`", /a character in its path/],
  ["git@git.example.com:a;b", /a character in its path/],
  ["git@git.example.com:a\nb", /visible ASCII/],
  ["git@git.example.com:a\0b", /visible ASCII/],
  ["ssh://git@git.example.com/a b", /visible ASCII/],
  ["ssh://git@gіt.example.com/w", /visible ASCII/],
  [`ssh://git@git.example.com/${"a".repeat(1_024)}`, /at most 1024/],
];

Deno.test("parseUpstreamUrl refuses what git would run, guess at, or send in the clear", () => {
  for (const [text, why] of BAD) {
    const parsed = parseUpstreamUrl(text);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.why, why, text);
  }
});

Deno.test("parseUpstreamUrl says where a number after the colon belongs", () => {
  const parsed = parseUpstreamUrl("git@git.example.com:2222/team/widget.git");
  assert.ok(!parsed.ok);
  assert.equal(
    parsed.hint,
    "Write ssh://git@git.example.com:2222/team/widget.git, or ssh://git@git.example.com/2222/team/widget.git",
  );
});

Deno.test("parseUpstreamUrl lets nothing through that a shell, git or ssh could read otherwise", () => {
  const alphabet = [..."abgit:/@.-~%2e5[]\\;$ '\n\0#?+_"];
  const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 24 }).map((parts) =>
    parts.join("")
  );
  const url = fc.tuple(
    fc.constantFrom("", "ssh://", "https://", "ssh://git@a.example/", "git@a.example:"),
    text,
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(url, (candidate) => {
      const parsed = parseUpstreamUrl(candidate);
      if (!parsed.ok) return;
      const { host, path } = parsed.address;
      assert.match(host, /^[a-z0-9][a-z0-9.:-]*$|^[a-f0-9:.]+$/);
      assert.match(path, /^[A-Za-z0-9/~._+@,=:%-]+$/);
      assert.doesNotMatch(path, /^\/?-|(?:^|\/)\.\.?(?:\/|$)|\/\/|\/$/);
      if (parsed.address.scheme === "ssh") assert.match(parsed.address.user, /^[A-Za-z0-9_]/);
    }),
    { numRuns: 2_000 },
  );
});
