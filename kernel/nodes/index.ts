export { createNodes, type Nodes } from './nodes.ts'
export { relayed } from './relay.ts'
