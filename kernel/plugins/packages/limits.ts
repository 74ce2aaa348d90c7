/** What no package may exceed, however it is packed. */
export interface PackageLimits {
  readonly packedBytes: number
  readonly unpackedBytes: number
  readonly fileBytes: number
  readonly files: number
  readonly nameLength: number
  readonly declarationBytes: number
  /** Unpacked bytes for each packed one; counts from the first megabyte on, since zeros in a small file harm nobody. */
  readonly ratio: number
}

const MEGABYTE = 1024 * 1024

export const packageLimits: PackageLimits = {
  packedBytes: 16 * MEGABYTE,
  unpackedBytes: 64 * MEGABYTE,
  fileBytes: 16 * MEGABYTE,
  files: 2_000,
  nameLength: 200,
  declarationBytes: MEGABYTE,
  ratio: 100,
}
