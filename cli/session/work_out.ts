/** The agent's work, looked at from the host: collected or found, and imported into a quarantine. */

import { join, resolve } from "node:path";
import { BottleError } from "../../lib/errors.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";
import { archiveFolder, readArchivedWork } from "../../lib/state/archived_work.ts";
import type { Guest } from "../../lib/workspace/collect.ts";
import {
  findPersonRepository,
  hasCommit,
  type PersonRepository,
} from "../../lib/workspace/person_repository.ts";
import { openQuarantine, type Quarantine } from "../../lib/workspace/quarantine.ts";
import {
  collectForNow,
  type FoundWork,
  knownCommits,
  savedWork,
  type WorkspaceState,
} from "../../lib/workspace/saved_work.ts";
import type { Services } from "../command.ts";
import { collecting } from "../ui/collecting.ts";
import { openSealedGuest } from "./agent_start.ts";

/** Which work. */
export interface WorkRequest {
  readonly slug: string;
  /** Where the person's repository lies now, if not where it was. */
  readonly repository?: string;
}

/** Work that can be looked at. */
export interface OpenedWork extends AsyncDisposable {
  readonly slug: Slug;
  readonly workspace: WorkspaceState;
  /** The bottle is gone; its archive has the work. */
  readonly isArchived: boolean;
  readonly work: Omit<FoundWork, keyof AsyncDisposable>;
  readonly repository: PersonRepository;
  readonly quarantine: Quarantine;
}

/**
 * Opens a bottle's work: of one that runs as it is now, otherwise as it was saved when it stopped.
 *
 * @throws {BottleError} `bottle-unknown`, `no-workspace`, `work-not-collected`, and what finding, collecting and importing throw
 */
export async function openWork(services: Services, request: WorkRequest): Promise<OpenedWork> {
  const { context } = services;
  const slug = parseSlug(request.slug);
  const found = await findWorkspace(services, slug);
  const { workspace } = found;
  const repository = await findPersonRepository(
    context,
    folderOf(services, request, workspace),
    context.signal,
  );
  await using undo = new AsyncDisposableStack();
  const work = undo.use(
    found.isArchived
      ? saved(slug, workspace, archiveFolder(context.home, slug))
      : await workNow(services, slug, workspace, repository),
  );
  const quarantine = undo.use(
    await openQuarantine(context, {
      repository,
      facts: work.facts,
      bundle: work.bundle,
      base: workspace.base,
      signal: context.signal,
    }),
  );
  const moved = undo.move();
  return {
    ...found,
    slug,
    work,
    repository,
    quarantine,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function folderOf(
  { context }: Services,
  { repository }: WorkRequest,
  { folder }: WorkspaceState,
): string {
  return repository === undefined ? folder : resolve(context.cwd, repository);
}

async function findWorkspace(
  { context, states }: Services,
  slug: Slug,
): Promise<Pick<OpenedWork, "workspace" | "isArchived">> {
  try {
    const { workspace } = await states.read(slug);
    if (workspace !== null) return { workspace, isArchived: false };
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "bottle-unknown") throw error;
    const workspace = await readArchivedWork(context.home, slug);
    if (workspace === undefined) throw error;
    return { workspace, isArchived: true };
  }
  throw new BottleError(`The bottle "${slug}" has no workspace`, {
    code: "no-workspace",
    hint:
      "Start one with --workspace in a repository; `bot-bottle cp` brings files out of this one",
  });
}

/** From the guest if it runs. If it does not, or the engine does not answer, what was saved. */
async function workNow(
  services: Services,
  slug: Slug,
  workspace: WorkspaceState,
  repository: PersonRepository,
): Promise<FoundWork> {
  const { context } = services;
  const folder = join(context.home, "state", slug);
  const guest = await guestOf(services, slug);
  if (guest instanceof BottleError) {
    if (workspace.work === null && guest.code !== "bottle-not-running") throw guest;
    return saved(slug, workspace, folder);
  }
  const { fetched } = workspace;
  const hasFetched = fetched !== null && await hasCommit(repository.git, fetched, context.signal);
  using progress = collecting(services);
  const work = await collectForNow(guest, {
    folder,
    guestFolder: workspace.guest_folder,
    include: workspace.include,
    known: knownCommits(workspace, hasFetched),
    onBytes: progress.onBytes,
    signal: context.signal,
  });
  progress.done();
  return work;
}

async function guestOf(
  { backend, context, states }: Services,
  slug: Slug,
): Promise<Guest | BottleError> {
  const state = await states.read(slug);
  try {
    return await openSealedGuest(await backend(), state, context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof BottleError && error.code !== "agent-unsealed") return error;
    throw error;
  }
}

function saved(slug: Slug, workspace: WorkspaceState, folder: string): FoundWork {
  if (workspace.work !== null) return savedWork(folder, workspace.work);
  throw new BottleError(`The work in "${slug}" was not saved when the bottle stopped`, {
    code: "work-not-collected",
    hint: `Start it again with \`bot-bottle resume ${slug} --detach\`, then try again`,
  });
}
