/** A package for authors before it is written: its own files, and what `package.json` says beside name and version. */
export interface AuthorPackage {
  readonly name: string
  readonly manifest: Readonly<Record<string, unknown>>
  readonly files: ReadonlyMap<string, string | Buffer>
  /** Folders of the packages that parts of it were taken from. */
  readonly takenIn: readonly string[]
}
