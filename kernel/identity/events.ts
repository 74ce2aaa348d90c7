import { Integer, Object, String } from 'typebox'
import { eventOf, id, timestamp } from '../contract/index.ts'

/** An operator has given a user another level. */
export const levelChanged = eventOf({
  name: 'identity.user.levelChanged',
  title: "A user's level was changed",
  data: Object({ userId: id, levelBefore: Integer(), levelAfter: Integer() }),
})

/** Everything personal was taken out of an account; its id stays in the books. */
export const userErased = eventOf({
  name: 'identity.user.erased',
  title: 'An account was erased',
  data: Object({ userId: id }),
})

/** Somebody signed in, or something changed about how an account is protected. */
export const securityRecorded = eventOf({
  name: 'identity.security.recorded',
  title: 'A sign-in, or a change to how an account is protected',
  data: Object({
    id,
    userId: id,
    kind: String(),
    address: String(),
    browser: String(),
    system: String(),
    at: timestamp,
  }),
})
