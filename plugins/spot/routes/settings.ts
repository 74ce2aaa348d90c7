import { Integer, Object, type Static } from 'typebox'

/** What an operator sets for the demo's market maker; it follows from its next round on. */
export const spotSettings = Object({
  demoMakerLevels: Integer({
    title: 'Demo maker: price levels a side',
    minimum: 1,
    maximum: 50,
    default: 15,
  }),
  demoMakerSpreadPpm: Integer({
    title: 'Demo maker: distance between best bid and best ask, in millionths of the price',
    minimum: 10,
    maximum: 50_000,
    default: 200,
  }),
})
export type SpotSettings = Static<typeof spotSettings>
