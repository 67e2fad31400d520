/** One numbered step of the schema. Never edited after it has landed; runs in one transaction that also sets the version. */
export interface Migration {
  readonly version: number;
  readonly up: string;
}
