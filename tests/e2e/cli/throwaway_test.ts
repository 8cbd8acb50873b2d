import assert from "node:assert/strict";
import { homeId, Label } from "../../../lib/names.ts";
import {
  engine,
  finishedSteps,
  interruptAfter,
  makeHome,
  type StartOptions,
  type TestHome,
} from "./program.ts";

/** What no handler hears, once a step has ended. */
function killAfter(step: string): NonNullable<StartOptions["onLine"]> {
  return interruptAfter(step, "SIGKILL");
}

/** Names in the engine with the label of a throw-away home of that home; images among them. */
async function leftOf(home: TestHome): Promise<readonly string[]> {
  const folders = await Array.fromAsync(Deno.readDir(`${home.folder}/throwaway`));
  const ids = folders.map(({ name }) => homeId(`${home.folder}/throwaway/${name}`));
  return (await Promise.all(ids.map(namesOf))).flat();
}

async function namesOf(id: string): Promise<readonly string[]> {
  const filter = ["--filter", `label=${Label.home}=${id}`];
  const texts = await Promise.all([
    engine.docker(["ps", "--all", "--format", "{{.Names}}", ...filter]),
    engine.docker(["network", "ls", "--format", "{{.Name}}", ...filter]),
    engine.docker(["volume", "ls", "--format", "{{.Name}}", ...filter]),
  ]);
  return texts.flatMap((text) => text.split("\n")).filter((name) => name !== "");
}

/** A container with a name like ours, of nobody's home. */
async function lookAlike(name: string): Promise<AsyncDisposable> {
  const [image = ""] = (await engine.docker(["image", "ls", "--quiet", "bot-bottle-bundle"]))
    .split("\n");
  const labels = ["--label", `${Label.home}=0123456789ab`, "--label", `${Label.role}=agent`];
  await engine.docker(["create", "--name", name, ...labels, image]);
  return {
    [Symbol.asyncDispose]: async () => void await engine.docker(["rm", "--force", name]),
  };
}

for (
  const [verb, step] of [["demo", "Upstream of the demo"], ["demo", "Agent"], ["doctor", "Agent"]]
) {
  Deno.test(`cleanup removes what ${verb} left that was killed after "${step}", and only of its home`, async () => {
    await using home = await makeHome();
    await using other = await makeHome();
    const { stderr } = await home.start([verb ?? ""], { onLine: killAfter(step ?? "") });
    const names = await leftOf(home);
    assert.ok(names.length > 0, stderr);
    await using _alike = await lookAlike(`bot-bottle-${verb}-zzzz9-agent-${crypto.randomUUID()}`);

    assert.match((await other.run("cleanup", "--yes")).stderr, /Nothing to remove/);
    const listed = (await home.run("cleanup", "-n")).stdout;
    for (const name of names) assert.ok(listed.includes(name), listed);
    const { throwaways: [left] } = JSON.parse((await home.run("cleanup", "-n", "--json")).stdout);
    assert.ok(left.items.length >= names.length && left.folder.startsWith(home.folder));
    assert.deepEqual(await leftOf(home), names, "it was only a look");

    const { code, stderr: said } = await home.run("cleanup", "--yes");
    assert.equal(code, 0, said);
    assert.deepEqual(await namesOf(homeId(left.folder)), []);
    assert.equal(await Deno.stat(`${home.folder}/throwaway`).catch(() => "gone"), "gone");
    assert.equal(await namesOf("0123456789ab").then(({ length }) => length), 1);
  });
}

Deno.test("cleanup leaves a demo alone that runs, and a demo leaves no home where there was none", async () => {
  await using home = await makeHome();
  const own = `${home.folder}/own/home`;
  const env = { BOT_BOTTLE_HOME: own };
  let cleaned: ReturnType<TestHome["start"]> | undefined;
  const { code, stdout, stderr } = await home.start(["demo"], {
    env,
    onLine: (line) => {
      if (finishedSteps(line).includes("Upstream of the demo")) {
        cleaned = home.start(["cleanup", "--yes"], { env });
      }
    },
  });
  assert.match((await cleaned)?.stderr ?? "", /Nothing to remove/);
  assert.equal(code, 0, stdout + stderr);
  assert.doesNotMatch(stderr, /^!/m);
  assert.equal(await Deno.stat(`${home.folder}/own`).catch(() => "gone"), "gone");
});
