import { deepEqual, ok } from "node:assert/strict";
import { planImageCleanup, removeImages } from "../../../../backends/docker/image_cleanup.ts";
import { isMarked, setMark } from "../../../../backends/docker/image_marks.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { homeId } from "../../../../lib/names.ts";
import { fakeContext, type FakeProgram, fakeRun } from "../../../support/context.ts";

const id = (digit: string): string => `sha256:${digit.repeat(64)}`;
const agent = "bot-bottle-agent-claude:0123456789ab";
const bundle = "bot-bottle-bundle:0123456789ab";

/** An engine with these images, all with our labels, and containers by the id of their image. */
function engineWith(
  images: Readonly<Record<string, readonly string[]>>,
  containers: Readonly<Record<string, string>> = {},
): FakeProgram {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return ([, verb = "", second = "", ...rest]) => {
    const says = (lines: readonly string[], code = 0): ReturnType<FakeProgram> => ({
      code,
      stdout: encode(lines.join("\n")),
    });
    switch (`${verb} ${second}`) {
      case "image ls":
        return says(Object.keys(images));
      case "ps --all":
        return says(Object.keys(containers));
      case "container inspect":
        return says(rest.flatMap((name) => containers[name] ?? []));
      case "image inspect": {
        const found = Object.entries(images).filter(([key, tags]) =>
          rest.some((name) => name === key || tags.includes(name))
        );
        const facts = found.map(([Id, RepoTags]) => JSON.stringify({ Id, RepoTags, Size: 7 }));
        return found.length > 0
          ? says(facts)
          : { code: 1, stderr: encode("Error: No such image: x") };
      }
      default:
        return {};
    }
  };
}

async function withCache(
  work: (context: ReturnType<typeof fakeContext>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(fakeContext({ env: (name) => name === "XDG_CACHE_HOME" ? folder : undefined }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("planImageCleanup takes names of ours that no container needs, with sizes", () =>
  withCache(async (context) => {
    const run = fakeRun(engineWith({
      [id("a")]: [agent, "mine:1"],
      [id("b")]: [bundle],
      [id("c")]: ["derived:1"],
      [id("d")]: [],
    }, { c1: id("b") }));
    const engine = createEngine({ run });
    const plan = (leaving: readonly string[]): Promise<readonly string[]> =>
      planImageCleanup(engine, context, { home: homeId("/h"), leaving: new Set(leaving) })
        .then((items) => items.map(({ name, bytes }) => `${name} ${bytes}`));
    deepEqual(await plan([]), [`${agent} 7`]);
    deepEqual(await plan(["c1"]), [`${agent} 7`, `${bundle} 7`], "its container goes first");
    await setMark(context, { id: id("d"), says: "built" });
    deepEqual(await plan([]), [`${agent} 7`, `${id("d")} 7`], "nameless, and known to be ours");
    const listed = run.calls.find((argv) => argv.includes("ls"))?.join(" ") ?? "";
    ok(listed.includes(`label=bot-bottle.home=${homeId("/h")}`), listed);
    ok(listed.includes("label=bot-bottle.role=image"), listed);
  }));

Deno.test("removeImages removes by name without force, and leaves a name that means another image by now", () =>
  withCache(async (context) => {
    const run = fakeRun(engineWith({ [id("a")]: [agent], [id("d")]: [] }));
    const item = { kind: "image", slug: null, running: false } as const;
    const left = await removeImages(createEngine({ run }), context, [
      { ...item, name: agent, id: id("a") },
      { ...item, name: bundle, id: id("b") },
      { ...item, name: agent, id: id("e") },
      { ...item, name: id("d"), id: id("d") },
      { ...item, kind: "container", name: "c", id: "c" },
    ]);
    deepEqual(run.calls.filter((argv) => argv.includes("rm")), [
      ["docker", "image", "rm", agent],
      ["docker", "image", "rm", id("d")],
    ]);
    deepEqual(left, [`${agent}: it is another image by now`]);
  }));

Deno.test("removeImages forgets what was known of an image once it is gone", () =>
  withCache(async (context) => {
    const images: Record<string, readonly string[]> = { [id("a")]: [agent] };
    const program = (argv: readonly string[]): ReturnType<FakeProgram> => {
      if (argv.includes("rm")) delete images[id("a")];
      return engineWith(images)(argv, {});
    };
    const mark = { id: id("a"), says: "built" };
    await setMark(context, mark);
    await setMark(context, { id: id("b"), says: "built" });
    const item = { kind: "image", slug: null, running: false, name: agent, id: id("a") } as const;
    await removeImages(createEngine({ run: fakeRun(program) }), context, [item]);
    deepEqual([await isMarked(context, mark), await isMarked(context, { ...mark, id: id("b") })], [
      false,
      true,
    ]);
  }));
