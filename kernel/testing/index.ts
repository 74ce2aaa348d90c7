/** What plugin authors test with: the real kernel, database, Redis and engine. */
export { startMailServer, useMailServer, type TestMailServer } from './mail-server.ts'
export { testServices, type TestServices } from './services.ts'
export {
  createTestKernel,
  type NewTestUser,
  type TestCallOptions,
  type TestKernel,
  type TestNode,
  type TestKernelOptions,
} from './test-kernel.ts'
export { testPlugin } from './test-plugin.ts'
export type { TestUser } from './test-users.ts'
export type { TestClock } from './test-clock.ts'
