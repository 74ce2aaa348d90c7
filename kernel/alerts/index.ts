export { createAlerts, type Alerts, type AlertsOptions } from './alerts.ts'
export { ruleProblem } from './rule.ts'
