/** Scanning a push: contract. */

export type {
  PushCommand,
  PushToScan,
  QuarantineEnv,
  ScanPush,
  ScanResult,
} from "./push_to_scan.ts";
