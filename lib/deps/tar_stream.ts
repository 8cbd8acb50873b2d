/** Tar, both ways, as streams. Load it lazily. */
export { extract, type Header, pack } from "npm:tar-stream@3.2.2";
