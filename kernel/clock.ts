/** The platform's time. What a user is owed or refused by the hour is decided by it, so that a test can move it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
