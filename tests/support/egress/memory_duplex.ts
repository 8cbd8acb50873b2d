/** A connection in memory, without a buffer: a write is taken by a read. */

import type { ByteDuplex } from "../../../sidecars/egress/body/body.ts";
import { BottleError } from "../../../lib/errors.ts";

/** Both ends of one connection. */
export function memoryDuplex(): readonly [ByteDuplex, ByteDuplex] {
  const there = new OneWay();
  const back = new OneWay();
  return [endOf(there, back), endOf(back, there)];
}

class OneWay {
  readonly #waiting: { readonly bytes: Uint8Array; readonly taken: () => void }[] = [];
  #lent: Uint8Array | undefined;
  #hasEnded = false;
  #isBroken = false;
  #wake = Promise.withResolvers<void>();

  async write(bytes: Uint8Array): Promise<void> {
    this.#check();
    const taken = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, taken: () => taken.resolve() });
    this.#wake.resolve();
    await taken.promise;
    this.#check();
  }

  async read(): Promise<Uint8Array | undefined> {
    // Whoever keeps a view sees that it was valid until now.
    this.#lent?.fill(0xee);
    for (;;) {
      this.#check();
      const first = this.#waiting.shift();
      if (first !== undefined) {
        // As a socket's: the writer may change its own.
        const bytes = first.bytes.slice();
        this.#lent = bytes;
        first.taken();
        return bytes;
      }
      if (this.#hasEnded) return undefined;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake.resolve();
  }

  destroy(): void {
    this.#isBroken = true;
    for (const { taken } of this.#waiting) taken();
    this.#wake.resolve();
  }

  #check(): void {
    if (this.#isBroken) throw new BottleError("Cut", { code: "client-closed" });
  }
}

function endOf(out: OneWay, back: OneWay): ByteDuplex {
  return {
    read: () => back.read(),
    write: (bytes) => out.write(bytes),
    end: () => out.end(),
    destroy: () => {
      out.destroy();
      back.destroy();
    },
  };
}
