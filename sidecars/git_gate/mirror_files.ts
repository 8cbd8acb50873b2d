/** Files of mirrors that no git takes care of: what is left over, and the swap of a whole mirror. */

/** Puts a finished mirror in the place of the one that may be there. */
export async function replaceFolder(folder: string, draft: string): Promise<void> {
  const old = `${folder}.old`;
  await removeFolder(old);
  try {
    await Deno.rename(folder, old);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.rename(draft, folder);
  await removeFolder(old);
}

/** Removes packs that a git began in a mirror and did not end. Nobody may be writing to it. */
export async function removeDrafts(folder: string): Promise<void> {
  const packs = `${folder}/objects/pack`;
  for (const name of await listNames(packs)) {
    if (/^(?:tmp_|\.tmp-)/.test(name)) await Deno.remove(`${packs}/${name}`).catch(ignoreMissing);
  }
}

/** Bytes of each pack of a mirror. */
export async function sizesOfPacks(folder: string): Promise<readonly number[]> {
  const packs = `${folder}/objects/pack`;
  const names = (await listNames(packs)).filter((name) => name.endsWith(".pack"));
  // A push that the upstream did not take may take its own away meanwhile.
  return await Promise.all(
    names.map(async (name) =>
      (await Deno.stat(`${packs}/${name}`).catch(ignoreMissing))?.size ?? 0
    ),
  );
}

/**
 * At the daemon's start, when no git runs: removes mirrors of what is no longer declared, and of the others drafts, locks and
 * quarantines that a killed git left.
 *
 * @param folders of the declared ones, absolute
 */
export async function sweepMirrors(root: string, folders: readonly string[]): Promise<void> {
  const known = new Set(folders);
  for (const name of await listNames(root)) {
    const folder = `${root}/${name}`;
    if (known.has(folder)) await sweepMirror(folder);
    // A volume of some file systems has it, root's own.
    else if (name !== "lost+found") await removeFolder(folder);
  }
}

async function sweepMirror(folder: string): Promise<void> {
  await removeDrafts(folder);
  for (const name of await listNames(`${folder}/objects`)) {
    if (name.startsWith("tmp_objdir-")) await removeFolder(`${folder}/objects/${name}`);
  }
  await removeLocks(folder);
}

async function removeLocks(folder: string): Promise<void> {
  for (const name of await listNames(folder)) {
    if (name.endsWith(".lock")) await Deno.remove(`${folder}/${name}`).catch(ignoreMissing);
  }
  const folders = [`${folder}/refs`];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const { name, isDirectory } of await listEntries(at)) {
      if (isDirectory) folders.push(`${at}/${name}`);
      // No ref's name ends so.
      else if (name.endsWith(".lock")) await Deno.remove(`${at}/${name}`).catch(ignoreMissing);
    }
  }
}

/** Removes it and all that is in it; one that is not there is no error. */
export async function removeFolder(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
}

async function listNames(folder: string): Promise<readonly string[]> {
  return (await listEntries(folder)).map(({ name }) => name);
}

async function listEntries(folder: string): Promise<readonly Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
