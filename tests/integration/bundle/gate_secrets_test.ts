import assert from "node:assert/strict";
import { type GateStage, gateUrl, GIT_TOKEN, openGateStage, PROXY_PASSWORD } from "./gate_stage.ts";
import { engine, until } from "./harness.ts";
import { secretPlaces } from "./secret_places.ts";

const PROCESSES = "every environment and argv in the bundle";

/** Texts that tell a secret of git-gate's: of the key each line that no other key has. */
function secretsOf({ key }: GateStage): Readonly<Record<string, string>> {
  const [, , ...lines] = key.privateKey.split("\n").filter((line) => !line.startsWith("-----END"));
  const basic = (user: string, password: string): string =>
    btoa(`${user}:${password}`).replace(/.{3}=*$/, "");
  const own = lines.filter((line) => line.length > 20);
  assert.ok(own.length >= 3, "a key of some lines");
  return {
    token: GIT_TOKEN,
    "the token as Basic has it": basic("bot", GIT_TOKEN),
    "the proxy's password": PROXY_PASSWORD,
    "the proxy's password as Basic has it": basic("ann", PROXY_PASSWORD),
    ...Object.fromEntries(own.map((line, at) => [`line ${at + 2} of the key`, line])),
  };
}

function assertNone(stage: GateStage, place: string, text: string): void {
  for (const [name, secret] of Object.entries(secretsOf(stage))) {
    assert.ok(!text.includes(secret), `${name} is in ${place}`);
  }
}

/**
 * Processes of the bundle while a request is worked on: what they all are, and of what they are made. It is asked again until the
 * program is seen: on a busy machine it may come and go between two looks.
 */
async function processesDuring(
  stage: GateStage,
  args: readonly string[],
  program: RegExp,
): Promise<string> {
  return await until(`${program.source} is seen`, async () => {
    let isOver = false;
    const asked = stage.client.run(args, { timeoutMs: 60_000 }).finally(() => isOver = true);
    let seen: string | undefined;
    while (seen === undefined && !isOver) {
      const found = await secretPlaces[PROCESSES]?.(stage.bundle) ?? "";
      if (program.test(found)) seen = found;
    }
    await asked;
    return seen;
  }, 120_000);
}

Deno.test("keys, tokens and passwords of git-gate are nowhere but in memory and on its own tmpfs", async () => {
  await using stage = await openGateStage();
  const { bundle, client, sshd } = stage;
  const { control } = await stage.configure();
  await using _control = control;
  const { url } = sshd.repo("widget");
  await client.git(["clone", "-q", url]);

  await sshd.delay(4);
  const bySsh = await processesDuring(stage, ["-C", "widget", "fetch"], /^(?:\/usr\/bin\/)?ssh$/m);
  assertNone(stage, "an argv or environment of a fetch by ssh", bySsh);
  await sshd.delay(0);
  const byHttps = await processesDuring(
    stage,
    ["ls-remote", `${gateUrl(bundle)}/lib`],
    /remote-https/,
  );
  assertNone(stage, "an argv or environment of a fetch by https", byHttps);

  for (const [place, read] of Object.entries(secretPlaces)) {
    assertNone(stage, place, await read(bundle));
  }
});

Deno.test("the search finds a key that lies in another place, and the one on the tmpfs", async () => {
  await using stage = await openGateStage();
  const { bundle, key } = stage;
  const { control } = await stage.configure();
  await using _control = control;
  const [, , line = ""] = key.privateKey.split("\n");
  const read = ["exec", "--user", "1002:1002", bundle.name, "sh", "-c"];
  const files = await engine.docker([...read, "find /run/git-gate -type f -exec cat {} +"]);
  assert.ok(files.includes(line));
  const leak = "cat >/var/lib/bot-bottle/mirrors/leaked";
  const argv = ["exec", "--interactive", "--user", "1002:1002", bundle.name, "sh", "-c", leak];
  await engine.raw(argv, { stdin: key.privateKey });
  assert.ok((await secretPlaces["the volumes"]?.(bundle))?.includes(line));
});
