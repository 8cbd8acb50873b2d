import { deepEqual } from "node:assert/strict";
import { BuildTraces, removeTraces } from "../../../../backends/engine/build_traces.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { fakeRun } from "../../../support/context.ts";

function tracesOf(...lines: string[]): BuildTraces {
  const traces = new BuildTraces();
  for (const line of lines) traces.read(line);
  return traces;
}

const FROM = ["Step 1/3 : FROM debian:trixie-slim", " ---> aaaaaaaaaaaa"];
const CACHED = ["Step 2/3 : RUN true", " ---> Using cache", " ---> bbbbbbbbbbbb"];
const MADE = [
  "Step 2/3 : RUN true",
  " ---> Running in cccccccccccc",
  "Removing intermediate container cccccccccccc",
  " ---> dddddddddddd",
];

Deno.test("BuildTraces knows the container that runs and the layer that this build made", () => {
  const cases: readonly (readonly [readonly string[], string | null, string | null])[] = [
    [FROM, null, null],
    [[...FROM, ...CACHED], null, null],
    [[...FROM, ...MADE], null, "dddddddddddd"],
    [[...FROM, ...MADE.slice(0, 2)], "cccccccccccc", null],
    [
      [...FROM, ...MADE, "Step 3/3 : RUN x", " ---> Running in eeeeeeeeeeee"],
      "eeeeeeeeeeee",
      "dddddddddddd",
    ],
    [
      [...FROM, ...MADE, "Step 3/3 : COPY a /a", " ---> ffffffffffff"],
      null,
      "ffffffffffff",
    ],
    [["#5 [2/3] RUN true", "#5 DONE 0.1s"], null, null],
  ];
  for (const [lines, container, layer] of cases) {
    const traces = tracesOf(...lines);
    deepEqual([traces.container, traces.layer], [container, layer], lines.at(-1));
  }
});

Deno.test("removeTraces removes the container, and the layer only while it has no name", async () => {
  for (const [names, removed] of [["0", true], ["1", false]] as const) {
    const run = fakeRun((argv) => ({
      stdout: new TextEncoder().encode(argv.includes("inspect") ? `${names}\n` : ""),
    }));
    await removeTraces(
      createEngine({ run }),
      tracesOf(...FROM, ...MADE, "Step 3/3 : RUN x", " ---> Running in eeeeeeeeeeee"),
    );
    deepEqual(run.calls.filter((argv) => argv.includes("rm")), [
      ["docker", "rm", "--force", "--volumes", "eeeeeeeeeeee"],
      ...(removed ? [["docker", "image", "rm", "dddddddddddd"]] : []),
    ]);
  }
});

Deno.test("removeTraces asks nothing where nothing was begun, and never throws", async () => {
  const quiet = fakeRun();
  await removeTraces(createEngine({ run: quiet }), new BuildTraces());
  deepEqual(quiet.calls, []);
  const broken = fakeRun(() => Promise.reject(new Error("no engine")));
  await removeTraces(createEngine({ run: broken }), tracesOf(...FROM, ...MADE));
});
