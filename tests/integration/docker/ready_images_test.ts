/** Ready-made images on the real engine: what they say of themselves does not count, and what they lack is said. */

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { BASE, buildImage, engine, openImages } from "./image_subject.ts";

/** Names of the volumes that a container has. */
async function volumesOf(container: string): Promise<readonly string[]> {
  const format = "{{range .Mounts}}{{.Name}}\n{{end}}";
  const text = await engine.docker(["container", "inspect", "--format", format, container]);
  return text.split("\n").filter((name) => name !== "");
}

Deno.test("a ready-made image is taken as it is, and neither its health check, its user, its volumes nor its variables count", async () => {
  await using images = await openImages();
  const name = `bot-bottle-test-nasty:${crypto.randomUUID().slice(0, 8)}`;
  const nasty = `FROM ${BASE}
RUN useradd --no-create-home other && mkdir /data && echo data > /data/file
VOLUME /data /home/node/cache
ENV HTTP_PROXY=http://192.0.2.1:1 https_proxy=http://192.0.2.1:1 ALL_PROXY=socks5://192.0.2.1:1 \\
    LD_PRELOAD=/home/node/x.so LD_LIBRARY_PATH=/home/node BASH_ENV=/home/node/start.sh \\
    NODE_TLS_REJECT_UNAUTHORIZED=0 KEPT=yes
HEALTHCHECK --interval=1s CMD touch /tmp/health
STOPSIGNAL SIGWINCH
WORKDIR /root
USER other
EXPOSE 22
LABEL bot-bottle.slug=other-aaaaa bot-bottle.role=bundle bot-bottle.home=000000000000
ENTRYPOINT ["/bin/false"]
CMD ["false"]
`;
  await buildImage(name, nasty);
  try {
    let declared: readonly string[] = [];
    const plan = await images.subject.prepare({}, { image: name });
    {
      await using bottle = await images.launch(plan);
      declared = await volumesOf(plan.containerName);
      const { stdout } = await bottle.exec(["bash", "-c", "id -un; pwd; env"]);
      const lines = stdout.split("\n");
      deepEqual(lines.slice(0, 2), ["node", "/home/node"]);
      ok(lines.includes("KEPT=yes"));
      ok(lines.includes("HTTP_PROXY=http://egress:9099"), stdout);
      ok(lines.includes("https_proxy=http://egress:9099"), stdout);
      for (const blank of ["ALL_PROXY", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV"]) {
        ok(lines.includes(`${blank}=`), blank);
      }
      const format =
        "{{json .Config.Healthcheck.Test}} {{.Config.StopSignal}} {{json .Config.Labels}}";
      const config = await engine.docker([
        ...["container", "inspect", "--format", format, plan.containerName],
      ]);
      ok(config.startsWith('["NONE"] SIGTERM '), config);
      ok(config.includes(`"bot-bottle.slug":"${plan.slug}"`), config);
      equal((await bottle.exec(["bash", "-c", "sleep 2; ls /tmp"])).stdout, "");
      ok((await bottle.exec(["cat", "/data/file"])).stdout === "data\n");
    }
    equal(declared.length, 2);
    const there = await engine.docker(["volume", "ls", "--quiet"]);
    for (const name of declared) {
      ok(!there.includes(name), "the image's volumes go with the bottle");
    }
  } finally {
    await engine.docker(["image", "rm", name]);
  }
});

Deno.test("an image that can't be a guest is refused with all that it lacks, before anything is made of it", async () => {
  await using images = await openImages();
  const name = `bot-bottle-test-bare:${crypto.randomUUID().slice(0, 8)}`;
  await buildImage(name, "FROM debian:trixie-slim\nRUN rm -f /usr/bin/tar\n");
  try {
    const plan = await images.subject.prepare({}, { image: name });
    await rejects(images.launch(plan), (error) => {
      ok(error instanceof BottleError);
      deepEqual([error.code, error.exitCode], ["image-unfit", 125]);
      const details = error.details.join("\n");
      for (const word of ["user node", "/home/node", "GNU tar", "git"]) {
        ok(details.includes(word), `${word}: ${details}`);
      }
      ok(!details.includes("bash") && !details.includes("/bin/sleep"), details);
      return true;
    });
    const { backend, home } = images.subject;
    deepEqual(await backend.plannedCleanup(home, { slugs: [], includeRunning: true }), []);
  } finally {
    await engine.docker(["image", "rm", name]);
  }
});

Deno.test("an image is refused that would start as uid 0, or with what an agent can leave in it", async () => {
  await using images = await openImages();
  const cases: readonly (readonly [string, RegExp])[] = [
    // The engine takes the first line of the name, blanks before it or not.
    [
      "RUN sed -i '1i \\ node:x:0:0::/home/node:/bin/bash' /etc/passwd",
      /^the user node with uid 1000/,
    ],
    ["RUN echo /home/node/x.so > /etc/ld.so.preload", /^an empty .etc.ld\.so\.preload/],
    ["RUN mv /bin/sleep /opt/sleep && ln -s /opt/sleep /bin/sleep", /^\/bin\/sleep, in/],
  ];
  for (const [instruction, lack] of cases) {
    const name = `bot-bottle-test-start:${crypto.randomUUID().slice(0, 8)}`;
    await buildImage(name, `FROM ${BASE}\n${instruction}\n`);
    try {
      const plan = await images.subject.prepare({}, { image: name });
      await rejects(images.launch(plan), (error) => {
        ok(error instanceof BottleError && error.code === "image-unfit");
        equal(error.details.length, 1, error.details.join("\n"));
        match(error.details[0] ?? "", lack);
        return true;
      });
    } finally {
      await engine.docker(["image", "rm", name]);
    }
  }
});

Deno.test("an image that the engine has not and can't pull is named, and so is one whose shell does not run", async () => {
  await using images = await openImages();
  const missing = await images.subject.prepare({}, { image: "registry.invalid/no/such:1" });
  await rejects(images.launch(missing), { code: "image-unavailable", exitCode: 125 });
  const name = `bot-bottle-test-empty:${crypto.randomUUID().slice(0, 8)}`;
  await buildImage(name, "FROM scratch\nCOPY Dockerfile /\n");
  try {
    const empty = await images.subject.prepare({}, { image: name });
    await rejects(images.launch(empty), (error) => {
      ok(error instanceof BottleError && error.code === "image-unfit");
      ok(error.details[0]?.includes("/bin/sh does not run"), error.details.join("\n"));
      return true;
    });
  } finally {
    await engine.docker(["image", "rm", name]);
  }
});
