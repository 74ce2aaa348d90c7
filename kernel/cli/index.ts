export { runAuthorCommandLine } from './author-main.ts'
