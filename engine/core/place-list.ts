/** Lists as commands: all orders of one are accepted, or none. */
import { endOf, idAt, partsAt } from '../messages/command-record.ts'
import { draft, readDraft } from './draft.ts'
import { writeRejected } from './event-record.ts'
import { cancelReasons, codeOf } from '../messages/event.ts'
import { refusalOfTerms } from './filters.ts'
import { addToBefore, clearBefore, refusalOfCount, refusalOfLimits } from './limits.ts'
import { cancelApart } from './list.ts'
import { findList, openList } from './list-record.ts'
import { marketAt, rejectNotFound } from './order.ts'
import { writeList } from './order-event.ts'
import { findByClientId } from './order-index.ts'
import { isStop, isTriggered } from './order-words.ts'
import { makeOrder, startOrder } from './place.ts'
import { refusalToStart } from './queue.ts'
import { hasRoomForList } from './room.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const { LIST_KIND, LIST_MARKET, LIST_NUMBER, LIST_WORKING, MARKET_INDEX, SEQ_NEXT, SPECIAL, STATE } = layout
const { COMMAND_ACCOUNT, COMMAND_HEAD, COMMAND_LENGTHS, COMMAND_MARKET } = records
const { FLAG_POST_ONLY, OP_CANCEL_LIST, OP_PLACE_LIST, TIF_SHIFT, listKinds, orderTypes, timesInForce } =
  records

const OCO = listKinds.indexOf('oco')
const OTO = listKinds.indexOf('oto')
const LIMIT = orderTypes.indexOf('limit')
const GTC = timesInForce.indexOf('GTC')
const GTD = timesInForce.indexOf('GTD')
const HALTED = records.marketStates.indexOf('halted')
const REQUESTED = cancelReasons.indexOf('requested')

interface ListTerms {
  readonly at: number
  readonly market: number
  readonly kind: number
  /** Where the place records of its orders are. */
  readonly parts: readonly number[]
  /** Which of them is the first of a pair; past the end when there is none. */
  readonly pairAt: number
}

function readList(at: number, market: number): ListTerms {
  const kind = i[at + COMMAND_HEAD]! >>> 24
  const parts: number[] = []
  for (let part = partsAt(i, at); part < endOf(i, at); part = endOf(i, part)) parts.push(part)
  return { at, market, kind, parts, pairAt: kind === OCO ? 0 : kind === OTO ? parts.length : 1 }
}

/** Makes one order of the list the draft. The limit order of a pair never takes. */
function readPart({ market, parts, pairAt }: ListTerms, n: number): void {
  readDraft(parts[n]!, market)
  if (n === pairAt && draft.type === LIMIT) draft.flags |= FLAG_POST_ONLY
}

function isWorking(list: ListTerms): boolean {
  readPart(list, 0)
  const timeInForce = (draft.flags >> TIF_SHIFT) & 3
  return draft.type === LIMIT && (timeInForce === GTC || timeInForce === GTD)
}

function isPair(list: ListTerms): boolean {
  readPart(list, list.pairAt)
  const { type, side, lots, isByQuote } = draft
  const isFirst =
    type === LIMIT ? ((draft.flags >> TIF_SHIFT) & 3) === GTC : isTriggered(type) && !isStop(type)
  readPart(list, list.pairAt + 1)
  return isFirst && !isByQuote && isStop(draft.type) && draft.side === side && draft.lots === lots
}

function fitsKind(list: ListTerms): boolean {
  if (list.parts.length !== (list.kind === OCO || list.kind === OTO ? 2 : 3)) return false
  if (list.kind !== OCO && !isWorking(list)) return false
  return list.kind === OTO || isPair(list)
}

/** Whether an order of the list has the id of one before it. */
function repeatsId(parts: readonly number[], n: number): boolean {
  const at = idAt(i, parts[n]!)
  const length = (i[parts[n]! + COMMAND_LENGTHS]! >> 8) & 255
  return parts.slice(0, n).some((other) => {
    if (((i[other + COMMAND_LENGTHS]! >> 8) & 255) !== length) return false
    const otherAt = idAt(i, other)
    for (let word = 0; word < (length + 3) >> 2; word++) {
      if (i[at + word] !== i[otherAt + word]) return false
    }
    return true
  })
}

function refusalOfList(list: ListTerms): number {
  const { at, parts } = list
  const account = i[at + COMMAND_ACCOUNT]!
  const duplicate = codeOf('duplicate_id')
  if (findList(account, idAt(i, at), (i[at + COMMAND_LENGTHS]! >> 8) & 255) !== 0) return duplicate
  clearBefore()
  for (let n = 0; n < parts.length; n++) {
    const isPending = list.kind !== OCO && n > 0
    readPart(list, n)
    const reason = refusalOfTerms() || (isPending ? refusalOfCount(0, true) : refusalOfLimits(0))
    if (reason !== 0) return reason
    if (findByClientId(parts[n]!, account) !== 0 || repeatsId(parts, n)) return duplicate
    addToBefore(isPending)
  }
  if (!hasRoomForList(parts.length)) return codeOf('engine_full')
  return refusalToStart(list.kind === OCO ? 2 : 1, (n) => {
    readPart(list, n)
  })
}

export function placeList(at: number): void {
  const market = marketAt(i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(at, OP_PLACE_LIST)
  const list = readList(at, market)
  const reason = fitsKind(list) ? refusalOfList(list) : codeOf('list_must_fit_kind')
  if (reason !== 0) return reject(at, OP_PLACE_LIST, market, reason)
  const orders = acceptList(list)
  const starting = list.kind === OCO ? orders : orders.slice(0, 1)
  for (const order of starting) startOrder(market, order, false)
}

function acceptList(terms: ListTerms): number[] {
  const { at, market, kind, parts } = terms
  const list = openList(i[at + COMMAND_ACCOUNT]!, idAt(i, at), (i[at + COMMAND_LENGTHS]! >> 8) & 255)
  f[(list + LIST_NUMBER) >> 1] = f[SEQ_NEXT >> 1]!
  i[list + LIST_MARKET] = market
  i[list + LIST_KIND] = kind
  writeList(list, false)
  return parts.map((part, n) => {
    readPart(terms, n)
    const order = makeOrder(part, list, kind !== OCO && n > 0)
    if (kind !== OCO && n === 0) i[list + LIST_WORKING] = i[order + SPECIAL]!
    return order
  })
}

function reject(at: number, op: number, market: number, reason: number): void {
  writeRejected(at, op, i[at + COMMAND_ACCOUNT]!, i[market + MARKET_INDEX]!, reason, '', 0)
}

export function cancelList(at: number): void {
  const market = marketAt(i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(at, OP_CANCEL_LIST)
  if (i[market + STATE] === HALTED) return reject(at, OP_CANCEL_LIST, market, codeOf('market_halted'))
  const list = findList(i[at + COMMAND_ACCOUNT]!, idAt(i, at), (i[at + COMMAND_LENGTHS]! >> 8) & 255)
  if (list === 0 || i[list + LIST_MARKET] !== market) {
    return reject(at, OP_CANCEL_LIST, market, codeOf('list_not_found'))
  }
  cancelApart(list, REQUESTED)
}
