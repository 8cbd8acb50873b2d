/** From inside to the routes: what the agent may reach is not the agent's to say. */

import { CONTROL_SOCKET } from "../../../lib/control/protocol.ts";
import putRoutes from "../guest/put_routes.ts" with { type: "text" };
import type { Stage } from "../stage.ts";
import { type Attack, runGuest } from "./attack.ts";
import { byDeeds } from "./deeds.ts";

const WANTED = "evil.example.com";
/** Egress, its answerer of look-ups, and where the design has git-gate and supervise. */
const PORTS = ["9099", "53", "9100", "9418"];
const OPENED = 9100;

/** The bundle's routes as its own control channel tells them. */
async function askRoutes(stage: Stage): Promise<string> {
  const request = `{"jsonrpc":"2.0","id":1,"method":"routes.get","params":null}`;
  const script = 'echo "$1" | timeout 5 nc -N -U "$2"';
  return await stage.docker(
    ...["exec", "--user", "0:0", stage.target.bundle, "sh", "-c", script, "sh"],
    ...[request, CONTROL_SOCKET],
  );
}

/** Attacks on the routes. */
export const routeAttacks: readonly Attack[] = [
  byDeeds({
    threat: "the bundle's control socket",
    name: "a change of the routes, asked of every port of the bundle",
    control: "a socket in the bundle's own file system",
    deeds: async (stage) => {
      await runGuest(stage.target, putRoutes, [stage.target.subnet.bundle, WANTED, ...PORTS]);
      const routes = await askRoutes(stage);
      if (!routes.includes('"revision"')) throw new Error(`no routes: ${routes}`);
      return routes.includes(WANTED) ? [WANTED] : [];
    },
    switchOff: async (stage) => {
      const folder = CONTROL_SOCKET.slice(0, CONTROL_SOCKET.lastIndexOf("/"));
      const relay = `cd ${folder} && mkfifo relay && nc -N -U ${CONTROL_SOCKET} < relay | ` +
        `nc -l -p ${OPENED} > relay`;
      await stage.docker(
        ...["exec", "--detach", "--user", "0:0", stage.target.bundle, "sh", "-c", relay],
      );
    },
  }),
];
