import { deepEqual } from "node:assert/strict";
import { contextFiles } from "../../../../backends/docker/build_agent_image.ts";

const bytes = new Uint8Array([1]);

Deno.test("contextFiles has the folder without its Dockerfile, and the operator's CA, empty if there is none", () => {
  const context = {
    folder: "/b",
    bytes: 1,
    entries: [
      { kind: "file", name: "Dockerfile.dev", mode: 0o644, content: bytes },
      { kind: "folder", name: "a", mode: 0o755 },
      { kind: "file", name: "a/Dockerfile.dev", mode: 0o600, content: bytes },
      { kind: "link", name: "l", to: "a" },
    ],
  } as const;
  deepEqual(contextFiles({ context, file: "/b/Dockerfile.dev" }, "PEM"), [
    { name: "a", mode: 0o755, folder: true },
    { name: "a/Dockerfile.dev", mode: 0o600, content: bytes },
    { name: "l", linkTo: "a" },
    { name: "extra-ca.pem", mode: 0o644, content: "PEM" },
  ]);
  deepEqual(contextFiles({ context: null, file: "/b/Dockerfile" }, null), [
    { name: "extra-ca.pem", mode: 0o644, content: "" },
  ]);
});
