/** Placeholders where they don't belong: on their way out to anything but the place where the credential is put on. */

import { BottleError } from "../../errors.ts";
import { foldHeaderName } from "../header_name.ts";
import type { HeaderList } from "../message.ts";
import { type Placeholder, placeholderTail } from "./placeholder.ts";
import type { InjectedAuth, Route } from "../route/route.ts";
import type { ByteFilter } from "../scan/byte_filter.ts";
import type { Finder, OnFound } from "../scan/finder.ts";
import { placeholderFinder, UNKNOWN_PLACEHOLDER } from "../scan/placeholder_finder.ts";
import { redactText, TextProbe } from "../scan/redact_text.ts";
import { secretFinder } from "../scan/secret_finder.ts";
import { StreamScan } from "../scan/stream_scan.ts";

/** A request's head as it is looked at. */
export interface OutboundHead {
  /** Canonical. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** As the agent sent them. */
  readonly headers: HeaderList;
}

/** Where a request goes. */
export interface OutboundPlace {
  readonly route: Route;
  /** What is put on there; undefined: nothing. */
  readonly auth: InjectedAuth | undefined;
  /** Told where a placeholder is overwritten or refused. */
  readonly onMisplaced: () => void;
}

/**
 * Looks for placeholders: a bottle's own in every spelling, those of others as they are. On a provider's own hosts, where
 * the conversation is, they are replaced by as many `*`; on all others the request is refused.
 */
export class PlaceholderWatch {
  readonly #placeholders: readonly Placeholder[];
  /** What each stands for, by its value. */
  readonly #tokens: ReadonlyMap<string, Placeholder["token"]>;
  readonly #finders: readonly Finder[];
  readonly #probe: TextProbe;

  constructor(placeholders: readonly Placeholder[]) {
    this.#placeholders = placeholders;
    this.#tokens = new Map(placeholders.map(({ value, token }) => [value, token]));
    const values = placeholders.map(({ value }) => value);
    const own = secretFinder(values);
    const tails = new Set(values.flatMap((value) => placeholderTail(value) ?? []));
    this.#finders = [...(own === undefined ? [] : [own]), placeholderFinder(tails)];
    this.#probe = new TextProbe(this.#finders);
  }

  /**
   * The head as it may go; the same object if there is nothing in it.
   *
   * @throws {BottleError} `placeholder`
   */
  checkHead(head: OutboundHead, place: OutboundPlace): OutboundHead {
    const { host, path, headers } = head;
    // Almost always there is none at all, and then one look is enough. An empty line belongs to no spelling.
    let all = `${host}\n\n${path}`;
    for (const [name, value] of headers) {
      if (!this.#isPlainlyInPlace(name, value, place.auth)) all += `\n\n${name}: ${value}`;
    }
    if (!this.#isIn(all)) return head;
    if (this.#isIn(host)) throw this.#refused("the host's name", place);
    return {
      host,
      path: this.#checkText(path, "the URL", place),
      headers: this.#checkFields(headers, place),
    };
  }

  /** Trailers, as headers. @throws {BottleError} `placeholder` */
  checkTrailers(trailers: HeaderList, place: OutboundPlace): HeaderList {
    return this.#checkFields(trailers, { ...place, auth: undefined });
  }

  /**
   * A filter for what follows the head.
   *
   * @param canChange whether it may overwrite, as a provider's own hosts have it; otherwise it refuses there too
   */
  filter(place: OutboundPlace, canChange: boolean): ByteFilter {
    const isChanged = canChange && place.route.provider === true;
    return new StreamScan(this.#finders, () => {
      if (!isChanged) throw this.#refused("the body", place);
      place.onMisplaced();
    });
  }

  #checkFields(fields: HeaderList, place: OutboundPlace): HeaderList {
    return fields.map(([name, value]) => {
      if (this.#isIn(name)) throw this.#refused("a header's name", place);
      if (this.#isWhereItBelongs(name, value, place.auth)) return [name, value] as const;
      return [name, this.#checkText(value, `the header "${name}"`, place)] as const;
    });
  }

  /** Nearly every request with a credential comes so: a placeholder as it is, alone or behind a scheme, and it stays. */
  #isPlainlyInPlace(name: string, value: string, auth: InjectedAuth | undefined): boolean {
    if (auth === undefined) return false;
    const bare = value.slice(value.indexOf(" ") + 1);
    const token = this.#tokens.get(bare);
    return token !== undefined && (token === null || token === auth.token) &&
      isPlace(name, auth) && isScheme(value.slice(0, value.length - bare.length));
  }

  #isWhereItBelongs(name: string, value: string, auth: InjectedAuth | undefined): boolean {
    if (auth === undefined) return false;
    if (!isPlace(name, auth)) return false;
    let isOwn = true;
    this.#search(value, ({ source }) => {
      const token = source === UNKNOWN_PLACEHOLDER ? undefined : this.#placeholders[source]?.token;
      isOwn &&= token === null || token === auth.token;
    });
    return isOwn;
  }

  #checkText(text: string, where: string, place: OutboundPlace): string {
    if (!this.#isIn(text)) return text;
    if (place.route.provider !== true) throw this.#refused(where, place);
    place.onMisplaced();
    return this.#search(text, () => {});
  }

  #refused(where: string, place: OutboundPlace): BottleError {
    place.onMisplaced();
    return new BottleError(`A placeholder in ${where}, where no credential is put on`, {
      code: "placeholder",
    });
  }

  #isIn(text: string): boolean {
    return this.#probe.isIn(text);
  }

  #search(text: string, onFound: OnFound): string {
    return this.#finders.reduce((rest, finder) => redactText(rest, finder, onFound), text);
  }
}

/** Whether a field of this name is the one that the credential goes into. */
function isPlace(name: string, auth: InjectedAuth): boolean {
  const place = auth.scheme === "header" ? auth.header : "authorization";
  return foldHeaderName(name) === foldHeaderName(place);
}

/** Nothing, or a word and a space. */
function isScheme(text: string): boolean {
  return /^(?:[A-Za-z]+ )?$/.test(text);
}
