import { Enum, Integer, Null, Object, Optional, String, Union } from 'typebox'
import {
  decimal,
  filterPoint,
  id,
  side,
  strategyPoint,
  timestamp,
  type FilterPoint,
} from '../contract/index.ts'

/** Asked by every product before a user buys into it. */
export const purchaseAuthorize = filterPoint({
  name: 'purchase.authorize@1',
  title: 'A user buys a product or subscribes to one',
  context: Object({
    userId: id,
    /** The plugin. */
    productId: String(),
    kind: Enum(['subscribe', 'buy', 'renew', 'contribute']),
    assetId: String(),
    amount: decimal,
    /** The level the product asks of the user. */
    levelMin: Optional(Integer({ minimum: 0, maximum: 9 })),
  }),
  onFailure: 'closed',
  timeoutMs: 2_000,
})

/** Asked for every order of a user, whatever product it comes from, before it goes to the engine. */
export const orderAuthorize = filterPoint({
  name: 'exchange.order.authorize@1',
  title: 'A user places an order or changes one',
  context: Object({
    userId: id,
    marketId: String(),
    /** `amend` names the order and says what changes; `place` says side and type. */
    action: Enum(['place', 'amend']),
    orderId: Optional(String()),
    clientOrderId: Optional(String()),
    side: Optional(side),
    type: Optional(String()),
    quantity: Optional(decimal),
    quoteQuantity: Optional(decimal),
    price: Optional(decimal),
  }),
  onFailure: 'closed',
  timeoutMs: 500,
})

/** The price of one unit of an asset in another. */
export const assetPrice = strategyPoint({
  name: 'assets.price@1',
  title: 'What an asset is worth',
  request: Object({ assetId: String(), quoteAssetId: String() }),
  answer: Object({ price: Union([decimal, Null()]), at: timestamp }),
})

/** Points of the kernel's own: any plugin may ask the filters, and with a grant be one. */
export const kernelFilterPoints: readonly FilterPoint[] = [purchaseAuthorize, orderAuthorize]
export const kernelStrategyPoints = [assetPrice] as const
