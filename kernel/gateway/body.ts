import type { IncomingMessage } from 'node:http'
import type { Upload } from '../broker/index.ts'
import { Refusal, type FileBody } from '../contract/index.ts'
import { gatewayRefusals } from './refusals.ts'

const BODY_BYTES_MAX = 256 * 1024

/** Reads a JSON object of limited size. No body at all is an empty object. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const {
    'content-length': length,
    'content-type': type = '',
    'transfer-encoding': encoding,
  } = request.headers
  if ((length === undefined || length === '0') && encoding === undefined) return {}
  if (Number(length ?? 0) > BODY_BYTES_MAX) throw gatewayRefusals.body_too_large({ bytesMax: BODY_BYTES_MAX })
  // Other types need no permission of the browser to be sent from a stranger's page.
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw gatewayRefusals.media_type_unsupported({ accepted: 'application/json' })
  return parseObject(await readBytes(request))
}

/** A body that its handler reads itself, so that a stranger learns nothing about what is taken: it is judged when it is read. */
export function openUpload(request: IncomingMessage, { mediaType, bytesMax }: FileBody): Upload {
  return {
    read: () => {
      const { 'content-length': length, 'content-type': type = '' } = request.headers
      if (type.split(';')[0]?.trim().toLowerCase() !== mediaType) {
        throw gatewayRefusals.media_type_unsupported({ accepted: mediaType })
      }
      if (Number(length ?? 0) > bytesMax) throw gatewayRefusals.body_too_large({ bytesMax })
      return limited(request, bytesMax)
    },
  }
}

async function* limited(request: IncomingMessage, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > bytesMax) throw gatewayRefusals.body_too_large({ bytesMax })
      yield chunk
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw gatewayRefusals.body_malformed()
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BODY_BYTES_MAX) {
        chunks.length = 0
        reject(gatewayRefusals.body_too_large({ bytesMax: BODY_BYTES_MAX }))
        request.pause()
        return
      }
      chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.on('error', () => reject(gatewayRefusals.body_malformed()))
    request.on('aborted', () => reject(gatewayRefusals.body_malformed()))
  })
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw gatewayRefusals.body_malformed()
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw gatewayRefusals.body_malformed()
  return value as Record<string, unknown>
}
