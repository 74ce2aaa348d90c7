export { createTasks, type Tasks } from './tasks.ts'
export type { FindTasks, Task, TaskSource } from './task.ts'
