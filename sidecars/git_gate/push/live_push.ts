/** One push, from the first byte of its request until what became of it is recorded. */

import type { Reservation } from "../../../lib/egress/audit/audit_queue.ts";
import { BottleError } from "../../../lib/errors.ts";
import { receiveReport, type ReceiveRequest } from "../../../lib/git_gate/proc_receive.ts";
import {
  type AskedPush,
  blockedOutcome,
  forwardedOutcome,
  lostOutcome,
  unjudgedOutcome,
} from "../../../lib/git_gate/push_outcome.ts";
import { refusalLines } from "../../../lib/git_gate/push_report.ts";
import { type GitOutcome, gitRow } from "../../../lib/git_gate/push_row.ts";
import { isGateReason } from "../../../lib/git_gate/reason.ts";
import type { RefCommand } from "../../../lib/git_gate/ref_command.ts";
import { judgeFindings, type Refusal } from "../../../lib/git_gate/rules.ts";
import { findUnpackFault } from "../../../lib/git_gate/trace.ts";
import type { PushFinding } from "../../../lib/git_gate/push_record.ts";
import type { Mirror } from "../mirror.ts";
import type { OpenPush, PushEnd } from "../open_push.ts";
import type { QuarantineEnv } from "../scan/push_to_scan.ts";
import type { DeskParts } from "./desk_parts.ts";
import { type Forwarded, forwardLines, forwardPush, takenOf } from "./forward.ts";
import { reachesAny } from "./held_packs.ts";
import type { HookAnswer } from "./hook_answer.ts";
import type { HookRequest } from "./hook_request.ts";
import { judgePush } from "./judge_push.ts";
import { readPacks, sizeOf } from "./quarantine.ts";
import { takeRefs } from "./take_refs.ts";

/** Options of {@linkcode LivePush}. */
export interface LivePushOptions {
  readonly parts: DeskParts;
  readonly mirror: Mirror;
  /** Aborted when the pusher is gone, or the gate ends. */
  readonly signal: AbortSignal;
  /** For git and its hooks: how they find their push, and where git writes its trace. */
  readonly env: Readonly<Record<string, string>>;
  readonly traceFile: string;
  /** Called once it is over and recorded. */
  readonly onOver: () => Promise<void>;
}

/** What `pre-receive` said, once it was let through. */
interface Judged extends AskedPush {
  readonly options: readonly string[];
}

/** A push that is under way. */
export class LivePush implements OpenPush {
  readonly env: Readonly<Record<string, string>>;
  readonly mirror: Mirror;
  readonly started: number;
  readonly #options: LivePushOptions;
  readonly #parts: DeskParts;
  readonly #signal: AbortSignal;
  #working: Promise<void> = Promise.resolve();
  #asked: AskedPush = { commands: [], size: { objects: 0, bytes: 0 } };
  #packs: readonly string[] = [];
  #place: Reservation | undefined;
  #judged: Judged | undefined;
  #outcome: GitOutcome | undefined;
  #hasBegun = false;
  #isOver = false;

  constructor(options: LivePushOptions) {
    this.#options = options;
    this.#parts = options.parts;
    this.#signal = options.signal;
    this.env = options.env;
    this.mirror = options.mirror;
    this.started = options.parts.now();
  }

  /** Answers a hook of this push. Never rejects. */
  async serve(request: HookRequest, answer: HookAnswer): Promise<void> {
    if (this.#isOver) return await answer.end("refused");
    const work = this.#serve(request, answer);
    this.#working = work;
    await work;
  }

  async finish(end: PushEnd): Promise<void> {
    // What goes on to the upstream is seen to its end, whether the pusher waits or not: the audit tells what it took.
    await this.#working;
    this.#isOver = true;
    try {
      if (this.#outcome === undefined) await this.#recordUnjudged(end);
      this.#place?.release();
      const isTaken = this.#outcome?.refs?.some(({ accepted }) => accepted) ?? false;
      const ids = this.#asked.commands.map(({ new: id }) => id);
      const isReached = (): Promise<boolean> => reachesAny(this.mirror, ids);
      await this.#parts.packs.letGo(this.mirror, this.#packs, isTaken, isReached);
      await Deno.remove(this.#options.traceFile).catch(() => {});
    } catch (error) {
      this.#parts.onBug(error);
    }
    await this.#options.onOver();
  }

  async #serve(request: HookRequest, answer: HookAnswer): Promise<void> {
    try {
      if (request.hook === "pre-receive") await this.#preReceive(request, answer);
      else await this.#procReceive(request.request, answer);
    } catch (error) {
      if (!this.#signal.aborted) await this.#refuse(this.#refusalOf(error), answer);
      await answer.end("refused");
    }
  }

  async #preReceive(
    request: Extract<HookRequest, { hook: "pre-receive" }>,
    answer: HookAnswer,
  ): Promise<void> {
    if (this.#hasBegun) return await answer.end("refused");
    this.#hasBegun = true;
    const { commands, options, quarantine } = request;
    this.#asked = { ...this.#asked, commands };
    const packs = await readPacks(this.mirror.folder, quarantine, commands);
    const names = packs.map(({ name }) => name);
    await this.#parts.packs.hold(this.mirror, names);
    this.#packs = names;
    this.#asked = { commands, size: sizeOf(packs) };
    const unrecorded = await this.#reserve();
    const refusals = unrecorded ?? await this.#judge(quarantine);
    const [first, ...rest] = refusals;
    if (first !== undefined) {
      await this.#refuse([first, ...rest], answer);
      return await answer.end("refused");
    }
    const findings = await this.#scan(commands, options, quarantine);
    const found = judgeFindings(findings);
    if (found !== undefined) {
      await this.#refuse([found], answer, findings);
      return await answer.end("refused");
    }
    this.#signal.throwIfAborted();
    this.#judged = { ...this.#asked, options };
    await answer.end("accepted");
  }

  /** A place for the row, in a ledger that takes rows now; else the refusal. */
  async #reserve(): Promise<readonly Refusal[] | undefined> {
    const { audit } = this.#parts;
    this.#place ??= await audit.waitForPlace();
    return this.#place !== undefined && await audit.isRecording() ? undefined : UNRECORDED;
  }

  async #judge(quarantine: QuarantineEnv | undefined): Promise<readonly Refusal[]> {
    const objects = { mirror: this.mirror, env: { ...quarantine }, signal: this.#signal };
    return await judgePush({ objects, ...this.#asked });
  }

  async #scan(
    commands: readonly RefCommand[],
    options: readonly string[],
    quarantine: QuarantineEnv | undefined,
  ): Promise<readonly PushFinding[]> {
    const { scan, noObjects } = this.#parts;
    // Deletions bring nothing, but options can say something all the same.
    if (quarantine === undefined && options.length === 0) return [];
    const { findings } = await scan({
      mirror: this.mirror,
      commands,
      options,
      quarantine: quarantine ?? {
        GIT_OBJECT_DIRECTORY: noObjects,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: `${this.mirror.folder}/objects`,
        GIT_QUARANTINE_PATH: noObjects,
      },
    }, this.#signal);
    return findings;
  }

  async #procReceive(request: ReceiveRequest, answer: HookAnswer): Promise<void> {
    const judged = this.#judged;
    this.#judged = undefined;
    if (judged === undefined || !isWithin(request, judged)) {
      await this.#refuse([NOT_JUDGED], answer);
      return await answer.end("refused");
    }
    const unrecorded = await this.#reserve();
    this.#signal.throwIfAborted();
    if (unrecorded !== undefined) {
      await this.#refuse(UNRECORDED, answer);
      return await answer.end("refused");
    }
    const forwarded = await this.#forward(request, judged, answer);
    for (const line of forwardLines(forwarded)) await answer.show(line);
    for (const packet of receiveReport(forwarded.results)) await answer.tell(packet);
    await answer.end("accepted");
  }

  /** The row comes first: what the upstream has taken is told whatever becomes of the mirror. */
  async #forward(
    request: ReceiveRequest,
    asked: AskedPush,
    answer: HookAnswer,
  ): Promise<Forwarded> {
    const { closing, onBug } = this.#parts;
    let forwarded: Forwarded;
    try {
      const onLine = (line: string): void => void answer.show(line);
      forwarded = await forwardPush(this.mirror, request, { onLine, signal: closing });
    } catch (error) {
      this.#settle(lostOutcome(asked));
      throw error;
    }
    this.#settle(forwardedOutcome(asked, forwarded.results));
    const taken = takenOf(forwarded);
    try {
      await takeRefs(this.mirror, request.commands.filter(({ ref }) => taken.has(ref)));
    } catch (error) {
      // The next refresh takes them.
      onBug(error);
    }
    return forwarded;
  }

  async #refuse(
    refusals: readonly [Refusal, ...Refusal[]],
    answer: HookAnswer,
    findings: readonly PushFinding[] = [],
  ): Promise<void> {
    if (this.#outcome === undefined) {
      this.#settle(blockedOutcome(this.#asked, refusals, findings));
    }
    const words = findings.length === 0 ? [] : this.#parts.tellFindings(findings);
    for (const line of refusalLines(refusals[0].reason, refusals, words)) await answer.show(line);
  }

  /** Of our own errors the words; of a bug that there is one. */
  #refusalOf(error: unknown): readonly [Refusal] {
    if (!(error instanceof BottleError)) this.#parts.onBug(error);
    if (error instanceof BottleError && isGateReason(error.code)) {
      return [{ reason: error.code, why: error.message }];
    }
    const why = error instanceof BottleError ? error.message : "the gate met an error of its own";
    return [{ reason: "push-unscanned", why }];
  }

  #settle(outcome: GitOutcome): void {
    this.#outcome = outcome;
    const { audit, now } = this.#parts;
    const span = { started: this.started, ended: now() };
    const row = gitRow("push", this.mirror.repo, { ...outcome, ...span });
    const place = this.#place ?? audit.reserve();
    this.#place = undefined;
    if (place === undefined) audit.add(row);
    else place.commit(row);
  }

  /** What never got to the hooks, or not to the second of them. */
  async #recordUnjudged({ code, isCut, stderr }: PushEnd): Promise<void> {
    const outcome = unjudgedOutcome(this.#asked, {
      isCut,
      hasBegun: this.#hasBegun,
      code,
      stderr,
      fault: findUnpackFault(await this.#trace()),
      rules: this.mirror.repo.rules,
    });
    if (outcome !== undefined) this.#settle(outcome);
  }

  async #trace(): Promise<string> {
    try {
      return await Deno.readTextFile(this.#options.traceFile);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}

const UNRECORDED: readonly [Refusal] = [
  { reason: "push-unrecorded", why: "the audit takes no rows at the moment" },
];
const NOT_JUDGED: Refusal = {
  reason: "push-malformed",
  why: "git asks for something else than what was looked at",
};

/** Of what was judged a part may be left: git itself refuses refs whose objects are missing. */
function isWithin({ commands, options }: ReceiveRequest, judged: Judged): boolean {
  const known = new Set(judged.commands.map((command) => JSON.stringify(command)));
  return JSON.stringify(options) === JSON.stringify(judged.options) &&
    commands.every(({ ref, old, new: id }) => known.has(JSON.stringify({ ref, old, new: id })));
}
