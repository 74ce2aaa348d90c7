/**
 * The seam between the sequencer and what makes its commands durable. The journal on this machine's disk is one
 * `CommandLog`; a stream on other machines can be another.
 *
 * A record is what one write makes durable: head, commands, footer (`segment.ts`). The sequencer seals it, so its bytes are
 * the same wherever they are kept: checksum, checksum of the record before, first seq, count of commands and of
 * events, wall-clock time and epoch are in its head (`recordAt` reads them). A record without commands is a mark: it
 * proves that the one before it is no interrupted write, and belongs to the chain like any other.
 */
export interface CommandLog {
  /**
   * Resolves when the sealed `record` is durable; its memory is used again after that. Called with the next record only
   * then. After it rejects nothing more is written until `recover` has resolved.
   */
  write(record: Buffer, firstSeq: number, count: number): Promise<void>
  /**
   * After a failed write: makes the log ready to take another record in its place, or rejects when it still
   * cannot. The failed one counts as never written, even where its bytes can be read back.
   */
  recover(): Promise<void>
  close(): Promise<void>
}

/**
 * Sees every record on its way, to keep a copy elsewhere. Both hooks get it sealed. Its memory is used again once the second
 * one, and the promise it returns, is done: who needs it longer copies it.
 */
export interface Replicator {
  /**
   * The record is about to be written here and may yet fail: what is sent now travels while the disk works. A copy of a
   * record that failed is taken back by `onRolledBack`, and a crash takes it back without a word.
   */
  onWritten?(record: Buffer, firstSeq: number, nextSeq: number): void
  /**
   * The record is durable here. Answers wait for what is returned, so a promise makes the copy synchronous; if it
   * rejects, nothing is answered any more.
   */
  onDurable?(record: Buffer, firstSeq: number, nextSeq: number): Promise<void> | void
  /** Records from `nextSeq` on that were seen by `onWritten` did not happen here. */
  onRolledBack?(nextSeq: number): void
}
