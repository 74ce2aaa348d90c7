import { refusals } from '../contract/index.ts'

export const preferencesRefusals = refusals('preferences', {
  exceeds_size: { status: 422, message: 'This is more than one preference may hold.' },
  exceeds_maximum: { status: 422, message: 'You keep as many preferences as there may be.' },
})
