import { createHmac } from 'node:crypto'
import { lookup as lookUpAll } from 'node:dns'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface WebhookPost {
  readonly address: string
  readonly secret: string
  readonly deliveryId: string
  readonly event: string
  readonly body: object
  readonly now: Date
}

/** The receiver said no, or was not reached; the message is for the operator. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
}

const ANSWER_MS = 10_000
const ANSWER_BYTES_MAX = 2_000

/** Networks nobody outside can mean: this machine, those beside it, and where clouds keep credentials. */
const inside = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['2002::', 16],
] as const)
  inside.addSubnet(network, prefix, 'ipv6')

/** An IPv6 address that wraps one of IPv4 is checked as that: the block list does so by itself. */
export function isInside(address: string): boolean {
  return inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function refuse(host: string): WebhookError {
  return new WebhookError(`${host} is an address inside the network, which webhooks may not reach.`)
}

/** Checks what a name stands for in the moment of connecting, so that it cannot stand for something else by then. */
const outsideOnly: LookupFunction = (hostname, options, callback) => {
  lookUpAll(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const found = addresses.find(({ address }) => isInside(address))
    const [first] = addresses
    if (found || !first) return callback(refuse(hostname), '', 0)
    if (options.all) return callback(null, addresses as never)
    callback(null, first.address, first.family)
  })
}

/** Why nothing may be posted there; undefined when it may. Names are checked again when they are connected to. */
export function addressProblem(address: string, privateHosts: ReadonlySet<string>): string | undefined {
  if (!URL.canParse(address)) return 'This is no address.'
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return 'An address holds no user name and no password.'
  if (privateHosts.has(url.host) && /^https?:$/.test(url.protocol)) return undefined
  if (url.protocol !== 'https:') return 'A webhook is reached over https.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isInside(host)) return refuse(host).message
  return undefined
}

/** `t=…,v1=…`: HMAC-SHA256 over the time, a dot and the body, so that neither can be changed or sent again later. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/** Posts once; redirects are not followed. Answers what the receiver said. */
export async function postWebhook(post: WebhookPost, privateHosts: ReadonlySet<string>): Promise<string> {
  const problem = addressProblem(post.address, privateHosts)
  if (problem) throw new WebhookError(problem)
  const url = new URL(post.address)
  const body = JSON.stringify(post.body)
  const seconds = Math.floor(post.now.getTime() / 1_000)
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'cambium-webhook',
      'x-cambium-event': post.event,
      'x-cambium-delivery': post.deliveryId,
      'x-cambium-signature': signatureOf(post.secret, seconds, body),
    },
    signal: AbortSignal.timeout(ANSWER_MS),
    agent: false,
    ...(privateHosts.has(url.host) ? {} : { lookup: outsideOnly }),
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(url, options, (response) => {
      const status = response.statusCode ?? 0
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > ANSWER_BYTES_MAX) response.destroy()
      })
      response.on('error', reject)
      response.on('close', () => {
        const answer = `${status} ${text.replace(/\s+/g, ' ').slice(0, 200)}`.trim()
        if (status >= 200 && status < 300) resolve(answer)
        else reject(new WebhookError(answer))
      })
    })
    request.on('error', (error) => reject(new WebhookError(error.message)))
    request.end(body)
  })
}
