export type { LookFile } from './look.ts'
export type { Look } from './tokens.ts'
export { packThemeFolder, type ThemePackage } from './theme-package.ts'
export { createThemes, type Themes, type ThemesOptions } from './themes.ts'
