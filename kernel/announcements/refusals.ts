import { refusals } from '../contract/index.ts'

export const announcementsRefusals = refusals('announcements', {
  announcement_not_found: { status: 404, message: 'There is no such announcement.' },
  already_withdrawn: { status: 409, message: 'This announcement was taken down already.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this announcement since you read it.',
    retryable: true,
  },
  must_end_after_it_begins: { status: 422, message: 'An announcement must end after it begins.' },
  english_needed: {
    status: 422,
    message: 'Write it in English too: that is what other languages fall back to.',
  },
})
