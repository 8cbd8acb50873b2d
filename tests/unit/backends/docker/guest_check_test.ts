import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  checkGuest,
  guestCheckArgs,
  type GuestRequest,
} from "../../../../backends/docker/guest_check.ts";
import { ROOT_PATH } from "../../../../backends/docker/guest_user.ts";
import { createEngine, type Engine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { homeId } from "../../../../lib/names.ts";
import { fakeRun } from "../../../support/context.ts";

const id = `sha256:${"ab".repeat(32)}`;
const request: GuestRequest = {
  tag: "tools:1",
  image: { id, tags: ["tools:1"], bytes: 1, variables: ["PATH", "LD_PRELOAD"], volumes: [] },
  home: homeId("/home"),
  launch: "f00",
  guestHome: "/home/node",
  programs: ["claude"],
};
const { signal } = new AbortController();

function answering(stdout: string, code = 0, stderr = ""): Engine {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return createEngine({
    run: fakeRun(() => ({ code, stdout: encode(stdout), stderr: encode(stderr) })),
  });
}

async function lacksOf(engine: Engine, given = request): Promise<readonly string[]> {
  const error = await checkGuest(engine, given, signal).then(() => undefined, (error) => error);
  ok(error instanceof BottleError, "the image was taken");
  deepEqual([error.code, error.exitCode], ["image-unfit", 125]);
  equal(error.message, 'The image "tools:1" can\'t be a guest');
  return error.details;
}

Deno.test("guestCheckArgs gives the image no network, no right and no stay, and takes it by its id", () => {
  const args = guestCheckArgs(request);
  for (
    const word of [
      ...["--rm", "--pull=never", "--network=none", "--user=1000:1000", "--cap-drop=ALL"],
      ...["--security-opt=no-new-privileges", "--pids-limit=64", "--memory=256m"],
      ...["--no-healthcheck", "--log-driver=none", "--entrypoint=/bin/sh", "LD_PRELOAD="],
      ...["bot-bottle.role=builder", "bot-bottle.launch=f00", id],
    ]
  ) ok(args.includes(word), word);
  ok(!args.some((word) => /^(-v|--volume|--mount|--privileged|--cap-add)/.test(word)));
  deepEqual(args.slice(args.indexOf("check")), [
    "check",
    "/home/node",
    ROOT_PATH,
    "bash",
    "git",
    "claude",
  ]);
});

Deno.test("checkGuest takes an image that lacks nothing, and lists all that another lacks", async () => {
  await checkGuest(answering("end\n"), request, signal);
  const all = [
    "user",
    "home",
    "sleep",
    "preload",
    "tar",
    "program bash",
    "program git",
    "program claude",
  ];
  const lacks = await lacksOf(answering(`${all.map((each) => `lacks ${each}\n`).join("")}end\n`));
  equal(lacks.length, all.length);
  ok(lacks[0]?.includes("useradd"), lacks[0]);
  ok(lacks.at(-1)?.startsWith("claude, the agent's program"), lacks.at(-1));
});

Deno.test("checkGuest takes only what it asked about for an answer, and silence for none", async () => {
  await checkGuest(answering("hello\nlacks program x\nlacks nonsense\nend\n"), request, signal);
  const silent = await lacksOf(answering("lacks tar\n", 1));
  ok(silent[0]?.includes("/bin/sh does not run"), silent[0]);
  const empty = await lacksOf(
    answering("", 127, "docker: Error: exec: /bin/sh: no such file or directory: unknown."),
  );
  ok(empty[1]?.includes("no such file"), empty[1]);
  const late = new BottleError("did not end", { code: "timeout" });
  const hangs = await lacksOf(createEngine({ run: fakeRun(() => Promise.reject(late)) }));
  ok(hangs[0]?.includes("does not answer within 30 s"), hangs[0]);
  const other = await lacksOf(answering("", 1, "exec /bin/sh: exec format error"));
  ok(other[0]?.includes("another kind of processor"), other[0]);
});

Deno.test("checkGuest refuses a volume where programs lie, for docker diff sees nothing of it", async () => {
  for (
    const path of ["/", "/usr", "/usr/bin", "/bin/", "/usr/lib/x", "/etc", "/lib64", "/a/../usr//"]
  ) {
    const image = { ...request.image, volumes: ["/data", path] };
    const lacks = await lacksOf(answering("end\n"), { ...request, image });
    deepEqual([lacks.length, lacks[0]?.includes(JSON.stringify(path))], [1, true], path);
  }
  const image = { ...request.image, volumes: ["/data", "/home/node", "/srv/usr", "/usrx"] };
  await checkGuest(answering("end\n"), { ...request, image }, signal);
});

Deno.test("checkGuest passes on what is wrong with the engine, and starts nothing after an abort", async () => {
  const down = answering("", 1, "Cannot connect to the Docker daemon at unix:///x. Is it running?");
  await rejects(checkGuest(down, request, signal), { code: "docker-unreachable" });
  const run = fakeRun();
  const reason = new Error("Ctrl-C");
  await rejects(checkGuest(createEngine({ run }), request, AbortSignal.abort(reason)), reason);
  deepEqual(run.calls, []);
});
