export { contentChanges, contentValues, withValue } from './content-changes.ts'
export {
  contrastFindings,
  contrastOf,
  contrastChecks,
  type ContrastFinding,
  type ContrastCheck,
} from './contrast.ts'
export * from './tokens.ts'
export { fontFaces, themeStyles, themeVariables, type Variables } from './variables.ts'
