import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants } from 'node:zlib'
import compression from 'compression'
import { readSessionToken } from '../identity/index.ts'

/** Quick enough for every answer; files are compressed ahead, as well as it goes. */
const BROTLI_QUALITY = 5

const squeeze = compression({ brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } } })

/**
 * From here on the answer is compressed as the client can read it. Not for who sends a cookie of a session: beside the
 * secrets of its page stands what a stranger may have put into the address, and the length would give them away.
 */
export function compressForStrangers(request: IncomingMessage, response: ServerResponse): void {
  if (readSessionToken(request.headers.cookie)) return
  squeeze(
    request as Parameters<typeof squeeze>[0],
    response as Parameters<typeof squeeze>[1],
    () => undefined,
  )
}
