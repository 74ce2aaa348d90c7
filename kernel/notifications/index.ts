export type { NewNotice } from './notice.ts'
