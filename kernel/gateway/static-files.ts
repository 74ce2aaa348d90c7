import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { securityHeaders, type Headers } from './answers.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.cjs': 'text/javascript; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

const encodings = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const

interface FoundFile {
  readonly file: string
  readonly size: number
  readonly etag: string
  readonly encoding: string | null
}

export interface StaticFiles {
  /** Answers with the file at `urlPath` below the root; false when there is none. */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    urlPath: string,
    headers: Headers,
  ): Promise<boolean>
}

/** The file a URL path names, or null when it is malformed or leads out of `root`. */
function resolveFile(root: string, urlPath: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  const file = path.join(root, decoded)
  return file === root || file.startsWith(root + path.sep) ? file : null
}

async function look(file: string, encoding: string | null, suffix: string): Promise<FoundFile | null> {
  const stats = await stat(file + suffix).catch(() => null)
  if (!stats?.isFile()) return null
  const etag = `"${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}${suffix}"`
  return { file: file + suffix, size: stats.size, etag, encoding }
}

async function find(file: string, accepted: string): Promise<FoundFile | null> {
  for (const { name, suffix } of encodings) {
    if (!new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$))`).test(accepted)) continue
    const found = await look(file, name, suffix)
    if (found) return found
  }
  return look(file, null, '')
}

/** Files of a folder, with `.br` and `.gz` beside a file sent in its place to those who take them. */
export function createStaticFiles(root: string): StaticFiles {
  const absoluteRoot = path.resolve(root)

  return {
    async serve(request, response, urlPath, headers) {
      const file = resolveFile(absoluteRoot, urlPath)
      const found = file && (await find(file, String(request.headers['accept-encoding'] ?? '')))
      if (!file || !found) return false
      const common = {
        ...securityHeaders,
        'content-type': contentTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
        vary: 'accept-encoding',
        etag: found.etag,
        ...headers,
      }
      if (request.headers['if-none-match'] === found.etag) {
        response.writeHead(304, common).end()
        return true
      }
      const encoding = found.encoding === null ? {} : { 'content-encoding': found.encoding }
      response.writeHead(200, { ...common, ...encoding, 'content-length': found.size })
      if (request.method === 'HEAD') response.end()
      // A client that leaves in the middle is no error of ours.
      else await pipeline(createReadStream(found.file), response).catch(() => response.destroy())
      return true
    },
  }
}
