/** What the words of an order's record say. */
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import { openStatuses, orderTypes } from '../messages/records.ts'

const { i } = memory
const { FLAGS, IS_SPECIAL, LEVEL, LEVEL_MARKET, LIST, SPECIAL, SPECIAL_MARKET, STATUS_SHIFT, TYPE_SHIFT } =
  layout

export const TYPE_STOP = orderTypes.indexOf('stop')
export const TYPE_STOP_LIMIT = orderTypes.indexOf('stopLimit')
export const OPEN = openStatuses.indexOf('open')
export const WAITING = openStatuses.indexOf('waiting')
export const PENDING = openStatuses.indexOf('pending')

export function sideOf(order: number): number {
  return i[order + FLAGS]! & 1
}

export function typeOf(order: number): number {
  return (i[order + FLAGS]! >> TYPE_SHIFT) & 7
}

export function isTriggered(type: number): boolean {
  return type >= TYPE_STOP
}

/** Stops wait for the price to go against the order, take-profits for it to go its way. */
export function isStop(type: number): boolean {
  return type === TYPE_STOP || type === TYPE_STOP_LIMIT
}

export function statusOf(order: number): number {
  return (i[order + FLAGS]! >> STATUS_SHIFT) & 3
}

export function setStatus(order: number, status: number): void {
  i[order + FLAGS] = (i[order + FLAGS]! & ~(3 << STATUS_SHIFT)) | (status << STATUS_SHIFT)
}

/** The list of an order that is in one. */
export function listOf(order: number): number {
  return i[i[order + SPECIAL]! + LIST]!
}

/** The market of an order that is found by its number: of one on the book, its level knows. */
export function marketOf(order: number): number {
  if (i[order + FLAGS]! & IS_SPECIAL) return i[i[order + SPECIAL]! + SPECIAL_MARKET]!
  return i[i[order + LEVEL]! + LEVEL_MARKET]!
}
