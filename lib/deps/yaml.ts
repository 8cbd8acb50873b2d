/** YAML with the place of every node. Reads the variables LOG_TOKENS and LOG_STREAM when it is imported. */
export {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "npm:yaml@2.9.1";
