// The yardstick: what matching with balances, holds and fees costs when it is written directly in C++ with int64 amounts.
// It does what the workloads need and no more: no other order types, no ids of clients, no events beyond a ring, no journal.
//
//   g++ -O3 -march=native -std=c++17 reference.cpp -o reference
//   ./reference WORKLOAD     for each line on its input plays one pass on a new book and prints one line of JSON

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

using u32 = uint32_t;
using u64 = uint64_t;
using i64 = int64_t;

enum Type : uint8_t { GTC = 1, IOC = 2, CANCEL = 3, MOVE = 5 };

struct Command {
  uint8_t type, side;
  uint16_t market;
  u32 user;
  u64 id;
  i64 price, size;
};
static_assert(sizeof(Command) == 32);

struct MarketRange {
  i64 lowest, highest, first, unused;
};

struct Workload {
  u32 markets, users, fill, timed;
  std::vector<MarketRange> ranges;
  std::vector<Command> commands;

  explicit Workload(const char* path) {
    FILE* file = fopen(path, "rb");
    u32 head[16];
    if (!file || fread(head, sizeof head, 1, file) != 1) fail(path);
    markets = head[2];
    users = head[3];
    fill = head[4];
    timed = head[5];
    ranges.resize(markets);
    commands.resize(size_t(fill) + timed);
    if (fread(ranges.data(), sizeof(MarketRange), markets, file) != markets) fail(path);
    if (fread(commands.data(), sizeof(Command), commands.size(), file) != commands.size()) fail(path);
    fclose(file);
  }

  [[noreturn]] static void fail(const char* path) {
    fprintf(stderr, "%s is not a workload file\n", path);
    exit(1);
  }
};

// Which prices of each book have a level. A book has a slot for every price of a window, and three bitmaps one above the
// other (a bit for each slot, for each word of slots, for each word of those words) to get from one level to the next.
// Books come in pairs: an even one has the bids of a market, the odd one after it the asks.
class PriceIndex {
 public:
  static constexpr u32 SLOT_BITS = 17;
  static constexpr u32 SLOTS = 1u << SLOT_BITS;

  PriceIndex(const Workload& work)
      : level_(size_t(work.markets) * 2 * SLOTS),
        slots_(size_t(work.markets) * 2 * (SLOTS >> 5)),
        words_(size_t(work.markets) * 2 * (SLOTS >> 10)),
        groups_(size_t(work.markets) * 2 * (SLOTS >> 15)),
        first_(work.markets) {
    for (u32 market = 0; market < work.markets; market++) {
      const auto& range = work.ranges[market];
      // The market's range lies in the middle of its window.
      first_[market] = std::max<i64>(0, range.lowest - ((i64(SLOTS) - (range.highest - range.lowest)) >> 1));
    }
  }

  u32 slot(u32 book, i64 price) const {
    i64 offset = price - first_[book >> 1];
    if (u64(offset) >= SLOTS) abort();
    return (book << SLOT_BITS) + u32(offset);
  }

  u32 at(u32 slot) const { return level_[slot]; }

  void insert(u32 slot, u32 level) {
    level_[slot] = level;
    u32 word = slot >> 5, had = slots_[word];
    slots_[word] = had | 1u << (slot & 31);
    if (had) return;
    u32 group = word >> 5;
    had = words_[group];
    words_[group] = had | 1u << (word & 31);
    if (!had) groups_[group >> 5] |= 1u << (group & 31);
  }

  void erase(u32 slot) {
    level_[slot] = 0;
    u32 word = slot >> 5;
    if (slots_[word] &= ~(1u << (slot & 31))) return;
    u32 group = word >> 5;
    if (words_[group] &= ~(1u << (word & 31))) return;
    groups_[group >> 5] &= ~(1u << (group & 31));
  }

  // The next worse level after this slot: a higher price among asks, a lower one among bids; 0 when there is none.
  u32 after(u32 book, u32 slot) const { return book & 1 ? above(book, slot) : below(book, slot); }

 private:
  static u32 lowestBit(u32 bits) { return __builtin_ctz(bits); }
  static u32 highestBit(u32 bits) { return 31 - __builtin_clz(bits); }
  // In two shifts, because one by 32 is not defined.
  static u32 bitsAbove(u32 bits, u32 bit) { return bits & (~0u << 1 << bit); }
  static u32 bitsBelow(u32 bits, u32 bit) { return bits & ((1u << bit) - 1); }

  u32 above(u32 book, u32 slot) const {
    u32 word = slot >> 5;
    u32 bits = bitsAbove(slots_[word], slot & 31);
    if (bits) return level_[(word << 5) + lowestBit(bits)];
    u32 group = word >> 5;
    bits = bitsAbove(words_[group], word & 31);
    if (!bits) {
      u32 top = group >> 5, end = (book + 1) << (SLOT_BITS - 15);
      bits = bitsAbove(groups_[top], group & 31);
      while (!bits) {
        if (++top >= end) return 0;
        bits = groups_[top];
      }
      group = (top << 5) + lowestBit(bits);
      bits = words_[group];
    }
    word = (group << 5) + lowestBit(bits);
    return level_[(word << 5) + lowestBit(slots_[word])];
  }

  u32 below(u32 book, u32 slot) const {
    u32 word = slot >> 5;
    u32 bits = bitsBelow(slots_[word], slot & 31);
    if (bits) return level_[(word << 5) + highestBit(bits)];
    u32 group = word >> 5;
    bits = bitsBelow(words_[group], word & 31);
    if (!bits) {
      u32 top = group >> 5, start = book << (SLOT_BITS - 15);
      bits = bitsBelow(groups_[top], group & 31);
      while (!bits) {
        if (top-- <= start) return 0;
        bits = groups_[top];
      }
      group = (top << 5) + highestBit(bits);
      bits = words_[group];
    }
    word = (group << 5) + highestBit(bits);
    return level_[(word << 5) + highestBit(slots_[word])];
  }

  std::vector<u32> level_, slots_, words_, groups_;
  std::vector<i64> first_;
};

struct alignas(64) Order {
  u32 next, previous, level, user, book, unused;
  u64 id;
  i64 leaves, price;
};
static_assert(sizeof(Order) == 64);

struct Level {
  u32 head, tail, count, book;
  i64 price, volume;
};

// Finds an order by its id: open addressing with the id itself as its hash, for ids are dense.
class OrderIndex {
 public:
  explicit OrderIndex(const std::vector<Order>& orders) : slots_(SIZE), orders_(orders) {}

  u32 find(u64 id) const {
    for (u32 slot = id & MASK;; slot = (slot + 1) & MASK) {
      u32 order = slots_[slot];
      if (!order || orders_[order].id == id) return order;
    }
  }

  void insert(u64 id, u32 order) {
    u32 slot = id & MASK;
    while (slots_[slot]) slot = (slot + 1) & MASK;
    slots_[slot] = order;
  }

  // Closes the hole with what was pushed past it, so that no search ends too early.
  void erase(u64 id, u32 order) {
    u32 hole = id & MASK;
    while (slots_[hole] != order) hole = (hole + 1) & MASK;
    for (u32 slot = (hole + 1) & MASK; slots_[slot]; slot = (slot + 1) & MASK) {
      u32 home = orders_[slots_[slot]].id & MASK;
      if (((slot - home) & MASK) < ((slot - hole) & MASK)) continue;
      slots_[hole] = slots_[slot];
      hole = slot;
    }
    slots_[hole] = 0;
  }

 private:
  static constexpr u32 SIZE = 1u << 19, MASK = SIZE - 1;
  std::vector<u32> slots_;
  const std::vector<Order>& orders_;
};

struct Balance {
  i64 available, held;
};

// Asset 0 is the quote of all markets, asset m + 1 the base of market m.
class Balances {
 public:
  // Units of the base asset in one lot, and of the quote asset in one tick times one lot.
  static constexpr i64 BASE_UNIT = 1'000'000, QUOTE_UNIT = 10'000;

  explicit Balances(const Workload& work) : assets_(work.markets + 1), fees_(assets_) {
    rows_.resize(size_t(work.users + 1) * assets_);
    for (u32 user = 1; user <= work.users; user++) {
      of(user, 0).available = 200'000'000'000'000;
      for (u32 asset = 1; asset < assets_; asset++) of(user, asset).available = 1'000'000'000'000;
    }
  }

  bool holdQuote(u32 user, i64 price, i64 lots) {
    i64 amount;
    if (__builtin_mul_overflow(price, lots, &amount)) return false;
    if (__builtin_mul_overflow(amount, QUOTE_UNIT, &amount)) return false;
    return hold(of(user, 0), amount);
  }

  bool holdFor(u32 book, u32 user, i64 price, i64 lots) {
    if (!(book & 1)) return holdQuote(user, price, lots);
    i64 amount;
    if (__builtin_mul_overflow(lots, BASE_UNIT, &amount)) return false;
    return hold(of(user, 1 + (book >> 1)), amount);
  }

  void release(u32 book, u32 user, i64 price, i64 lots) {
    bool isAsk = book & 1;
    Balance& balance = of(user, isAsk ? 1 + (book >> 1) : 0);
    i64 amount = isAsk ? lots * BASE_UNIT : price * lots * QUOTE_UNIT;
    balance.available += amount;
    balance.held -= amount;
  }

  // A buying taker held its own limit and gets back what the maker's price is better.
  void settle(bool isBuy, u32 taker, u32 maker, u32 market, i64 price, i64 lots, i64 takerLimit) {
    u32 buyer = isBuy ? taker : maker, seller = isBuy ? maker : taker;
    i64 quote = price * lots * QUOTE_UNIT, base = lots * BASE_UNIT;
    i64 held = isBuy ? takerLimit * lots * QUOTE_UNIT : quote;
    i64 baseFee = fee(base, isBuy ? TAKER_PPM : MAKER_PPM), quoteFee = fee(quote, isBuy ? MAKER_PPM : TAKER_PPM);
    Balance &buyerQuote = of(buyer, 0), &buyerBase = of(buyer, 1 + market);
    Balance &sellerQuote = of(seller, 0), &sellerBase = of(seller, 1 + market);
    buyerQuote.held -= held;
    buyerQuote.available += held - quote;
    buyerBase.available += base - baseFee;
    sellerBase.held -= base;
    sellerQuote.available += quote - quoteFee;
    fees_[1 + market] += baseFee;
    fees_[0] += quoteFee;
  }

  u32 hash() const {
    u32 hash = 0;
    auto mix = [&](i64 amount) {
      hash = (hash ^ u32(amount)) * 0x9E3779B1u;
      hash = (hash ^ u32(amount >> 32)) * 0x85EBCA6Bu;
      hash ^= hash >> 15;
    };
    for (size_t row = assets_; row < rows_.size(); row++) {
      mix(rows_[row].available);
      mix(rows_[row].held);
    }
    return hash;
  }

 private:
  static constexpr i64 TAKER_PPM = 1037, MAKER_PPM = 513;

  static i64 fee(i64 amount, i64 ppm) { return (amount * ppm + 999'999) / 1'000'000; }

  static bool hold(Balance& balance, i64 amount) {
    if (balance.available < amount) return false;
    balance.available -= amount;
    balance.held += amount;
    return true;
  }

  Balance& of(u32 user, u32 asset) { return rows_[size_t(user) * assets_ + asset]; }

  u32 assets_;
  std::vector<Balance> rows_;
  std::vector<i64> fees_;
};

struct Trade {
  u64 taker, maker;
  i64 price, lots;
};

class Engine {
 public:
  u64 trades = 0;
  u32 tradeChecksum = 0, refusals = 0;

  explicit Engine(const Workload& work)
      : orders_(POOL), levels_(POOL), best_(work.markets * 2), prices_(work), index_(orders_), balances_(work),
        tradeRing_(RING), answerRing_(RING) {}

  void apply(const Command& command) {
    switch (command.type) {
      case GTC:
      case IOC:
        return answer(place(command));
      case CANCEL:
        return answer(cancel(command));
      case MOVE:
        return answer(move(command));
    }
  }

  u32 balanceHash() const { return balances_.hash(); }

  // Book by book, each in the order it would trade.
  u32 bookHash() const {
    u32 hash = 0;
    auto mix = [&](u32 word) {
      hash = (hash ^ word) * 0x9E3779B1u;
      hash ^= hash >> 15;
    };
    for (u32 book = 0; book < best_.size(); book++) {
      for (u32 level = best_[book]; level; level = prices_.after(book, prices_.slot(book, levels_[level].price))) {
        mix(u32(levels_[level].price));
        for (u32 order = levels_[level].head; order; order = orders_[order].next) {
          mix(u32(orders_[order].id));
          mix(u32(orders_[order].leaves));
        }
      }
    }
    return hash;
  }

 private:
  enum Answer : u32 { DONE = 0, NOT_FOUND = 1, INSUFFICIENT = 2 };
  static constexpr u32 POOL = 1u << 18, RING = 1u << 14;

  Answer place(const Command& command) {
    u32 book = command.market * 2u + command.side;
    if (!balances_.holdFor(book, command.user, command.price, command.size)) return INSUFFICIENT;
    i64 leaves = match(book, command.price, command.size, command.user, command.id);
    if (!leaves) return DONE;
    if (command.type == IOC) {
      balances_.release(book, command.user, command.price, leaves);
      return DONE;
    }
    u32 order = freeOrder_;
    if (order) freeOrder_ = orders_[order].next;
    else order = orderTop_++;
    orders_[order].user = command.user;
    orders_[order].id = command.id;
    rest(order, book, command.price, leaves);
    index_.insert(command.id, order);
    return DONE;
  }

  Answer cancel(const Command& command) {
    u32 order = index_.find(command.id);
    if (!order || orders_[order].user != command.user) return NOT_FOUND;
    const Order& found = orders_[order];
    balances_.release(found.book, command.user, found.price, found.leaves);
    unlink(order);
    forget(order);
    return DONE;
  }

  // The order leaves its place and enters again at another price. What it holds changes by the difference only.
  Answer move(const Command& command) {
    u32 order = index_.find(command.id);
    if (!order || orders_[order].user != command.user) return NOT_FOUND;
    u32 book = orders_[order].book;
    i64 leaves = orders_[order].leaves;
    bool isAsk = book & 1;
    if (!isAsk && !balances_.holdQuote(command.user, command.price - orders_[order].price, leaves)) return INSUFFICIENT;
    unlink(order);
    leaves = match(book, command.price, leaves, command.user, command.id);
    if (leaves) rest(order, book, command.price, leaves);
    else forget(order);
    return DONE;
  }

  // Trades within the limit, best price first, then oldest first; answers what is left.
  i64 match(u32 book, i64 limit, i64 left, u32 user, u64 id) {
    u32 other = book ^ 1;
    bool isBuy = !(book & 1);
    while (u32 best = best_[other]) {
      Level& level = levels_[best];
      i64 price = level.price;
      if (isBuy ? price > limit : price < limit) break;
      u32 order = level.head;
      do {
        Order& maker = orders_[order];
        i64 lots = std::min(left, maker.leaves);
        left -= lots;
        level.volume -= lots;
        balances_.settle(isBuy, user, maker.user, book >> 1, price, lots, limit);
        report({id, maker.id, price, lots});
        if (lots != maker.leaves) {
          maker.leaves -= lots;
          break;
        }
        u32 next = maker.next;
        forget(order);
        order = next;
        level.count--;
      } while (order && left);
      if (order) {
        level.head = order;
        orders_[order].previous = 0;
        break;
      }
      dropLevel(best);
      if (!left) break;
    }
    return left;
  }

  void rest(u32 order, u32 book, i64 price, i64 leaves) {
    u32 number = prices_.at(prices_.slot(book, price));
    if (!number) number = openLevel(book, price);
    Order& resting = orders_[order];
    Level& level = levels_[number];
    u32 tail = level.tail;
    resting.next = 0;
    resting.previous = tail;
    resting.level = number;
    resting.book = book;
    resting.leaves = leaves;
    resting.price = price;
    if (tail) orders_[tail].next = order;
    else level.head = order;
    level.tail = order;
    level.count++;
    level.volume += leaves;
  }

  void unlink(u32 order) {
    const Order& gone = orders_[order];
    Level& level = levels_[gone.level];
    if (gone.previous) orders_[gone.previous].next = gone.next;
    else level.head = gone.next;
    if (gone.next) orders_[gone.next].previous = gone.previous;
    else level.tail = gone.previous;
    level.volume -= gone.leaves;
    if (--level.count == 0) dropLevel(gone.level);
  }

  void forget(u32 order) {
    index_.erase(orders_[order].id, order);
    orders_[order].next = freeOrder_;
    freeOrder_ = order;
  }

  u32 openLevel(u32 book, i64 price) {
    u32 number = freeLevel_;
    if (number) freeLevel_ = levels_[number].head;
    else number = levelTop_++;
    levels_[number] = {0, 0, 0, book, price, 0};
    prices_.insert(prices_.slot(book, price), number);
    u32 best = best_[book];
    bool isAsk = book & 1;
    if (!best || (isAsk ? price < levels_[best].price : price > levels_[best].price)) best_[book] = number;
    return number;
  }

  void dropLevel(u32 number) {
    u32 book = levels_[number].book, slot = prices_.slot(book, levels_[number].price);
    prices_.erase(slot);
    if (best_[book] == number) best_[book] = prices_.after(book, slot);
    levels_[number].head = freeLevel_;
    freeLevel_ = number;
  }

  void report(const Trade& trade) {
    tradeRing_[trades++ & (RING - 1)] = trade;
    u32 hash = (tradeChecksum ^ u32(trade.maker)) * 0x9E3779B1u;
    hash = (hash ^ u32(trade.taker)) * 0x85EBCA6Bu;
    hash = (hash ^ u32(trade.price)) * 0xC2B2AE35u;
    hash = (hash ^ u32(trade.lots)) * 0x27D4EB2Fu;
    tradeChecksum = hash ^ (hash >> 15);
  }

  void answer(Answer answer) {
    u32 number = answers_++;
    answerRing_[number & (RING - 1)] = u64(number) << 32 | answer;
    if (answer != DONE) refusals++;
  }

  std::vector<Order> orders_;
  std::vector<Level> levels_;
  std::vector<u32> best_;
  PriceIndex prices_;
  OrderIndex index_;
  Balances balances_;
  std::vector<Trade> tradeRing_;
  std::vector<u64> answerRing_;
  u32 orderTop_ = 1, freeOrder_ = 0, levelTop_ = 1, freeLevel_ = 0, answers_ = 0;
};

static double secondsOf(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

static void playPass(const Workload& work) {
  auto engine = std::make_unique<Engine>(work);
  const Command* commands = work.commands.data();
  for (u32 n = 0; n < work.fill; n++) engine->apply(commands[n]);
  commands += work.fill;
  double cpu = secondsOf(CLOCK_THREAD_CPUTIME_ID), wall = secondsOf(CLOCK_MONOTONIC);
  for (u32 n = 0; n < work.timed; n++) engine->apply(commands[n]);
  cpu = secondsOf(CLOCK_THREAD_CPUTIME_ID) - cpu;
  wall = secondsOf(CLOCK_MONOTONIC) - wall;
  printf("{\"perCpuSecond\":%.0f,\"perSecond\":%.0f,\"trades\":%lu,\"tradeChecksum\":%u,\"bookHash\":%u,"
         "\"balanceHash\":%u,\"refusals\":%u}\n",
         work.timed / cpu, work.timed / wall, engine->trades, engine->tradeChecksum, engine->bookHash(),
         engine->balanceHash(), engine->refusals);
  fflush(stdout);
}

int main(int count, char** arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: reference WORKLOAD\n");
    return 1;
  }
  Workload work(arguments[1]);
  for (int character = getchar(); character != EOF; character = getchar())
    if (character == '\n') playPass(work);
}
