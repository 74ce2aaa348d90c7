/**
 * Events as the scenarios write them:
 *
 *   fill S2 5@100                        a trade, by its maker
 *   expired B1 2 immediate_or_cancel     expired B1 2 not_activated insufficient_funds
 *   canceled B1 2                        canceled B1 2 list         canceled all 3 left 1
 *   triggered B1 105                     activated B1               list L1 done
 *   amended B1 2@99 leaves 1 in place    amended B1 2@99 leaves 1 moved
 *   prevented S1 5 0                     by its maker: what the taker and what the maker lost
 *   uncrossed 5@100                      clock 2 left 0             rejected would_match
 */
import type { EngineEvent } from '../messages/event.ts'

/** A decimal as the table writes it. */
export function short(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}

export function describe(event: EngineEvent): string | undefined {
  switch (event.event) {
    case 'trade':
      return `fill ${event.maker} ${event.quantity}@${short(event.price)}`
    case 'prevented':
      return `prevented ${event.maker} ${event.takerPrevented} ${event.makerPrevented}`
    case 'expired':
      return [`expired ${event.id} ${event.leaves} ${event.reason}`, event.refusal ?? []].flat().join(' ')
    case 'canceled':
      return `canceled ${event.id} ${event.leaves}${event.reason === 'list' ? ' list' : ''}`
    case 'canceledAll':
      return `canceled all ${event.canceled}${event.left === 0 ? '' : ` left ${event.left}`}`
    case 'triggered':
      return `triggered ${event.id} ${short(event.price)}`
    case 'activated':
      return `activated ${event.id}`
    case 'amended': {
      const { id, quantity, price, leaves, keepsPriority } = event
      return `amended ${id} ${quantity}@${short(price)} leaves ${leaves} ${keepsPriority ? 'in place' : 'moved'}`
    }
    case 'list':
      return event.status === 'done' ? `list ${event.id} done` : undefined
    case 'uncrossed':
      return `uncrossed ${event.quantity}@${short(event.price)}`
    case 'clock':
      return `clock ${event.expired} left ${event.left}`
    case 'rejected':
      return `rejected ${event.reason}`
    default:
      return undefined
  }
}
