/** Properties over generated input; tests only. */
export { default as fc } from "npm:fast-check@4.10.2";
