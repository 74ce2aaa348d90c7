export {
  contrastFindings,
  contrastOf,
  contrastPairs,
  type ContrastFinding,
  type ContrastPair,
} from './contrast.ts'
export * from './tokens.ts'
export { fontFaces, themeStyles, themeVariables, type Variables } from './variables.ts'
