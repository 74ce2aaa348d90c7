import { toggleOf } from '../contract/index.ts'

/** New people can open an account; off, only those who have one come in. */
export const registration = toggleOf({
  id: 'platform.registration',
  title: 'Opening accounts',
  description: 'Visitors can open an account. Off, the portal offers no sign-up and the platform refuses it.',
  isOnByDefault: true,
})

export const platformToggles = [registration]
