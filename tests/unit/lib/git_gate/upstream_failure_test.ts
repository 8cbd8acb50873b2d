import { deepEqual, equal, ok } from "node:assert/strict";
import type { GateUpstream, HttpsUpstream, SshUpstream } from "../../../../lib/git_gate/config.ts";
import {
  parseShownHostKey,
  placeOf,
  upstreamFailure,
  withHostKeys,
  wordsOf,
} from "../../../../lib/git_gate/upstream_failure.ts";

const SSH: SshUpstream = {
  scheme: "ssh",
  user: "git",
  host: "git.example.com",
  port: 22,
  path: "/a.git",
  host_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
  private_key: "",
};
const HTTPS: HttpsUpstream = {
  scheme: "https",
  host: "git.example.com",
  port: 443,
  path: "/a.git",
  username: "bot",
  token: "t",
};
const REST = `fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
`;

/** What OpenSSH 10.0 and git 2.47 wrote. */
const SAMPLES: readonly (readonly [string, GateUpstream, string, string, RegExp])[] = [
  [
    "another host key",
    SSH,
    `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Host key for upstream has changed and you have requested strict checking.
Host key verification failed.
${REST}`,
    "upstream-host-key",
    /shows another host key than the declared one; nothing was sent to it/,
  ],
  [
    "a host key of another type",
    SSH,
    `No RSA host key is known for upstream and you have requested strict checking.
Host key verification failed.
${REST}`,
    "upstream-host-key",
    /another host key/,
  ],
  [
    "a refused key",
    SSH,
    `git@git.example.com: Permission denied (publickey).\n${REST}`,
    "upstream-denied",
    /does not accept the key/,
  ],
  [
    "a key that can't be read",
    SSH,
    `Load key "/run/git-gate/0/key": error in libcrypto\ngit@h: Permission denied (publickey).\n${REST}`,
    "upstream-denied",
    /key/,
  ],
  [
    "a refused connection",
    SSH,
    `ssh: connect to host git.example.com port 22: Connection refused\n${REST}`,
    "upstream-down",
    /connection was refused/,
  ],
  [
    "silence",
    SSH,
    `ssh: connect to host 192.0.2.1 port 22: Connection timed out\n${REST}`,
    "upstream-down",
    /does not answer/,
  ],
  [
    "silence after the connection",
    SSH,
    `Connection timed out during banner exchange\nConnection to 192.0.2.1 port 22 timed out\n${REST}`,
    "upstream-down",
    /does not answer/,
  ],
  [
    "no route",
    SSH,
    `ssh: connect to host 192.0.2.1 port 22: No route to host\n${REST}`,
    "upstream-down",
    /can't be reached$/,
  ],
  [
    "no such name",
    SSH,
    `ssh: Could not resolve hostname git.example.com: Name or service not known\n${REST}`,
    "upstream-down",
    /name is not known/,
  ],
  [
    "a connection that broke",
    SSH,
    `kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.1 port 22\n${REST}`,
    "upstream-down",
    /broke off/,
  ],
  [
    "no such repository",
    SSH,
    `fatal: '/a.git' does not appear to be a git repository\n${REST}`,
    "upstream-refused",
    /no such repository/,
  ],
  [
    "GitHub's no such repository",
    SSH,
    `ERROR: Repository not found.\n${REST}`,
    "upstream-refused",
    /no such repository/,
  ],
  [
    "GitLab's no such repository",
    SSH,
    `remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\n${REST}`,
    "upstream-refused",
    /no such repository/,
  ],
  [
    "Gitea's no such repository",
    SSH,
    `Gitea: Repository does not exist or you do not have access\n${REST}`,
    "upstream-refused",
    /no such repository/,
  ],
  [
    "a full disk",
    SSH,
    `fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output\n`,
    "mirror-failed",
    /disk of the bottle's mirrors is full/,
  ],
  [
    "a git without memory",
    SSH,
    `fatal: Out of memory, malloc failed (tried to allocate 629145600 bytes)\n`,
    "mirror-failed",
    /ran out of the memory/,
  ],
  [
    "something new",
    SSH,
    `fatal: protocol error: bad line length character: Welc\n`,
    "upstream-down",
    /could not be asked/,
  ],
  [
    "a wrong token",
    HTTPS,
    `fatal: Authentication failed for 'https://git.example.com/a.git/'\n`,
    "upstream-denied",
    /does not accept the token/,
  ],
  [
    "a wrong token that git asks for",
    HTTPS,
    `fatal: unable to get password from user\n`,
    "upstream-denied",
    /does not accept the token/,
  ],
  [
    "a token that may not",
    HTTPS,
    `fatal: unable to access 'https://git.example.com/a.git/': The requested URL returned error: 403\n`,
    "upstream-denied",
    /does not accept the token/,
  ],
  [
    "a token that is not there",
    { ...HTTPS, token: null },
    `fatal: could not read Username for 'https://git.example.com': terminal prompts disabled\n`,
    "upstream-denied",
    /wants a token, and none is declared/,
  ],
  [
    "an unknown issuer",
    HTTPS,
    `fatal: unable to access 'https://git.example.com/a.git/': server certificate verification failed. CAfile: none CRLfile: none\n`,
    "upstream-down",
    /certificate is not trusted/,
  ],
  [
    "a proxy that refuses",
    HTTPS,
    `fatal: unable to access 'https://git.example.com/a.git/': CONNECT tunnel failed, response 407\n`,
    "upstream-down",
    /company's proxy/,
  ],
  [
    "a redirect",
    HTTPS,
    `fatal: unable to access 'https://git.example.com/a.git/': The requested URL returned error: 301\n`,
    "upstream-refused",
    /redirect/,
  ],
  [
    "an https repository that is not there",
    HTTPS,
    `remote: Not Found\nfatal: repository 'https://git.example.com/a.git/' not found\n`,
    "upstream-refused",
    /no such repository/,
  ],
  [
    "no https at all",
    HTTPS,
    `fatal: unable to access 'https://git.example.com/a.git/': Failed to connect to git.example.com port 443 after 3 ms: Could not connect to server\n`,
    "upstream-down",
    /can't be reached$/,
  ],
];

for (const [what, upstream, stderr, code, said] of SAMPLES) {
  Deno.test(`upstreamFailure tells of ${what}`, () => {
    const error = upstreamFailure({ repo: "widget", upstream, stderr });
    equal(error.code, code);
    ok(said.test(error.message), error.message);
    ok(error.message.startsWith('The upstream of "widget" (git.example.com:'), error.message);
    ok(!error.details.some((line) => line.startsWith("Please") || line.startsWith("@")));
  });
}

Deno.test("upstreamFailure tells how long it has waited, unless git said why", () => {
  const failed = { repo: "a", upstream: SSH, timedOutMs: 10_000 };
  ok(upstreamFailure({ ...failed, stderr: "" }).message.endsWith("did not answer within 10 s"));
  const denied = upstreamFailure({ ...failed, stderr: "x: Permission denied (publickey).\n" });
  equal(denied.code, "upstream-denied");
});

Deno.test("wordsOf escapes what a terminal would obey, and keeps few lines", () => {
  deepEqual(wordsOf("remote: \x1b]0;x\x07 \u202e\n"), ["remote: \\x1b]0;x\\x07 \\u202e"]);
  equal(wordsOf("a\n".repeat(100)).length, 8);
  equal(wordsOf("a".repeat(1_000))[0]?.length, 300);
});

Deno.test("withHostKeys shows both fingerprints in the place of ssh's words", () => {
  const error = upstreamFailure({
    repo: "a",
    upstream: SSH,
    stderr: "Host key verification failed.\n",
  });
  const shown = `ssh-ed25519 SHA256:${"x".repeat(43)}`;
  const both = withHostKeys(error, SSH, shown);
  equal(both.code, "upstream-host-key");
  ok(both.details[0]?.startsWith("declared: ssh-ed25519 SHA256:+DiY3wvv"), both.details[0]);
  equal(both.details[1], `shown: ${shown}`);
  equal(withHostKeys(error, SSH, undefined).details[1], "shown: none that could be learnt");
});

Deno.test("parseShownHostKey reads ssh's own line, and nothing that a banner says", () => {
  const print = `SHA256:${"a".repeat(43)}`;
  const line = `debug1: Server host key: ssh-ed25519 ${print}`;
  equal(
    parseShownHostKey(`debug1: x\r\n${line}\r\nHost key verification failed.\r\n`),
    `ssh-ed25519 ${print}`,
  );
  equal(parseShownHostKey(`banner ${line}\n`), undefined);
  equal(parseShownHostKey(`${line}x\n`), undefined);
});

Deno.test("placeOf puts an IPv6 address in brackets", () => {
  equal(placeOf({ ...SSH, host: "2001:db8::1" }), "[2001:db8::1]:22");
});
