import { fieldTitle } from './theme-groups.ts'

const NAMES_MAX = 6

/** What changed, in words: `Accent (dark), Cards and 3 more`. */
export function useChangeNames(): (paths: readonly string[]) => string {
  const { t } = useI18n()
  const nameOf = (path: string): string => {
    const [first = ''] = path.split('.')
    if (path === 'brand') return t('themes.brand')
    if (first === 'logos') return t(`themes.logo.${path.split('.')[1]}`)
    const title = fieldTitle(path) ?? path
    if (first === 'light' || first === 'dark')
      return t('themes.inMode', { token: title, mode: t(`theme.${first}`) })
    return `${t(`themes.group.${first === 'elevation' ? 'space' : first}`)}: ${title}`
  }
  return (paths) => {
    const names = paths.slice(0, NAMES_MAX).map(nameOf).join(', ')
    const more = paths.length - NAMES_MAX
    return more > 0 ? t('themes.andMore', { names, count: more }) : names
  }
}
