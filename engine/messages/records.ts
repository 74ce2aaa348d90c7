/**
 * The words of command and event records. Hot modules copy what they need of this and of `layout.ts` into constants of
 * their own: V8 reads an imported binding from memory on each use, but folds a local one into the code.
 */

// A command: ten words, then the key, the client's id and a name, then what its op adds, the whole to two words.
// Those up to OP_GUARD have their keys remembered for ever.
export const OP_MARKET = 1
export const OP_DEPOSIT = 2
export const OP_WITHDRAW = 3
export const OP_TRANSFER = 4
export const OP_ACCOUNT = 5
export const OP_FEE_TIER = 6
export const OP_DISCOUNT = 7
export const OP_GUARD = 8
export const OP_PLACE = 9
export const OP_CANCEL = 10
export const OP_CANCEL_ALL = 11
/** Holds whole place records after its texts, one for each order; their time is -1. */
export const OP_PLACE_LIST = 12
export const OP_CANCEL_LIST = 13
/** Ends with the new quantity in lots, an f64. */
export const OP_AMEND = 14
/** Holds a whole cancel record and a whole place record after its texts. */
export const OP_REPLACE = 15
export const OP_CLOCK = 16
export const FLAG_SELL = 1
export const FLAG_MARKET = 2
export const TIF_SHIFT = 2
export const FLAG_POST_ONLY = 16
/** The market's notional filters do not apply. */
export const FLAG_ANY_NOTIONAL = 32
/** On a place: it ends with the extra words below, because it is more than a simple limit or market order. */
export const FLAG_EXTRA = 64
/** On a cancel or an amend: the order is named by its number. */
export const FLAG_BY_ORDER = 1
export const FLAG_AMEND_PRICE = 2
export const FLAG_AMEND_QUANTITY = 4
/** On an account: which of its settings the command has. */
export const FLAG_FEE_TIER = 1
export const FLAG_TRADE_GROUP = 2
export const FLAG_DISCOUNT = 4
export const FLAG_DISCOUNT_ON = 8
/** On a cancelAll: because a connection ended. */
export const FLAG_DISCONNECT = 1
/** On a replace: the new order is placed whatever becomes of the old one. */
export const FLAG_ALLOW_FAILURE = 1
export const COMMAND_HEAD = 0 // length in bytes | op << 16 | flags << 24 (of a list: its kind)
export const COMMAND_LENGTHS = 1 // key | id << 8 | name << 16
export const COMMAND_ACCOUNT = 2
export const COMMAND_MARKET = 3
export const COMMAND_TIME = 4 // f64, -1 when the engine's process is to fill it in
export const COMMAND_VALUE = 6 // f64: lots, the mantissa of an amount or rate, an order's number, a tier, a session
export const COMMAND_PRICE = 8 // also: a maker's fee, a discount, an account's tier
export const COMMAND_SCALE = 8 // of a deposit: the asset's scale plus one, 0 when it names none
export const COMMAND_TO = 8 // of a transfer
export const COMMAND_DECIMALS = 9 // also: a taker's fee, a trade group
export const COMMAND_STRINGS = 10
export const COMMAND_BYTES_MAX = 4096

// The extra words of a place, counted from EXTRA_WORDS before its end.
export const EXTRA_KIND = 0 // type | self-trade prevention + 1 << 8 (0 when it names none) | which fields << 16
export const EXTRA_TRIGGER = 1 // ticks
export const EXTRA_TRAILING = 2 // bips
export const EXTRA_DECIMALS = 3 // of the quote quantity
export const EXTRA_DISPLAY = 4 // f64, lots
export const EXTRA_QUOTE = 6 // f64, mantissa
export const EXTRA_EXPIRES = 8 // f64, milliseconds
export const EXTRA_WORDS = 10
export const HAS_TRIGGER = 1 << 16
export const HAS_TRAILING = 1 << 17
export const HAS_DISPLAY = 1 << 18
export const HAS_QUOTE = 1 << 19

export const ops = [
  '',
  'market',
  'deposit',
  'withdraw',
  'transfer',
  'account',
  'feeTier',
  'discount',
  'guard',
  'place',
  'cancel',
  'cancelAll',
  'placeList',
  'cancelList',
  'amend',
  'replace',
  'clock',
] as const
export const timesInForce = ['GTC', 'IOC', 'FOK', 'GTD'] as const
export const orderTypes = ['limit', 'market', 'stop', 'stopLimit', 'takeProfit', 'takeProfitLimit'] as const
export const preventions = ['none', 'expireTaker', 'expireMaker', 'expireBoth', 'decrement'] as const
export const listKinds = ['oco', 'oto', 'otoco'] as const
export const marketStates = ['trading', 'preOpen', 'cancelOnly', 'halted'] as const
export const openStatuses = ['open', 'waiting', 'pending'] as const

// An event: sixteen words (twenty-four for a trade), then its texts.
export const EVENT_MARKET = 1
export const EVENT_DEPOSITED = 2
export const EVENT_WITHDRAWN = 3
export const EVENT_ACCEPTED = 4
export const EVENT_TRADE = 5
export const EVENT_CANCELED = 6
export const EVENT_EXPIRED = 7
export const EVENT_CANCELED_ALL = 8
export const EVENT_REJECTED = 9
export const EVENT_TRANSFERRED = 10
export const EVENT_ACCOUNT_SET = 11
export const EVENT_FEE_TIER = 12
export const EVENT_DISCOUNT = 13
export const EVENT_GUARDED = 14
export const EVENT_TRIGGERED = 15
export const EVENT_ACTIVATED = 16
export const EVENT_AMENDED = 17
/** Has the words of a trade; what each order lost stands where the fees do, and its quantity is 0. */
export const EVENT_PREVENTED = 18
export const EVENT_LIST = 19
export const EVENT_UNCROSSED = 20
export const EVENT_CLOCK = 21
export const EVENT_HEAD = 0 // length in bytes | type << 16 | flags << 24 (SELL and others of a place; of a list: kind, done << 2)
export const EVENT_MARKET_INDEX = 1
export const EVENT_SEQ = 2 // f64
export const EVENT_TIME = 4 // f64
export const EVENT_ACCOUNT = 6
export const EVENT_ACCOUNT_MAKER = 7 // trade: the maker's account; rejected: the op; transferred: to; account: its group
export const EVENT_PRICE = 8 // also: an amount's scale, the length of a market's text, how many orders are left
export const EVENT_LENGTHS = 9 // first text | second text << 8 | reason << 16 | of an expiry: the refusal << 24
export const EVENT_QUANTITY = 10 // f64
export const EVENT_ORDER = 12 // f64
export const EVENT_LEAVES = 14 // f64
export const EVENT_TEXTS = 16
export const TRADE_MAKER_ORDER = 16 // f64
export const TRADE_TAKER_FEE = 18 // f64
export const TRADE_MAKER_FEE = 20 // f64
export const TRADE_MAKER_LEAVES = 22 // f64
export const TRADE_TEXTS = 24
/** On a trade: a fee paid in the discount asset. After the ids, for each: scale | length << 8, then its name. */
export const FLAG_TAKER_FEE_ASSET = 2
export const FLAG_MAKER_FEE_ASSET = 4
/** On an amended: the order stays where it is in its level. */
export const FLAG_KEEPS_PRIORITY = 16
/** On a list event: it is over. Below it stands the kind. */
export const FLAG_DONE = 4

// An accepted order with FLAG_EXTRA ends with its place's extra words and these two, counted from their end.
export const ACCEPTED_LIST = 0 // f64, 0 when in none
export const ACCEPTED_STATUS = 2 // place in openStatuses plus one, 0 when it is matched at once
export const ACCEPTED_WORDS = 4
