/** `12 of 340 users`. */
export function useAudienceText(): (audience: { readonly users: number; readonly of: number }) => string {
  const { t, locale } = useI18n()
  return ({ users, of }) => {
    const format = new Intl.NumberFormat(locale.value)
    return t('toggles.audienceOf', { users: format.format(users), of: format.format(of) })
  }
}
