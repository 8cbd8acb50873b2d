import { deepEqual, equal, ok } from "node:assert/strict";
import { imageLines, imageToJson } from "../../../../lib/image/describe.ts";
import type { ReadyImage } from "../../../../lib/image/types.ts";
import { fakeImage } from "../../../support/plan.ts";

const ready: ReadyImage = {
  kind: "ready",
  tag: "tools:1",
  origin: "--image",
  candidates: [
    { source: "option", state: "chosen", names: "tools:1" },
    { source: "bottle", state: "absent", names: null },
    { source: "manifest", state: "passed-over", names: "own/Dockerfile (/b/dev.md:2:3)" },
  ],
  rebuild: true,
  programs: [],
};

const context = {
  folder: "/b/own",
  entries: [
    { kind: "folder", name: "a", mode: 0o755 },
    { kind: "file", name: "a/b", mode: 0o644, content: new Uint8Array(2048) },
    { kind: "link", name: "c", to: "a/b" },
  ],
  bytes: 2048,
} as const;

Deno.test("imageLines says which image, why, what goes into it and what it stands before", () => {
  deepEqual(imageLines(fakeImage()), {
    image: "fake:1 (Dockerfile of provider scripted)",
    more: [],
  });
  const own = fakeImage({
    file: "/b/own/Dockerfile",
    origin: "/b/dev.md:2:3",
    context,
    args: { V: "1" },
    rebuild: true,
  });
  deepEqual(imageLines(own), {
    image: "fake:1 (/b/own/Dockerfile, /b/dev.md:2:3)",
    more: ["V=1", "with 2 files, 2 KiB, of /b/own", "built anew"],
  });
  deepEqual(imageLines(ready), {
    image: "tools:1 (ready-made, --image; not pinned by a digest)",
    more: ["fetched anew", "instead of own/Dockerfile (/b/dev.md:2:3)"],
  });
  const pinned = `tools@sha256:${"0".repeat(64)}`;
  equal(imageLines({ ...ready, tag: pinned }).image, `${pinned} (ready-made, --image)`);
});

Deno.test("imageToJson has the candidates in order, and of a context its digest and no content", () => {
  const json = imageToJson(fakeImage({ context }));
  ok(typeof json["context"] === "object" && json["context"] !== null);
  equal(JSON.stringify(json).length < 700, true);
  deepEqual(Object.keys(json["context"]), ["folder", "files", "bytes", "sha256"]);
  deepEqual(imageToJson(ready), {
    kind: "ready",
    tag: "tools:1",
    origin: "--image",
    rebuild: true,
    dockerfile: null,
    dockerfile_sha256: null,
    args: {},
    context: null,
    candidates: [
      { source: "option", state: "chosen", names: "tools:1" },
      { source: "bottle", state: "absent", names: null },
      {
        source: "manifest",
        state: "passed_over",
        names: "own/Dockerfile (/b/dev.md:2:3)",
      },
    ],
  });
});
