/** Routes as a table. */

import type { Route } from "../../lib/egress/route/route.ts";
import { routeText } from "../../lib/plan/route_text.ts";
import { tableLines } from "./table.ts";

/** Lines of a table, the titles first. */
export function routeLines(routes: readonly Route[]): readonly string[] {
  return tableLines(
    [
      { title: "ROUTE", text: (route: Route) => routeText(route) },
      { title: "FROM", text: (route: Route) => route.origin },
    ],
    routes,
    Infinity,
  );
}
