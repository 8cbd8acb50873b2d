/** Ways into the gate, and ways past it. */

import type { GitCase } from "../case.ts";

/** What a request finds that the gate does not serve. */
const REFUSED = /status (40[0-9]|41[0-9]|50[0-9])|ERR not declared/;
/** Prints the status of a request; fails unless it is 200, without an error in git's way. */
const status = (request: string): string =>
  `code=$(call --output /tmp/answer --write-out '%{http_code}' ${request}); say "status $code"
  tr -c '[:print:]\\n' ' ' </tmp/answer >&2; [ "$code" = 200 ] && ! grep --quiet --text '^....ERR ' /tmp/answer`;

const INFO = "/info/refs?service=git-upload-pack";

/** Requests of no git. */
const PATHS: readonly (readonly [name: string, request: string])[] = [
  ["a repository that is not declared", `"$ROOT/other${INFO}"`],
  ["dots in the path", `"$ROOT/widget/../widget${INFO}"`],
  ["dots that are escaped", `"$ROOT/%2e%2e/widget${INFO}"`],
  ["a slash that is escaped", `"$ROOT/widget%2finfo/refs?service=git-upload-pack"`],
  ["an escape inside of the name", `"$ROOT/w%69dget${INFO}"`],
  ["two slashes", `"$ROOT//widget${INFO}"`],
  ["another letter case", `"$ROOT/Widget${INFO}"`],
  ["a NUL", `"$ROOT/widget%00${INFO}"`],
  ["a whole url for a target", `--request-target "http://127.0.0.1/../widget${INFO}" "$ROOT/"`],
  ["the dumb protocol", `"$ROOT/widget/info/refs"`],
  ["the dumb protocol's HEAD", `"$ROOT/widget/HEAD"`],
  ["an object of the dumb protocol", `"$ROOT/widget/objects/info/packs"`],
  ["a loose object", `"$ROOT/widget/objects/00/00000000000000000000000000000000000000"`],
  ["another service", `"$ROOT/widget/info/refs?service=git-upload-archive"`],
  ["a service that is a program", `"$ROOT/widget/info/refs?service=git-http-backend"`],
  ["a service without its prefix", `"$ROOT/widget/info/refs?service=upload-pack"`],
  ["two services", `"$ROOT/widget/info/refs?service=git-upload-pack&service=git-receive-pack"`],
  ["upload-archive itself", `--data x "$ROOT/widget/git-upload-archive"`],
  ["PUT, as WebDAV has it", `--request PUT --data x "$ROOT/widget/objects/x"`],
  ["PROPFIND", `--request PROPFIND "$ROOT/widget/"`],
  ["LFS", `--data '{"operation":"upload"}' "$ROOT/widget/info/lfs/objects/batch"`],
];

/** All of them. */
export const wayCases: readonly GitCase[] = [
  ...PATHS.map(([name, request]): GitCase => ({
    line: "http-path",
    name,
    script: `ROOT=\${GATE%/widget}; ${status(request)}`,
    says: REFUSED,
  })),
  {
    line: "http-path",
    name: "a request line that is none",
    script: `host=\${GATE#http://}; host=\${host%%/*}
      printf 'GET /widget/info/refs?service=git-upload-pack\\r\\n\\r\\n' |
        nc -N -w 10 "\${host%:*}" "\${host#*:}" >/tmp/answer; cat /tmp/answer >&2; grep -q 'HTTP/1.1 200' /tmp/answer`,
    says: /HTTP\/1.1 400/,
  },
  {
    line: "lfs",
    name: "an upload",
    script:
      `body='{"operation":"upload","transfers":["basic"],"objects":[{"oid":"'$(printf '%064d' 7)'","size":40}]}'
      ${
        status(
          `--header 'Accept: application/vnd.git-lfs+json' --data "$body" "$GATE/info/lfs/objects/batch"`,
        )
      }`,
    says: /message/,
  },
  {
    line: "push-option",
    name: "a secret in one",
    script: `git commit --quiet --allow-empty -m X; push -o "note=$SECRET"`,
    says: /push options|push-secret|a secret is in it/i,
  },
  ...([
    "hooks/pre-receive",
    "hooks/post-update",
    "config",
    "info/attributes",
    "objects/info/alternates",
  ] as const)
    .map((file): GitCase => ({
      line: file.startsWith("hooks") ? "hooks" : "config",
      name: `${file}, written by a request`,
      script: status(`--request PUT --data '#!/bin/sh' "$GATE/${file}"`),
      says: REFUSED,
    })),
  {
    line: "hooks",
    name: "a hook's path for a ref",
    script: `git commit --quiet --allow-empty -m X; new=$(git rev-parse HEAD)
      echo $new | git pack-objects -q --revs --stdout >/tmp/pack; raw_push hooks/pre-receive $NONE $new /tmp/pack`,
    says: /ng |may not be pushed|funny|protocol error|malformed|bad ref|rejected/i,
  },
  {
    line: "config",
    name: "the mirror's configuration, read",
    script: status(`"$GATE/config"`),
    says: REFUSED,
  },
  {
    line: "config",
    name: "options for the gate's git in the request's headers",
    script: status(
      `--header 'Git-Protocol: version=2:uploadpack.packObjectsHook=/bin/sh' --header 'Git-Config-Count: 1' --header 'Content-Encoding: x' --data 0000 "$GATE/git-upload-pack"`,
    ),
    says: REFUSED,
  },
  ...([
    ["ext", "a program for a repository", "ext::sh%20-c%20id"],
    ["ext", "a remote helper", "fd::0"],
    ["file-url", "file://", "file:///var/lib/bot-bottle/mirrors"],
    ["file-url", "an absolute path", "/etc"],
    ["upload-pack", "an option for a repository", "--upload-pack=id"],
    ["upload-pack", "an option behind the repository", "widget%20--upload-pack=id"],
    ["dash-host", "a name that begins with a hyphen", "-oProxyCommand=id"],
  ] as const).map(([line, name, repo]): GitCase => ({
    line,
    name: `${name}, asked of the gate`,
    script: `ROOT=\${GATE%/widget}; ${status(`"$ROOT/${repo}${INFO}"`)}`,
    says: REFUSED,
  })),
  {
    line: "upload-pack",
    name: "an option for a service",
    script: status(`"$GATE/info/refs?service=--upload-pack=id"`),
    says: REFUSED,
  },
  ...([
    ["upload-pack", "-u./id", "part"],
    ["submodule-tricks", "https://git.example.com/a.git\\nupdate = !id", "part"],
    ["submodule-tricks", "https://git.example.com/part.git", "../../hooks"],
  ] as const).map(([line, url, name]): GitCase => ({
    line,
    name: `a submodule "${name}" of ${url.replace("\\n", ", ")}`,
    script: `printf '[submodule "%s"]\\n\\tpath = part\\n\\turl = ${url}\\n' '${name}' >.gitmodules
      git add -f .gitmodules; git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),part
      git commit --quiet -m Part; push`,
    says: /push-malformed|malformed|gitmodules/,
    reason: "push-malformed",
  })),
  {
    line: "submodule-tricks",
    name: ".gitmodules that is a link",
    script: `blob=$(printf .git/config | git hash-object -w --stdin)
      tree=$({ git ls-tree HEAD; printf '120000 blob %s\\t.gitmodules\\n' $blob; } | git mktree)
      id=$(git commit-tree -p HEAD -m Link $tree); git push origin $id:refs/heads/$BRANCH`,
    says: /push-malformed|malformed|gitmodules/,
    reason: "push-malformed",
  },
  {
    line: "hooks",
    name: "a tree with a folder .git",
    script: `blob=$(echo '#!/bin/sh' | git hash-object -w --stdin)
      hooks=$(printf '100755 blob %s\\tpre-commit\\n' $blob | git mktree)
      dot=$(printf '040000 tree %s\\thooks\\n' $hooks | git mktree)
      tree=$(printf '040000 tree %s\\t.git\\n' $dot | git mktree)
      id=$(git commit-tree -p HEAD -m Hooks $tree); git push origin $id:refs/heads/$BRANCH`,
    says: /push-malformed|malformed|hasDotgit/,
    reason: "push-malformed",
  },
  {
    line: "sockets",
    name: "the bundle's sockets, in the agent's own file system",
    script:
      `for one in /run/git-gate /run/bot-bottle /run/bot-bottle/control.sock /var/lib/bot-bottle; do
        [ ! -e $one ] || exit 0; say "no $one"; done; exit 1`,
    says: /no \/run\/git-gate/,
  },
  {
    line: "sockets",
    name: "the bundle's sockets, by the gate's paths",
    script: `ROOT=\${GATE%/widget}; ${status(`"$ROOT/../run/git-gate/hooks.sock"`)}`,
    says: REFUSED,
  },
  {
    line: "sockets",
    name: "any other port of the gate's address",
    script: `host=\${GATE#http://}; host=\${host%%:*}
      for port in 22 80 443 8080 9098 9101 9419; do nc -z -w 2 "$host" $port && exit 0; done; say closed; exit 1`,
    says: /closed/,
  },
  {
    line: "round-the-gate",
    name: "ssh to the upstream's name",
    script: `nc -z -w 3 git.example.com 22 || { say 'no way'; exit 1; }`,
    says: /no way/,
  },
  {
    line: "round-the-gate",
    name: "ssh to the upstream's address",
    script: `nc -z -w 3 $ADDRESS 22 || { say 'no way'; exit 1; }`,
    says: /no way/,
  },
  {
    line: "round-the-gate",
    name: "git:// to the upstream's address",
    script: `GIT_CONFIG_GLOBAL=/dev/null timeout 20 git ls-remote git://$ADDRESS/widget.git`,
    says: /unable to connect|timed out|unreachable|failed/i,
  },
  {
    line: "round-the-gate",
    name: "HTTPS through egress, without the rewriting of urls",
    script:
      `GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 git ls-remote https://git.example.com/srv/git/widget.git`,
    says: /403|fatal/,
  },
  {
    line: "round-the-gate",
    name: "CONNECT to ssh through egress",
    script:
      `curl --silent --show-error --max-time 20 --proxy "$HTTPS_PROXY" --proxytunnel telnet://git.example.com:22 </dev/null`,
    says: /403|CONNECT/,
  },
];
