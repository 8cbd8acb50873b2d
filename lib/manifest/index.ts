export interface ManifestIndex {
  readonly _: unknown;
}
