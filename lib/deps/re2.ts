/** RE2: regular expressions that take time linear in what they are matched with, for patterns that a person writes. */
export { RE2JS as RE2 } from "npm:re2js@2.10.0";
