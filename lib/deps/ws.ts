/** A WebSocket client and server of somebody else's; tests only. */
// @ts-types="npm:@types/ws@8.18.1"
export { WebSocket, WebSocketServer } from "npm:ws@8.23.0";
