export {
  playRecording,
  ReplayRefused,
  type ReplayProgress,
  type ReplayRequest,
  type ReplayResult,
} from './play.ts'
export { RecordingError } from './recording.ts'
