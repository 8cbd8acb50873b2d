/** `fetch`: the agent's commits as a branch of the person's repository. */

import { BottleError } from "../../lib/errors.ts";
import { rememberArchivedWork } from "../../lib/state/archived_work.ts";
import { parseBranchName } from "../../lib/workspace/branch_name.ts";
import { bringBack, type Brought } from "../../lib/workspace/bring_back.ts";
import type { Acceptable } from "../../lib/workspace/findings.ts";
import type { Services } from "../command.ts";
import { reportOn, type WorkReport } from "./diff.ts";
import { refuseBlocked } from "./refuse_blocked.ts";
import type { OpenedWork } from "./work_out.ts";

/** What `fetch` is asked to do. */
export interface FetchRequest {
  /** Default `bot/<slug>`. */
  readonly branch?: string;
  readonly force: boolean;
  readonly accept: ReadonlySet<Acceptable>;
}

/** What came of it. */
export interface Fetched {
  readonly branch: string;
  readonly brought: Brought;
  readonly report: WorkReport;
}

/**
 * Brings the commits of HEAD, if the path check lets them pass. What is not committed stays out.
 *
 * @throws {BottleError} `branch-invalid`, `paths-refused`, `nothing-to-fetch`, and what bringing back throws
 */
export async function fetchWork(
  services: Services,
  opened: OpenedWork,
  request: FetchRequest,
): Promise<Fetched> {
  const { signal } = services.context;
  const { slug, quarantine, repository } = opened;
  const branch = parseBranchName(request.branch ?? `bot/${slug}`);
  if (quarantine.head === quarantine.base) throw nothingToFetch(opened);
  const report = await reportOn(opened, "committed", signal);
  refuseBlocked(report.findings, request.accept, "Nothing was fetched");
  const brought = await bringBack(quarantine, {
    repository,
    branch,
    force: request.force,
    message: `bot-bottle: fetch ${slug}`,
    signal,
  });
  await rememberFetched(services, opened);
  return { branch, brought, report };
}

async function rememberFetched({ states, context }: Services, opened: OpenedWork): Promise<void> {
  const { slug, workspace, isArchived, quarantine: { head } } = opened;
  if (isArchived) {
    return await rememberArchivedWork(context.home, slug, { ...workspace, fetched: head });
  }
  await states.update(slug, (state) => ({
    workspace: state.workspace === null ? null : { ...state.workspace, fetched: head },
  }));
}

function nothingToFetch({ slug, quarantine }: OpenedWork): BottleError {
  return new BottleError(`The agent in "${slug}" has committed nothing`, {
    code: "nothing-to-fetch",
    hint: quarantine.uncommitted === null
      ? "`bot-bottle attach` or `bot-bottle resume` lets it go on"
      : `It has uncommitted work: \`bot-bottle diff ${slug} --uncommitted | git apply\` takes it`,
  });
}
