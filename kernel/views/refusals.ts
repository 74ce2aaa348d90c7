import { refusals } from '../contract/index.ts'

export const viewsRefusals = refusals('views', {
  view_not_found: { status: 404, message: 'This view is not there any more.' },
  name_already_used: { status: 409, message: 'A view of this list has this name already.' },
  exceeds_maximum: { status: 422, message: 'A list has at most 20 views. Remove one first.' },
})
