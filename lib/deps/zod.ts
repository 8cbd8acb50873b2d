/** Schemas. Load it lazily: 33 ms. */
export { z } from "npm:zod@4.6.7";
