/** Manifests in a folder of their own, for tests that need files. */

import { dirname, join } from "node:path";

/** A temporary folder; disposing removes it. */
export interface ManifestFiles extends AsyncDisposable {
  /** Absolute, links resolved. */
  readonly root: string;
  readonly home: string;
  /** Writes a file below the root. */
  write(path: string, text: string | Uint8Array): Promise<string>;
}

/** Makes the folder and the files in it, by path relative to the root; the home is `home`. */
export async function manifestFiles(
  files: Readonly<Record<string, string>> = {},
): Promise<ManifestFiles> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-test-" }));
  const write = async (path: string, text: string | Uint8Array): Promise<string> => {
    const file = join(root, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, typeof text === "string" ? new TextEncoder().encode(text) : text);
    return file;
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return {
    root,
    home: join(root, "home"),
    write,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** A manifest's text. */
export function markdown(yaml: string, body = ""): string {
  return `---\n${yaml.trim()}\n---\n${body}\n`;
}
