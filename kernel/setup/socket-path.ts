import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ProcessUser } from '../supervisor/index.ts'
import { dataDirectory } from './place.ts'
import { SetupError } from './setup-error.ts'

/** Linux keeps a Unix socket's path in 108 bytes, the last of them a zero. */
const SOCKET_PATH_MAX = 107
const NAME_MAX = 26

/**
 * The folder for the Unix sockets of `directory`: `directory/run`, or a short one under the system's temporary
 * folder when the checkout's path is too long or too odd for one.
 */
export function socketDirectory(directory: string): string {
  const own = path.resolve(directory, 'run')
  const isTooDeep = Buffer.byteLength(own) + 1 + NAME_MAX > SOCKET_PATH_MAX
  // Redis clients do not decode the path in a URL, so one that needs escaping cannot be handed over.
  const needsEscaping = encodeURI(own) !== own
  if (!isTooDeep && !needsEscaping) return own
  const digest = createHash('sha256').update(own).digest('hex').slice(0, 12)
  return path.join(tmpdir().length < 60 ? tmpdir() : '/tmp', `cambium-${digest}`)
}

/** Makes that folder and closes it to other users: whoever can open a socket in it may use the server behind. */
export function provideSocketDirectory(directory: string, user?: ProcessUser): string {
  const chosen = socketDirectory(directory)
  mkdirSync(path.dirname(chosen), { recursive: true })
  mkdirSync(chosen, { recursive: true, mode: 0o700 })
  const found = lstatSync(chosen)
  const owners = [process.getuid?.(), user?.uid]
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new SetupError(`${chosen} belongs to somebody else; remove it, then try again.`)
  }
  chmodSync(chosen, 0o700)
  if (user) chownSync(chosen, user.uid, user.gid)
  return chosen
}

/** The folder with the sockets of the engines of the platform in `directory`. */
export function engineSockets(directory = dataDirectory): string {
  return socketDirectory(directory)
}

/** The socket on which the kernel of the platform in `directory` serves the `cambium` command. */
export function operatorSocket(directory = dataDirectory): string {
  return path.join(socketDirectory(directory), 'operator.sock')
}
