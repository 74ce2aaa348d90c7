export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export { ListenError } from './listener.ts'
export { gatewayRefusals } from './refusals.ts'
export { writeApiDocuments } from './written-documents.ts'
