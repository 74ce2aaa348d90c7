export { createMaintenance, type Maintenance, type MaintenanceOptions } from './maintenance.ts'
