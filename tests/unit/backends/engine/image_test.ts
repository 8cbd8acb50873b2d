import { deepEqual, equal, rejects } from "node:assert/strict";
import { createEngine, type Engine } from "../../../../backends/engine/engine.ts";
import { hasImage, inspectImage, inspectImages } from "../../../../backends/engine/image.ts";
import { fakeRun } from "../../../support/context.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const ID = `sha256:${"ab".repeat(32)}`;

function answering(code: number, stdout: string, stderr = ""): Engine {
  return createEngine({
    run: fakeRun(() => ({ code, stdout: encode(stdout), stderr: encode(stderr) })),
  });
}

Deno.test("hasImage tells a missing image from an engine that can't be asked", async () => {
  equal(await hasImage(answering(0, ID), "t:1"), true);
  equal(await hasImage(answering(1, "", "Error: No such image: t:1"), "t:1"), false);
  equal(
    await hasImage(answering(1, "", "Error response from daemon: No such image: t:1"), "t:1"),
    false,
  );
  await rejects(
    hasImage(
      answering(1, "", "Cannot connect to the Docker daemon at unix:///x. Is it running?"),
      "t:1",
    ),
    { code: "docker-unreachable" },
  );
});

Deno.test("inspectImage reads what a bottle needs to know", async () => {
  const told = {
    Id: ID,
    RepoTags: ["a:1", "<none>:<none>"],
    Size: 12,
    Config: { Env: ["PATH=/bin", "LD_PRELOAD=/x=y"], Volumes: { "/data": {} }, User: "node" },
  };
  deepEqual(await inspectImage(answering(0, JSON.stringify(told)), "a:1"), {
    id: ID,
    tags: ["a:1"],
    bytes: 12,
    variables: ["PATH", "LD_PRELOAD"],
    volumes: ["/data"],
  });
  const bare = { Id: ID, RepoTags: null, Config: { Env: null, Volumes: null } };
  deepEqual(await inspectImage(answering(0, JSON.stringify(bare)), ID), {
    id: ID,
    tags: [],
    bytes: 0,
    variables: [],
    volumes: [],
  });
  equal(await inspectImage(answering(1, "", "Error: No such image: x"), "x"), undefined);
});

Deno.test("inspectImages leaves out what is gone, and asks nothing about nothing", async () => {
  const line = JSON.stringify({ Id: ID });
  const found = await inspectImages(answering(1, `${line}\n`, "Error: No such image: x"), [
    ID,
    "x",
  ]);
  deepEqual(found.map(({ id }) => id), [ID]);
  const run = fakeRun();
  deepEqual(await inspectImages(createEngine({ run }), []), []);
  deepEqual(run.calls, []);
  await rejects(
    inspectImages(answering(1, "", "permission denied while trying to connect"), ["x"]),
    {
      code: "docker-not-permitted",
    },
  );
});
