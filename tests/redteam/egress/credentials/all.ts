/** Every group of the section "Credentials". */

import type { Group } from "../case.ts";
import { echo } from "./echo.ts";
import { own } from "./own.ts";
import { placeholders } from "./placeholders.ts";
import { websocketEcho } from "./websocket_echo.ts";

/** One proxy each. */
export const credentialGroups: readonly Group[] = [own, echo, placeholders, websocketEcho];
