/** The schema of `route_changes` in a `state.json`: what `allow` and `deny` changed, oldest first. */

import { z } from "../deps/zod.ts";
import { routeHost, routeMethods, routePaths, routePorts } from "../egress/config_schema.ts";
import { MAX_CHANGES } from "../egress/route/route_log.ts";

const change = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("allow"),
    host: routeHost,
    ports: routePorts.nullable(),
    methods: routeMethods.nullable(),
    paths: routePaths.nullable(),
    expires_at: z.iso.datetime().nullable(),
    at: z.iso.datetime(),
  }),
  z.strictObject({ action: z.literal("deny"), host: routeHost, at: z.iso.datetime() }),
]);

/** As `RouteChange` has it. */
export const routeChangesSchema = z.array(change).max(MAX_CHANGES);
