export { createStatus, type Status, type StatusOptions, type WatchedFigures } from './status.ts'
