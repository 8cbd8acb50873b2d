/** The person's word for a decision that opens more than one host, or everything that a credential is good for. */

import { BottleError } from "../../lib/errors.ts";
import type { Services } from "../command.ts";
import { askText } from "../ui/ask.ts";
import type { RouteWish } from "./change_routes.ts";

/**
 * Has the host typed in full: a yes is given too fast.
 *
 * @param isAgreed `--yes`
 * @throws {BottleError} `not-confirmed`, `no-terminal`
 */
export function confirmWide(services: Services, isAgreed: boolean): RouteWish["confirm"] {
  return async ({ change: { host }, kind }) => {
    if (isAgreed) return;
    const what = kind === "wildcard"
      ? `Every name below "${host.slice(2)}" will be open`
      : `Every request to "${host}" will pass, with the credential of its route`;
    const typed = await askText(services, `${what}. Type ${host} to allow it`, {
      insteadHint: "Pass --yes, or name hosts, or limit it with --method and --path",
    });
    if (typed === host) return;
    throw new BottleError(`Not typed as asked: nothing was changed`, { code: "not-confirmed" });
  };
}
