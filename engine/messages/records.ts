/**
 * The words of command and event records. Hot modules copy what they need of this and of `layout.ts` into constants of
 * their own: V8 reads an imported binding from memory on each use, but folds a local one into the code.
 */

// A command: ten words, then the key, the client's id and a name.
export const OP_MARKET = 1
export const OP_DEPOSIT = 2
export const OP_WITHDRAW = 3
export const OP_PLACE = 4
export const OP_CANCEL = 5
export const OP_CANCEL_ALL = 6
export const FLAG_SELL = 1
export const FLAG_MARKET = 2
export const TIF_SHIFT = 2
export const FLAG_POST_ONLY = 16
/** The market's minimum notional does not apply. */
export const FLAG_ANY_NOTIONAL = 32
/** On a cancel: the order is named by its number. */
export const FLAG_BY_ORDER = 1
export const COMMAND_HEAD = 0 // length in bytes | op << 16 | flags << 24
export const COMMAND_LENGTHS = 1 // key | id << 8 | name << 16
export const COMMAND_ACCOUNT = 2
export const COMMAND_MARKET = 3
export const COMMAND_TIME = 4 // f64, -1 when the engine's process is to fill it in
export const COMMAND_VALUE = 6 // f64: lots, or the mantissa of an amount, or an order's number
export const COMMAND_PRICE = 8
export const COMMAND_SCALE = 8 // of a deposit: the asset's scale plus one, 0 when it names none
export const COMMAND_DECIMALS = 9
export const COMMAND_STRINGS = 10
export const COMMAND_BYTES_MAX = 4096
export const ops = ['', 'market', 'deposit', 'withdraw', 'place', 'cancel', 'cancelAll'] as const
export const timesInForce = ['GTC', 'IOC', 'FOK'] as const

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
export const EVENT_HEAD = 0 // length in bytes | type << 16 | flags << 24
export const EVENT_MARKET_INDEX = 1
export const EVENT_SEQ = 2 // f64
export const EVENT_TIME = 4 // f64
export const EVENT_ACCOUNT = 6
export const EVENT_ACCOUNT_MAKER = 7 // trade: the maker's account; rejected: the op
export const EVENT_PRICE = 8 // also: an amount's scale, the length of a market's text, how many orders are left
export const EVENT_LENGTHS = 9 // first text | second text << 8 | reason << 16
export const EVENT_QUANTITY = 10 // f64
export const EVENT_ORDER = 12 // f64
export const EVENT_LEAVES = 14 // f64
export const EVENT_TEXTS = 16
export const TRADE_MAKER_ORDER = 16 // f64
export const TRADE_TAKER_FEE = 18 // f64
export const TRADE_MAKER_FEE = 20 // f64
export const TRADE_MAKER_LEAVES = 22 // f64
export const TRADE_TEXTS = 24
