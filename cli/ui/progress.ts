/** The steps of a launch, as they go. */

import type { Progress, ProgressStep } from "../../backends/backend.ts";
import type { Context } from "../../lib/context.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { elapsed } from "./duration.ts";
import { silentProgress } from "./silent_progress.ts";
import { type Style, styleOf } from "./style.ts";

/** How much to show. */
export interface ProgressView {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** A progress that draws. Disposing it ends the drawing; what was drawn stays. */
export interface DrawnProgress extends Progress, Disposable {}

interface Running {
  readonly name: string;
  readonly since: number;
  latest: string;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const REDRAW_MS = 100;
/** In a pipe a step is announced only when it takes this long: most don't. */
const ANNOUNCE_MS = 3000;

/**
 * Shows steps on stderr: in a terminal with a spinner, the time and the newest line of output; in a pipe a plain line for each that
 * ended. Quiet: nothing. Verbose: every line of output too.
 */
export function createProgress(
  context: Pick<Context, "out" | "clock" | "signal">,
  view: ProgressView,
): DrawnProgress {
  if (view.quiet) return silentProgress;
  const isLive = context.out.isTerminal.stderr && context.out.useColor && !view.verbose;
  return new StepList(context, isLive, view.verbose);
}

class StepList implements DrawnProgress {
  readonly #context: Pick<Context, "out" | "clock" | "signal">;
  readonly #isLive: boolean;
  readonly #isVerbose: boolean;
  readonly #style: Style;
  readonly #running = new Set<Running>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #drawn = 0;
  #frame = 0;

  constructor(
    context: Pick<Context, "out" | "clock" | "signal">,
    isLive: boolean,
    isVerbose: boolean,
  ) {
    this.#context = context;
    this.#isLive = isLive;
    this.#isVerbose = isVerbose;
    this.#style = styleOf(context.out);
    // What is said about the abort stays on the screen: the next drawing begins below it.
    context.signal.addEventListener("abort", () => this.#drawn = 0, { once: true });
  }

  step(name: string): ProgressStep {
    const running: Running = { name, since: this.#now(), latest: "" };
    this.#running.add(running);
    let announce: ReturnType<typeof setTimeout> | undefined;
    if (this.#isLive) this.#timer ??= setInterval(() => this.#draw([]), REDRAW_MS);
    else announce = setTimeout(() => this.#say(`${this.#style.dim("…")} ${name}`), ANNOUNCE_MS);

    const end = (mark: string, note: string): void => {
      if (!this.#running.delete(running)) return;
      clearTimeout(announce);
      const time = this.#style.dim(elapsed(this.#now() - running.since));
      this.#draw([`${mark} ${name} ${time}${note === "" ? "" : this.#style.dim(`  ${note}`)}`]);
      if (this.#running.size === 0) this[Symbol.dispose]();
    };
    return {
      line: (text) => {
        running.latest = text;
        if (this.#isVerbose) this.#say(this.#style.dim(`  ${escapeControl(text)}`));
      },
      done: (note = "") => end(this.#style.green("✓"), escapeControl(note)),
      [Symbol.dispose]: () =>
        this.#context.signal.aborted
          ? end(this.#style.yellow("–"), "stopped")
          : end(this.#style.red("✗"), "failed"),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#draw([]);
  }

  /** Puts finished lines above the steps that still run, and draws those anew. */
  #draw(finished: readonly string[]): void {
    if (!this.#isLive) return finished.forEach((line) => this.#say(line));
    const frame = FRAMES[this.#frame++ % FRAMES.length] ?? "";
    const lines = [...this.#running].flatMap((step) => {
      const time = this.#style.dim(elapsed(this.#now() - step.since));
      const head = `${this.#style.yellow(frame)} ${step.name} ${time}`;
      return step.latest === "" ? [head] : [head, this.#style.dim(this.#cut(`    ${step.latest}`))];
    });
    const back = this.#drawn === 0 ? "" : `\x1b[${this.#drawn}A`;
    const text = [...finished, ...lines].map((line) => `${line}\x1b[K\n`).join("");
    this.#context.out.stderr(`${back}\r${text}\x1b[J`);
    this.#drawn = lines.length;
  }

  #cut(text: string): string {
    return escapeControl(text).slice(0, Math.max(10, this.#context.out.columns() - 1));
  }

  #say(line: string): void {
    this.#context.out.stderr(`${line}\n`);
  }

  #now(): number {
    return this.#context.clock.now().getTime();
  }
}
