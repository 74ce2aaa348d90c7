/** The calls of a generation that has been replaced, as its owner waits for them. */
export interface Replaced {
  readonly inFlight: number
  /**
   * Resolves with true when the last call has ended. At the deadline the signals of the calls still running are
   * aborted, and the answer is false.
   */
  drained(deadlineMs: number): Promise<boolean>
}
