export { createAlerts, type Alerts, type AlertsOptions } from './alerts.ts'
