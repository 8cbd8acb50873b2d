/** Things that come one after the other, for one reader. */

/** First in, first out; whoever takes waits. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #failure: Error | undefined;
  #reader: PromiseWithResolvers<T> | undefined;

  push(item: T): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#items.push(item);
    else reader.resolve(item);
  }

  /** Nothing more will come; what is there can still be taken. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#reader?.reject(error);
    this.#reader = undefined;
  }

  take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }
}
