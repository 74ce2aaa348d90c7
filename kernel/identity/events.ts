import { Integer, Object } from 'typebox'
import { eventOf, id } from '../contract/index.ts'

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
