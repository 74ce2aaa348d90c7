export { provideServices, type Services, type ServicesRequest } from './private-services.ts'
export { databaseConnection, type DatabaseConnection, withDatabase } from './service-url.ts'
export { SetupError } from './setup-error.ts'
export { operatorSocket } from './socket-path.ts'
