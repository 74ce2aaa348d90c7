export { createAudit, type Act, type Audit, type AuditOptions } from './audit.ts'
