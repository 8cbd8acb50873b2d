/** What a manifest may not name, said before anything is started. */

import { doesNotMatch, equal, match, notEqual } from "node:assert/strict";
import { makeHome } from "../../e2e/cli/program.ts";

const URLS = [
  "ext::sh -c id",
  "fd::0",
  "file:///srv/git/widget.git",
  "/srv/git/widget.git",
  "../widget.git",
  "--upload-pack=id",
  "ssh://git@git.example.com/--upload-pack=id",
  "git@git.example.com:--upload-pack=id",
  "ssh://git@git.example.com/team/widget.git --upload-pack=id",
  "ssh://-oProxyCommand=id/team/widget.git",
  "ssh://git@-oProxyCommand=id/team/widget.git",
  "-oProxyCommand=id:team/widget.git",
  "git@-oProxyCommand=id:team/widget.git",
  "https://-x.example.com/team/widget.git",
  "ssh://-l@git.example.com/team/widget.git",
  "ssh://git@git.example.com/team/../../etc",
  "ssh://git@git.example.com/team/widget.git?x=1",
  "ssh://git@git.example.com:22:22/team/widget.git",
  "git://git.example.com/team/widget.git",
  "http://git.example.com/team/widget.git",
] as const;

Deno.test("a manifest's url that is a program, a path or an option in disguise starts nothing", async (t) => {
  await using home = await makeHome();
  const key = `${home.folder}/key`;
  await Deno.writeTextFile(key, "never read\n", { mode: 0o600 });
  const host_key = `ssh-ed25519 ${btoa(`\0\0\0\x0bssh-ed25519\0\0\0\x20${"k".repeat(32)}`)}`;
  const start = async (url: string): Promise<string> => {
    const repos = { widget: { url, host_key, key: { provider: "static", path: key } } };
    const bottle = { agent_provider: { template: "scripted" }, "git-gate": { repos } };
    const text = `---\n${JSON.stringify(bottle)}\n---\n`;
    await Deno.writeTextFile(`${home.folder}/bottles/dev.md`, text);
    const { code, stdout, stderr } = await home.run("start", "demo", "--yes", "--detach");
    notEqual(code, 0);
    equal(stdout, "");
    return stderr;
  };
  await t.step("a good one is not what is complained of, but the key", async () => {
    const stderr = await start("ssh://git@git.example.com/team/widget.git");
    doesNotMatch(stderr, /widget\.url/);
    match(stderr, /key/);
  });
  for (const url of URLS) {
    await t.step(url, async () => {
      const stderr = await start(url);
      match(stderr, /"git-gate\.repos\.widget\.url" .*\n.*dev\.md:\d+:\d+/);
      equal((await home.left()).length, 0);
    });
  }
});
