/** The records of lists: found by account and id, each with its orders in a chain. */
import { listKinds } from '../messages/records.ts'
import { hashWords } from './order-index.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { i } = memory
const {
  HASH_SEED,
  LIST,
  LIST_ACCOUNT,
  LIST_CHAIN,
  LIST_END,
  LIST_FREE,
  LIST_HEAD,
  LIST_ID_BYTES,
  LIST_ID_LENGTH,
  LIST_INDEX_AT,
  LIST_KIND,
  LIST_MASK,
  LIST_NEXT,
  LIST_TOP,
  LIST_WORDS,
  LIST_WORKING,
} = layout

const OTO = listKinds.indexOf('oto')

export function hasLists(): boolean {
  return i[LIST_FREE] !== 0 || i[LIST_TOP]! < i[LIST_END]!
}

/** The word that points to the first list whose account and id have this hash. */
function chainOf(account: number, idAt: number, idLength: number): number {
  const hash = hashWords(idAt, idLength, i[HASH_SEED]! ^ Math.imul(account, 0x9e3779b1))
  return LIST_INDEX_AT + (hash & i[LIST_MASK]!)
}

/** The account's open list of that id, or 0. */
export function findList(account: number, idAt: number, idLength: number): number {
  const words = (idLength + 3) >> 2
  let list = i[chainOf(account, idAt, idLength)]!
  for (; list !== 0; list = i[list + LIST_CHAIN]!) {
    if (i[list + LIST_ACCOUNT] !== account || i[list + LIST_ID_LENGTH] !== idLength) continue
    let word = 0
    while (word < words && i[list + LIST_ID_BYTES + word] === i[idAt + word]) word++
    if (word === words) return list
  }
  return 0
}

/** A list without orders yet. */
export function openList(account: number, idAt: number, idLength: number): number {
  let list = i[LIST_FREE]!
  if (list !== 0) i[LIST_FREE] = i[list + LIST_CHAIN]!
  else {
    list = i[LIST_TOP]!
    i[LIST_TOP] = list + LIST_WORDS
  }
  i.fill(0, list, list + LIST_WORDS)
  i[list + LIST_ACCOUNT] = account
  i[list + LIST_ID_LENGTH] = idLength
  i.copyWithin(list + LIST_ID_BYTES, idAt, idAt + ((idLength + 3) >> 2))
  const chain = chainOf(account, idAt, idLength)
  i[list + LIST_CHAIN] = i[chain]!
  i[chain] = list
  return list
}

export function closeList(list: number): void {
  let link = chainOf(i[list + LIST_ACCOUNT]!, list + LIST_ID_BYTES, i[list + LIST_ID_LENGTH]!)
  while (i[link] !== list) link = i[link]! + LIST_CHAIN
  i[link] = i[list + LIST_CHAIN]!
  i[list + LIST_CHAIN] = i[LIST_FREE]!
  i[LIST_FREE] = list
}

/** Puts an order at the end of its list. */
export function joinList(list: number, special: number): void {
  i[special + LIST] = list
  let link = list + LIST_HEAD
  while (i[link] !== 0) link = i[link]! + LIST_NEXT
  i[link] = special
}

export function leaveList(list: number, special: number): void {
  let link = list + LIST_HEAD
  while (i[link] !== special) link = i[link]! + LIST_NEXT
  i[link] = i[special + LIST_NEXT]!
}

/** The other leg of the order's pair while it lives, 0 when there is none. Both are specials. */
export function otherLeg(special: number): number {
  const list = i[special + LIST]!
  const working = i[list + LIST_WORKING]!
  if (i[list + LIST_KIND] === OTO || special === working) return 0
  let other = i[list + LIST_HEAD]!
  while (other === special || (other !== 0 && other === working)) other = i[other + LIST_NEXT]!
  return other
}
