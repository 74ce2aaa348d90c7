export { humanText, parseLine, type LogLine } from './log-line.ts'
export { createLogger, nameNode, quietLogger, silentLogger, type Logger } from './logger.ts'
export { linesOfRequest } from './recent-lines.ts'
export { redactText } from './redact.ts'
