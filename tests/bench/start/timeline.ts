/** Where the time of a launch goes: its engine calls and its steps, from the moment of the yes. */

import type { Progress } from "../../../backends/backend.ts";

/** One thing that took time; milliseconds from the beginning. */
export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Collects spans. `begin` starts the clock. */
export class Timeline {
  readonly spans: Span[] = [];
  readonly #open = new Map<unknown, number>();
  #zero = 0;

  begin(): void {
    this.spans.length = 0;
    this.#zero = performance.now();
  }

  get elapsed(): number {
    return performance.now() - this.#zero;
  }

  /** An engine call, by its argv: the same array at the start and at the end. */
  start(argv: readonly string[]): void {
    this.#open.set(argv, this.elapsed);
  }

  end(argv: readonly string[]): void {
    const from = this.#open.get(argv);
    if (from !== undefined) this.spans.push({ name: callName(argv), from, to: this.elapsed });
    this.#open.delete(argv);
  }

  /** Steps of a launch as spans. */
  readonly progress: Progress = {
    step: (name) => {
      const from = this.elapsed;
      let isOpen = true;
      const close = (): void => {
        if (isOpen) this.spans.push({ name: `step: ${name}`, from, to: this.elapsed });
        isOpen = false;
      };
      return { line: () => {}, done: close, [Symbol.dispose]: close };
    },
  };
}

/** `docker network create` and the like: the verb, and what tells two calls apart. */
export function callName(argv: readonly string[]): string {
  const [program = "", ...rest] = argv;
  const verb = rest.slice(0, groups.has(rest[0] ?? "") ? 2 : 1).join(" ");
  const role = /-(agent|bundle|inner)$/.exec(
    rest.findLast((word) => /-(agent|bundle|inner)$/.test(word)) ?? "",
  );
  return [program.split("/").at(-1), verb, role?.[1]].filter(Boolean).join(" ");
}

const groups: ReadonlySet<string> = new Set(["network", "container", "image", "volume"]);
