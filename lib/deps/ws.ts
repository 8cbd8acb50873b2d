/** A WebSocket client and server of somebody else's; tests only. */
// @ts-types="./ws.d.ts"
export { WebSocket, WebSocketServer } from "npm:ws@8.23.0";
