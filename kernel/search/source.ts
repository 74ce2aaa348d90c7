/** What is looked for, and for whom. */
export interface SearchRequest {
  /** Trimmed, at least one character. */
  readonly text: string
  /** Null for a visitor. */
  readonly userId: string | null
  readonly limit: number
}

export interface SearchHit {
  readonly id: string
  /** As it is shown: a name, not a key. */
  readonly title: string
  /** A second, quieter line. */
  readonly text?: string
  /** A path of the frontend that searches. */
  readonly link: string
  readonly icon?: string
  /** 0 to 1, as `searchRank` gives it; 0.5 unless said. */
  readonly rank?: number
}

/** Answers what it finds, best first. It may be asked with every key: one that takes long is left out. */
export type SearchSource = (request: SearchRequest) => Promise<readonly SearchHit[]>
