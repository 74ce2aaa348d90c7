import { ref, watch, type Ref } from 'vue'
import { ProblemError } from '@cambium/kernel/contract'
import { toMultiple } from '@cambium/kernel/money'
import { useApi, useMessages, useProblemText, useToasts } from '@cambium/ui'
import type { Market } from '../routes/markets.ts'
import { placeOrder } from '../routes/orders.ts'
import type { OrderTicket } from './order-ticket.ts'
import { placedSummary, type PlacedSummary } from './placed-summary.ts'

export interface PlaceOrder {
  readonly isPlacing: Ref<boolean>
  /** What the platform said no to, until the order is changed. */
  readonly refusal: Ref<string | null>
  readonly hasTried: Ref<boolean>
  place(): Promise<void>
}

/** Sends the ticket's order and tells what became of it. */
export function usePlaceOrder(market: Market, ticket: OrderTicket, onPlaced: () => void): PlaceOrder {
  const api = useApi()
  const toasts = useToasts()
  const problemText = useProblemText()
  const { t } = useMessages('spot')
  const isPlacing = ref(false)
  const refusal = ref<string | null>(null)
  const hasTried = ref(false)
  // An order whose answer was lost is sent again under its old key: it is placed once, however often the button is pressed.
  let lost: { order: string; key: string } | null = null

  const { side, type, price, quantity, timeInForce, isPostOnly } = ticket
  watch([side, type, price, quantity, timeInForce, isPostOnly], () => {
    refusal.value = null
    hasTried.value = false
  })

  function outcomeText({ outcome, filledQuantity, leavesQuantity, averagePrice }: PlacedSummary): string {
    const values = {
      filled: filledQuantity,
      leaves: leavesQuantity,
      base: market.baseAssetId,
      quote: market.quoteAssetId,
      price: averagePrice === null ? '' : toMultiple(averagePrice, market.tickSize, 'down'),
    }
    switch (outcome) {
      case 'filled':
        return t('placed.filled', values)
      case 'partlyFilledAndOpen':
        return t('placed.partlyFilledAndOpen', values)
      case 'partlyFilled':
        return t('placed.partlyFilled', values)
      case 'open':
        return t('placed.open', values)
      case 'notFilled':
        return t('placed.notFilled', values)
    }
  }

  async function place(): Promise<void> {
    hasTried.value = true
    if (ticket.fault.value !== null || isPlacing.value) return
    const request = ticket.request()
    const order = JSON.stringify(request)
    const key = lost?.order === order ? lost.key : crypto.randomUUID()
    isPlacing.value = true
    refusal.value = null
    try {
      const summary = placedSummary(await api(placeOrder, request, { idempotencyKey: key }))
      lost = null
      toasts.add({
        icon: summary.outcome === 'notFilled' ? 'i-lucide-circle-slash' : 'i-lucide-check',
        title:
          request.side === 'buy'
            ? t('placed.bought', { market: market.id })
            : t('placed.sold', { market: market.id }),
        description: outcomeText(summary),
      })
      ticket.clear()
      hasTried.value = false
      onPlaced()
    } catch (error) {
      const isAnswered = error instanceof ProblemError && error.problem.status < 500
      lost = isAnswered ? null : { order, key }
      refusal.value = isAnswered ? problemText(error) : t('placed.unknown')
    } finally {
      isPlacing.value = false
    }
  }

  return { isPlacing, refusal, hasTried, place }
}
