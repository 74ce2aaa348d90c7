/** Orders that wait for a price. */

/**
 * A trade in `market` at `price` reached what waits: TRIGGER_ABOVE or TRIGGER_BELOW. LAST_PRICE is still that of the trade
 * before. What it triggers joins the queue, which runs when the command's own order is done.
 */
export function tradedAt(_market: number, _price: number): void {
  // No order type waits yet.
}
