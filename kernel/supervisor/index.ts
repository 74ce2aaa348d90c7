export { Child, type ChildDeclaration } from './child.ts'
export { endProcess, exited, type ProcessUser, spawnHeld } from './held-process.ts'
export { type Readiness, whenProbed, whenReadyLine, whenReadyMessage } from './readiness.ts'
export { Supervisor } from './supervisor.ts'
