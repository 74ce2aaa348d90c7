/** Puts together the answer to a frame of commands, out of memory that is there already. */
import type { Repeat, Submitted } from './batch.ts'
import type { Group } from './group.ts'

/** Less than this is copied into one piece, which costs less than a second one to be sent. */
const PIECE_BYTES_MIN = 4096

/** The commands that were carried out before; nearly always there are none. */
export function repeatsOf({ parts }: Submitted): Repeat[] {
  return parts.length === 1 ? [] : parts.filter((part) => 'command' in part)
}

/**
 * The answer as pieces to be sent one after the other, and whether they are the group's memory, which is then to be held until they
 * are sent. `again` has, in their order, the events of the repeats.
 */
export function answerOf(
  { heads, parts }: Submitted,
  { outcomes, events }: Group,
  again: readonly Buffer[],
): { pieces: Buffer[]; isGroups: boolean } {
  const pieces: Buffer[] = []
  let bytes = 0
  let repeats = 0
  for (const part of parts) {
    const piece = 'command' in part ? again[repeats++]! : events.bytes(part.start, part.end)
    if ('command' in part) outcomes.putRepeat(heads, part.command, part.seq, piece.length)
    if (piece.length > 0) pieces.push(piece)
    bytes += piece.length
  }
  pieces.unshift(outcomes.seal(heads, bytes))
  return bytes < PIECE_BYTES_MIN
    ? { pieces: [Buffer.concat(pieces)], isGroups: false }
    : { pieces, isGroups: true }
}
