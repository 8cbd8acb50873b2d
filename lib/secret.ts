/**
 * A credential's value, wrapped so that printing, logging or serialising it by accident shows nothing.
 *
 * @example
 * ```ts
 * import { Secret } from "./secret.ts";
 * const token = new Secret("sk-ant-oat01-abc");
 * if (`${token}` !== "[secret]" || JSON.stringify({ token }) !== `{"token":"[secret]"}`) throw new Error("leak");
 * ```
 */
export class Secret {
  readonly #value: string;

  /** Wraps a value. */
  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: call it only where the value is handed to the bundle. */
  reveal(): string {
    return this.#value;
  }

  /** Tells kinds of tokens apart without revealing one. */
  startsWith(prefix: string): boolean {
    return this.#value.startsWith(prefix);
  }

  /** Never the value. */
  toString(): string {
    return "[secret]";
  }

  /** Never the value. */
  toJSON(): string {
    return "[secret]";
  }

  /** Never the value. */
  [Symbol.for("Deno.customInspect")](): string {
    return "[secret]";
  }

  /** Never the value. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
